"""The packet for the appeals team: everything is in it, it is the same every time, and it proves itself."""

import csv
import io
import json
import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pypdfium2
import pytest

from county import NOW
from referrals.life import DENIAL, PDF, asked, given_a_referral_with_a_physician, given_an_authorized_referral
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.paper import text_of
from secondopinion.referrals.advance import advance
from secondopinion.referrals.chain import move_to_appeal
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import Event, Notice, Paper, Referral
from secondopinion.referrals.packet import dispute_of, disputes_of, packet_of
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import FileRecord
from secondopinion.referrals.told_after import Search
from secondopinion.referrals.told_objections import Contact, IsAppeal
from secondopinion.referrals.verify_packet import about_events, about_files

APPEALED = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)  # Tuesday 2026-11-24 08:20 in California
LATER = APPEALED + timedelta(hours=1)
BOTH_RULES = {
    "medicare_reason": "Medicare covers a visit that is needed now; this treatment has just begun.",
    "medi_cal_reason": "Medi-Cal covers what is needed to protect health; this treatment has just begun.",
}


def record(pages, mark=b""):
    """A PDF of some empty pages, none like another of a different mark."""
    made, file = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(pages):
        made.new_page(612, 792).close()
    made.save(file)
    made.close()
    return file.getvalue().replace(b"\n", b"\n%mark " + mark + b"\n", 1)


def contact(**other):
    told = {
        "received_at": APPEALED, "by": "member", "by_name": "Member One", "appeal": True, "complaint": False,
        "words": "Nobody looked at what the last treatment did.",
    }  # fmt: skip
    return Contact(**{**told, **other})


def denied(there, tmp_path, *, member="one", program="medi-cal", papers=2, mailed=True, **office):
    """Denied on Monday 2026-11-23 after every record was read, and the letters mailed."""
    referral = given_a_referral_with_a_physician(there, member=getattr(there, member), program=program, **office)
    nurse, physician = there.person("nurse@plan"), there.person("physician@plan")
    for n in range(papers):
        told = FileRecord(f"Scan {n} of the back.pdf", record(n + 1, b"%d" % n))
        advance(referral.pk, told, person=nurse, now=NOW + timedelta(minutes=n))
    read = tuple(Paper.objects.filter(referral=referral).values_list("pk", flat=True))
    told = replace(DENIAL, considered=read, **(BOTH_RULES if program == "onecare" else {}))
    taken = advance(referral.pk, told, person=physician, now=NOW + timedelta(hours=2))
    for letter in taken.letters if mailed else ():
        post(letter, now=NOW + timedelta(hours=3), carrier=PrintHouse(tmp_path))
    return referral


def objected(there, referral, **other):
    advance(referral.pk, contact(**other), person=there.person("intake@plan"), now=LATER)
    return Referral.objects.get(pk=referral.pk)


def pdf_of(referral, now=LATER):
    file = io.BytesIO()
    packet_of(referral, dispute_of(referral), now).write_pdf(file)
    return file.getvalue()


def zip_of(referral, now=LATER):
    file = io.BytesIO()
    packet_of(referral, dispute_of(referral), now).write_zip(file)
    return file.getvalue()


def unpacked(referral, folder):
    with zipfile.ZipFile(io.BytesIO(zip_of(referral))) as archive:
        archive.extractall(folder)
    return folder


def squeezed(pdf):
    return "".join(text_of(pdf).split())


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    number = len(document)
    document.close()
    return number


@pytest.mark.clause("II.K.2")
def test_a_packet_holds_every_paper_every_letter_and_every_event(there, tmp_path):
    office = {"requester": "physician", "requester_name": "Grace Lind, MD", "requester_address": "1 Main St\nOrange"}
    referral = objected(there, denied(there, tmp_path, **office))
    pdf = pdf_of(referral)
    words = squeezed(pdf)
    notices = list(Notice.objects.filter(referral=referral).select_related("letter"))
    papers = list(Paper.objects.filter(referral=referral))
    events = list(Event.objects.filter(referral=referral))
    assert len(notices) == 2
    assert len(papers) == 2
    for seal in [*(n.letter.pdf_sha256 for n in notices), *(p.sha256 for p in papers), referral.head_hash]:
        assert seal in words
    for step in {e.step for e in events} - {"dispute"}:
        assert "".join(STEPS[step].words.split()) in words
    assert "Openedanappeal,fromMemberOne" in words
    for reason in DENIAL.reasons:
        assert "".join(reason.words.split()) in words
    considered = next(e for e in events if e.step == "deny").details["considered"]
    assert sorted(considered) == sorted(p.sha256 for p in papers)
    cover = pages(pdf) - sum(pages(bytes(n.letter.pdf)) for n in notices) - sum(p.pages for p in papers)
    assert f"Thispackethas{pages(pdf)}pages:thiscover({cover})," in words


def test_each_part_begins_on_the_page_that_the_list_and_the_bookmark_say(there, tmp_path):
    referral = objected(there, denied(there, tmp_path, papers=3))
    pdf = pdf_of(referral)
    document = pypdfium2.PdfDocument(pdf)
    marks = [(m.level, m.get_title(), m.get_dest().get_index() + 1) for m in document.get_toc()]
    total, title = len(document), document.get_metadata_value("Title")
    document.close()
    notices = {n.recipient_role: n.letter for n in Notice.objects.filter(referral=referral).select_related("letter")}
    assert set(notices) == {"member", "pcp"}
    letter, copy = notices["member"], notices["pcp"]
    second = total - 6 - pages(bytes(copy.pdf)) + 1
    first = second - pages(bytes(letter.pdf))
    assert marks == [
        (0, "Cover and lists", 1), (0, "Letters", first), (1, "Denial, to the Member", first),
        (1, "Denial, to the primary care provider", second),
        (0, "Documents", total - 5), (1, "Scan 0 of the back.pdf", total - 5), (1, "Scan 1 of the back.pdf", total - 4),
        (1, "Scan 2 of the back.pdf", total - 2),
    ]  # fmt: skip
    assert referral.number in title
    assert f"{total - 2}to{total}" in squeezed(pdf)
    alone = text_of(bytes(letter.pdf)).split()
    body = alone[alone.index("Date") :]  # above it, a page that is not a paper's first has a running line
    assert " ".join(body[:40]) in " ".join(text_of(pdf).split())


def test_the_last_search_of_the_network_is_told_with_everybody_looked_at_and_its_seal(there, tmp_path):
    referral = given_a_referral_with_a_physician(there)
    advance(referral.pk, Search({}, "Called both."), person=there.person("nurse@plan"), now=NOW)
    taken = advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW + timedelta(hours=2))
    for letter in taken.letters:
        post(letter, now=NOW + timedelta(hours=3), carrier=PrintHouse(tmp_path))
    search = Event.objects.get(referral=referral, step="search").details["search"]
    text = " ".join(text_of(pdf_of(objected(there, referral))).split())
    assert "The search of the network" in text
    assert "Monday, November 23, 2026" in text
    assert len(search["looked"]) >= 3
    for row in search["looked"]:
        assert row["npi"] in text
    assert search["sha256"] in text.replace(" ", "")


def test_a_file_without_a_search_says_nothing_of_one(there, tmp_path):
    assert "The search of the network" not in text_of(pdf_of(objected(there, denied(there, tmp_path))))


def test_a_paper_that_came_with_the_appeal_was_not_considered(there, tmp_path):
    referral = denied(there, tmp_path, papers=1)
    objected(there, referral)
    words = squeezed(pdf_of(Referral.objects.get(pk=referral.pk)))
    assert "Considered" in words
    packet = packet_of(referral, dispute_of(referral), LATER)
    (one,) = [part.row for part in packet.parts if not part.is_letter]
    assert one["considered"] is True
    late = Paper(
        referral=referral, kind="record", name="Letter.pdf", pages=1, content=PDF, sha256=sha256(PDF).hexdigest(),
        added_at=LATER, added_by="Intake",
    )  # fmt: skip
    late.save(force_insert=True)
    rows = [part.row for part in packet_of(referral, dispute_of(referral), LATER).parts if not part.is_letter]
    assert [row["considered"] for row in rows] == [True, False]
    assert "after the objection came" in rows[1]["kind"]


def test_a_letter_that_is_not_printed_yet_is_listed_and_left_out_and_said_so(there, tmp_path):
    for member, program in (("one", "medi-cal"), ("joe", "onecare")):
        referral = objected(there, denied(there, tmp_path, member=member, program=program, papers=0, mailed=False))
        words = squeezed(pdf_of(referral))
        assert "Denial,totheMember" in words
        assert "Notprintedyet,soitislistedhereandleftout" in words
        assert "Notmailedyet" in words
        with zipfile.ZipFile(io.BytesIO(zip_of(referral))) as archive:
            assert [name for name in archive.namelist() if name.startswith("letters/")] == []


def test_a_paper_that_cannot_be_joined_lies_in_the_archive_and_the_cover_says_so(there, tmp_path):
    referral = objected(there, denied(there, tmp_path, papers=1))
    broken = Paper(
        referral=referral, kind="record", name="Broken.pdf", pages=2, content=b"%PDF-1.4 broken",
        sha256=sha256(b"%PDF-1.4 broken").hexdigest(), added_at=LATER, added_by="Intake",
    )  # fmt: skip
    whole = pages(pdf_of(referral))
    broken.save(force_insert=True)
    pdf = pdf_of(referral)
    assert "Itcannotbejoinedtothisfile" in squeezed(pdf)
    assert pages(pdf) - whole in (0, 1)  # at most the cover grew
    with zipfile.ZipFile(io.BytesIO(zip_of(referral))) as archive:
        assert archive.read("papers/002-broken.pdf") == b"%PDF-1.4 broken"


def test_the_same_file_on_the_same_day_gives_the_same_bytes(there, tmp_path):
    referral = objected(there, denied(there, tmp_path))
    assert pdf_of(referral) == pdf_of(referral, LATER + timedelta(hours=2))
    assert zip_of(referral) == zip_of(referral)
    with zipfile.ZipFile(io.BytesIO(zip_of(referral))) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("packet.pdf") == pdf_of(referral)


def test_the_archive_lists_every_file_and_has_every_event_as_it_was_hashed(there, tmp_path):
    referral = objected(there, denied(there, tmp_path))
    with zipfile.ZipFile(io.BytesIO(zip_of(referral))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))
        lines = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
        assert sorted([*(row["file"] for row in rows), "manifest.csv"]) == sorted(archive.namelist())
        assert all(int(row["bytes"]) == archive.getinfo(row["file"]).file_size for row in rows)
    events = list(Event.objects.filter(referral=referral).order_by("position"))
    assert [line["hash"] for line in lines] == [event.hash for event in events]
    assert lines[-1]["hash"] == referral.head_hash
    assert [line["body"]["details"] for line in lines] == [event.details for event in events]
    assert {row["sha256"] for row in rows} >= set(Paper.objects.values_list("sha256", flat=True))


def test_the_checker_stands_alone_and_finds_nothing_wrong(there, tmp_path):
    referral = objected(there, denied(there, tmp_path))
    folder = unpacked(referral, tmp_path / "packet")
    run = [sys.executable, "-I", "-S", str(folder / "verify.py")]
    good = subprocess.run([*run, referral.head_hash], capture_output=True, text=True)
    assert (good.returncode, good.stderr) == (0, "")
    assert "Everything agrees" in good.stdout
    (folder / "packet.pdf").unlink()
    bad = subprocess.run(run, capture_output=True, text=True)
    assert (bad.returncode, bad.stderr) == (1, "")
    assert bad.stdout == "packet.pdf is in manifest.csv, and there is no such file.\n"


def test_a_byte_flipped_in_any_file_is_found(there, tmp_path):
    folder = unpacked(objected(there, denied(there, tmp_path)), tmp_path / "packet")
    assert about_files(folder) + about_events(folder) == []
    chance = random.Random(1510)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        everywhere = range(len(content)) if path.name == "manifest.csv" else chance.sample(range(len(content)), 12)
        for at in everywhere:
            flipped = bytearray(content)
            flipped[at] ^= 1 << chance.randrange(8)
            path.write_bytes(flipped)
            assert about_files(folder) + about_events(folder) != [], f"{path.name} at {at}"
        path.write_bytes(content)
    (folder / "papers" / "more.pdf").write_bytes(PDF)
    assert about_files(folder) == ["papers/more.pdf is not in manifest.csv."]


def test_an_event_changed_moved_or_dropped_is_found(there, tmp_path):
    referral = objected(there, denied(there, tmp_path))
    folder = unpacked(referral, tmp_path / "packet")
    path = folder / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    deny = next(n for n, line in enumerate(lines) if b'"step":"deny"' in line)
    changed = [*lines]
    changed[deny] = lines[deny].replace(b"nine days", b"nine weeks")
    assert changed != lines
    path.write_bytes(b"".join(changed))
    assert about_events(folder) == [f"Event {deny + 1} was changed: its hash is not that of its content."]
    for other in (lines[:deny] + lines[deny + 1 :], [*lines[:-2], lines[-1], lines[-2]], lines[1:]):
        path.write_bytes(b"".join(other))
        assert about_events(folder) != []
    path.write_bytes(b"".join(lines[:-1]))
    assert about_events(folder) == []  # a whole shorter history; the manifest and the seal on the cover find it
    assert about_events(folder, referral.head_hash) != []
    assert about_files(folder) != []


@pytest.mark.clause("II.K.2")
def test_a_fast_onecare_appeal_goes_by_its_own_policy_and_is_due_in_72_hours(there, tmp_path):
    referral = denied(there, tmp_path, member="joe", program="onecare")
    words = squeezed(pdf_of(objected(there, referral, by="physician", by_name="Ana Ruiz, MD", supported=True)))
    assert "MA.9004:Theintegratedappealin72hours" in words
    assert "Decidetheappeal,andtell(within72hours)Friday,November27,2026,8:20a.m." in words
    assert "Expedited." in words
    assert "GG.1510" not in words
    assert "42CFR422.633(c)" in words


@pytest.mark.clause("II.K.2")
def test_a_medi_cal_appeal_goes_by_its_policy_and_then_to_the_hearing(there, tmp_path):
    words = squeezed(pdf_of(objected(there, denied(there, tmp_path))))
    assert "GG.1510:" in words
    assert "HH.1108:" in words
    assert "GG.1510II.V" in words
    assert "MA.90" not in words
    assert "Thursday,December24,2026" in words  # 30 days from Tuesday 2026-11-24
    assert "ThelastdaytoappealisFriday,January22,2027" in words  # 60 days from Monday 2026-11-23


@pytest.mark.clause("II.K.3")
def test_a_complaint_and_an_appeal_at_once_show_both_paths(there, tmp_path):
    words = squeezed(pdf_of(objected(there, denied(there, tmp_path), complaint=None)))
    assert "Packetforanappealandacomplaint" in words
    assert "GG.1510:" in words
    assert "HH.1102:" in words
    assert "sobothwereopened" in words
    assert "Answerthecomplaint" in words


@pytest.mark.parametrize(
    ("member", "program", "policy"), [("one", "medi-cal", "HH.1102"), ("joe", "onecare", "MA.9002")]
)
def test_a_complaint_about_the_wait_has_a_packet_before_any_decision(there, member, program, policy):
    referral = given_a_referral_with_a_physician(there, member=getattr(there, member), program=program)
    words = squeezed(pdf_of(objected(there, referral, appeal=False, complaint=True)))
    assert "Thereferralhasnodecisionyet." in words
    assert policy in words
    assert "Noletterwasowedyet." in words


def test_words_in_a_script_that_the_typeface_lacks_hold_up_no_packet(there, tmp_path):
    referral = objected(there, denied(there, tmp_path, papers=0), words="我不同意 this decision")
    pdf, archive = pdf_of(referral), zip_of(referral)
    assert "thisdecision" in squeezed(pdf)
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        assert "我不同意" in file.read("events.jsonl").decode()


def test_without_an_appeal_or_a_complaint_there_is_no_packet(there):
    referral = given_an_authorized_referral(there)
    assert disputes_of(referral) == []
    with pytest.raises(Refused, match="No appeal or complaint was opened"):
        dispute_of(referral)


def test_a_packet_of_a_request_that_was_an_appeal_holds_that_requests_file_and_words(there, tmp_path):
    referral = denied(there, tmp_path, papers=1)
    nurse = there.person("nurse@plan")
    scan = record(2, b"new")
    words = "My other doctor sent a new scan, and I ask again."
    request = asked(there, received_at=APPEALED, request_words=words)
    suspect = receive(request, person=there.person("intake@plan"), now=LATER)
    advance(suspect.referral_id, FileRecord("New scan.pdf", scan), person=nurse, now=LATER)
    told = IsAppeal(referral.number, "The same care, and the words say so.")
    move_to_appeal(Referral.objects.get(pk=suspect.referral_id), told, person=nurse, now=LATER)
    dispute = dispute_of(Referral.objects.get(pk=referral.pk))
    assert dispute.details["moved_from"] == suspect.number
    packet = packet_of(Referral.objects.get(pk=referral.pk), dispute, LATER)
    papers = [part for part in packet.parts if not part.is_letter]
    assert [(part.name, part.row["considered"]) for part in papers] == [
        ("papers/001-scan-0-of-the-back.pdf", True), ("papers/002-new-scan.pdf", False),
    ]  # fmt: skip
    assert papers[1].row["kind"].endswith(f"with request {suspect.number}")
    assert packet.data["dispute"]["words"] == words
    assert packet.data["dispute"]["notes"][0].startswith(f"It came in as request {suspect.number}, from Member One, on")
    printed = squeezed(pdf_of(Referral.objects.get(pk=referral.pk)))
    assert f"Itcameinasrequest{suspect.number}" in printed
    assert "Itswords:Myotherdoctorsentanewscan,andIaskagain." in printed
    with zipfile.ZipFile(io.BytesIO(zip_of(Referral.objects.get(pk=referral.pk)))) as archive:
        assert archive.read("papers/002-new-scan.pdf") == scan


def test_a_packet_is_not_made_without_the_request_that_the_appeal_came_as(there, tmp_path):
    referral = objected(there, denied(there, tmp_path, papers=0), moved_from="SO-2026-999999")
    with pytest.raises(Refused, match="SO-2026-999999, which cannot be read from here"):
        packet_of(referral, dispute_of(referral), LATER)

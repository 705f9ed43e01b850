"""Following a request on the Member's own page: where it stands, papers, letters, the choice, and every act."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from county import NOW, TODAY, County
from desk.life import DENIAL, PDF, authorized, received, scheduled, step, visited, with_a_nurse, with_a_physician
from portal.test_own_page import HOME, enter, given, opened, rosa, text
from secondopinion.letters.carriers import PrintHouse
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.people.rls import plan_scope
from secondopinion.portal.words import ALL
from secondopinion.referrals.models import Event, Notice, Paper, Referral
from secondopinion.referrals.photographs import NoPhoto, page_of, stripped
from secondopinion.referrals.posting import post
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Ask, Item, Report

Door = Callable[[datetime], None]
Mail = Callable[[Referral], None]


@pytest.fixture
def mail(tmp_path: Path) -> Callable[[Referral], None]:
    """Mails every letter of a referral, on Monday 2026-11-23."""

    def go(referral: Referral) -> None:
        with plan_scope(TODAY):
            letters = [*Notice.objects.filter(referral=referral).values_list("letter_id", flat=True)]
        for letter in letters:
            post(letter, now=NOW, carrier=PrintHouse(tmp_path))

    return go


@pytest.fixture
def mine(place: County) -> Client:
    """Member One's browser, with the page open."""
    return opened(place)


def page(client: Client, referral: Referral) -> str:
    return text(client.get(at(referral)))


def at(referral: Referral, act: str = "") -> str:
    return f"/your-page/requests/{referral.number}/{act}"


def asked_for_papers(place: County) -> Referral:
    items = (Item("A copy of the scan of your back", "II.C.1", "surgery_is_recommended"),)
    return step(place, with_a_nurse(place), "nurse@plan", Ask(items))


def denied(place: County) -> Referral:
    return step(place, with_a_physician(place), "physician@plan", DENIAL)


def last_event(referral: Referral) -> Event:
    with plan_scope(TODAY):
        found = Event.objects.filter(referral=referral).order_by("-position").first()
        assert found is not None
        return found


def test_a_request_in_hand_tells_the_latest_day_of_the_answer(place: County, mine: Client) -> None:
    said = page(mine, received(place))
    assert "We tell you our answer by Monday, November 30, 2026 at the latest." in said
    assert "We look at it by Monday, November 30, 2026 at the latest" in said
    assert "Step 2 of 6" in said


def test_an_authorized_request_tells_the_member_to_choose_and_leads_to_the_list(place: County, mine: Client) -> None:
    referral = authorized(place)
    assert "Choose the doctor you want to see." in page(mine, referral)
    led = mine.post(at(referral, "choose/"))
    assert led.headers["Location"] == "/your-choice/doctors/"
    shown = mine.get("/your-choice/doctors/")
    assert "Sam Specialist, MD" in text(shown)
    told = {"professional": place.sam.pk, "shown": _shown(shown.content.decode())}
    assert mine.post("/your-choice/choose/", told).status_code == 303
    done = mine.get("/your-choice/done/").content.decode()
    assert 'href="/your-page/"' in done
    said = page(mine, referral)
    assert "Your doctor for the second opinion: Sam Specialist, MD." in said
    assert "ask for a visit on or before Wednesday, December 16, 2026" in said
    assert last_event(referral).details["by"] == "member"


def _shown(content: str) -> str:
    return content.split('name="shown" value="')[1].split('"')[0]


def test_a_representative_chooses_in_their_own_name_without_typing_it(place: County) -> None:
    client, referral = opened(place, rosa(place)), authorized(place)
    client.post(at(referral, "choose/"))
    shown = client.get("/your-choice/doctors/").content.decode()
    told = {"professional": place.sam.pk, "shown": _shown(shown)}
    asked = text(client.post("/your-choice/check/", told))
    assert "Do you choose for someone else?" not in asked
    assert client.post("/your-choice/choose/", told).status_code == 303
    event = last_event(referral)
    assert (event.details["by"], event.details["by_name"]) == ("representative", "Rosa One")


def test_a_list_opened_from_the_page_closes_with_the_authority(place: County, front_door_at: Door) -> None:
    who = rosa(place)
    client, referral = opened(place, who), authorized(place)
    client.post(at(referral, "choose/"))
    with plan_scope(TODAY):
        AuthorizedRepresentative.objects.filter(pk=who.pk).update(
            to_on=TODAY - timedelta(days=1), from_on=TODAY - timedelta(days=9)
        )
    assert client.get("/your-choice/doctors/").status_code == 403


def test_a_visit_that_is_set_tells_when(place: County, mine: Client) -> None:
    said = page(mine, scheduled(place))
    assert "Go to your visit on Tuesday, December 1, 2026 at 10:00 AM." in said


def test_papers_asked_for_are_named_sent_and_proved(place: County, mine: Client) -> None:
    referral = asked_for_papers(place)
    assert "Send us this: A copy of the scan of your back" in page(mine, referral)
    file = SimpleUploadedFile("scan.pdf", PDF, "application/pdf")
    sent = mine.post(at(referral, "papers/"), {"file": file, "all": "yes"})
    assert sent.headers["Location"] == at(referral, "?done=papers")
    said = text(mine.get(sent.headers["Location"]))
    assert "We have your paper." in said
    assert "scan.pdf (1 p.), got on Monday, November 23, 2026 at 10:00 AM" in said
    with plan_scope(TODAY):
        events = Event.objects.filter(referral=referral, role="member").order_by("position")
        assert [event.step for event in events] == ["file_record", "supply"]
        assert events[1].details["complete"] is False
        assert Referral.objects.get(pk=referral.pk).state == "nurse_review"


def test_a_paper_that_is_not_all_keeps_the_request_waiting(place: County, mine: Client) -> None:
    referral = asked_for_papers(place)
    mine.post(at(referral, "papers/"), {"file": SimpleUploadedFile("one.pdf", PDF)})
    with plan_scope(TODAY):
        assert Referral.objects.get(pk=referral.pk).state == "awaiting_information"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"", "Please choose a photo or a file first."),
        ("a.pdf", b"no pdf at all", "We cannot open this file."),
        ("a.jpg", b"\xff\xd8\xff\xe0broken", "We cannot open this file."),
        ("a.pdf", PDF[:60], "We cannot open this file."),
        ("a.pdf", b"%PDF-" + bytes(25 * 1024 * 1024), "This file is too large."),
    ],
)
def test_a_file_that_is_no_use_is_refused_plainly(
    place: County, mine: Client, name: str, content: bytes, sentence: str
) -> None:
    referral = received(place)
    refused = mine.post(at(referral, "papers/"), {"file": SimpleUploadedFile(name, content)})
    assert (refused.status_code, sentence in text(refused)) == (422, True)
    with plan_scope(TODAY):
        assert not Paper.objects.exists()


def jpeg(orientation: int = 1, width: int = 40, height: int = 20) -> bytes:
    """A small grey photo with the notes of a phone: how it was held, and a place."""
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, pypdfium2.raw.FPDFBitmap_BGR)
    bitmap.fill_rect((90, 90, 90, 255), 0, 0, width, height)
    bare = _as_jpeg(width, height)
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + b"\x00\x00\x00\x00" + b"GPS 33.75N"
    body = b"Exif\x00\x00" + tiff
    return bare[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + bare[2:]


def _as_jpeg(width: int, height: int) -> bytes:
    """A baseline JPEG of one grey, written by hand: each block is a difference of nothing."""
    quantize = b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    one_code = bytes([1] + [0] * 15) + b"\x00"
    tables = b"\xff\xc4\x00\x14\x00" + one_code + b"\xff\xc4\x00\x14\x10" + one_code
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    return b"\xff\xd8" + quantize + frame + tables + scan + bytes((blocks * 2 + 7) // 8) + b"\xff\xd9"


@pytest.mark.parametrize(("orientation", "landscape"), [(1, True), (3, True), (6, False), (8, False), (99, True)])
def test_a_photo_becomes_an_upright_page_without_its_place(orientation: int, landscape: bool) -> None:
    made = page_of(jpeg(orientation))
    document = pypdfium2.PdfDocument(made)
    across, down = document[0].get_size()
    assert (across > down) is landscape
    assert b"GPS 33.75N" not in made
    (left, below, right, above) = next(document[0].get_objects()).get_bounds()
    assert (round(left), round(below)) >= (0, 0)
    assert (round(right), round(above)) <= (round(across), round(down))
    assert right - left == pytest.approx(max(across, down) if landscape else min(across, down) / 1, rel=0.5)


def test_every_way_of_holding_the_phone_sets_the_same_corner_up() -> None:
    """The corner that the notes call the upper left lies in the upper left of the page."""
    from_corner = {1: (0, 1), 2: (1, 1), 3: (1, 0), 4: (0, 0), 5: (0, 1), 6: (0, 0), 7: (1, 0), 8: (1, 1)}
    for orientation, (x, y) in from_corner.items():
        document = pypdfium2.PdfDocument(page_of(jpeg(orientation)))
        picture = next(document[0].get_objects())
        matrix = picture.get_matrix()
        across, above = matrix.on_point(x, y)
        left, _, _, top = picture.get_bounds()
        assert (across, above) == (pytest.approx(left, abs=0.1), pytest.approx(top, abs=0.1)), orientation


@pytest.mark.parametrize("broken", [b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\xff\xd8\x00\x00\x00\x00"])
def test_a_broken_photo_is_no_photo(broken: bytes) -> None:
    with pytest.raises(NoPhoto):
        stripped(broken)


def test_a_photo_is_taken_as_a_paper(place: County, mine: Client) -> None:
    referral = received(place)
    sent = mine.post(at(referral, "papers/"), {"file": SimpleUploadedFile("IMG_1.jpg", jpeg(6), "image/jpeg")})
    assert "IMG_1.pdf (1 p.)" in text(mine.get(sent.headers["Location"]))


def test_letters_are_read_once_they_are_mailed_and_only_by_whom_they_are_for(
    place: County, mine: Client, mail: Mail
) -> None:
    rep = opened(place, rosa(place))
    referral = authorized(place)
    assert "We have not mailed you a letter yet." in page(mine, referral)
    with plan_scope(TODAY):
        notices = {n.recipient_role: n for n in Notice.objects.filter(referral=referral).select_related("letter")}
    mail(referral)
    said = page(mine, referral)
    assert "Read: Approval (November 23, 2026)" in said
    for client, role, other in ((mine, "member", "representative"), (rep, "representative", "member")):
        letter = mine_or_theirs(client, referral, notices[role])
        assert letter.headers["Content-Type"] == "application/pdf"
        assert letter.content.startswith(b"%PDF-")
        assert mine_or_theirs(client, referral, notices[other]).status_code == 404


def mine_or_theirs(client: Client, referral: Referral, notice: Notice) -> object:
    return client.get(at(referral, f"letters/{notice.letter_id}.pdf"))


def test_a_request_is_stopped_only_when_the_box_is_marked(place: County, mine: Client) -> None:
    referral = received(place)
    assert "Do you want to stop this request?" in text(mine.get(at(referral, "stop/")))
    refused = mine.post(at(referral, "stop/"), {"words": "I feel better"})
    assert (refused.status_code, "I feel better" in refused.content.decode()) == (422, True)
    assert mine.post(at(referral, "stop/"), {"words": "I feel better", "sure": "yes"}).status_code == 303
    event = last_event(referral)
    assert (event.step, event.role, event.details["how"]) == ("withdraw", "member", "page")
    assert (event.details["by"], event.details["words"]) == ("member", "I feel better")
    assert "Stopped, as you asked" in page(mine, referral)


def test_a_no_is_told_with_the_last_day_to_object_and_an_appeal_opens(place: County, mine: Client, mail: Mail) -> None:
    referral = denied(place)
    mail(referral)
    assert "you can ask us to change our answer until Friday, January 22, 2027" in page(mine, referral)
    told = {"words": "My doctor told me to have it now.", "wants": "decision", "expedited": "yes"}
    checked = mine.post(at(referral, "object/"), told)
    assert "Is this right?" in text(checked)
    assert last_event(referral).step != "dispute"
    assert mine.post(at(referral, "object/"), {**told, "send": "yes"}).status_code == 303
    event = last_event(referral)
    assert (event.step, event.role, event.details["how"]) == ("dispute", "member", "page")
    assert (event.details["appeal"], event.details["complaint"]) == (True, False)
    assert "You asked us to change our answer. We decide by" in page(mine, referral)


def test_a_complaint_can_be_made_at_any_time_and_lacks_nothing(place: County, mine: Client) -> None:
    referral = authorized(place)
    refused = mine.post(at(referral, "object/"), {"words": " "})
    assert (refused.status_code, "Please tell us what is not right." in text(refused)) == (422, True)
    assert mine.post(at(referral, "object/"), {"words": "Nobody called me", "send": "yes"}).status_code == 303
    event = last_event(referral)
    assert (event.details["appeal"], event.details["complaint"]) == (False, True)


def test_a_late_appeal_asks_what_kept_the_member(place: County, front_door_at: Door, mail: Mail) -> None:
    referral = denied(place)
    mail(referral)
    front_door_at(NOW + timedelta(days=61))  # Saturday 2027-01-23
    late = opened_at(place, NOW + timedelta(days=61))
    told = {"words": "It is wrong", "wants": "decision", "send": "yes"}
    refused = late.post(at(referral, "object/"), told)
    assert (refused.status_code, "what kept you" in text(refused)) == (422, True)
    assert late.post(at(referral, "object/"), {**told, "late_because": "I was in hospital"}).status_code == 303
    assert last_event(referral).details["late_because"] == "I was in hospital"


def opened_at(place: County, now: datetime) -> Client:
    client = Client()
    assert enter(given(place, at=now).code, client).status_code == 303
    return client


def test_after_the_report_one_button_asks_for_the_third_opinion(place: County, mine: Client) -> None:
    referral = visited(place)
    report = Report("not-needed", "No operation is needed.", "", date(2026, 11, 23), "report.pdf", PDF)
    step(place, referral, "intake@plan", report)
    assert "you can ask for another opinion" in page(mine, referral)
    sent = mine.post(at(referral, "another/"), {"words": "They do not agree"})
    number = sent.headers["Location"].split("/")[3]
    with plan_scope(TODAY):
        made = Referral.objects.get(number=number)
        assert (made.opinion, made.follows_id, made.channel) == ("third", referral.pk, "page")
        assert Event.objects.get(referral=made, position=1).role == "member"
    assert "Ask for another opinion" not in page(mine, referral)


@pytest.mark.parametrize("act", ["papers/", "stop/", "another/", "object/"])
def test_an_act_about_another_members_request_finds_nothing(place: County, mine: Client, act: str) -> None:
    theirs = received(place, member=place.maria)
    assert mine.get(at(theirs, act)).status_code == 404
    assert mine.post(at(theirs, act), {"sure": "yes", "words": "x", "send": "yes"}).status_code == 404


def test_what_cannot_be_done_now_says_whom_to_call(place: County, mine: Client) -> None:
    referral = visited(place)
    refused = mine.post(at(referral, "stop/"), {"sure": "yes"})
    assert (refused.status_code, "Please call us. We will help you." in text(refused)) == (422, True)


def test_every_state_has_words_for_the_member() -> None:
    assert {state.value for state in State} == set(ALL["en"]["follow_state"])


def test_a_page_is_small_and_runs_no_script(place: County, mine: Client) -> None:
    for address in (HOME, at(authorized(place))):
        page = mine.get(address)
        assert len(page.content) < 20_000
        assert b"<script" not in page.content
        assert b"style=" not in page.content

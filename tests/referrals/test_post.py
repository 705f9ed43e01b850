"""What happens to a letter between here and its reader: ways, addresses, failures, returns, postmarks."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from procrastinate.contrib.django.models import ProcrastinateJob

from county import NOW, TODAY
from letters.offices import holder
from referrals.life import PDF, given_an_authorized_referral
from referrals.mailed import (
    acknowledged,
    fax_report,
    letter_of,
    mailings,
    manifest,
    steps,
    to_an_office,
    to_the_member,
    verified,
)
from secondopinion.letters.addresses import keep_address
from secondopinion.letters.carriers import (
    Carrier,
    Fax,
    FaxFolder,
    MailFolder,
    NotCarried,
    Parcel,
    PrintHouse,
    SecureMail,
)
from secondopinion.letters.models import Letter, Mailing
from secondopinion.people.confidential import ask_in_confidence, end_request
from secondopinion.people.rls import network_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.afterwards import (
    letter_came_back,
    send_again,
    take_acknowledgements,
    take_fax_reports,
    try_now,
)
from secondopinion.referrals.closing import open_items
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post
from secondopinion.referrals.told import Choose, FileRecord

HOUR = timedelta(hours=1)
ELSEWHERE = ("PO Box 77", "Harbor City, CA 92000")
WORDS = "A new address, told by phone."


class Away:
    """A carrier that takes nothing."""

    def post(self, parcel: Parcel) -> str:
        raise NotCarried("The print house is closed.")


@pytest.fixture
def house(tmp_path: Path) -> PrintHouse:
    return PrintHouse(tmp_path / "print")


@pytest.fixture
def lines(tmp_path: Path) -> dict[str, Carrier]:
    return {
        "fax": Fax(FaxFolder(tmp_path / "fax")),
        "email": SecureMail("letters@plan.example", MailFolder(tmp_path / "mail")),
    }


# Which way


def test_a_members_letter_goes_by_mail_and_a_copy_is_readable_from_then_on(there, house, lines):
    found, letter = to_the_member(there)
    assert post(letter.pk, now=NOW, carrier=house, electronic=lines) is True
    assert mailings(letter) == [("print", 1, "handed_over"), ("portal", 1, "arrived")]
    assert Mailing.objects.get(letter=letter, carrier="portal").handed_over_at == NOW
    assert steps(found).count("mailed") == 1
    assert post(letter.pk, now=NOW, carrier=house, electronic=lines) is False


def test_an_office_without_a_verified_address_gets_mail(there, house, lines):
    _, letter = to_an_office(there)
    post(letter.pk, now=NOW, carrier=house, electronic=lines)
    assert mailings(letter) == [("print", 1, "handed_over")]


def test_an_office_with_a_certificate_gets_encrypted_e_mail_and_that_is_its_mailing(there, house, lines, tmp_path):
    verified(there, "email", "front@office.example")
    verified(there, "fax", "1-714-555-0151")
    found, letter = to_an_office(there)
    post(letter.pk, now=NOW, carrier=house, electronic=lines)
    assert mailings(letter) == [("email", 1, "arrived")]
    (sent,) = (tmp_path / "mail").iterdir()
    letter.refresh_from_db()
    opened = holder().opened(sent.read_bytes())
    (paper,) = (p.get_payload(decode=True) for p in opened.walk() if p.get_content_type() == "application/pdf")
    assert hashlib.sha256(paper).hexdigest() == letter.pdf_sha256
    event = Event.objects.get(referral=found, step="mailed")
    assert (event.details["by"], event.details["batch"]) == ("email", f"mail/{letter.pk}")
    assert manifest(house) == []


def test_a_fax_has_left_only_when_the_line_says_that_it_arrived(there, house, lines, tmp_path):
    verified(there, "fax", "1-714-555-0151")
    found, letter = to_an_office(there)
    post(letter.pk, now=NOW, carrier=house, electronic=lines)
    assert mailings(letter) == [("fax", 1, "handed_over")]
    letter.refresh_from_db()
    assert (letter.mailed_at, letter.sealed_at) == (None, NOW)
    assert "mailed" not in steps(found)
    assert take_fax_reports(NOW + HOUR, lines) == 0
    fax_report(tmp_path, letter, state="delivered")
    assert take_fax_reports(NOW + HOUR, lines) == 1
    assert take_fax_reports(NOW + HOUR, lines) == 0
    letter.refresh_from_db()
    assert letter.mailed_at == NOW + HOUR
    assert mailings(letter) == [("fax", 1, "arrived")]
    assert steps(found).count("mailed") == 1


@pytest.mark.parametrize("how", ["failed", "silent", "unreadable", "line gone"])
def test_a_fax_that_does_not_arrive_is_followed_by_mail(there, house, lines, tmp_path, how):
    verified(there, "fax", "1-714-555-0151")
    found, letter = to_an_office(there)
    post(letter.pk, now=NOW, carrier=house, electronic=lines)
    later = NOW + (HOUR if how == "failed" else 5 * HOUR)
    if how == "failed":
        fax_report(tmp_path, letter, state="failed", why="no fax at this number")
    elif how == "unreadable":
        fax_report(tmp_path, letter, state="who knows")
    assert take_fax_reports(later, {} if how == "line gone" else lines) == 1
    assert mailings(letter) == [("fax", 1, "failed"), ("print", 1, "waiting")]
    assert post(letter.pk, now=later, carrier=house, electronic=lines) is True
    letter.refresh_from_db()
    assert letter.mailed_at == later
    assert len(manifest(house)) == 1
    assert steps(found)[-3:] == ["not_delivered", "mail_again", "mailed"]
    assert take_fax_reports(later + HOUR, lines) == 0
    assert list(differences([found.number])) == []


def test_a_number_that_is_no_longer_verified_when_the_letter_is_due_is_not_used(there, house, lines):
    verified(there, "fax", "1-714-555-0151")
    _, letter = to_an_office(there)
    with pytest.raises(NotCarried):
        post(letter.pk, now=NOW, carrier=house, electronic={"fax": Away()})
    keep_address(there.pcp.npi, "fax", "1-714-555-0169", verified_on=TODAY, verified_by="Ann Oak")
    with pytest.raises(NotCarried, match="not verified any more"):
        post(letter.pk, now=NOW + HOUR, carrier=house, electronic=lines)
    waiting = Mailing.objects.get(letter=letter)
    assert (waiting.tries, waiting.tried_at, waiting.stands) == (2, NOW + HOUR, "waiting")


def test_the_records_go_with_the_authorization_of_whoever_gives_the_opinion(there, house):
    found = given_an_authorized_referral(there)
    clerk = there.person("intake@plan")
    advance(found.pk, FileRecord("scan.pdf", PDF), person=clerk, now=NOW)
    advance(found.pk, Choose(there.sam.pk, "member", "by phone"), person=clerk, now=NOW)
    letter = letter_of(found, "authorization_to_professional")
    post(letter.pk, now=NOW, carrier=house)
    (row,) = manifest(house)
    assert (house.folder / "2026-11-23" / row["enclosures"]).read_bytes() == PDF


# Where to


def test_a_member_who_asked_in_confidence_is_written_to_there_even_if_the_letter_was_owed_before(there, house):
    found, letter = to_the_member(there)
    ask_in_confidence(there.one, "electronic", TODAY, ELSEWHERE, person=there.person("intake@plan"), now=NOW)
    post(letter.pk, now=NOW + HOUR, carrier=house)
    (row,) = manifest(house)
    assert row["address"] == " / ".join(ELSEWHERE)
    assert "Grove" not in row["address"]
    cover = house.folder / "2026-11-23" / row["cover"]
    assert hashlib.sha256(cover.read_bytes()).hexdigest() == row["cover_sha256"]
    assert Mailing.objects.get(letter=letter, carrier="print").confidential
    event = Event.objects.get(referral=found, step="mailed")
    assert event.details["confidential"] is True
    assert "PO Box" not in json.dumps(event.details), "the address stands in no history"


def test_a_request_taken_back_before_the_mailing_is_not_followed(there, house):
    _, letter = to_the_member(there)
    ask_in_confidence(there.one, "by_mail", TODAY, ELSEWHERE, person=there.person("intake@plan"), now=NOW)
    assert end_request(there.one, NOW + HOUR)
    post(letter.pk, now=NOW + 2 * HOUR, carrier=house)
    (row,) = manifest(house)
    assert (row["address"], row["cover"]) == ("12 Grove Street / Orchard City, CA 92999", "")


def test_a_request_stands_above_an_address_typed_for_sending_again(there, house):
    found, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    clerk = there.person("intake@plan")
    ask_in_confidence(there.one, "electronic", TODAY, ELSEWHERE, person=clerk, now=NOW)
    send_again(
        found.pk, letter.pk, "print", WORDS, lines=("1 Other Street", "Orchard City, CA 92999"), person=clerk, now=NOW
    )
    post(letter.pk, now=NOW + HOUR, carrier=house)
    assert [row["address"] for row in manifest(house)][1] == " / ".join(ELSEWHERE)


def test_the_request_of_one_member_says_nothing_about_the_letters_to_offices(there, house):
    _, letter = to_an_office(there)
    ask_in_confidence(there.one, "electronic", TODAY, ELSEWHERE, person=there.person("intake@plan"), now=NOW)
    post(letter.pk, now=NOW, carrier=house)
    (row,) = manifest(house)
    assert row["address"] != " / ".join(ELSEWHERE)


# What fails


def test_a_print_house_that_is_away_is_written_down_and_the_copy_is_made_all_the_same(there, house):
    found, letter = to_the_member(there)
    for turn in (1, 2):
        with pytest.raises(NotCarried, match="closed"):
            post(letter.pk, now=NOW + turn * HOUR, carrier=Away())
    printed = Mailing.objects.get(letter=letter, carrier="print")
    assert (printed.tries, printed.why, printed.stands) == (2, "The print house is closed.", "waiting")
    assert mailings(letter) == [("print", 1, "waiting"), ("portal", 1, "arrived")]
    assert "mailed" not in steps(found), "a copy on a page is no notice in writing"
    post(letter.pk, now=NOW + 3 * HOUR, carrier=house)
    letter.refresh_from_db()
    assert letter.mailed_at == NOW + 3 * HOUR
    assert len(manifest(house)) == 1


def test_sending_another_way_gives_up_the_one_that_waits_so_that_only_one_letter_leaves(there, house, lines):
    verified(there, "fax", "1-714-555-0151")
    found, letter = to_an_office(there)
    with pytest.raises(NotCarried):
        post(letter.pk, now=NOW, carrier=house, electronic={"fax": Away()})
    send_again(found.pk, letter.pk, "print", "The line is down.", person=there.person("intake@plan"), now=NOW)
    assert post(letter.pk, now=NOW + HOUR, carrier=house, electronic=lines) is True
    assert set(mailings(letter)) == {("fax", 1, "failed"), ("print", 1, "handed_over")}
    assert steps(found).count("mailed") == 1


def test_trying_now_puts_a_job_into_the_queue_only_for_what_waits(there, house):
    found, letter = to_the_member(there)
    with pytest.raises(Refused, match="Nothing of this letter waits"):
        try_now(found.pk, letter.pk)
    with pytest.raises(NotCarried):
        post(letter.pk, now=NOW, carrier=Away())
    before = jobs_for(letter)
    try_now(found.pk, letter.pk)
    assert jobs_for(letter) == before + 1


def jobs_for(letter: Letter) -> int:
    return ProcrastinateJob.objects.filter(args__letter_id=str(letter.pk), status="todo").count()


# What is heard afterwards


def test_a_letter_that_came_back_keeps_the_referral_open_until_it_is_sent_again(there, house):
    found, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    clerk, later = there.person("intake@plan"), NOW + timedelta(days=7)
    printed = Mailing.objects.get(letter=letter, carrier="print")
    letter_came_back(found.pk, printed.pk, later.date(), "moved, no new address", person=clerk, now=later)
    assert "letter came back: approval_to_member".replace("_", " ") in open_items(found.pk)
    with pytest.raises(Refused, match="written down already"):
        letter_came_back(found.pk, printed.pk, later.date(), "moved", person=clerk, now=later)
    send_again(found.pk, letter.pk, "print", WORDS, lines=ELSEWHERE, person=clerk, now=later)
    assert not [item for item in open_items(found.pk) if "came back" in item]
    assert post(letter.pk, now=later + HOUR, carrier=house) is True
    first, second = manifest(house)
    assert first["sha256"] == second["sha256"], "the very letter that was sealed"
    assert (second["mailing_id"], second["address"]) == (f"{letter.pk}-2", " / ".join(ELSEWHERE))
    assert second["cover"] == f"{letter.pk}-2-cover.pdf"
    letter.refresh_from_db()
    assert letter.mailed_at == NOW, "the first mailing is the one that counts"
    assert steps(found)[-3:] == ["came_back", "mail_again", "mailed_again"]
    assert list(differences([found.number])) == []


@pytest.mark.parametrize(
    ("day", "why", "sentence"),
    [
        (date(2026, 11, 22), "moved", "Enter the day on which the letter came back"),  # Sunday, before it left
        (date(2026, 11, 24), "moved", "Enter the day on which the letter came back"),  # Tuesday, tomorrow
        (TODAY, " ", "Say why the letter came back"),
    ],
)
def test_a_return_that_cannot_be_is_refused_in_a_sentence(there, house, day, why, sentence):
    found, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    printed, portal = (Mailing.objects.get(letter=letter, carrier=by) for by in ("print", "portal"))
    clerk = there.person("intake@plan")
    with pytest.raises(Refused, match=sentence):
        letter_came_back(found.pk, printed.pk, day, why, person=clerk, now=NOW)
    with pytest.raises(Refused, match="did not go out by mail"):
        letter_came_back(found.pk, portal.pk, TODAY, "moved", person=clerk, now=NOW)


def test_a_letter_is_not_sent_again_before_it_went_or_without_a_reason_or_an_address(there, house):
    found, letter = to_an_office(there)
    clerk = there.person("intake@plan")

    def again(by: str, why: str = WORDS) -> None:
        send_again(found.pk, letter.pk, by, why, person=clerk, now=NOW)

    with pytest.raises(Refused, match="has not been handed over yet"):
        again("print")
    post(letter.pk, now=NOW, carrier=house)
    with pytest.raises(Refused, match="Say why"):
        again("print", "")
    with pytest.raises(Refused, match="No verified address"):
        again("fax")
    again("print")
    with pytest.raises(Refused, match="waits for this carrier already"):
        again("print")


# What the database keeps


@pytest.mark.parametrize("change", [{"receipt": "x"}, {"handed_over_at": NOW + HOUR}, {"to": "x"}, {"carrier": "fax"},
                                    {"address": ["x"]}, {"confidential": True}, {"nth": 3}])  # fmt: skip
def test_the_proof_of_a_mailing_cannot_be_changed(there, house, change):
    _, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    with pytest.raises(DatabaseError, match="cannot be changed"):
        Mailing.objects.filter(letter=letter, carrier="print").update(**change)


def test_a_postmark_cannot_be_changed_and_a_mailing_not_be_deleted(there, house):
    _, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    take_acknowledgements(acknowledged(letter, "mailed"), NOW + HOUR)
    with pytest.raises(DatabaseError, match="a postmark cannot be changed"):
        Mailing.objects.filter(letter=letter, carrier="print").update(postmarked_on=date(2026, 11, 25))  # Wednesday


def test_there_is_one_first_mailing_for_each_letter_and_carrier(there, house):
    _, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    with pytest.raises(DatabaseError, match="one_mailing_per_letter_carrier_and_turn"):
        Mailing.objects.create(letter=letter, carrier="print", owed_at=NOW, batch_on=TODAY)


def test_another_network_sees_no_mailing(there, house):
    _, letter = to_the_member(there)
    post(letter.pk, now=NOW, carrier=house)
    with network_scope(there.citrus.pk, on=TODAY):
        assert not Mailing.objects.exists()

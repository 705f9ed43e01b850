"""The post room at the desk: what is stuck and whose clock runs, what came back, and how the days add up."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from county import NOW, TODAY, County
from referrals.life import YES, asked, given_an_authorized_referral
from secondopinion.letters.carriers import NotCarried, Parcel, PrintHouse
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.reconciling import acknowledgement_due, tallies
from secondopinion.people.models import AccessEntry, AuthorizedRepresentative
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive

Browser = Callable[[str], Client]
At = Callable[[datetime], None]
HOUR = timedelta(hours=1)


class Away:
    """A carrier that takes nothing."""

    def post(self, parcel: Parcel) -> str:
        raise NotCarried("The print house is closed for the night.")


def owed(there: County, **other: object) -> tuple[Referral, Letter]:
    with plan_scope(TODAY):
        found = given_an_authorized_referral(there, **other)
        return found, Letter.objects.get(notice__referral=found, kind="approval_to_member")


def mailed(letter: Letter, folder: Path, at: datetime = NOW) -> None:
    post(letter.pk, now=at, carrier=PrintHouse(folder))


def words(client: Client, address: str, status: int = 200, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def page_of(found: Referral, letter: Letter) -> str:
    return f"/referrals/{found.number}/letters/{letter.pk}/"


def test_what_is_stuck_says_why_how_often_since_when_and_whose_clock_runs(
    place: County, signed_in_as: Browser, front_door_at: At
) -> None:
    found, letter = owed(place)
    for turn in (1, 2):
        with pytest.raises(NotCarried):
            post(letter.pk, now=NOW + turn * HOUR, carrier=Away())
    front_door_at(NOW + 3 * HOUR)
    said = words(signed_in_as("nurse@plan"), "/post/")
    assert "The print house is closed for the night." in said
    assert "tried in vain 2 times, last Mon, Nov 23, 2026, 12:00 PM PT" in said
    assert "Owed since Mon, Nov 23, 2026, 10:00 AM PT" in said
    assert found.number in said
    assert "so-due" in said.split("Could not be handed over")[1].split("Came back, or")[0]
    assert "Member One" not in said, "a list of the post names nobody"


def test_another_network_sees_nothing_of_it(place: County, signed_in_as: Browser) -> None:
    found, letter = owed(place)
    with pytest.raises(NotCarried):
        post(letter.pk, now=NOW, carrier=Away())
    said = words(signed_in_as("nurse@citrus"), "/post/")
    assert found.number not in said
    assert "0</td>" not in words(signed_in_as("nurse@citrus"), "/post/days/")


def test_trying_now_owes_one_more_job(place: County, signed_in_as: Browser) -> None:
    found, letter = owed(place)
    with pytest.raises(NotCarried):
        post(letter.pk, now=NOW, carrier=Away())
    before = ProcrastinateJob.objects.filter(args__letter_id=str(letter.pk)).count()
    nurse = signed_in_as("nurse@plan")
    answer = nurse.post(page_of(found, letter) + "try/")
    assert (answer.status_code, answer.headers["Location"]) == (303, page_of(found, letter) + "#post")
    assert ProcrastinateJob.objects.filter(args__letter_id=str(letter.pk)).count() == before + 1
    assert "The letter is tried again now." in words(nurse, page_of(found, letter))


def test_a_letter_shows_every_mailing_with_its_proof(place: County, signed_in_as: Browser, tmp_path: Path) -> None:
    found, letter = owed(place)
    mailed(letter, tmp_path)
    said = words(signed_in_as("nurse@plan"), page_of(found, letter))
    assert f"2026-11-23/{letter.pk}.pdf" in said
    assert "Not told by the print house yet" in said
    assert "Portal copy" in said
    with plan_scope(TODAY):
        Mailing.objects.filter(letter=letter, carrier="print").update(
            postmarked_on=date(2026, 11, 24), stands="arrived"
        )
    assert "Tue, Nov 24, 2026" in words(signed_in_as("nurse@plan"), page_of(found, letter))
    assert "postmark Tue, Nov 24, 2026" in words(signed_in_as("nurse@plan"), f"/referrals/{found.number}/")


def test_a_returned_letter_is_listed_until_it_is_sent_again(
    place: County, signed_in_as: Browser, tmp_path: Path, front_door_at: At
) -> None:
    found, letter = owed(place)
    mailed(letter, tmp_path)
    front_door_at(NOW + timedelta(days=1))
    clerk = signed_in_as("intake@plan")
    with plan_scope(TODAY):
        printed = Mailing.objects.get(letter=letter, carrier="print")
    told = {"on": "2026-11-24", "why": "moved, no new address", "mailing": str(printed.pk)}
    assert clerk.post(page_of(found, letter) + "back/", told).status_code == 303
    assert "Did not reach its reader." in words(clerk, f"/referrals/{found.number}/")
    listed = words(clerk, "/post/")
    assert "moved, no new address" in listed
    again = {"by": "print", "why": "new address, by phone", "address": "1 Elm Street\nOrchard City, CA 92999"}
    assert clerk.post(page_of(found, letter) + "again/", again).status_code == 303
    assert "moved, no new address" not in words(clerk, "/post/")
    mailed(letter, tmp_path, NOW + timedelta(days=1, hours=1))
    said = words(clerk, page_of(found, letter))
    assert f"{letter.pk}-2.pdf" in said
    assert "Another than the letter shows, on a sheet on top" in said
    assert "Did not reach its reader." not in words(clerk, f"/referrals/{found.number}/")
    history = words(clerk, f"/referrals/{found.number}/")
    assert "came back on Tuesday, November 24, 2026" in history
    assert "sent the letter “Approval to the Member” to the Member again by mail" in history


@pytest.mark.parametrize(
    ("act", "typed", "sentence"),
    [
        ("again", {"by": "print", "why": "", "address": ""}, "“Why” is missing."),
        ("again", {"by": "print", "why": "new address", "address": "one line"}, "needs two to four lines"),
        ("again", {"by": "fax", "why": "the Member asked", "address": ""}, "No verified address"),
        ("again", {"by": "pigeon", "why": "the Member asked", "address": ""}, "pigeon is not one"),
        ("back", {"on": "", "why": "moved"}, "“Day it came back” is missing."),
        ("back", {"on": "2026-11-20", "why": "moved"}, "after it was handed over"),
        ("back", {"on": "the other day", "why": "moved"}, "is no day"),
        ("try", {}, "Nothing of this letter waits"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_typed_is_lost(
    place: County, signed_in_as: Browser, tmp_path: Path, act: str, typed: dict[str, str], sentence: str
) -> None:
    found, letter = owed(place)
    mailed(letter, tmp_path)
    with plan_scope(TODAY):
        printed = Mailing.objects.get(letter=letter, carrier="print")
        before = Event.objects.filter(referral=found).count()
    answer = signed_in_as("nurse@plan").post(page_of(found, letter) + f"{act}/", {"mailing": str(printed.pk), **typed})
    said = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert sentence in said
    assert all(value.split("\n")[0] in said for value in typed.values())
    with plan_scope(TODAY):
        assert Event.objects.filter(referral=found).count() == before


def test_who_looks_at_a_letters_way_is_written_down_and_contracting_does_not_act(
    place: County, signed_in_as: Browser, tmp_path: Path
) -> None:
    found, letter = owed(place)
    mailed(letter, tmp_path)
    analyst = signed_in_as("contracting@plan")
    assert analyst.post(page_of(found, letter) + "again/", {"by": "print"}).status_code == 403
    assert "Send it again" not in words(analyst, page_of(found, letter))
    signed_in_as("nurse@plan").post(page_of(found, letter) + "try/")
    with plan_scope(TODAY):
        assert AccessEntry.objects.filter(what="letter_try_now", about=found.number).count() == 1


def test_the_days_add_up_and_a_difference_names_its_letters(
    place: County, signed_in_as: Browser, tmp_path: Path
) -> None:
    found, letter = owed(place)
    second, _ = owed(place, condition="pain in the knee")
    mailed(letter, tmp_path)
    with plan_scope(TODAY):
        rows = {t.carrier: (t.owed, t.printed, t.handed_over, t.acknowledged) for t in tallies(TODAY, TODAY)}
    assert rows == {"print": (1, 1, 1, 0), "portal": (1, 1, 1, 1), "none": (3, 0, 0, 0)}
    nurse = signed_in_as("nurse@plan")
    said = words(nurse, "/post/days/")
    assert "Not taken up yet" in said
    differences, by_day = said.split("behind the differences")[1].split("By day and carrier")
    assert found.number in differences
    assert second.number in differences, "nobody has taken it up, and it is owed all the same"
    assert "Nobody has begun to mail it." in differences
    assert by_day.index("Not taken up yet") < by_day.index("Portal copy"), "what differs stands first"
    told = " ".join(re.sub(r"<[^>]+>", " ", said).split())
    assert "Owed 5 Printed 2 3 not yet Handed over 2 Acknowledged 1 1 not yet" in told
    table = list(csv.DictReader(StringIO(nurse.get("/post/days/post.csv").content.decode())))
    assert {(r["day"], r["carrier"], r["owed"], r["acknowledged"]) for r in table} == {
        ("2026-11-23", "print", "1", "0"), ("2026-11-23", "portal", "1", "1"), ("2026-11-23", "none", "3", "0"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "x", "until": "2026-11-23"}, "Enter both days"),
        ({"since": "2026-11-23"}, "Enter both days"),
        ({"since": "2026-11-24", "until": "2026-11-23"}, "lies after the last"),
        ({"since": "2026-01-01", "until": "2026-11-23"}, "more than 92 days"),
    ],
)
def test_days_that_are_none_are_said(
    place: County, signed_in_as: Browser, query: dict[str, str], sentence: str
) -> None:
    assert sentence in words(signed_in_as("nurse@plan"), "/post/days/", 422, **query)


def test_a_letter_the_print_house_keeps_silent_about_is_listed_after_two_business_days(
    place: County, signed_in_as: Browser, tmp_path: Path, front_door_at: At
) -> None:
    _, letter = owed(place)
    mailed(letter, tmp_path)
    due = acknowledgement_due(NOW)
    assert due.date() == date(2026, 11, 25), "Wednesday, the second business day after Monday"
    front_door_at(due)
    assert "has answered for everything" in words(signed_in_as("nurse@plan"), "/post/")
    front_door_at(due + timedelta(minutes=1))
    assert "The print house has not answered for it." in words(signed_in_as("nurse@plan"), "/post/")


def test_the_post_of_an_office_is_shown_with_the_office_that_asked(
    place: County, signed_in_as: Browser, tmp_path: Path
) -> None:
    with plan_scope(TODAY):
        told = {"requester": "physician", "requester_name": "Grace Lind, MD", "requester_npi": place.pcp.npi}
        taken = receive(asked(place, answers=YES, **told), person=place.person("intake@plan"), now=NOW)
        found = Referral.objects.get(pk=taken.referral_id)
        letter = Letter.objects.get(notice__referral=found, kind="approval_to_requester")
    mailed(letter, tmp_path)
    said = words(signed_in_as("nurse@plan"), page_of(found, letter))
    assert "the office that asked" in said
    assert "Portal copy" not in said


def test_an_office_is_written_to_where_somebody_verified(place: County, signed_in_as: Browser) -> None:
    nurse = signed_in_as("nurse@plan")
    told = {"npi": place.pcp.npi, "by": "fax", "to": "(714) 555-0151", "certificate": ""}
    refused = nurse.post("/post/offices/", told)
    assert refused.status_code == 422
    assert "Call the office and confirm the address first" in refused.content.decode()
    assert nurse.post("/post/offices/", {**told, "verified": "on", "to": "911"}).status_code == 422
    assert nurse.post("/post/offices/", {**told, "verified": "on"}).status_code == 303
    citrus = signed_in_as("nurse@citrus")
    assert citrus.post("/post/offices/", {**told, "verified": "on"}).status_code == 403
    assert "The plan keeps these addresses." in words(citrus, "/post/offices/")
    said = words(nurse, "/post/offices/")
    assert "+17145550151" in said
    assert "verified Mon, Nov 23, 2026 by Nurse" in said


def test_a_members_request_in_confidence_is_taken_in_shown_and_taken_back(place: County, signed_in_as: Browser) -> None:
    clerk, address = signed_in_as("intake@plan"), "/post/confidential/M0000003/"
    told = {
        "how": "electronic",
        "received_on": "2026-11-20",
        "address": "PO Box 77\nHarbor City, CA 92000",
        "phone": "",
    }
    assert clerk.post(address, {**told, "address": "PO Box 77"}).status_code == 422
    assert clerk.post(address, told).status_code == 303
    assert "PO Box 77<br>Harbor City" in words(clerk, address)
    assert clerk.post(address, {"end": "yes"}).status_code == 303
    assert "No request stands." in words(clerk, address)
    words(signed_in_as("nurse@citrus"), "/post/confidential/M0000001/", 404)
    with plan_scope(TODAY):
        assert AccessEntry.objects.filter(what="confidential", about="M0000003").exists()


def test_a_members_format_is_taken_down_shown_and_kept(place: County, signed_in_as: Browser) -> None:
    clerk, address = signed_in_as("intake@plan"), "/post/formats/M0000003/"
    told = {"who": "member", "format": "braille", "told": "phone", "from_on": "2026-11-20"}
    assert "Nobody has asked for a format." in words(clerk, address)
    assert clerk.post(address, {**told, "from_on": "2026-12-01"}).status_code == 422
    assert clerk.post(address, {**told, "who": "somebody"}).status_code == 422
    assert clerk.post(address, told).status_code == 303
    page = words(clerk, address)
    assert "Maria Reyes reads: braille" in page
    assert "told on Fri, Nov 20, 2026 by phone; taken down by Intake of Plan" in page
    assert clerk.post(address, told).status_code == 422, "it stands already"
    assert clerk.post(address, {**told, "format": "standard"}).status_code == 303
    page = words(clerk, address)
    assert "Maria Reyes reads: standard print" in page
    assert "Braille, told on" in page, "what was chosen before is kept"
    words(signed_in_as("nurse@citrus"), "/post/formats/M0000001/", 404)
    with plan_scope(TODAY):
        assert AccessEntry.objects.filter(what="formats", about="M0000003").exists()


def test_whoever_may_act_for_the_member_has_a_format_of_their_own(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        sister = AuthorizedRepresentative.objects.create(
            member=place.maria, name="Ines Elm", authority="in-writing", evidence="Form", from_on=TODAY
        )
    clerk, address = signed_in_as("intake@plan"), "/post/formats/M0000003/"
    told = {"who": str(sister.pk), "format": "large-print", "told": "writing", "from_on": "2026-11-23"}
    assert clerk.post(address, told).status_code == 303
    page = words(clerk, address)
    assert "Ines Elm reads: large print" in page
    assert "Maria Reyes reads: standard print" in page


def test_the_letter_and_the_history_say_in_which_format_it_went(
    place: County, signed_in_as: Browser, tmp_path: Path
) -> None:
    found, letter = owed(place)
    clerk = signed_in_as("intake@plan")
    told = {"who": "member", "format": "braille", "told": "phone", "from_on": "2026-11-23"}
    assert clerk.post(f"/post/formats/{place.one.member_id}/", told).status_code == 303
    mailed(letter, tmp_path)
    page = words(clerk, page_of(found, letter))
    assert "Braille, with standard print" in page
    assert "Its reader reads" not in page
    assert clerk.post(f"/post/formats/{place.one.member_id}/", {**told, "format": "large-print"}).status_code == 303
    assert "Its reader reads large print now." in words(clerk, page_of(found, letter))
    assert "to the Member, in braille" in words(clerk, f"/referrals/{found.number}/")

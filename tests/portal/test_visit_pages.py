"""The professional's pages: the scope, the records, yes or no, the day and the report, by one link and no account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from county import NOW, TODAY, County
from desk.life import PDF, again, authorized, step
from portal.office import file, text
from secondopinion.people.models import AccessEntry
from secondopinion.people.rls import plan_scope
from secondopinion.portal.visit_forms import REASONS
from secondopinion.referrals import visit_links
from secondopinion.referrals.models import ConsultationReport, Paper, Referral, VisitLink
from secondopinion.referrals.told import Choose, FileRecord
from secondopinion.referrals.told_after import DECLINES

REPORT = {
    "visited_on": "2026-11-23", "need": "not-needed", "found": "The scan shows nothing that surgery would help.",
    "differs": "", "recommended": "Physical therapy.", "follow_up": "A scan in spring.", "signed_on": "2026-11-23",
}  # fmt: skip


@pytest.fixture
def referral(place: County) -> Referral:
    """Member One's referral with Sam chosen and one record."""
    choice = Choose(place.sam.pk, "member", "phone")
    return step(place, authorized(place), "intake@plan", choice, FileRecord("mri.pdf", PDF))


@pytest.fixture
def code(place: County, referral: Referral) -> str:
    with plan_scope(TODAY):
        return visit_links.give_link(referral, place.person("nurse@plan"), NOW).code


def enter(code: str, proof: str, client: Client | None = None) -> object:
    return (client or Client()).post("/visit/open/", {"code": code, "proof": proof})


@pytest.fixture
def sam(place: County, code: str) -> Client:
    """Sam's browser, with the visit open."""
    client = Client()
    assert enter(code, place.sam.npi + place.sam.phone[-4:], client).status_code == 303  # type: ignore[attr-defined]
    return client


def test_the_page_says_the_scope_the_question_and_the_patient(sam: Client) -> None:
    said = text(sam.get("/visit/page/"))
    for words in (
        "One consultation with Sam Specialist, MD", "No tests and no treatment under this number", "Member One",
        "surgery on the lower back", "Peter Holm, MD", "An interpreter is free", "mri.pdf",
    ):  # fmt: skip
        assert words in said


def test_the_record_opens_until_the_report_is_here(sam: Client, referral: Referral) -> None:
    with plan_scope(TODAY):
        paper = Paper.objects.get(referral=referral)
    address = f"/visit/page/records/{paper.pk}/record.pdf"
    assert sam.get(address).content == PDF
    assert sam.get("/visit/page/records/00000000-0000-4000-8000-000000000000/record.pdf").status_code == 404
    assert sam.post("/visit/page/report/", {**REPORT, "report": file("report.pdf")}).status_code == 303
    assert sam.get(address).status_code == 404
    assert "Your report is here since Monday, November 23, 2026" in text(sam.get("/visit/page/"))


def test_the_page_says_when_it_closes_by_itself_before_a_word_is_typed(sam: Client) -> None:
    for address in ("/visit/page/", "/visit/page/report/"):
        assert "Monday, November 23, 2026, 12:00 PM Pacific" in sam.get(address).content.decode()


def test_a_wrong_proof_is_one_sentence_and_the_fifth_closes_the_link(place: County, code: str) -> None:
    tries = [enter(code, "1" * 14) for _ in range(5)]
    assert [one.status_code for one in tries] == [403] * 5  # type: ignore[attr-defined]
    assert "do not fit together" in text(tries[0])  # type: ignore[arg-type]
    assert "This link is closed" in text(tries[4])  # type: ignore[arg-type]
    assert "This link is closed" in text(enter(code, place.sam.npi + place.sam.phone[-4:]))  # type: ignore[arg-type]


def test_a_day_is_a_yes_and_can_be_moved(sam: Client, referral: Referral) -> None:
    assert sam.post("/visit/page/appointment/", {"on": "2026-12-01", "at": "10:00"}).status_code == 303
    assert again(referral).state == "scheduled"
    assert "Tuesday, December 1, 2026, 10:00 AM Pacific" in text(sam.get("/visit/page/"))
    sam.post("/visit/page/appointment/", {"on": "2026-12-02", "at": "10:00"})
    moved = again(referral).appointment_at
    assert moved is not None
    assert moved - NOW == timedelta(days=9)
    past = sam.post("/visit/page/appointment/", {"on": "2026-11-20", "at": "10:00"})
    assert past.status_code == 422
    assert "The appointment lies in the past" in text(past)
    assert sam.post("/visit/page/appointment/", {"on": "", "at": "x"}).status_code == 422


def test_a_yes_without_a_day_is_kept(sam: Client, referral: Referral) -> None:
    assert sam.post("/visit/page/accept/").status_code == 303
    assert "You have said yes. Please set the day, by" in text(sam.get("/visit/page/"))
    with plan_scope(TODAY):
        assert VisitLink.objects.get(referral=referral).accepted_at == NOW


def test_a_no_needs_its_reason_closes_the_page_and_lets_the_member_choose_again(
    sam: Client, referral: Referral
) -> None:
    assert sam.post("/visit/page/decline/", {}).status_code == 422
    assert "in a few words" in text(sam.post("/visit/page/decline/", {"reason": "other"}))
    response = sam.post("/visit/page/decline/", {"reason": "no-appointment"}, follow=True)
    assert "The patient is told today" in text(response)
    assert again(referral).professional_id is None
    assert sam.get("/visit/page/").status_code == 403


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"found": ""}, "Say what you found"),
        ({"need": ""}, "Say what you found about the procedure"),
        ({"signed_on": "2026-11-22"}, "cannot be signed before the visit"),
        ({"visited_on": "2026-11-24"}, "lies in the future"),
        ({"report": file("report.pdf", b"GIF89a")}, "not a PDF"),
        ({"differs": "no"}, "Say in a sentence why"),
    ],
)
def test_a_report_that_cannot_be_taken_is_refused_with_what_was_typed(
    sam: Client, referral: Referral, other: dict[str, object], says: str
) -> None:
    response = sam.post("/visit/page/report/", {**REPORT, "report": file("report.pdf"), **other})
    assert response.status_code == 422
    assert says in text(response)
    assert "Physical therapy." in text(response)
    assert again(referral).state == "authorized"


def test_a_report_is_filed_once_and_says_whether_it_agrees(sam: Client, referral: Referral) -> None:
    assert sam.post("/visit/page/report/", {**REPORT, "report": file("report.pdf")}).status_code == 303
    with plan_scope(TODAY):
        report = ConsultationReport.objects.get(referral=referral)
    assert (report.need, report.agrees) == ("not-needed", False)
    assert sam.get("/visit/page/report/").status_code == 303
    assert sam.post("/visit/page/report/", {**REPORT, "report": file("report.pdf")}).status_code == 303
    with plan_scope(TODAY):
        assert ConsultationReport.objects.filter(referral=referral).count() == 1


def test_each_look_and_each_try_leaves_a_trace(sam: Client, code: str, referral: Referral) -> None:
    enter(code, "1" * 14)
    enter("0000-0000-0000-0000", "1" * 14)
    sam.get("/visit/page/")
    with plan_scope(TODAY):
        rows = AccessEntry.objects.filter(person=visit_links.WHO).order_by("pk").values_list("what", "about")
        assert [*rows] == [
            ("try_visit_link", referral.number), ("try_visit_link", referral.number), ("try_visit_link", "no link"),
            ("visit", referral.number),
        ]  # fmt: skip


def test_every_reason_of_the_house_can_be_given_here() -> None:
    assert [key for key, _ in REASONS] == list(DECLINES)


def test_leaving_asks_for_the_proof_again(sam: Client) -> None:
    assert sam.post("/visit/page/leave/").status_code == 303
    for address in ("/visit/page/", "/visit/page/report/"):
        assert sam.get(address).status_code == 403

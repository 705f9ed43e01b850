"""The pages for offices: one form, one answer whoever is named, status in plain words, the whole by the code alone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from county import NOW, TODAY, County
from desk.life import DENIAL, again, step
from portal.office import NPI, PHONE, asked, enter, file, text, told_on, typed
from secondopinion.people.models import AccessEntry
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import OfficeRequest, Paper, Referral
from secondopinion.referrals.office_answers import WHO
from secondopinion.referrals.told import Ask, Item, ReferUp, TakeUp

HIDDEN = ("lower back", "back surgery", "M0000001", "1970", "Member One", "Holm", "Sam Specialist")


def referral(number: str) -> Referral:
    with plan_scope(TODAY):
        return Referral.objects.select_related("member").get(number=number)


def test_the_form_is_sent_once_and_tells_number_code_and_the_latest_day(place: County) -> None:
    form = typed(place)
    first = Client().post("/office/ask/", {**form, "paper": file()})
    number, code = told_on(first)
    assert re.fullmatch(r"SO-2026-\d{6}", number)
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", code)
    assert "at the latest" in text(first)
    again_ = text(Client().post("/office/ask/", form))
    assert number in again_
    assert code not in again_
    with plan_scope(TODAY):
        assert OfficeRequest.objects.count() == 1


def test_the_answer_says_nothing_of_whether_there_is_such_a_member(place: County) -> None:
    known = Client().post("/office/ask/", typed(place))
    unknown = Client().post("/office/ask/", typed(place, card="M9999999", birth_date="1990-05-05"))
    plain = [re.sub(r"SO-2026-\d+|[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", "#", text(one)) for one in (known, unknown)]
    assert plain[0] == plain[1]
    assert known.headers.keys() == unknown.headers.keys()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"requester_npi": "1234567890"}, "its check digit does not fit"),
        ({"requester_phone": "555-0177"}, "with its area code"),
        ({"birth_date": "2031-01-01"}, "nobody was born on that day"),
        ({"urgency": "expedited"}, "Say what could happen to the patient while waiting"),
        ({"condition": ""}, "Say in plain words what it is about."),
        ({"card": ""}, "Enter the patient’s ID number."),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_kept(
    place: County, other: dict[str, str], says: str
) -> None:
    response = Client().post("/office/ask/", typed(place, **other))
    assert response.status_code == 422
    assert text(response).count(says) == 2  # in the summary, and at the field
    with plan_scope(TODAY):
        assert OfficeRequest.objects.count() == 0


def test_a_file_that_is_no_pdf_is_refused_in_a_sentence(place: County) -> None:
    response = Client().post("/office/ask/", {**typed(place), "paper": file("scan.pdf", b"GIF89a")})
    assert response.status_code == 422
    assert "The file is not a PDF" in text(response)


@pytest.mark.parametrize("proof", [NPI, PHONE])
def test_the_status_says_where_it_stands_in_words_and_days_and_nothing_of_health(place: County, proof: str) -> None:
    number, _ = asked(place)
    office = Client()
    assert enter(number, proof, office).status_code == 303
    page = office.get("/office/answer/")
    said = text(page)
    assert "Approved" in said
    assert "Received Monday, November 23, 2026, 10:00 AM Pacific" in said
    assert "Your code opens the rest" in said
    for hidden in HIDDEN:
        assert hidden not in page.content.decode()
    assert office.get("/office/answer/report.pdf").status_code == 404


def test_the_answer_says_when_it_closes_by_itself(place: County) -> None:
    number, _ = asked(place)
    office = Client()
    enter(number, NPI, office)
    assert (
        "closes by itself: Monday, November 23, 2026, 10:20 AM Pacific"
        in office.get("/office/answer/").content.decode()
    )


def test_wrong_proofs_are_one_sentence_and_the_sixth_try_is_told_to_call(place: County) -> None:
    number, _ = asked(place)
    tries = [enter("SO-2026-999999", NPI), enter(number, "1679576722"), enter(number, NPI, birth_date="1970-01-02")]
    assert {text(one).partition("Request number")[0] for one in tries} == {
        text(tries[0]).partition("Request number")[0]
    }
    assert {one.status_code for one in tries} == {403}
    for _ in range(3):
        last = enter(number, "1679576722")
    assert "too many wrong tries" in text(last)
    assert enter(number, NPI).status_code == 403


def test_a_page_that_was_not_opened_asks_for_the_proof(place: County) -> None:
    for address in ("", "report.pdf", "record/added/"):
        response = Client().get(f"/office/answer/{address}")
        assert response.status_code == 403
        assert "closes by itself" in text(response)
    assert Client().post("/office/answer/record/", {"paper": file()}).status_code == 403


def waiting(place: County) -> tuple[str, str]:
    number, code = asked(place, fact_surgery_is_recommended="", fact_member_questions_surgery="")
    item = Item("A note that names the surgery", "II.C.1")
    step(place, referral(number), "nurse@plan", TakeUp(), Ask((item,)))
    return number, code


def test_an_office_sends_what_we_waited_for_and_sees_what_it_was_with_the_code_only(place: County) -> None:
    number, code = waiting(place)
    plain, whole = Client(), Client()
    enter(number, NPI, plain)
    enter(number, code, whole)
    assert "We need something from you" in text(plain.get("/office/answer/"))
    assert "names the surgery" not in text(plain.get("/office/answer/"))
    assert "A note that names the surgery (GG.1538 II.C.1)" in text(whole.get("/office/answer/"))
    assert plain.post("/office/answer/record/").status_code == 422
    added = plain.post("/office/answer/record/", {"paper": file("note.pdf")}, follow=True)
    assert "Your record is here" in text(added)
    assert "With a nurse" in text(added)
    with plan_scope(TODAY):
        assert Paper.objects.get(referral=referral(number)).name == "note.pdf"


def denied(place: County) -> tuple[str, str]:
    number, code = asked(place, fact_surgery_is_recommended="", fact_member_questions_surgery="")
    step(place, referral(number), "nurse@plan", TakeUp(complete=True), ReferUp("Nothing in the list fits."))
    step(place, referral(number), "physician@plan", DENIAL)
    return number, code


def test_a_denial_gives_its_reason_and_the_physicians_phone_to_the_code_alone(place: County) -> None:
    number, code = denied(place)
    phone, office = place.staff["physician@plan"].phone, Client()
    enter(number, NPI, office)
    plain = office.get("/office/answer/").content.decode()
    assert "Not approved" in plain
    assert phone not in plain
    assert DENIAL.clinical_reason not in plain
    assert referral(number).provider_told_at is None
    enter(number, code, office)
    said = text(office.get("/office/answer/"))
    for words in (phone, DENIAL.clinical_reason, DENIAL.reasons[0].words, "A new scan of your back"):
        assert words in said
    assert referral(number).provider_told_at == NOW


def test_a_code_that_nobody_has_confirmed_opens_the_status_alone_and_says_why(place: County) -> None:
    number, code = asked(place, known=False, fact_surgery_is_recommended="", fact_member_questions_surgery="")
    step(place, referral(number), "nurse@plan", TakeUp(complete=True), ReferUp("Nothing in the list fits."))
    step(place, referral(number), "physician@plan", DENIAL)
    office = Client()
    enter(number, code, office)
    page = office.get("/office/answer/").content.decode()
    assert "we call your office back" in page
    assert DENIAL.clinical_reason not in page
    assert office.get("/office/answer/report.pdf").status_code == 404
    assert referral(number).provider_told_at is None


def test_each_look_and_each_try_leaves_a_trace(place: County) -> None:
    number, code = asked(place)
    office = Client()
    enter(number, "1679576722", office)
    enter(number, code, office)
    office.get("/office/answer/")
    office.get("/office/answer/report.pdf")
    office.post("/office/answer/leave/")
    assert office.get("/office/answer/").status_code == 403
    with plan_scope(TODAY):
        rows = AccessEntry.objects.filter(person=WHO, about=number).order_by("pk").values_list("what", flat=True)
        assert [*rows] == ["ask", "try_office_answer", "try_office_answer", "answer", "report", "leave"]


def test_no_cache_keeps_a_page_and_no_search_engine_finds_it(place: County) -> None:
    number, code = asked(place)
    office = Client()
    enter(number, code, office)
    for address in ("/office/", "/office/ask/", "/office/status/", "/office/answer/"):
        headers = office.get(address).headers
        assert "no-store" in headers["Cache-Control"]
        assert "noindex" in headers["X-Robots-Tag"]
    assert office.cookies["office_answer"]["httponly"]
    assert office.cookies["office_answer"]["samesite"] == "Strict"


def test_who_the_office_is_stands_in_the_history_for_the_desk(place: County) -> None:
    number, _ = asked(place)
    found = again(referral(number))
    with plan_scope(TODAY):
        event = found.events.order_by("position").first()
    assert event is not None
    assert (event.actor, event.role) == ("Susan Watson, MD, on the page for offices", "office")

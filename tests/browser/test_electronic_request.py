"""An electronic request without a mark waits for a person, who says what it is; then it goes the way of all others."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.house import Clock, Mail
from county import TODAY, TOKEN, County, member
from fhir import bundles
from secondopinion.people.rls import plan_scope

pytestmark = pytest.mark.browser
DOOR = "/fhir/pas/2.2.1/Claim/$submit"
CERTIFIED, PENDED = "A1", "A4"


def test_an_electronic_request_without_a_mark_is_classified_by_a_person_and_authorized(
    place: County, address: str, somebody: SomebodyAt, clock: Clock, mail: Mail
) -> None:
    given_the_member_of_the_request(place)
    answer = when_the_office_sends_the_request(address)
    then_it_is_pended_for_a_person(answer)

    clerk, nurse = somebody("intake@plan"), somebody("nurse@plan")
    then_it_waits_in_the_work_list(clerk)
    when_the_clerk_says_what_it_is(clerk)
    when_the_clerk_records_what_the_member_says_on_the_phone(clerk)
    when_the_nurse_authorizes(nurse)
    then_the_history_tells_who_did_what(nurse)
    keeps_the_baseline(nurse.page)

    clock.shows("Monday 2026-11-23 11:00")
    again = when_the_office_sends_the_request(address)
    then_the_office_hears_that_it_is_certified(again, nurse.number.replace("SO-", "A-"))
    assert {letter.kind for letter in mail.everything()} == {
        "approval_to_member",
        "approval_to_pcp",
        "approval_to_requester",
    }


def given_the_member_of_the_request(place: County) -> None:
    with plan_scope(TODAY):
        member("OC0000042", "Marisol", "Quill", date(1961, 4, 9), "medi-cal", place.pcp)


def when_the_office_sends_the_request(address: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/fhir+json"}
    with urlopen(Request(address + DOOR, bundles.body(bundles.unmarked()), headers)) as response:
        bundle = json.load(response)
    return next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "ClaimResponse")


def decision(answer: dict[str, Any]) -> str:
    """The code of the decision on the one item."""
    (coding,) = (
        said["valueCodeableConcept"]["coding"][0]
        for action in answer["item"][0]["adjudication"][0]["extension"]
        for said in action["extension"]
        if said["url"].endswith("extension-reviewActionCode")
    )
    return str(coding["code"])


def then_it_is_pended_for_a_person(answer: dict[str, Any]) -> None:
    assert decision(answer) == PENDED
    notes = " ".join(note["text"] for note in answer["processNote"])
    assert "A person will read this request and say which opinion is asked for" in notes


def then_it_waits_in_the_work_list(clerk: Desk) -> None:
    clerk.open("/")
    expect(clerk.page.get_by_role("row").filter(has_text="Quill, Marisol")).to_contain_text("Not classified yet")


def when_the_clerk_says_what_it_is(clerk: Desk) -> None:
    clerk.main.get_by_role("row").get_by_role("link").click()
    clerk.reads("Nobody has said yet what kind of opinion this is.", "The clauses are read as soon as")
    form = clerk.step("Say what kind of opinion this is")
    clerk.pick("Which opinion is asked for?", "Second opinion", within=form)
    clerk.pick("Whose care is it about?", "Care from a specialist", within=form)
    clerk.send("Record the kind of opinion", within=form)
    clerk.is_told("Done: said what kind of opinion is asked.")


def when_the_clerk_records_what_the_member_says_on_the_phone(clerk: Desk) -> None:
    clerk.reads("Ask next")
    clerk.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    clerk.choose("Does the Member doubt that the operation is reasonable or necessary?", "Yes")
    clerk.type("Where do these answers come from?", "phone call with the Member")
    clerk.send("Save the answers")
    clerk.reads("The policy finds a yes: authorize it.")


def when_the_nurse_authorizes(nurse: Desk) -> None:
    nurse.open("/?view=mine")
    nurse.main.get_by_role("row").get_by_role("link").click()
    form = nurse.step("Authorize the opinion")
    nurse.send("Authorize", within=form)
    nurse.is_told("Done: authorized.")


def then_the_history_tells_who_did_what(nurse: Desk) -> None:
    history = nurse.page.locator("#history")
    for words in ("Example office", "Intake of Plan", "Nurse of Plan", "phone call with the Member"):
        expect(history).to_contain_text(words)


def then_the_office_hears_that_it_is_certified(answer: dict[str, Any], authorization: str) -> None:
    assert decision(answer) == CERTIFIED
    assert authorization in json.dumps(answer)

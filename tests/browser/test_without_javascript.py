"""A browser that runs no script takes in a request and works on it all the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.desk import Desk, SomebodyAt
from county import County

pytestmark = pytest.mark.browser


def test_a_request_is_taken_in_and_worked_on_without_javascript(place: County, somebody: SomebodyAt) -> None:
    clerk = somebody("intake@plan", java_script_enabled=False)
    given_the_member_is_found(clerk)
    when_the_clinician_is_searched_for_the_page_comes_back_with_everything_typed(clerk)
    when_the_answers_are_checked_changed_and_submitted(clerk)

    nurse = somebody("nurse@plan", java_script_enabled=False)
    when_the_list_is_filtered_by_its_button(nurse)
    when_the_nurse_takes_it_up(nurse)
    then_the_referral_is_with_a_nurse(nurse)


def given_the_member_is_found(clerk: Desk) -> None:
    clerk.open("/")
    clerk.follow("Take in a request")
    clerk.type("Birth date", "1970-01-01")
    clerk.type("First name", "Member")
    clerk.type("Last name", "One")
    clerk.send("Find the Member")
    clerk.follow("Yes, take in the request")


def when_the_clinician_is_searched_for_the_page_comes_back_with_everything_typed(clerk: Desk) -> None:
    clerk.choose("How did the request reach us?", "Walk-in")
    clerk.type("Day", "2026-11-23")
    clerk.type("Time, Pacific", "09:40")
    clerk.choose("Who asks?", "The Member")
    clerk.choose("Which opinion is asked for?", "Second opinion")
    clerk.choose("Whose care is it about?", "Care from a specialist")
    clerk.type("Who gave the opinion that is questioned?", "Holm")
    clerk.send("Search the directory")
    expect(clerk.main.get_by_label("Time, Pacific")).to_have_value("09:40")
    expect(clerk.main.get_by_role("alert")).to_have_count(0)
    clerk.choose("Is it one of these?", "Peter Holm, MD")


def when_the_answers_are_checked_changed_and_submitted(clerk: Desk) -> None:
    clerk.type("What is it about, in plain words?", "surgery on the back")
    clerk.send("Check answers")
    clerk.reads("Peter Holm, MD", "Ask for more")
    clerk.send("Change something")
    clerk.type("What is it about, in plain words?", "surgery on the lower back")
    clerk.send("Check answers")
    clerk.send("Submit the request")
    clerk.is_told("Received. Decide by")


def when_the_list_is_filtered_by_its_button(nurse: Desk) -> None:
    nurse.open("/")
    nurse.pick("Program", "OneCare")
    nurse.send("Filter")
    nurse.reads("No open referral fits these filters.")
    nurse.follow("Clear")


def when_the_nurse_takes_it_up(nurse: Desk) -> None:
    nurse.main.get_by_role("row").get_by_role("link").click()
    form = nurse.step("Take up the review")
    nurse.send("Take it up", within=form)


def then_the_referral_is_with_a_nurse(nurse: Desk) -> None:
    nurse.is_told("Done: took up the review.")
    nurse.reads("With a nurse", "surgery on the lower back")

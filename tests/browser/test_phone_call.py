"""A phone call becomes an authorized referral; the Member is seen; the report reaches everyone; it closes by itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import expect

from arriving import code_at, give_app
from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.house import Clock, Mail
from county import NOW, PASSWORD, County
from secondopinion.site.telling import REPORT

pytestmark = pytest.mark.browser


def test_a_phone_call_becomes_an_authorized_referral_and_closes_by_itself(
    place: County, stranger: SomebodyAt, clock: Clock, mail: Mail
) -> None:
    desk = stranger()
    given_intake_signs_in(desk)
    given_the_member_is_found_by_two_identifiers(desk)
    when_the_call_is_taken_down(desk)
    then_the_policy_already_says_what_it_finds(desk)
    when_the_answers_are_checked_and_submitted(desk)
    then_the_policy_has_authorized_it_and_the_member_is_written_to(desk, mail)

    clock.shows("Monday 2026-11-23 10:20")
    when_the_member_chooses_a_professional(desk)
    then_the_professional_and_the_member_are_written_to(mail)
    clock.shows("Tuesday 2026-11-24 09:00")
    when_the_visit_is_scheduled(desk)
    clock.shows("Wednesday 2026-12-02 11:00")
    when_the_visit_is_recorded(desk)
    clock.shows("Tuesday 2026-12-08 14:30")
    when_the_report_comes_in(desk, REPORT)
    then_it_goes_to_the_member_the_pcp_and_the_treating_professional(desk, mail)
    then_the_referral_has_closed_by_itself(desk)
    keeps_the_baseline(desk.page)


def given_intake_signs_in(desk: Desk) -> None:
    give_app("intake@plan")
    desk.open("/")
    expect(desk.page).to_have_title("Sign in · Second Opinion")
    desk.type("Sign-in name", "intake@plan")
    desk.type("Password", PASSWORD)
    desk.send("Sign in")
    desk.type("Code from your authenticator app", code_at(NOW))
    desk.send("Go on")
    expect(desk.page).to_have_title("Work list · Second Opinion")
    desk.reads("No referral is open")


def given_the_member_is_found_by_two_identifiers(desk: Desk) -> None:
    desk.follow("Take in a request")
    desk.type("Birth date", "1970-01-01")
    desk.type("ID number", "M0000001")
    desk.send("Find the Member")
    desk.reads("Is this the Member?", "Member One", "Medi-Cal", "None: the plan’s own")
    desk.follow("Yes, take in the request")


def when_the_call_is_taken_down(desk: Desk) -> None:
    desk.choose("How did the request reach us?", "Phone")
    desk.type("Day", "2026-11-23")
    desk.type("Time, Pacific", "09:15")
    desk.choose("Who asks?", "The Member")
    desk.choose("Which opinion is asked for?", "Second opinion")
    desk.choose("Whose care is it about?", "Care from a specialist")
    desk.type("Who gave the opinion that is questioned?", "Dr. Holm")
    desk.press_here("Search the directory")
    desk.choose("Is it one of these?", "Peter Holm, MD")
    desk.type("What is it about, in plain words?", "surgery on the lower back")
    desk.type("What was recommended?", "decompression of the lower spine")
    desk.type("The request in the asker’s own words", "My surgeon wants to operate. I want to hear another one.")
    desk.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    desk.choose("Does the Member doubt that the operation is reasonable or necessary?", "Yes")


def then_the_policy_already_says_what_it_finds(desk: Desk) -> None:
    panel = desk.page.get_by_role("complementary", name="What the policy finds")
    expect(panel).to_contain_text("Authorize")
    expect(panel).to_contain_text("II.C.1")
    expect(panel).to_contain_text("Orchard County Health Plan")


def when_the_answers_are_checked_and_submitted(desk: Desk) -> None:
    desk.send("Check answers")
    desk.reads("Check answers", "Mon, Nov 23, 2026, 9:15 AM PT, by phone", "Peter Holm, MD", "Entered")
    desk.send("Submit the request")


def then_the_policy_has_authorized_it_and_the_member_is_written_to(desk: Desk, mail: Mail) -> None:
    desk.is_told("Authorized by the policy (II.C.1). The letters are on their way.")
    desk.reads("Authorized. Next, the Member chooses a professional")
    assert [letter.kind for letter in mail.everything()] == ["approval_to_member", "approval_to_pcp"]


def when_the_member_chooses_a_professional(desk: Desk) -> None:
    desk.follow("Choose a professional")
    desk.reads("Who may give the opinion", "Sam Specialist, MD", "Noor Haddad, MD")
    desk.reads_not("Peter Holm", "Ed Bar", "Fay Gone", "Otto Far")  # questioned, excluded, ended, never contracted
    desk.main.get_by_role("radio", name="Sam Specialist, MD").check()
    desk.pick("Who chose?", "The Member")
    desk.pick("How did the choice reach us?", "By phone")
    desk.send("Record the choice")
    desk.is_told("2 letters will be mailed.")


def then_the_professional_and_the_member_are_written_to(mail: Mail) -> None:
    after = Counter(letter.kind for letter in mail.everything())
    assert after == {"approval_to_member": 2, "approval_to_pcp": 1, "authorization_to_professional": 1}


def when_the_visit_is_scheduled(desk: Desk) -> None:
    desk.page.reload()
    visit = desk.step("Schedule the visit")
    desk.type("Day of the visit", "2026-12-01", within=visit)
    desk.type("Time of the visit", "10:00", within=visit)
    desk.type("How was it arranged?", "by phone with the Member", within=visit)
    desk.send("Schedule the visit", within=visit)
    desk.is_told("Done: scheduled the visit.")
    desk.reads("Tue, Dec 1, 2026, 10:00 AM PT")


def when_the_visit_is_recorded(desk: Desk) -> None:
    desk.follow("Consultation")
    visit = desk.step("Record the visit")
    desk.type("Day of the visit", "2026-12-01", within=visit)
    desk.send("Record the visit", within=visit)
    desk.is_told("Done: recorded the visit.")
    desk.reads("Report to come in", "It has not come yet.")


def when_the_report_comes_in(desk: Desk, report: Path) -> None:
    desk.page.reload()
    form = desk.step("Record the consultation report")
    desk.upload("The report as a PDF", report, within=form)
    desk.type("Day it was signed", "2026-12-07", within=form)
    desk.pick("What did the consultant find?", "Something else should be done instead", within=form)
    desk.type("The consultant's opinion, in a few sentences", "A smaller operation will do.", within=form)
    desk.send("Keep the report and pass it on", within=form)
    desk.is_told("4 letters will be mailed.")
    desk.reads("differs from the first opinion on the need", "Owed, not mailed yet")


def then_it_goes_to_the_member_the_pcp_and_the_treating_professional(desk: Desk, mail: Mail) -> None:
    reports = {(letter.kind, letter.to) for letter in mail.everything() if letter.kind.startswith("report")}
    assert reports == {
        ("report_to_member", "Member One"),
        ("report_to_professional", "Grace Lind, MD"),
        ("report_to_professional", "Peter Holm, MD"),
    }
    desk.page.reload()
    readers = desk.main.get_by_role("listitem").filter(has_text="Mailed Tue, Dec 8, 2026, 2:30 PM PT")
    expect(readers).to_have_count(3)


def then_the_referral_has_closed_by_itself(desk: Desk) -> None:
    desk.follow(desk.number)
    desk.reads("Closed", "This referral is finished. Nothing is open any more.")
    history = desk.page.locator("#history")
    expect(history.get_by_role("listitem").first).to_contain_text("Second Opinion")

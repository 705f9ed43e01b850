"""Two people at one referral at once: the first step counts; the second person reads it and decides again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.house import Mail
from browser.requests import a_call_with_a_physician
from browser.watch import Watch
from browser.writing import write_a_denial
from county import County

pytestmark = pytest.mark.browser


def test_a_physician_who_signs_while_a_nurse_records_an_answer_is_told_and_nothing_is_sent(
    place: County, somebody: SomebodyAt, watch: Watch, mail: Mail
) -> None:
    number = a_call_with_a_physician(place)
    nurse, physician = somebody("nurse@plan"), somebody("physician@plan")
    given_the_physician_has_the_letter_on_the_screen(physician, number)
    given_the_nurse_has_the_referral_on_the_screen(nurse, number)
    when_the_member_calls_and_the_nurse_records_the_answers(nurse)
    watch.expected.add(409)
    when_the_physician_signs(physician)
    then_the_physician_reads_what_happened_and_nothing_was_done(physician)
    then_the_policy_now_finds_a_yes(physician)
    assert mail.everything() == []
    keeps_the_baseline(physician.page)


def test_of_two_nurses_who_take_up_one_request_the_second_reads_that_it_has_moved_on(
    place: County, somebody: SomebodyAt, watch: Watch
) -> None:
    number = a_call_with_a_physician(place)
    first, second = somebody("physician@plan"), somebody("nurse@plan")
    for desk in (first, second):
        desk.open(f"/referrals/{number}/")
    form = second.unfold("Record that the request is withdrawn")
    second.pick("Who withdrew it?", "The Member", within=form)
    second.type("Name of that person", "Member One", within=form)
    second.type("In what words?", "I changed my mind.", within=form)

    back = first.unfold("Send back to the nurse")
    first.type("What should the nurse find out?", "Whether an operation was recommended at all.", within=back)
    first.send("Send back", within=back)
    watch.expected.add(409)
    second.send("Withdraw the request", within=form)

    second.is_refused("The referral has moved on since you opened the page")
    again = second.unfold("Record that the request is withdrawn")
    expect(again.get_by_label("In what words?")).to_have_value("I changed my mind.")
    second.reads("With a nurse", "Whether an operation was recommended at all.")
    keeps_the_baseline(second.page)
    watch.expected.clear()
    second.send("Withdraw the request", within=again)
    second.is_told("Done: withdrawn by the requester.")


def given_the_physician_has_the_letter_on_the_screen(physician: Desk, number: str) -> None:
    write_a_denial(physician, number)
    physician.reads("Signing sends exactly the letter shown.")


def given_the_nurse_has_the_referral_on_the_screen(nurse: Desk, number: str) -> None:
    nurse.open(f"/referrals/{number}/")


def when_the_member_calls_and_the_nurse_records_the_answers(nurse: Desk) -> None:
    nurse.choose("Has somebody recommended an operation that has not been done yet?", "Yes")
    nurse.choose("Does the Member doubt that the operation is reasonable or necessary?", "Yes")
    nurse.send("Save the answers")
    nurse.is_told("Done: recorded answers.")


def when_the_physician_signs(physician: Desk) -> None:
    physician.send("Sign and deny")


def then_the_physician_reads_what_happened_and_nothing_was_done(physician: Desk) -> None:
    physician.is_refused("The policy authorizes this request. It cannot be denied; authorize it.")


def then_the_policy_now_finds_a_yes(physician: Desk) -> None:
    physician.reads("The policy finds a yes")
    expect(physician.page.get_by_role("button", name="Sign and deny")).to_have_count(0)

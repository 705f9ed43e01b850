"""Choosing in a browser: by phone at the desk, and on the Member's own page, with no script and on a small screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.house import Clock
from browser.requests import a_call_without_answers
from browser.test_narrow import SCREENS, STICKING_OUT
from browser.watch import Watch
from county import TODAY, County
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.rls import plan_scope

pytestmark = pytest.mark.browser

YES = {"surgery_is_recommended": True, "member_questions_surgery": True}
PHONE = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
def number(place: County) -> str:
    """An authorized referral of Member One."""
    return a_call_without_answers(place, answers=YES)


def test_a_member_chooses_by_phone_a_doctor_with_a_tie_knowing_it(
    place: County, number: str, somebody: SomebodyAt, watch: Watch
) -> None:
    watch.expected.add(422)
    given_the_doctor_in_question_and_sam_work_in_one_group(place)
    clerk = somebody("intake@plan")
    clerk.open(f"/referrals/{number}/")
    clerk.follow("Choose a professional")
    then_list_and_map_bear_the_same_numbers(clerk)
    when_the_clerk_records_sam_without_the_word_that_the_member_knows(clerk)
    clerk.is_refused("not wholly independent")
    keeps_the_baseline(clerk.page)
    clerk.main.get_by_text("The Member knows what speaks against independence").click()
    clerk.send("Record the choice")
    clerk.is_told("Done: recorded the Member's choice. 2 letters will be mailed.")
    clerk.reads("The Member knows, and chooses all the same")


def test_the_member_chooses_on_a_small_screen_without_a_script(
    place: County, number: str, somebody: SomebodyAt, stranger: SomebodyAt
) -> None:
    code = given_the_member_has_a_code(number, somebody)
    member = stranger(java_script_enabled=False, **PHONE)
    member.open(f"/your-choice/{code}")
    when_the_member_types_the_date_of_birth(member, "1", "1", "1970")
    member.reads("Hello, Member.", "Sam Specialist, MD", "Noor Haddad, MD")
    member.send("Choose Noor Haddad, MD")
    member.reads("Is this your choice?", "Noor Haddad, MD")
    member.send("Yes, I choose this doctor")
    member.reads("You chose Noor Haddad, MD.", "ask for a visit on or before Wednesday, December 16, 2026")

    clerk = somebody("intake@plan")
    clerk.open(f"/referrals/{number}/")
    clerk.reads("The Member, on a page of the Member’s own chose Noor Haddad, MD")


def test_none_of_these_works_and_the_desk_sees_the_search(
    place: County, number: str, somebody: SomebodyAt, stranger: SomebodyAt, watch: Watch
) -> None:
    watch.expected.add(422)
    member = stranger()
    code = given_the_member_has_a_code(number, somebody)
    member.open("/your-choice/")
    member.type("Your code", code.lower().replace("-", " "))
    when_the_member_types_the_date_of_birth(member, "1", "1", "1970")
    member.send("None of these works for me")
    member.send("Send")
    member.is_refused("Please mark at least one reason.")
    keeps_the_baseline(member.page)
    member.main.get_by_label("They are too far away").check()
    member.type("Tell us more", "I have no car")
    member.send("Send")
    member.reads("looks for another doctor for you by Wednesday, November 25, 2026")
    keeps_the_baseline(member.page)

    nurse = somebody("nurse@plan")
    nurse.open(f"/referrals/{number}/")
    nurse.reads("Find somebody who suits the Member", "In the Member’s words: I have no car")


def test_five_wrong_dates_of_birth_lock_the_page_and_the_desk_gives_another(
    place: County, number: str, somebody: SomebodyAt, stranger: SomebodyAt, watch: Watch
) -> None:
    watch.expected.add(403)
    code = given_the_member_has_a_code(number, somebody)
    curious = stranger()
    curious.open(f"/your-choice/{code}")
    for _ in range(4):
        when_the_member_types_the_date_of_birth(curious, "2", "2", "1972")
        curious.is_refused("do not fit together")
    keeps_the_baseline(curious.page)
    when_the_member_types_the_date_of_birth(curious, "2", "2", "1972")
    curious.is_refused("This page is closed. The date of birth was wrong too many times.")
    keeps_the_baseline(curious.page)

    again = given_the_member_has_a_code(number, somebody, button="Give another page")
    member = stranger()
    member.open(f"/your-choice/{again}")
    when_the_member_types_the_date_of_birth(member, "1", "1", "1970")
    member.reads("Hello, Member.")


def test_a_page_whose_time_is_over_says_so(
    place: County, number: str, somebody: SomebodyAt, stranger: SomebodyAt, watch: Watch, clock: Clock
) -> None:
    watch.expected.add(403)
    code = given_the_member_has_a_code(number, somebody)
    clock.shows("Tuesday 2026-12-08 00:00")
    member = stranger()
    member.open(f"/your-choice/{code}")
    when_the_member_types_the_date_of_birth(member, "1", "1", "1970")
    member.is_refused("Its time is over. Please call us.")


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_members_pages_keep_the_baseline_and_never_scroll_sideways(
    place: County, number: str, somebody: SomebodyAt, stranger: SomebodyAt, screen: str, scheme: str
) -> None:
    given_the_doctor_in_question_and_sam_work_in_one_group(place)
    code = given_the_member_has_a_code(number, somebody)
    member = stranger(color_scheme=scheme, **SCREENS[screen])
    member.open(f"/your-choice/{code}")
    then_the_page_is_sound(member)
    when_the_member_types_the_date_of_birth(member, "1", "1", "1970")
    then_the_page_is_sound(member)
    member.send("Choose Sam Specialist, MD")
    then_the_page_is_sound(member)
    member.main.get_by_label("I know this, and I still choose this doctor.").check()
    member.send("Yes, I choose this doctor")
    then_the_page_is_sound(member)
    member.follow("Back to the list")
    then_the_page_is_sound(member)


def given_the_doctor_in_question_and_sam_work_in_one_group(place: County) -> None:
    with plan_scope(TODAY):
        both = (place.first.pk, place.sam.pk)
        QualifiedProfessional.objects.filter(pk__in=both).update(group_name="Hill Spine Group")


def given_the_member_has_a_code(
    number: str, somebody: SomebodyAt, button: str = "Give the Member a page to choose"
) -> str:
    clerk = somebody("intake@plan")
    clerk.open(f"/referrals/{number}/choose/")
    clerk.press_here(button)
    clerk.reads("This code is shown now and never again.")
    keeps_the_baseline(clerk.page)
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", clerk.main.inner_text())
    assert found
    return found[0]


def then_list_and_map_bear_the_same_numbers(clerk: Desk) -> None:
    pins = clerk.main.locator(".map__pin text").all_text_contents()
    assert sorted(pins) == clerk.main.locator(".ref-offer__number").all_inner_texts()
    expect(clerk.main.get_by_role("img", name="Where they are, seen from the Member’s home")).to_be_visible()
    keeps_the_baseline(clerk.page)


def when_the_clerk_records_sam_without_the_word_that_the_member_knows(clerk: Desk) -> None:
    clerk.main.get_by_role("radio", name="Sam Specialist, MD").check()
    clerk.pick("Who chose?", "The Member")
    clerk.pick("How did the choice reach us?", "By phone")
    clerk.send("Record the choice")


def when_the_member_types_the_date_of_birth(member: Desk, month: str, day: str, year: str) -> None:
    member.type("Month", month)
    member.type("Day", day)
    member.type("Year", year)
    member.send("Go on")


def then_the_page_is_sound(member: Desk) -> None:
    member.page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
    assert member.page.evaluate(STICKING_OUT) == []
    keeps_the_baseline(member.page)

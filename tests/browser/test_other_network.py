"""A person of one Health Network cannot open another network's referral, by no address."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.house import Mail
from browser.requests import a_call_without_answers
from browser.watch import Watch
from county import TODAY, County
from secondopinion.people.models import AccessEntry
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Notice

pytestmark = pytest.mark.browser
DOUBTS = {"surgery_is_recommended": True, "member_questions_surgery": True}


def test_a_person_of_one_health_network_cannot_open_the_referral_of_another(
    place: County, somebody: SomebodyAt, mail: Mail, watch: Watch
) -> None:
    number = a_call_without_answers(place, member=place.maria, requester_name="Maria Reyes", answers=DOUBTS)
    mail.everything()
    ours, theirs = somebody("nurse@citrus"), somebody("nurse@sierra")
    given_the_network_of_the_member_sees_it(ours, number)
    letter = a_letter_of(number)

    watch.expected.add(404)
    when_another_network_looks_for_it(theirs, number)
    then_it_is_not_in_their_list_and_not_found_by_number(theirs, number)
    for address in ("", "consultation/", "choose/", letter, f"{letter}letter.pdf"):
        then_the_address_leads_to_the_same_page_as_a_number_nobody_has(theirs, number, address)
    then_the_attempt_was_written_down(number)
    keeps_the_baseline(theirs.page)


def given_the_network_of_the_member_sees_it(ours: Desk, number: str) -> None:
    ours.open("/")
    ours.follow(number)
    ours.reads("Maria Reyes", "Citrus Valley Medical Group", "Authorized")


def a_letter_of(number: str) -> str:
    with plan_scope(TODAY):
        return f"letters/{Notice.objects.get(referral__number=number, recipient_role='member').letter_id}/"


def when_another_network_looks_for_it(theirs: Desk, number: str) -> None:
    theirs.open("/")
    theirs.page.get_by_label("Referral number").fill(number)
    theirs.send("Open")


def then_it_is_not_in_their_list_and_not_found_by_number(theirs: Desk, number: str) -> None:
    theirs.reads("There is no such referral here.", "No referral is open.")
    expect(theirs.page.get_by_role("link", name=number)).to_have_count(0)


def then_the_address_leads_to_the_same_page_as_a_number_nobody_has(theirs: Desk, number: str, address: str) -> None:
    pages = []
    for asked in (number, "SO-2026-999999"):
        theirs.open(f"/referrals/{asked}/{address}")
        theirs.reads("There is no such page", "or it belongs to another Health Network")
        theirs.reads_not("Maria", "Reyes", "surgery")
        pages.append(theirs.main.inner_text())
    assert pages[0] == pages[1]


def then_the_attempt_was_written_down(number: str) -> None:
    with plan_scope(TODAY):
        tried = AccessEntry.objects.filter(about=number, person="Nurse of Sierra")
        assert tried.exists()

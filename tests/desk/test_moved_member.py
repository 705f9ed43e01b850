"""The page of a referral whose Member has moved: the network that decided works on, the new one reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from county import NOW, County
from desk.life import YES, received
from secondopinion.people.models import NetworkAssignment
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral

MOVED_ON = date(2026, 11, 25)  # a Wednesday
WEDNESDAY = NOW + timedelta(days=2)  # at 10:00 in California


@pytest.fixture
def moved(place: County, front_door_at: Callable[[datetime], None]) -> Referral:
    """Maria's opinion, authorized at Citrus Valley on Monday; since Wednesday she is with Sierra Oak."""
    referral = received(place, member=place.maria, requester_name="Maria Reyes", answers=YES)
    with plan_scope(MOVED_ON):
        NetworkAssignment.objects.filter(member=place.maria).update(to_on=MOVED_ON - timedelta(days=1))
        NetworkAssignment.objects.create(member=place.maria, network=place.sierra, from_on=MOVED_ON)
    front_door_at(WEDNESDAY)
    return referral


def pages(referral: Referral) -> list[str]:
    return [f"/referrals/{referral.number}/{part}" for part in ("", "consultation/", "choose/")]


def test_the_network_that_decided_still_reads_the_member_and_is_offered_the_next_steps(
    moved: Referral, signed_in_as: Callable[[str], Client]
) -> None:
    nurse = signed_in_as("nurse@citrus")
    page = nurse.get(pages(moved)[0]).content.decode()
    assert "Maria Reyes" in page
    assert "Choose a professional" in page
    assert moved.number in nurse.get("/").content.decode()


def test_the_new_network_reads_it_and_is_told_why_it_can_do_no_more(
    moved: Referral, signed_in_as: Callable[[str], Client]
) -> None:
    nurse = signed_in_as("nurse@sierra")
    page = nurse.get(pages(moved)[0]).content.decode()
    assert "Citrus Valley Medical Group authorized this before the Member came to your Health Network." in page
    assert "Choose a professional</a>" not in page
    assert moved.number not in nurse.get("/").content.decode()
    assert nurse.get("/", {"number": moved.number}).headers["Location"] == f"/referrals/{moved.number}/"
    for address in pages(moved):
        assert nurse.get(address).status_code in (200, 302), address


def test_no_step_of_the_new_network_changes_it(moved: Referral, signed_in_as: Callable[[str], Client]) -> None:
    nurse = signed_in_as("nurse@sierra")
    told = {"seen": moved.position, "page": "referral", "by": "member", "by_name": "Maria Reyes", "words": "No more."}
    answer = nurse.post(f"/referrals/{moved.number}/steps/withdraw/", told)
    assert answer.status_code in (404, 422)
    with plan_scope(MOVED_ON):
        assert Referral.objects.get(pk=moved.pk).state == "authorized"

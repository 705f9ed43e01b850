"""Requests that came in before a story begins, taken in through the house's own door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from county import NOW, TODAY, County
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.told import Choose, ReferUp, See, TakeUp

CALLED_AT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # Monday 2026-11-23 09:00 in California


def a_call_without_answers(place: County, **other: Any) -> str:
    """A Member's call about a specialist's care; nothing is known yet. Returns the referral's number."""
    said: Mapping[str, Any] = {
        "member": place.one,
        "program": "medi-cal",
        "channel": "phone",
        "received_at": CALLED_AT,
        "requester": "member",
        "requester_name": "Member One",
        "opinion": "second",
        "about": "specialist-care",
        "condition": "surgery on the lower back",
        "clinician": place.first,
    }
    with plan_scope(TODAY):
        return receive(Request(**{**said, **other}), person=place.person("intake@plan"), now=NOW).number


def a_call_with_a_physician(place: County) -> str:
    """The same call, sent on to a physician by a nurse."""
    number = a_call_without_answers(place)
    with plan_scope(TODAY):
        referral = Referral.objects.get(number=number)
        for told in (TakeUp(complete=True), ReferUp("Nothing in the list fits; please look.")):
            advance(referral.pk, told, person=place.person("nurse@plan"), now=NOW)
    return number


def a_seen_member(place: County) -> str:
    """An authorized call whose Member has been seen today; the report is due."""
    doubts = {"surgery_is_recommended": True, "member_questions_surgery": True}
    number = a_call_without_answers(place, answers=doubts)
    with plan_scope(TODAY):
        referral = Referral.objects.get(number=number)
        for told in (Choose(place.sam.pk, "The Member", "by phone"), See(TODAY)):
            advance(referral.pk, told, person=place.person("intake@plan"), now=NOW)
    return number


def made_up(state: str) -> str:
    """The number of a referral of the made-up county that is in a state and that the plan decides."""
    with plan_scope(TODAY):
        found = Referral.objects.filter(state=state, decider="plan").order_by("number").first()
    assert found is not None
    return found.number

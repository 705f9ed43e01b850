"""Requests that came in before a story begins, taken in through the house's own door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from county import NOW, TODAY, County
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.receive import Request, receive

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

"""A referral begins otherwise than by a plain request: a visit that was found, an opinion the plan asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from county import TODAY
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Referral

Browser = Callable[[str], Client]
VISIT = {
    "channel": "claim", "received_on": "2026-11-23", "received_time": "09:15", "requester": "provider",
    "visited_on": "2026-11-12", "outside_name": "Elena Marsh, MD", "condition": "back pain", "program": "medi-cal",
    "opinion": "second", "about": "specialist-care", "fact_visit_was_outside_network": "yes",
    "fact_visit_was_emergency_or_urgent": "unknown",
}  # fmt: skip
PLAN = {
    "channel": "fax", "received_on": "2026-11-23", "received_time": "09:30", "program": "medi-cal",
    "parent_reference": "PA-2026-004411", "parent_service": "removal of skin folds of the belly",
    "parent_expert": "plastic surgeon", "parent_due_on": "2026-11-30", "parent_due_time": "17:00",
    "fact_necessity_is_in_question": "yes",
    "request_words": "The photos do not show the rash that was described.", "opinion": "second",
    "about": "specialist-care", "condition": "skin folds of the belly", "clinician_name": "Dr. Vale",
}  # fmt: skip


def enter(client: Client, name: str, form: dict[str, str], member: str = "M0000001") -> str:
    answer = client.post(reverse(name, args=[member]), {"entry": str(uuid4()), **form})
    return (client.get(answer.headers["Location"]) if answer.status_code == 302 else answer).content.decode()


def referrals() -> list[Referral]:
    with plan_scope(TODAY):
        return list(Referral.objects.order_by("number"))


def test_both_beginnings_are_reached_from_the_member_page_and_each_by_its_roles(signed_in_as: Browser) -> None:
    found, plan = reverse("intake-found", args=["M0000001"]), reverse("intake-plan", args=["M0000001"])
    clerk, nurse = signed_in_as("intake@plan"), signed_in_as("nurse@plan")
    page = clerk.get(reverse("intake", args=["M0000001"])).content.decode()
    assert found in page
    assert plan not in page
    assert plan in nurse.get(reverse("intake", args=["M0000001"])).content.decode()
    assert clerk.get(plan).status_code == 403
    assert nurse.get(plan).status_code == 200
    assert clerk.get(found).status_code == 200


@pytest.mark.clause("III.D")
def test_a_visit_found_by_a_claim_is_entered_with_its_day_and_what_is_known(signed_in_as: Browser) -> None:
    page = enter(signed_in_as("intake@plan"), "intake-found", VISIT)
    assert "Entered. Say what follows from the visit by " in page
    (made,) = referrals()
    assert (made.state, made.found_by, made.visited_on) == ("visit_review", "claim", date(2026, 11, 12))  # Thursday
    assert made.outside_name == made.requester_name == "Elena Marsh, MD"
    assert made.received_at == datetime(2026, 11, 23, 17, 15, tzinfo=UTC)  # Monday 9:15 in California
    with plan_scope(TODAY):
        first = Event.objects.get(referral=made, position=1)
    assert first.step == "discover"
    assert first.details["answers"] == {"visit_was_outside_network": True}
    assert (
        "entered a visit without authorization of Thursday, November 12, 2026, which came to light by a claim" in page
    )


def test_a_visit_of_a_onecare_member_has_its_time_to_decide_from_receipt(signed_in_as: Browser) -> None:
    page = enter(signed_in_as("intake@plan"), "intake-found", {**VISIT, "program": "onecare"}, member="1122334455")
    assert "Entered. Say what follows from the visit by " in page
    assert "Fri, Jan 22, 2027, 11:59 PM PT" in page  # 60 days to decide


@pytest.mark.parametrize(("changes", "words"), [
    ({"visited_on": "2026-11-24"}, "The visit lies after the day on which it came to light."),
    ({"visited_on": ""}, "Enter the day of the visit."),
    ({"outside_name": ""}, "Say who saw the Member."),
    ({"channel": ""}, "Choose how the visit came to light."),
    ({"program": "onecare"}, "the Member was enrolled in Medi-Cal"),
])  # fmt: skip
def test_a_visit_with_something_wrong_is_refused_and_keeps_what_was_typed(
    signed_in_as: Browser, changes: dict[str, str], words: str
) -> None:
    page = enter(signed_in_as("intake@plan"), "intake-found", {**VISIT, **changes})
    assert words in page
    assert 'value="back pain"' in page
    assert 'id="visit_was_outside_network-yes" value="yes" checked' in page
    assert referrals() == []


def test_a_visit_pressed_twice_is_entered_once(signed_in_as: Browser) -> None:
    client, form = signed_in_as("intake@plan"), {**VISIT, "entry": str(uuid4())}
    for _ in range(2):
        assert client.post(reverse("intake-found", args=["M0000001"]), form).status_code == 302
    assert len(referrals()) == 1


@pytest.mark.clause("II.E")
def test_a_nurse_asks_for_an_opinion_on_a_request_that_is_not_decided(signed_in_as: Browser) -> None:
    page = enter(signed_in_as("nurse@plan"), "intake-plan", PLAN)
    (made,) = referrals()
    assert (made.requester, made.requester_name) == ("plan", "Nurse of Plan")
    assert (made.parent_reference, made.parent_service) == ("PA-2026-004411", "removal of skin folds of the belly")
    assert made.parent_due_at == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)  # Monday 2026-11-30 17:00 in California
    assert made.state == "authorized"
    assert "The request it is for" in page
    assert "It is for the request PA-2026-004411: removal of skin folds of the belly" in page


@pytest.mark.parametrize(("changes", "words"), [
    ({"parent_reference": ""}, "Give the number of the request that the opinion is for."),
    ({"parent_expert": ""}, "Say what kind of doctor is to look."),
    ({"parent_due_time": ""}, "Enter the time by which that request must be decided."),
    ({"request_words": ""}, "“Why is an opinion needed?” is not answered."),
    ({"parent_due_on": "2027-03-14", "parent_due_time": "02:30"}, "That time does not exist"),  # a Sunday in spring
])  # fmt: skip
def test_an_opinion_for_the_plan_lacking_something_is_refused_and_keeps_what_was_typed(
    signed_in_as: Browser, changes: dict[str, str], words: str
) -> None:
    page = enter(signed_in_as("nurse@plan"), "intake-plan", {**PLAN, **changes})
    assert words in page
    assert 'value="removal of skin folds of the belly"' in page
    assert referrals() == []

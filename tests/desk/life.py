"""Referrals of the small county, brought by real steps to where a page is to be looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from county import NOW, TODAY, County
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.told import Choose, Deny, Reason, ReferUp, Schedule, See, TakeUp, Told

RECEIVED = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # Monday 2026-11-23 09:00 in California
YES = {"surgery_is_recommended": True, "member_questions_surgery": True}
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
TYPED = {
    "clause_1": "II.C.1",
    "reason_1": "Nobody has told you to have surgery. Your doctor asked you to wait and see.",
    "clinical_reason": "The scan of your back in October shows no change that surgery would help.",
    "would_change": "A note from your doctor that names a surgery\nA new scan of your back",
    "why_not_otherwise": "The file was read for any other reason of like weight, and none was found.",
    "expertise": "Fifteen years of back care in family practice, and a talk with a spine surgeon.",
}
DENIAL = Deny(
    reasons=(Reason(TYPED["clause_1"], TYPED["reason_1"]),),
    clinical_reason=TYPED["clinical_reason"],
    why_not_otherwise=TYPED["why_not_otherwise"],
    would_change=TYPED["would_change"],
    expertise=TYPED["expertise"],
)


def request_of(place: County, **other: Any) -> Request:
    """A Member's call of Monday 2026-11-23 at 9:00 in California."""
    said: dict[str, Any] = {
        "member": place.one,
        "program": "medi-cal",
        "channel": "phone",
        "received_at": RECEIVED,
        "requester": "member",
        "requester_name": "Member One",
        "opinion": "second",
        "about": "specialist-care",
        "condition": "surgery on the lower back",
        "procedure": "back surgery",
        "clinician": place.first,
    }
    return Request(**{**said, **other})


def received(place: County, **other: Any) -> Referral:
    """A referral that just came in."""
    with plan_scope(TODAY):
        taken = receive(request_of(place, **other), person=place.person("intake@plan"), now=NOW)
        return Referral.objects.get(pk=taken.referral_id)


def step(place: County, referral: Referral, who: str, *told: Told, now: datetime = NOW) -> Referral:
    """The referral after somebody's steps."""
    with plan_scope(TODAY):
        for one in told:
            advance(referral.id, one, person=place.person(who), now=now)
    return again(referral)


def again(referral: Referral) -> Referral:
    """The referral as it stands now."""
    with plan_scope(TODAY):
        return Referral.objects.select_related("member", "network").get(pk=referral.pk)


def with_a_nurse(place: County, **other: Any) -> Referral:
    """Taken up by a nurse."""
    return step(place, received(place, **other), "nurse@plan", TakeUp(complete=True))


def with_a_physician(place: County, **other: Any) -> Referral:
    """Sent to a physician, with a note."""
    return step(place, with_a_nurse(place, **other), "nurse@plan", ReferUp("Nothing in the list fits; please look."))


def authorized(place: County, **other: Any) -> Referral:
    """Authorized by the policy itself."""
    return received(place, answers=YES, **other)


def scheduled(place: County) -> Referral:
    """Authorized, chosen and scheduled."""
    choice = Choose(place.sam.pk, "The Member", "by phone")
    visit = Schedule(datetime(2026, 12, 1, 18, 0, tzinfo=UTC))  # Tuesday 2026-12-01 10:00 in California
    return step(place, authorized(place), "intake@plan", choice, visit)


def visited(place: County) -> Referral:
    """Seen by the professional on Monday 2026-11-23."""
    choice = Choose(place.sam.pk, "The Member", "by phone")
    return step(place, authorized(place), "intake@plan", choice, See(date(2026, 11, 23)))

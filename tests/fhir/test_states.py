"""What the door says of a request that ended, or was granted, in another way than a plain yes or no."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from county import NOW, County
from fhir import bundles as b
from fhir.wire import Json, answer_of, decision, notes, post
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.fhir.standing import outcome_of
from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import FoundVisit, Request
from secondopinion.referrals.sweep import take_due
from secondopinion.referrals.told import Answer, Classify, Deny, Reason, ReferUp
from secondopinion.referrals.told_outcomes import Dismiss, GrantInPart, Limit, Reverse, TellCost

YES = {"surgery_is_recommended": True, "member_questions_surgery": True}
EXCUSES = (
    "visit_was_authorized", "visit_was_emergency_or_urgent", "visit_was_sensitive_service",
    "visit_continued_earlier_care", "provider_made_the_error", "decision_was_pending_or_late",
)  # fmt: skip
WORDS = "The plan's network has spine surgeons of the same training who can see the Member this month."
AFTER = datetime(2026, 12, 1, 7, 59, tzinfo=UTC)  # Monday 2026-11-30 23:59 in California
LAST = datetime(2027, 2, 22, 8, 0, tzinfo=UTC)  # Monday 00:00 in California, the authorization's last day is over


def unmarked() -> Json:
    """A request that no clause settles: a person must look."""
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["supportingInfo"]
    return bundle


def with_a_physician(orchard: County, bundle: Json) -> Referral:
    answer_of(post(bundle))
    referral = Referral.objects.get()
    physician = orchard.person("physician@plan")
    advance(referral.pk, Classify(Opinion.SECOND, About.SPECIALIST_CARE), person=physician, now=NOW)
    advance(referral.pk, ReferUp("Please look at the choice."), person=physician, now=NOW)
    return referral


def reviewed(answered: Json) -> bool:
    reviewer = next(e for e in answered["extension"] if e["url"].endswith("claimResponseReviewer"))
    return bool(next(e["valueBoolean"] for e in reviewer["extension"] if e["url"] == "wasHumanReviewedFlag"))


def test_a_request_that_nobody_decided_in_time_is_answered_as_denied_and_as_reviewed_by_nobody(orchard: County) -> None:
    bundle = unmarked()
    answer_of(post(bundle))
    assert take_due(AFTER).taken == {"deem": 1}
    answered = answer_of(post(bundle, now=AFTER), "deemed denied")
    assert decision(answered) == "A3"
    assert "Nobody decided this request in time" in notes(answered)
    assert "may appeal" in notes(answered)
    assert not reviewed(answered)
    assert outcome_of(Referral.objects.get(), AFTER).decided_on == datetime(2026, 11, 30).date()  # Monday


@pytest.mark.parametrize(("step", "clause"), [(Limit, "II.G"), (GrantInPart, "III.G")])
def test_a_limited_yes_is_certified_in_part_and_says_what_is_limited(
    orchard: County, step: type[Limit] | type[GrantInPart], clause: str
) -> None:
    # The clinician is not named, so the search goes by the condition, a knee: somebody in the network has that field.
    QualifiedProfessional.objects.filter(pk=orchard.sam.pk).update(taxonomy="207X00000X")
    flatten([orchard.sam.pk])
    bundle = unmarked()
    referral = with_a_physician(orchard, bundle)
    physician = orchard.person("physician@plan")
    advance(referral.pk, Answer(YES), person=physician, now=NOW)
    told = step("Any spine surgeon", "A spine surgeon of the network", (Reason(clause, WORDS),), WORDS,
                expertise=WORDS)  # fmt: skip
    advance(referral.pk, told, person=physician, now=NOW)
    answered = answer_of(post(bundle), f"limited by {clause}")
    assert decision(answered) == "A2"
    assert "Asked for: Any spine surgeon. Approved: A spine surgeon of the network." in notes(answered)
    assert f"GG.1538 {clause}: {WORDS}" in notes(answered)
    assert "may appeal" in notes(answered)
    assert reviewed(answered)
    assert answered["preAuthPeriod"]["start"] == "2026-11-23"


def test_a_yes_after_the_time_ran_out_says_that_a_person_gave_it(orchard: County) -> None:
    bundle = unmarked()
    referral = with_a_physician(orchard, bundle)
    physician = orchard.person("physician@plan")
    advance(referral.pk, Answer(YES), person=physician, now=NOW)
    take_due(AFTER)
    assert decision(answer_of(post(bundle, now=AFTER))) == "A3"
    advance(referral.pk, Reverse("It should have been said in time."), person=physician, now=AFTER)
    answered = answer_of(post(bundle, now=AFTER))
    assert (decision(answered), reviewed(answered)) == ("A1", True)


def test_an_authorization_that_ended_unused_is_told_so(orchard: County) -> None:
    bundle = b.request()
    number = Referral.objects.get(number=answer_of(post(bundle))["identifier"][0]["value"]).authorization_number
    take_due(LAST)
    answered = answer_of(post(bundle, now=LAST), "ended unused")
    assert decision(answered) == "CT"
    assert f"The authorization {number} ended on Sunday, February 21, 2027 without a visit." in notes(answered)


def test_a_denial_in_the_evening_bears_the_day_in_california(orchard: County) -> None:
    referral = with_a_physician(orchard, unmarked())
    evening = NOW + timedelta(hours=8)  # Monday 18:00 in California, Tuesday in UTC
    denial = Deny((Reason("II.C", WORDS),), WORDS, WORDS, WORDS, expertise=WORDS)
    advance(referral.pk, denial, person=orchard.person("physician@plan"), now=evening)
    assert outcome_of(Referral.objects.get(), evening).decided_on == NOW.date()


def received(orchard: County, **other: Any) -> Referral:
    request = Request(received_at=NOW, requester_name="Joe Smith", clinician=orchard.first, **other)
    taken = receive(request, person=orchard.person("intake@plan"), now=NOW)
    return Referral.objects.get(pk=taken.referral_id)


def test_a_dismissal_is_no_decision_on_the_care_and_says_why(orchard: County) -> None:
    referral = received(orchard, member=orchard.joe, program="onecare", channel="phone", requester="member")
    why = "Mr. Example may not ask for the Member, and the Member does not wish it."
    advance(referral.pk, Dismiss("not-a-party", why), person=orchard.person("nurse@plan"), now=NOW)
    outcome = outcome_of(Referral.objects.get(), NOW)
    assert outcome.kind == "contact"
    assert outcome.notes[1] == why


def test_a_visit_that_nobody_had_authorized_is_pended_and_then_not_covered(orchard: County) -> None:
    found = FoundVisit("claim", NOW.date(), "Dr. Otto Far")
    referral = received(orchard, member=orchard.one, program="medi-cal", channel="claim", requester="provider",
                        found=found, opinion="second", about="specialist-care")  # fmt: skip
    assert outcome_of(Referral.objects.get(), NOW).kind == "pended"
    physician = orchard.person("physician@plan")
    answers = {"visit_was_outside_network": True} | dict.fromkeys(EXCUSES, False)
    advance(referral.pk, Answer(answers), person=physician, now=NOW)
    advance(referral.pk, TellCost(WORDS), person=physician, now=NOW)
    outcome = outcome_of(Referral.objects.get(), NOW)
    assert (outcome.kind, outcome.reasons) == ("denied", ("0N",))
    assert outcome.reviewer is not None
    assert WORDS in outcome.notes

"""What comes after: repeats, conflicts, cancellations, changes and appeals, at the FHIR door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from county import NOW, County
from fhir import bundles as b
from fhir.wire import Json, answer_of, decision, issue_of, notes, nothing_was_kept, post
from secondopinion.fhir.models import Submission
from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.told import Classify, Deny, Reason, ReferUp


def test_sending_the_same_request_again_gives_the_present_state_and_no_second_referral(orchard: County) -> None:
    first = answer_of(post(b.request()))
    again = answer_of(post(b.request() | {"timestamp": "2026-11-23T09:59:00-08:00"}, now=NOW + timedelta(hours=1)))
    assert first["item"] == again["item"]
    assert first["identifier"] == again["identifier"]
    assert (Referral.objects.count(), Submission.objects.count()) == (1, 1)


def test_a_repeat_after_a_denial_is_answered_with_the_denial(orchard: County) -> None:
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["supportingInfo"]
    answer_of(post(bundle))
    referral = Referral.objects.get()
    physician = orchard.person("physician@plan")
    advance(referral.pk, Classify(Opinion.SECOND, About.SPECIALIST_CARE), person=physician, now=NOW)
    advance(referral.pk, ReferUp("Nothing supports it so far."), person=physician, now=NOW)
    words = "We know of no reason on the list that applies, and two calls brought nothing new."
    denial = Deny((Reason("II.C", words),), words, words, words)
    advance(referral.pk, denial, person=physician, now=NOW)
    answered = answer_of(post(bundle), "denied")
    assert decision(answered) == "A3"
    assert "two calls brought nothing new" in notes(answered)
    reviewer = next(e for e in answered["extension"] if e["url"].endswith("claimResponseReviewer"))
    assert {"url": "wasHumanReviewedFlag", "valueBoolean": True} in reviewer["extension"]


def test_the_same_identifiers_for_something_else_are_a_conflict(orchard: County) -> None:
    answer_of(post(b.request()))
    assert issue_of(post(b.saying("Something else altogether")), 409)["code"] == "conflict"
    assert Referral.objects.count() == 1


@pytest.mark.parametrize("certification", ["1", "2"])
def test_an_appeal_makes_no_new_request_and_is_told_where_to_go(orchard: County, certification: str) -> None:
    bundle = b.request()
    item = b.resource(bundle, b.CLAIM)["item"][0]
    item["extension"][1]["valueCodeableConcept"] = b.concept(b.X12 + "1322", certification)
    answered = answer_of(post(bundle), "appeal")
    assert decision(answered) == "CT"
    assert "1-714-555-0190" in notes(answered)
    assert nothing_was_kept()


def cancelling() -> Json:
    bundle = b.request()
    bundle["identifier"]["value"] = "T-78"
    item = b.resource(bundle, b.CLAIM)["item"][0]
    item["extension"][1]["valueCodeableConcept"] = b.concept(b.X12 + "1322", "3")
    return bundle


def test_a_cancellation_withdraws_the_request(orchard: County) -> None:
    answer_of(post(b.request()))
    answered = answer_of(post(cancelling()), "cancelled")
    assert decision(answered) == "C"
    assert Referral.objects.get().state == "withdrawn"
    again = answer_of(post(cancelling()))
    assert decision(again) == "C"
    assert Event.objects.filter(step="withdraw").count() == 1


def test_there_is_nothing_to_cancel_before_a_request(orchard: County) -> None:
    answered = answer_of(post(cancelling()), "nothing to cancel")
    assert answered["outcome"] == "error"
    assert "none to cancel" in notes(answered)
    assert nothing_was_kept()


def test_a_change_of_a_known_request_changes_nothing_and_says_so(orchard: County) -> None:
    answer_of(post(b.request()))
    bundle = b.request()
    bundle["identifier"]["value"] = "T-79"
    item = b.resource(bundle, b.CLAIM)["item"][0]
    item["extension"][1]["valueCodeableConcept"] = b.concept(b.X12 + "1322", "S")
    answered = answer_of(post(bundle), "change")
    assert decision(answered) == "A1"
    assert "nothing was changed" in notes(answered)
    assert Referral.objects.count() == 1

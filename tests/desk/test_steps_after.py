"""The steps after a yes have their forms: the happy way, and a refusal that keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from county import NOW, TODAY, County
from desk.ways import Browser, brought, stage_for
from referrals.brought import agreed_outside, authorized, found_visit, plans_own, seen
from secondopinion.people.person import SYSTEM
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.told_after import Chase, DraftAgreement

Clock = Callable[[datetime], None]
HAPPY: dict[str, tuple[dict[str, str], str]] = {
    "draft_agreement": ({"rate": "the Medi-Cal rate"}, "sent the letter of agreement; the Member pays nothing"),
    "sign_agreement": (
        {"signed_on": "2026-11-23", "by_name": "Otto Far, MD"}, "the letter of agreement that Otto Far, MD signed"),
    "drop_agreement": ({"why": "The rate was too low."}, "ended the talks without an agreement"),
    "decline": ({"reason": "not-accepting", "words": "Full until May"}, "will not see the Member"),
    "return_tests": (
        {"by_name": "Sam Specialist, MD", "test_1": "a scan of the back", "code_1": "72148"},
        "sent back to the treating professional what Sam Specialist, MD had asked for"),
    "parent_decided": (
        {"decided_on": "2026-11-23", "outcome": "Not covered"},
        "recorded that the request it was for was decided on Monday, November 23, 2026"),
    "tell_cost": ({"reason": "Nobody had said yes to this visit before."}, "found that the visit is not covered"),
    "excuse": ({"why": "It was an emergency."}, "found that the Member owes nothing for the visit"),
}  # fmt: skip
LACKING: dict[str, tuple[dict[str, str], str, str]] = {
    "draft_agreement": ({"rate": ""}, "“What rate is offered?” is not answered.", "Send the letter of agreement"),
    "sign_agreement": (
        {"signed_on": "2026-11-24", "by_name": "Otto Far, MD"}, "on which day, not later than today", "Otto Far, MD"),
    "drop_agreement": ({"why": ""}, "“Why did no agreement come about?” is not answered.", "End the talks"),
    "decline": ({"reason": "", "words": "Full until May"}, "“Why?” is not answered.", "Full until May"),
    "return_tests": (
        {"by_name": "", "test_1": "a scan of the back"},
        "“Who asked for them?” is not answered.", "a scan of the back"),
    "parent_decided": (
        {"decided_on": "2026-11-24", "outcome": "Not covered"}, "not later than today", "Not covered"),
    "tell_cost": ({"reason": "Not ours."}, "is too short to be understood", "Not ours."),
    "excuse": ({"why": ""}, "“Why is nothing owed?” is not answered.", "Find that the Member owes nothing"),
}  # fmt: skip


@pytest.mark.parametrize("step", HAPPY)
def test_each_form_takes_its_step_and_the_history_says_so(
    place: County, signed_in_as: Browser, front_door_at: Clock, step: str
) -> None:
    stage = stage_for(step, place, signed_in_as, front_door_at)
    said, sentence = HAPPY[step]
    assert stage.take(step, **said).status_code == 303
    assert stage.last().step == step
    assert sentence in stage.page()


@pytest.mark.parametrize("step", LACKING)
def test_each_form_that_lacks_something_is_refused_and_keeps_what_was_typed(
    place: County, signed_in_as: Browser, front_door_at: Clock, step: str
) -> None:
    stage = stage_for(step, place, signed_in_as, front_door_at)
    said, sentence, typed = LACKING[step]
    refused = stage.take(step, **said)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert sentence in page
    assert typed in page
    assert stage.last().step != step


def test_a_form_with_nothing_to_do_is_not_offered(place: County, signed_in_as: Browser) -> None:
    page = brought(place, authorized, "nurse@plan", signed_in_as).page()
    assert "Record that the professional will not see the Member" in page
    assert "Record how the request it is for was decided" not in page
    contracting = brought(place, seen, "contracting@plan", signed_in_as).page()
    assert "Record the signed agreement" not in contracting
    assert "Nothing more can be done here by you." not in page


def test_outside_the_network_shows_the_yes_the_letter_the_payer_and_that_the_member_pays_nothing(
    place: County, signed_in_as: Browser
) -> None:
    stage = brought(place, lambda c: agreed_outside(c).then(DraftAgreement("the Medi-Cal rate"), "contracting@plan"),
                    "contracting@plan", signed_in_as)  # fmt: skip
    page = stage.page()
    panel = page.split("Outside the network")[1]
    for words in ("Otto Far, MD", "Physician of Plan", "Sent, not signed yet", "the Medi-Cal rate", "The plan",
                  "The Member pays $0", "Letter of agreement to be signed"):  # fmt: skip
        assert words in panel
    assert "Outside the network" not in brought(place, authorized, "contracting@plan", signed_in_as).page()


def test_the_agreement_stands_on_the_list_of_those_who_make_it_by_its_own_clock(
    place: County, signed_in_as: Browser
) -> None:
    stage = brought(place, agreed_outside, "contracting@plan", signed_in_as)
    other = brought(place, authorized, "nurse@plan", signed_in_as)
    page = stage.client.get(reverse("work-list")).content.decode()
    assert stage.referral.number in page
    assert other.referral.number not in page
    assert "Letter of agreement to be signed by" in page
    assert other.referral.number in stage.client.get(reverse("work-list"), {"view": "all"}).content.decode()
    assert stage.take("draft_agreement", rate="the Medi-Cal rate").status_code == 303
    assert stage.take("sign_agreement", signed_on="2026-11-23", by_name="Otto Far, MD").status_code == 303
    assert "no clock of this list runs" in stage.client.get(reverse("work-list")).content.decode()


def test_a_visit_not_yet_looked_at_may_not_be_called_not_covered(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, found_visit, "physician@plan", signed_in_as)
    assert stage.take("answer", **{"fact-visit_was_emergency_or_urgent": "unknown"}).status_code == 303
    refused = stage.take("tell_cost", reason="Nobody had said yes to this visit before.")
    assert refused.status_code == 422
    assert "Not every exception has been looked at yet" in refused.content.decode()
    assert "Nobody had said yes to this visit before." in refused.content.decode()


def test_the_request_it_is_for_is_shown_with_its_clock_and_how_it_was_decided(
    place: County, signed_in_as: Browser
) -> None:
    stage = brought(place, plans_own, "nurse@plan", signed_in_as)
    page = stage.page()
    for words in ("The request it is for", "R-2026-000077", "an operation to remove loose skin",
                  "Decide the request it is for"):  # fmt: skip
        assert words in page
    assert stage.take("parent_decided", decided_on="2026-11-23", outcome="Not covered").status_code == 303
    assert "Not covered recorded Mon, Nov 23, 2026" in stage.page()


def test_the_consultation_page_follows_tests_and_a_professional_who_declined(
    place: County, signed_in_as: Browser
) -> None:
    stage = brought(place, authorized, "intake@plan", signed_in_as)
    address = reverse("take-step", args=[stage.referral.number, "return_tests"])
    said = {"page": "consultation", "by_name": "Sam", "test_1": "a scan of the back", "test_2": "blood work"}
    sent = stage.client.post(address, {"seen": stage.referral.position, **said})
    assert sent.headers["Location"] == reverse("consultation", args=[stage.referral.number])
    page = stage.page("consultation")
    assert "a scan of the back" in page
    assert "blood work" in page
    assert "Record that the professional will not see the Member" in page
    assert stage.take("decline", reason="no-appointment").status_code == 303
    assert "None chosen yet" in stage.page("consultation")


def test_a_code_without_words_is_asked_for_in_words(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, authorized, "intake@plan", signed_in_as)
    refused = stage.take("return_tests", by_name="Sam", test_1="a scan of the back", code_2="72148")
    assert "Say in words what this code is" in refused.content.decode()


def test_the_consultation_page_says_how_often_the_report_was_asked_for(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, seen, "nurse@plan", signed_in_as)
    assert "How often it was asked for" not in stage.page("consultation")
    with plan_scope(TODAY):
        advance(stage.referral.pk, Chase(1), person=SYSTEM, now=NOW + timedelta(days=30))  # Wednesday 2026-12-23
    assert "How often it was asked for Wed, Dec 23, 2026, 10:00 AM PT: the professional" in stage.page("consultation")


def test_only_contracting_is_offered_the_agreement(place: County, signed_in_as: Browser) -> None:
    stage = brought(place, agreed_outside, "nurse@plan", signed_in_as)
    assert "Send the letter of agreement" not in stage.page()
    refused = stage.take("draft_agreement", rate="the Medi-Cal rate")
    assert refused.status_code == 422
    assert "is not yours to do" in refused.content.decode()

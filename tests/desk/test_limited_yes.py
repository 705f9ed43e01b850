"""A limited yes is signed like a denial: the Member's letter is shown first, and what is shown is what is signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import TODAY, County
from desk.life import TYPED, YES, again, received, step, with_a_physician
from desk.test_decision import a_record_of, decide, events, letters_of, text, was_shown
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.letters.paper import text_of
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Answer
from secondopinion.referrals.told_after import Search

Browser = Callable[[str], Client]
LIMIT = {
    "way": "limit",
    "asked": "A visit with a doctor in another county",
    "approved": "One visit with a doctor in the network",
    "clause_1": "II.G",
    "reason_1": "There are doctors in our network near you who can give this opinion.",
}
PART = {
    "way": "grant_in_part",
    "asked": "A visit and a new scan",
    "approved": "One visit to hear another doctor’s opinion",
    "clause_1": "II.G",
    "reason_1": "A new scan is ordered by the doctor who treats you, after the visit.",
}
ONECARE = {
    "medicare_reason": "Medicare pays for the visit in the network, and for no other.",
    "medi_cal_reason": "Medi-Cal pays for the visit in the network, and for no other.",
}


def a_yes_with_a_physician(place: County, **other: object) -> Referral:
    """The policy finds a yes while the physician looks."""
    return step(place, with_a_physician(place, **other), "nurse@plan", Answer(YES))


def details_of(referral: Referral, name: str) -> dict[str, Any]:
    """What the last event of a step keeps."""
    with plan_scope(TODAY):
        told = (
            Event.objects.filter(referral=referral, step=name).order_by("-position").values_list("details", flat=True)
        )
        return dict(told[0])


def on(client: Client, referral: Referral, way: str) -> HttpResponse:
    return client.get(reverse("decide", args=[referral.number]), {"way": way})


@pytest.mark.parametrize(("said", "decision"), [(LIMIT, "limit"), (PART, "partial")])
def test_what_is_signed_is_what_was_shown(
    place: County, signed_in_as: Browser, said: dict[str, str], decision: str
) -> None:
    referral = a_yes_with_a_physician(place)
    client = signed_in_as("physician@plan")
    shown = decide(client, referral, "show", **said)
    assert shown.status_code == 200
    assert said["reason_1"] in text(shown)
    assert letters_of(referral) == []
    draft = decide(client, referral, "pdf", **said)
    assert draft["Content-Type"] == "application/pdf"
    signed = decide(client, referral, "sign", shown=was_shown(shown), **said)
    assert signed.status_code == 303
    done = again(referral)
    assert (done.state, done.decision) == (State.AUTHORIZED, decision)
    letter, copy = letters_of(referral)
    assert (letter.kind, copy.kind) == ("modification_to_member", "modification_to_pcp")
    opened = client.get(reverse("letter-pdf", args=[referral.number, letter.pk]))
    assert opened.content == draft.content
    assert said["reason_1"] in " ".join(text_of(opened.content).split())
    history = text(client.get(reverse("referral", args=[referral.number])))
    assert f"Asked: {said['asked']}" in history
    assert "What fits the signer for this question: Fifteen years of back care" in history


def test_a_changed_word_is_shown_again_before_it_is_signed(place: County, signed_in_as: Browser) -> None:
    referral = a_yes_with_a_physician(place)
    client = signed_in_as("physician@plan")
    unseen = decide(client, referral, "sign", **LIMIT)
    assert unseen.status_code == 409
    assert "You have not seen the letter yet" in text(unseen)
    shown = was_shown(decide(client, referral, "show", **LIMIT))
    changed = decide(client, referral, "sign", shown=shown, **{**LIMIT, "asked": "A visit in the next state"})
    assert changed.status_code == 409
    assert "The letter is not the one you were shown" in text(changed)
    assert 'value="A visit in the next state"' in changed.content.decode()
    assert again(referral).state == State.PHYSICIAN_REVIEW


def test_the_letter_names_those_that_the_page_lists(place: County, signed_in_as: Browser) -> None:
    referral = a_yes_with_a_physician(place)
    client = signed_in_as("physician@plan")
    listed = text(on(client, referral, "limit"))
    printed = " ".join(text_of(decide(client, referral, "pdf", **LIMIT).content).split())
    for who in (place.sam, place.neuro):
        assert who.full_name in listed
        assert who.full_name in printed
    assert place.watson.full_name not in listed


def test_with_nobody_in_reach_the_choice_is_not_kept_to_the_network(place: County, signed_in_as: Browser) -> None:
    referral = a_yes_with_a_physician(place)
    with plan_scope(TODAY):
        QualifiedProfessional.objects.update(accepts_new_members=False)
        flatten(QualifiedProfessional.objects.values_list("pk", flat=True))
    client = signed_in_as("physician@plan")
    shown = on(client, referral, "limit")
    assert "so the choice cannot be kept to the network (II.G)" in text(shown)
    assert 'id="limit"' not in shown.content.decode()
    refused = decide(client, referral, "show", **LIMIT)
    assert refused.status_code == 422
    assert "Go outside the network instead (II.H)" in text(refused)


def test_a_limit_rests_on_the_search_that_was_kept_and_the_page_shows_its_seal(
    place: County, signed_in_as: Browser
) -> None:
    referral = step(place, a_yes_with_a_physician(place), "nurse@plan", Search())
    client = signed_in_as("physician@plan")
    kept = details_of(referral, "search")["search"]
    assert kept["sha256"][:12] in text(on(client, referral, "limit"))
    shown = decide(client, referral, "show", **LIMIT)
    assert decide(client, referral, "sign", shown=was_shown(shown), **LIMIT).status_code == 303
    limited = details_of(referral, "limit")
    assert limited["search_proof"]["sha256"] == kept["sha256"]
    assert "search" not in limited, "kept once, and pointed at"


def test_only_a_yes_can_be_limited(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    for way, said in (("limit", LIMIT), ("grant_in_part", PART)):
        shown = on(client, referral, way)
        assert "Only a yes can be limited" in text(shown)
        assert f'id="{way}"' not in shown.content.decode()
        assert decide(client, referral, "show", **said).status_code == 422
    assert "It cannot be denied; authorize it." in text(on(client, a_yes_with_a_physician(place), "deny"))


def test_every_paper_is_read_before_a_limit_is_signed(place: County, signed_in_as: Browser) -> None:
    referral = a_yes_with_a_physician(place)
    kept = a_record_of(place, referral)
    client = signed_in_as("physician@plan")
    shown = was_shown(decide(client, referral, "show", **LIMIT))
    unread = decide(client, referral, "sign", shown=shown, **LIMIT)
    assert unread.status_code == 422
    assert "Not every paper is marked as read." in text(unread)
    assert decide(client, referral, "sign", shown=shown, **LIMIT, **{f"read-{kept.pk}": "on"}).status_code == 303


def test_what_fits_the_physician_is_asked_with_the_reason_why(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    assert "Your licence is for another field than the care in question" in text(on(client, referral, "deny"))
    silent = decide(client, referral, "show", expertise="")
    assert silent.status_code == 422
    assert "“What fits you to judge this question?” is not answered." in text(silent)
    assert TYPED["clinical_reason"] in text(silent)


def test_onecare_says_what_both_programs_rules_do_not_cover(place: County, signed_in_as: Browser) -> None:
    referral = a_yes_with_a_physician(place, member=place.joe, program="onecare", requester_name="Joe Smith")
    client = signed_in_as("physician@plan")
    lacking = decide(client, referral, "show", **LIMIT)
    assert lacking.status_code == 422
    assert "“Why Medicare’s rules do not cover the rest” is missing." in text(lacking)
    assert decide(client, referral, "show", **LIMIT, **ONECARE).status_code == 200


def test_nothing_is_signed_while_a_request_may_be_an_appeal(
    place: County, signed_in_as: Browser, front_door_at: Callable[[datetime], None]
) -> None:
    earlier = with_a_physician(place)
    client = signed_in_as("physician@plan")
    shown = was_shown(decide(client, earlier, "show"))
    assert decide(client, earlier, "sign", shown=shown).status_code == 303
    front_door_at(datetime(2026, 11, 23, 19, 0, tzinfo=UTC))  # Monday 2026-11-23 11:00 in California
    suspect = with_a_physician(place)
    page = decide(client, suspect, "show")
    assert "This request may be an appeal of an earlier decision. Say first which it is" in text(page)
    assert 'value="sign"' not in page.content.decode()
    assert decide(client, suspect, "sign", shown=was_shown(page)).status_code == 422
    assert events(suspect) == ["receive", "take_up", "refer_up"]
    assert received(place).state == State.RECEIVED

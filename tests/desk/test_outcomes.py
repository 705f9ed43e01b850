"""Decisions beyond yes and no at the desk: dismiss and take it back, change a no, take an authorization back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from county import TODAY, County
from desk.life import (
    DENIAL,
    YES,
    again,
    authorized,
    received,
    step,
    with_a_nurse,
    with_a_physician,
)
from desk.test_decision import a_record_of
from desk.test_referral import events, page, take, text
from desk.test_time import BY_PROXY, hints
from secondopinion.people.person import SYSTEM
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Answer
from secondopinion.referrals.told_time import Deem

Browser = Callable[[str], Client]
UNSHOWN = {
    "ground": "no-authority",
    "reason": "Nobody has shown that Rosa Smith may act for you.",
    "day_1": "2026-11-23",
    "time_1": "09:20",
    "how_1": "By phone, to Rosa Smith",
    "what_1": "The form that appoints her",
}


def test_a_onecare_request_is_dismissed_with_every_try_and_opened_again(place: County, signed_in_as: Browser) -> None:
    referral = received(place, member=place.joe, **BY_PROXY)
    client = signed_in_as("nurse@plan")
    half = take(client, referral, "dismiss", **{**UNSHOWN, "what_1": ""})
    assert half.status_code == 422
    assert "or leave the whole try empty" in text(half)
    assert 'value="By phone, to Rosa Smith"' in half.content.decode()
    untried = take(client, referral, "dismiss", ground="no-authority", reason=UNSHOWN["reason"])
    assert untried.status_code == 422
    assert "Write down each try to get what was missing" in text(untried)
    assert take(client, referral, "dismiss", **UNSHOWN).status_code == 303
    assert again(referral).state == State.DISMISSED
    said = text(page(client, referral))
    assert "dismissed the request: the representative's authority was asked for and not shown" in said
    assert "Tried Monday, November 23, 2026 at 9:20 AM PT, By phone, to Rosa Smith: The form that appoints her" in said
    assert "For good cause the request is opened again." in said
    silent = take(client, again(referral), "vacate")
    assert silent.status_code == 422
    assert take(client, again(referral), "vacate", why="The form was in the mail all the time.").status_code == 303
    assert again(referral).state == State.RECEIVED
    assert "took the dismissal back; the request is open again" in text(page(client, referral))


def test_a_medi_cal_request_is_not_dismissed_and_the_page_says_so_first(place: County, signed_in_as: Browser) -> None:
    referral = with_a_nurse(place)
    client = signed_in_as("nurse@plan")
    assert "A Medi-Cal request is not dismissed" in hints(page(client, referral), "dismiss")
    refused = take(client, referral, "dismiss", **UNSHOWN)
    assert refused.status_code == 422
    assert "Nobody has shown that Rosa Smith may act for you." in text(refused)
    assert again(referral).state == State.NURSE_REVIEW


def denied(place: County) -> Referral:
    """A request of Monday that a physician denied the same day."""
    return step(place, with_a_physician(place), "physician@plan", DENIAL)


def test_a_no_is_changed_to_a_yes_only_where_the_policy_finds_one(place: County, signed_in_as: Browser) -> None:
    referral = denied(place)
    client = signed_in_as("nurse@plan")
    assert "there is none to change the decision to" in hints(page(client, referral), "reverse")
    refused = take(client, referral, "reverse", why="The surgeon wrote after all.")
    assert refused.status_code == 422
    assert "The surgeon wrote after all." in text(refused)
    assert again(referral).state == State.DENIED


def test_what_counts_as_denied_is_said_calmly_and_changed_to_a_yes(
    place: County, signed_in_as: Browser, front_door_at: Callable[[datetime], None]
) -> None:
    referral = step(place, with_a_nurse(place), "nurse@plan", Answer(YES))
    late = datetime(2026, 12, 2, 18, 0, tzinfo=UTC)  # Wednesday 2026-12-02 10:00 in California
    with plan_scope(TODAY):
        advance(referral.pk, Deem(), person=SYSTEM, now=late)
    front_door_at(late)
    client = signed_in_as("nurse@plan")
    said = text(page(client, referral))
    assert "Nobody decided in time. By law it counts as denied; the Member is being told and can appeal." in said
    assert "It can still be changed to a yes." in said
    assert "wrote down that nobody decided in time, which by law counts as a denial" in said
    assert "Not decided in time: counts as denied" in said
    assert take(client, again(referral), "reverse", why="It was a yes all along.").status_code == 303
    assert again(referral).state == State.AUTHORIZED
    assert "changed the no into a yes, and authorized the opinion" in text(page(client, referral))


TAKEN_BACK = {"ground": "not-enrolled", "reason": "You are with another health plan from January on.",
              "ends_on": "2026-12-03"}  # fmt: skip


def test_an_authorization_is_taken_back_with_notice_and_every_paper_read(place: County, signed_in_as: Browser) -> None:
    referral = authorized(place)
    kept = a_record_of(place, referral)
    client = signed_in_as("physician@plan")
    shown = page(client, referral).content.decode()
    assert 'value="2026-12-03"' in shown  # ten days after Monday 2026-11-23
    soon = take(client, referral, "rescind", **{**TAKEN_BACK, "ends_on": "2026-11-25"}, considered=str(kept.pk))
    assert soon.status_code == 422
    assert "The last day must lie between Thursday, December 3, 2026 and" in text(soon)
    assert "another health plan from January on" in text(soon)
    unread = take(client, referral, "rescind", **TAKEN_BACK)
    assert unread.status_code == 422
    assert "Not every paper with the referral is marked as read." in text(unread)
    assert take(client, referral, "rescind", **TAKEN_BACK, considered=str(kept.pk)).status_code == 303
    said = text(page(client, referral))
    assert "took the authorization back, with Thursday, December 3, 2026 as its last day" in said
    assert "its last day is Thursday, December 3, 2026. Until then a visit is covered" in said
    assert "The authorization was taken back already" in hints(page(client, referral), "rescind")


@pytest.mark.parametrize("who", ["intake@plan", "nurse@plan"])
def test_only_a_physician_takes_an_authorization_back(place: County, signed_in_as: Browser, who: str) -> None:
    referral = authorized(place)
    client = signed_in_as(who)
    assert 'id="step-rescind"' not in page(client, referral).content.decode()
    assert take(client, referral, "rescind", **TAKEN_BACK).status_code == 422
    assert "rescind" not in events(referral)


def search(client: Client, referral: Referral) -> str:
    return text(client.get(reverse("search-network", args=[referral.number])))


def test_a_search_is_kept_as_proof_with_the_reason_each_one_failed(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    before = search(client, referral)
    assert "Sam Specialist, MD" in before
    assert "Not known: ask the office for its first appointment" in before
    assert "Search the network first" in before
    sam, neuro = f"opening-{place.sam.npi}", f"opening-{place.neuro.npi}"
    wrong = take(client, referral, "search", page="search", **{sam: "soon", neuro: "2027-03-01"})
    assert wrong.status_code == 422
    assert 'value="2027-03-01"' in wrong.content.decode()
    late = {sam: "2027-02-01", neuro: "2027-03-01", "note": "Both offices were called."}
    assert take(client, referral, "search", page="search", **late).status_code == 303
    after = search(client, referral)
    assert "Last searched Mon, Nov 23, 2026, 10:00 AM PT" in after
    assert "none available" in after
    said = text(page(client, referral))
    assert "searched the network: of 4 professionals looked at, none is available" in said
    assert "Sam Specialist, MD: has no appointment by" in said


def test_going_outside_needs_the_search_and_a_known_professional(place: County, signed_in_as: Browser) -> None:
    referral = with_a_physician(place)
    client = signed_in_as("physician@plan")
    told = {"npi": place.outside.npi, "why": "The first opening in the county.", "page": "search"}
    unproven = take(client, referral, "agree_outside", **told)
    assert unproven.status_code == 422
    assert "Search the network first; the search is the proof" in text(unproven)
    late = {f"opening-{who.npi}": "2027-03-01" for who in (place.sam, place.neuro)}
    assert take(client, referral, "search", page="search", **late).status_code == 303
    referral = again(referral)
    unknown = take(client, referral, "agree_outside", **{**told, "npi": "1999999999"})
    assert unknown.status_code == 422
    assert "There is no professional with this NPI in the directory." in text(unknown)
    assert "The first opening in the county." in text(unknown)
    assert take(client, referral, "agree_outside", **told).status_code == 303
    assert "Agreed already: the Member may go to Otto Far, MD, outside the network." in search(client, referral)
    said = text(page(client, referral))
    assert "agreed that the Member may go outside the network, to Otto Far, MD" in said
    assert "The plan pays; the Member pays nothing." in said


def asked_again(place: County) -> tuple[Referral, Referral]:
    """A denial of Monday, and the same Member asking about the same care again."""
    return denied(place), received(place)


def test_a_request_that_may_be_an_appeal_shows_both_clocks_and_the_two_choices(
    place: County, signed_in_as: Browser
) -> None:
    earlier, suspect = asked_again(place)
    client = signed_in_as("intake@plan")
    shown = page(client, suspect)
    said = text(shown)
    assert "This may be an appeal" in said
    assert reverse("referral", args=[earlier.number]) in shown.content.decode()
    assert "If it is a new request: decide by" in said
    assert "If it is an appeal: decide it by Wed, Dec 23, 2026" in said
    assert suspect.number in text(client.get("/?view=appeal"))
    assert suspect.number not in text(client.get("/?view=authority"))
    silent = take(client, suspect, "is_new")
    assert silent.status_code == 422
    assert take(client, suspect, "is_new", why="Another operation is asked about.").status_code == 303
    said = text(page(client, suspect))
    assert f"said that this is a new request, not an appeal of {earlier.number}" in said
    assert "This may be an appeal" not in said


def test_an_appeal_goes_on_at_the_earlier_referral_and_only_once(place: County, signed_in_as: Browser) -> None:
    earlier, suspect = asked_again(place)
    client = signed_in_as("intake@plan")
    stale = take(client, suspect, "is_appeal", why="The Member says so.", seen="0")
    assert stale.status_code == 409
    assert 'value="The Member says so."' in stale.content.decode()
    done = take(client, suspect, "is_appeal", why="The Member says so.")
    assert done.status_code == 303
    assert done["Location"] == reverse("referral", args=[earlier.number])
    assert again(suspect).state == State.CLOSED
    assert again(earlier).appeal_received_at == suspect.received_at
    assert f"this is an appeal of {earlier.number}; it goes on there" in text(page(client, suspect))
    assert take(client, suspect, "is_appeal", why="The Member says so.").status_code == 409
    assert events(earlier).count("dispute") == 1

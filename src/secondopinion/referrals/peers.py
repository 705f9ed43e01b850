"""A treating provider asks to talk with a physician about a decision, and is called in time (GG.1508 III.I.3.f)."""

from __future__ import annotations

from datetime import datetime

from secondopinion.people.person import Person
from secondopinion.referrals.change import Change
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Decision
from secondopinion.referrals.reviewing import check_arrival
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import GOING_ON
from secondopinion.referrals.told_review import AnswerPeer, AskPeer

LIMITED = (Decision.LIMIT.value, Decision.PARTIAL.value)


def may_ask(before: Snapshot) -> bool:
    """Is there something to talk about: a decision still to be made, or one against the Member?"""
    return before.stands not in GOING_ON or before.decision in LIMITED or before.rescinded_at is not None


def ask_peer(before: Snapshot, told: AskPeer, person: Person, now: datetime) -> Change:
    """Half an hour in an emergency, else one business day, from the call."""
    if not may_ask(before):
        raise Refused("The opinion is authorized as it was asked for, so there is no decision to talk over.")
    if before.peer_asked_at is not None and before.peer_answered_at is None:
        raise Refused("A treating provider waits for a call already. Record that call first, then the new request.")
    check_arrival(before, told.at, now)
    if not told.by_name.strip() or not told.phone.strip():
        raise Refused("Write down who wants to talk with a physician, and at which number that provider is reached.")
    return Change(
        details={
            "at": told.at.isoformat(), "by_name": told.by_name.strip(), "phone": told.phone.strip(),
            "emergency": told.emergency,
        },
        columns={"peer_asked_at": told.at, "peer_emergency": told.emergency, "peer_answered_at": None},
    )  # fmt: skip


def answer_peer(before: Snapshot, told: AnswerPeer, person: Person, now: datetime) -> Change:
    """A physician talked with the provider. What changes the decision is a step of its own."""
    if before.peer_asked_at is None or before.peer_answered_at is not None:
        raise Refused("No treating provider waits for a call about this referral.")
    at = told.at or now
    if not before.peer_asked_at <= at <= now:
        raise Refused("The call was after it was asked for, and not in the future. Check day and time.")
    if not told.words.strip():
        raise Refused("Say in a sentence what was talked over, so that the next reviewer knows it.")
    return Change(details={"at": at.isoformat(), "words": told.words.strip()}, columns={"peer_answered_at": at})

"""Nightly proof: replay every history and report whatever the copies say differently. Nothing is repaired here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from secondopinion.people.person import Person
from secondopinion.referrals.ledger import FIRST, body_of, event_hash
from secondopinion.referrals.models import Event, Referral


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not agree with the history."""

    number: str
    what: str


def differences(numbers: list[str] | None = None) -> Iterator[Difference]:
    """Walk the histories: positions without a gap, hashes that link, and a state that is the last event's."""
    referrals = Referral.objects.order_by("number")
    if numbers is not None:
        referrals = referrals.filter(number__in=numbers)
    for referral in referrals.iterator():
        yield from _of(referral)


def _of(referral: Referral) -> Iterator[Difference]:
    previous, position, state, yes, no = FIRST, 0, "", 0, 0
    for event in Event.objects.filter(referral=referral).order_by("position"):
        position += 1
        if event.position != position:
            yield Difference(referral.number, f"event {position} is missing")
            return
        if event.previous != previous or event.hash != event_hash(previous, body_of_event(referral.number, event)):
            yield Difference(referral.number, f"event {position} does not carry the hash it should")
            return
        if position > 1 and event.source != state:
            yield Difference(referral.number, f"event {position} starts from {event.source}, not from {state}")
        previous, state, yes, no = event.hash, event.target, event.yes, event.no
    for name, copy, truth in (
        ("state", referral.state, state),
        ("position", referral.position, position),
        ("hash", referral.head_hash, previous),
        ("answers", (referral.yes, referral.no), (yes, no)),
    ):
        if copy != truth:
            yield Difference(referral.number, f"the {name} is {copy}, the history says {truth}")


def body_of_event(number: str, event: Event) -> dict[str, object]:
    """What the hash of a kept event covers, as it was when it was written."""
    person = Person(name=event.actor, roles=frozenset({event.role}), staff_id=event.actor_staff)
    return body_of(
        number, event.position, event.step, event.source, event.target, person, event.role, event.at,
        event.edition, event.yes, event.no, event.finding, event.details,
    )  # fmt: skip

"""Nobody has changed an event."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.people.person import Person
from secondopinion.referrals.checks.case import Case, Check, Difference, Past
from secondopinion.referrals.ledger import FIRST, body_of, event_hash
from secondopinion.referrals.models import Event


class HashesLink(Check):
    """Each event carries the hash of its content and of the event before."""

    name = "hashes"
    sentence = "No event was changed: each carries the hash of its own content and of the event before it."

    def look(self, case: Case) -> Iterator[Difference]:
        """The first event whose hash is not what it should be."""
        previous = FIRST
        for event in case.events:
            if event.previous != previous or event.hash != event_hash(previous, body_of_event(case.row.number, event)):
                yield self.found(case, f"event {event.position} does not carry the hash it should")
                return
            previous = event.hash


def body_of_event(number: str, event: Past | Event) -> dict[str, object]:
    """What the hash of a kept event covers, as it was when it was written on the referral with this number."""
    person = Person(event.actor, frozenset({event.role}), staff_id=event.actor_staff)
    return body_of(
        number, event.position, event.step, event.source, event.target, person, event.role, event.at,
        event.edition, event.yes, event.no, event.finding, event.details,
    )  # fmt: skip

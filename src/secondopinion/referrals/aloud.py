"""Where a Member's referrals stand, to be read aloud on the phone: status and letters, not what they are about.

Whoever reads it aloud may write one thing: that it was read, to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from secondopinion.letters.kinds import kind_named
from secondopinion.letters.models import Letter
from secondopinion.people.find import found_today
from secondopinion.people.models import AccessEntry, Member
from secondopinion.people.person import Person
from secondopinion.people.prepared import insert
from secondopinion.referrals.access import one, visible_to
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.reading import letter_of, notices_of
from secondopinion.referrals.responsible import decider_name
from secondopinion.referrals.states import State

TO: Final = ("the Member", "an Authorized Representative of the Member")


@dataclass(frozen=True, slots=True)
class Aloud:
    """One referral as it is read aloud: where it stands, who decides, what the Member was written."""

    referral: Referral
    words: str
    decider: str
    letters: tuple[Notice, ...]


def to_read_aloud(member: Member, person: Person, now: datetime) -> list[Aloud]:
    """The Member's referrals that the person may see, the newest first."""
    found = visible_to(person).filter(member=member).order_by("-received_at")
    return [
        Aloud(
            referral,
            State(referral.state).words,
            decider_name(referral, now),
            tuple(n for n in notices_of(referral) if kind_named(n.kind).reader == "member"),
        )
        for referral in found
    ]


def letter_aloud(number: str, letter_id: UUID, person: Person, now: datetime) -> Letter:
    """A letter to the Member, for whoever found that Member today by two identifiers. Raises Refused.

    A number or a key alone opens nothing: what was not looked for on a call is not there.
    """
    referral = one(person, number)
    letter = letter_of(referral, letter_id)
    if kind_named(letter.kind).reader != "member" or not found_today(referral.member, person, now):
        raise Refused("Look the caller up first, by two identifiers. Letters to the Member are then on the page.")
    return letter


def was_read(number: str, to: str, person: Person, now: datetime) -> Referral:
    """Write down that a referral was read aloud, and to whom. Raises Refused."""
    if to not in TO:
        raise Refused("Say to whom you read it: the Member, or a representative. Nothing was written down.")
    referral = one(person, number)
    insert(
        AccessEntry(
            at=now, person=person.name, person_network=person.network, what="read_aloud", about=referral.number,
            why=f"read aloud to {to}",
        )
    )  # fmt: skip
    return referral

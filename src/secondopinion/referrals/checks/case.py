"""One referral with everything that hangs on it, as a check looks at it; and what every check is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from secondopinion.referrals.snapshot import Running, Snapshot


class Past(NamedTuple):
    """One event of the history. Field names are the columns' names; see `Event`."""

    position: int
    step: str
    source: str
    target: str
    actor: str
    actor_staff: int | None
    role: str
    at: datetime
    edition: str
    yes: int
    no: int
    finding: Any
    details: dict[str, Any]
    previous: str
    hash: str


class Owing(NamedTuple):
    """One notice and its letter; without a letter the last two are None."""

    position: int
    kind: str
    recipient_role: str
    letter_id: UUID
    owed_at: datetime | None
    mailed_at: datetime | None


class Sent(NamedTuple):
    """One mailing that the print house has been given and has said nothing of."""

    letter_id: UUID
    carrier: str
    stands: str
    handed_over_at: datetime | None


class Unread(NamedTuple):
    """One letter that its reader cannot read yet: kept back for a translation, or to be read out."""

    letter_id: UUID
    kind: str
    language: str
    since: datetime
    kept_back: bool


class Earlier(NamedTuple):
    """The opinion that this one follows."""

    number: str
    member_id: UUID
    opinion_number: int


class Licensed(NamedTuple):
    """One licence of a member of the staff, with the days it is in force."""

    number: str
    state: str
    specialty: str
    unrestricted: bool
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Case:
    """One referral as the database holds it: the row, its history, running clocks, what it owes, what it follows.

    `now` is the instant of the look; None where the look is at the history alone.
    """

    row: Snapshot
    events: Sequence[Past]
    clocks: Sequence[Running]
    owed: Sequence[Owing]
    earlier: Earlier | None
    licenses: Mapping[int, Sequence[Licensed]]
    now: datetime | None
    sent: Sequence[Sent] = ()
    unread: Sequence[Unread] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it must be: the referral's number, and what, without any name."""

    number: str
    what: str
    check: str = ""


class Check:
    """One thing that must be true of every referral. `sentence` says it to the operator."""

    name: ClassVar[str]
    sentence: ClassVar[str]

    def look(self, case: Case) -> Iterator[Difference]:
        """Whatever is not so with this referral."""
        raise NotImplementedError

    def look_around(self) -> Iterator[Difference]:
        """Whatever is not so beyond any one referral; asked once a night."""
        return iter(())

    def found(self, case: Case, what: str) -> Difference:
        """A finding of this check."""
        return Difference(case.row.number, what, self.name)

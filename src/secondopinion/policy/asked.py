"""The head of a request: what is known the moment it arrives, before anybody has answered a question.

The strings are the ones used on paper, on the command line and on the wire; every storey shares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Program(StrEnum):
    """The line of coverage the Member is enrolled in; GG.1538 applies to these two."""

    MEDI_CAL = "medi-cal"
    ONECARE = "onecare"


class Urgency(StrEnum):
    """How fast the answer is owed."""

    STANDARD = "standard"
    EXPEDITED = "expedited"


class Requester(StrEnum):
    """Who asked (GG.1538 II.B); `plan` is the plan or network itself, validating under II.E."""

    MEMBER = "member"
    AUTHORIZED_REPRESENTATIVE = "authorized-representative"
    PHYSICIAN = "physician"
    PROVIDER = "provider"
    PLAN = "plan"


class Opinion(StrEnum):
    """Which opinion is asked for: the second (II.C), the third (II.D) or a further one (II.I)."""

    SECOND = "second"
    THIRD = "third"
    ADDITIONAL = "additional"


class About(StrEnum):
    """Whose care is questioned; it settles whether III.A or III.B governs the choice of consultant."""

    PCP_CARE = "pcp-care"
    SPECIALIST_CARE = "specialist-care"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it stands at the door.

    `received_at` is the aware instant the channel received it. `information_complete_at` is the aware
    instant at which all information reasonably necessary was in hand, or None while some is missing.
    Raises ValueError when an instant carries no offset or when completeness lies before receipt.
    """

    program: Program
    received_at: datetime
    information_complete_at: datetime | None
    urgency: Urgency
    requester: Requester
    opinion: Opinion
    about: About

    def __post_init__(self) -> None:
        if self.received_at.utcoffset() is None:
            raise ValueError("received_at has no offset from UTC: give the instant with one.")
        complete_at = self.information_complete_at
        if complete_at is None:
            return
        if complete_at.utcoffset() is None:
            raise ValueError("information_complete_at has no offset from UTC: give the instant with one.")
        # In UTC, since two instants of one zone are compared by the wall, where an hour comes twice in autumn.
        if complete_at.astimezone(UTC) < self.received_at.astimezone(UTC):
            raise ValueError("information_complete_at lies before received_at: give the later instant.")

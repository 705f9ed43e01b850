"""What a person tells the house about a decision that is more than yes or no: one dataclass a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from secondopinion.referrals.told import Reason, Told


@dataclass(frozen=True, slots=True)
class Modify(Told):
    """What every limited authorization is signed with (42 CFR 438.400(b)(1)): what was asked, what is approved.

    `reasons` cite clauses of the edition in force. The two rules are for OneCare. `considered` are the papers that
    the physician has read: every one there is. `expertise`: see `Deny`.
    """

    asked: str
    approved: str
    reasons: tuple[Reason, ...]
    clinical_reason: str = ""
    medicare_reason: str = ""
    medi_cal_reason: str = ""
    considered: tuple[UUID, ...] = ()
    expertise: str = ""


@dataclass(frozen=True, slots=True)
class Limit(Modify):
    """Authorize, with the choice kept to the network (II.G, III.E)."""

    step: ClassVar[str] = "limit"


@dataclass(frozen=True, slots=True)
class GrantInPart(Modify):
    """Authorize the consultation and not the rest of what was asked (III.G)."""

    step: ClassVar[str] = "grant_in_part"


@dataclass(frozen=True, slots=True)
class Outreach:
    """One try to reach somebody: when, how, and what was asked or said."""

    at: datetime
    how: str
    what: str


@dataclass(frozen=True, slots=True)
class Dismiss(Told):
    """No decision is owed, for a ground of `DISMISSALS` (OneCare; MA.6042 II.M): why, and how we tried to mend it."""

    step: ClassVar[str] = "dismiss"
    ground: str
    reason: str
    outreach: tuple[Outreach, ...] = ()


DISMISSALS: Mapping[str, str] = {
    "no-authority": "The representative's authority was asked for and not shown",
    "not-a-party": "Whoever asked may not ask for this Member",
    "invalid": "The request cannot be understood as one, and was not mended",
    "died": "The Member has died and nobody has an interest left in a decision",
}


@dataclass(frozen=True, slots=True)
class Vacate(Told):
    """The dismissal is taken back, for good cause: the request is open again, and its time starts now."""

    step: ClassVar[str] = "vacate"
    why: str


@dataclass(frozen=True, slots=True)
class Reverse(Told):
    """The plan changes its own no into a yes, unasked."""

    step: ClassVar[str] = "reverse"
    why: str


@dataclass(frozen=True, slots=True)
class Rescind(Told):
    """The authorization is taken back before the visit, on a ground of `RESCISSIONS`; never for necessity.

    `ends_on` is the last day it is good for: ten days ahead, unless the ground says that it cannot be used.
    """

    step: ClassVar[str] = "rescind"
    ground: str
    reason: str
    ends_on: date
    considered: tuple[UUID, ...] = ()


RESCISSIONS: Mapping[str, str] = {
    "not-enrolled": "The Member is no longer enrolled in the program",
    "wrong-member": "It was made out for the wrong person",
    "professional-barred": "The professional may not be paid any more",
    "obtained-by-fraud": "It was obtained by fraud, and this is proven",
}


@dataclass(frozen=True, slots=True)
class TellCost(Told):
    """The visit was outside the network, nobody had authorized it, and no exception holds (III.D, III.D.1)."""

    step: ClassVar[str] = "tell_cost"
    reason: str
    considered: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Excuse(Told):
    """The Member owes nothing for the visit: `why`, in words that the Member reads."""

    step: ClassVar[str] = "excuse"
    why: str

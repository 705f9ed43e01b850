"""What a person tells the house about time and about who asks: one dataclass a step, as in told.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from secondopinion.referrals.told import Item, Told


@dataclass(frozen=True, slots=True)
class LateInformation(Told):
    """Something came in that nobody waited for, at `at` by the channel's own clock.

    `complete`: with it, everything needed to decide is in hand.
    """

    step: ClassVar[str] = "late_information"
    at: datetime
    note: str
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Expedite(Told):
    """The request becomes expedited, or stays so for good. `supported`: a provider says that waiting could harm."""

    step: ClassVar[str] = "expedite"
    reason: str
    supported: bool
    by_name: str = ""  # the provider who supports it


@dataclass(frozen=True, slots=True)
class RefuseExpedite(Told):
    """The request keeps the standard time, counted from its receipt. `reason` is what the Member reads."""

    step: ClassVar[str] = "refuse_expedite"
    reason: str
    asked_at: datetime | None = None  # when fast handling was asked for, if later than the request


@dataclass(frozen=True, slots=True)
class Delay(Told):
    """More time to decide (42 CFR 438.210(d); HSC 1367.01(h)(5)): how many days, on which lawful ground, and why.

    `ground`: one of `GROUNDS`. `items` are what is missing; `expert` and `examination` name the kind of one or
    the other. `interest`: why the wait is good for the Member, needed unless somebody asked for it.
    """

    step: ClassVar[str] = "delay"
    days: int
    ground: str
    items: tuple[Item, ...] = ()
    expert: str = ""
    examination: str = ""
    interest: str = ""
    asked_by_name: str = ""


GROUNDS: Mapping[str, str] = {
    "member-asked": "The Member asked for more time",
    "provider-asked": "A provider asked for more time",
    "information": "Information is missing that is needed to decide",
    "expert": "An expert reviewer must look",
    "examination": "Another examination or test is needed",
}


@dataclass(frozen=True, slots=True)
class TellMember(Told):
    """The Member was told something by voice: what (one of `SPOKEN`), who was reached, and how."""

    step: ClassVar[str] = "tell_member"
    what: str
    whom: str
    how: str = "by phone"
    at: datetime | None = None  # now, unless it happened before


SPOKEN: Mapping[str, str] = {
    "expedite-refused": "that the request keeps the standard time",
    "decision": "what was decided",
    "delay": "that more time is needed",
    "fast-appeal-refused": "that the appeal keeps the standard time",
}


@dataclass(frozen=True, slots=True)
class ShowAuthority(Told):
    """The representative's authority came in at `at`: what paper, and where it is kept."""

    step: ClassVar[str] = "show_authority"
    at: datetime
    evidence: str


@dataclass(frozen=True, slots=True)
class Deem(Told):
    """Nobody decided in time: the house writes down what the law makes of it (42 CFR 438.404(c)(5))."""

    step: ClassVar[str] = "deem"


@dataclass(frozen=True, slots=True)
class Correct(Told):
    """Something was written down wrong. `columns` are the right values by name (see `correcting.CORRECTABLE`)."""

    step: ClassVar[str] = "correct"
    columns: Mapping[str, str | date | datetime]
    why: str


@dataclass(frozen=True, slots=True)
class RecordFirst(Told):
    """What the first practitioner said of the need for the procedure (II.D), and where that is written."""

    step: ClassVar[str] = "record_first"
    need: str
    source: str
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class CarryOver(Told):
    """From this day another entity decides: a merger, or the end of a delegation. The clocks go on."""

    step: ClassVar[str] = "carry_over"
    why: str

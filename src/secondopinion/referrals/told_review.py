"""What a person tells while an objection is worked on, and of a talk between physicians: one dataclass a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from secondopinion.referrals.told import Told


@dataclass(frozen=True, slots=True)
class RefuseFastAppeal(Told):
    """The appeal is not handled fast: why, in words for the Member. `told_at`: when that was said, if it was."""

    step: ClassVar[str] = "refuse_fast_appeal"
    why: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExtendAppeal(Told):
    """More time for a OneCare appeal: how many days, on which of `EXTENSIONS`, and why it serves the Member."""

    step: ClassVar[str] = "extend_appeal"
    days: int
    ground: str
    interest: str = ""
    asked_by_name: str = ""


EXTENSIONS: Mapping[str, str] = {
    "asked": "The Member, or somebody for the Member, asked for more time",
    "information": "Information is missing that may lead to a yes, and waiting is in the Member's interest",
}


@dataclass(frozen=True, slots=True)
class WriteAnswer(Told):
    """The appeals team mailed an answer: which of `ANSWERS`, and on which day."""

    step: ClassVar[str] = "write_answer"
    which: str
    mailed_on: date


ANSWERS: Mapping[str, str] = {
    "appeal": "The answer to the appeal",
    "fast-refused": "That the appeal keeps the standard time",
}


@dataclass(frozen=True, slots=True)
class ForwardToReviewer(Told):
    """The whole case went to Medicare's reviewer: how, and by which proof that it went."""

    step: ClassVar[str] = "forward_to_reviewer"
    how: str


@dataclass(frozen=True, slots=True)
class ReviewerAgrees(Told):
    """Medicare's reviewer left the decision as it was: in what words."""

    step: ClassVar[str] = "reviewer_agrees"
    why: str


@dataclass(frozen=True, slots=True)
class HearingAsked(Told):
    """The State gave notice of a hearing that the Member asked for, or of another day for it.

    `noticed_at` is when the notice came; `hearing_on` its day, None while the State has set none. `asked_on` is the
    day on which the Member asked, if the notice says it; `late_because` good cause for asking after the last day.
    """

    step: ClassVar[str] = "hearing_asked"
    noticed_at: datetime
    expedited: bool = False
    hearing_on: date | None = None
    asked_on: date | None = None
    late_because: str = ""


@dataclass(frozen=True, slots=True)
class PacketSent(Told):
    """The packet for the State Hearing left: how, and by which proof."""

    step: ClassVar[str] = "packet_sent"
    how: str


@dataclass(frozen=True, slots=True)
class HearingUpheld(Told):
    """The State Hearing left the decision as it was: in what words."""

    step: ClassVar[str] = "hearing_upheld"
    why: str


@dataclass(frozen=True, slots=True)
class AskPeer(Told):
    """A treating provider asks to talk with a physician: who, by which number, since when, and whether it presses."""

    step: ClassVar[str] = "ask_peer"
    at: datetime
    by_name: str
    phone: str
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPeer(Told):
    """A physician has talked with the treating provider: what was said. `at`: when, if it was before now."""

    step: ClassVar[str] = "answer_peer"
    words: str
    at: datetime | None = None

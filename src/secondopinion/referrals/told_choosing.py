"""What a person tells about the Member's choice beside the choice itself (`told.Choose`): one dataclass a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from secondopinion.referrals.shown import Shown
from secondopinion.referrals.told import Choose, Told


@dataclass(frozen=True, slots=True)
class ChooseAgain(Choose):
    """The Member wants somebody else than the one with whom the visit is scheduled: told as a choice is."""

    step: ClassVar[str] = "choose_again"


@dataclass(frozen=True, slots=True)
class Pick(Told):
    """The Member declined to choose, and the plan picks: how the Member declined, and where the proof is kept."""

    step: ClassVar[str] = "pick"
    professional_id: UUID
    declined_how: str
    evidence: str
    declined_at: datetime | None = None  # None: just now
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class NoneSuits(Told):
    """Nobody on the list suits the Member: why, in reasons of the list and in the Member's own words."""

    step: ClassVar[str] = "none_suits"
    reasons: tuple[str, ...]
    words: str
    by: str
    how: str
    by_name: str = ""
    said_at: datetime | None = None  # None: just now
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class GivePage(Told):
    """A page for the Member to choose on. The code itself is told to the Member and kept nowhere."""

    step: ClassVar[str] = "give_page"
    page_id: UUID
    code_sha256: str


@dataclass(frozen=True, slots=True)
class TakeBackPage(Told):
    """The Member's page is closed again, and why."""

    step: ClassVar[str] = "take_back_page"
    why: str

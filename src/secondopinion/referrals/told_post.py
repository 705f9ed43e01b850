"""What is told about a letter after it was handed over: a postmark, a failure, its return, another mailing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from secondopinion.referrals.told import Told


@dataclass(frozen=True, slots=True)
class Postmarked(Told):
    """The print house says on which day a letter was postmarked."""

    step: ClassVar[str] = "postmarked"
    mailing_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class NotDelivered(Told):
    """A carrier says that a letter did not arrive, and why; or it has said nothing for too long."""

    step: ClassVar[str] = "not_delivered"
    mailing_id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class CameBack(Told):
    """A letter came back in the mail."""

    step: ClassVar[str] = "came_back"
    mailing_id: UUID
    on: date
    why: str


@dataclass(frozen=True, slots=True)
class MailAgain(Told):
    """Send the same sealed letter once more: by which carrier, why, and to which address if not its own."""

    step: ClassVar[str] = "mail_again"
    letter_id: UUID
    by: str
    why: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailedAgain(Told):
    """Another mailing of a letter left the house: the house's own step, with the proof."""

    step: ClassVar[str] = "mailed_again"
    mailing_id: UUID
    confidential: bool = False
    format: str = "standard"

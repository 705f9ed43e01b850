"""What is told about the language of a letter: its words are translated, or it was read out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from secondopinion.referrals.told import Told


@dataclass(frozen=True, slots=True)
class ApproveWords(Told):
    """Approve translations of one letter's words as they stand: `seen` holds the fingerprint of each that was read."""

    step: ClassVar[str] = "approve_words"
    letter_id: UUID
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadAloud(Told):
    """A letter in English was read out to its reader by an interpreter, or the reader did not want that."""

    step: ClassVar[str] = "read_aloud"
    letter_id: UUID
    outcome: str
    interpreter: str = ""

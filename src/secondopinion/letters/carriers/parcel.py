"""What a carrier is given, and what every carrier is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID


class NotCarried(RuntimeError):
    """The carrier could not take a letter. Nothing is lost: it is handed over again. Holds no name, no address."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A paper that goes into the same envelope as the letter: its name, its bytes and their seal."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier is given. `number` is the referral's; `batch_on` the local day that names the batch.

    `nth`: which mailing of this letter by this carrier it is, from 1. `to`: the fax number or the e-mail address.
    `certificate`: the reader's X.509 certificate as PEM, for e-mail. `cover`: a sheet that goes on top of the letter.
    """

    letter_id: UUID
    kind: str
    language: str
    number: str
    batch_on: date
    recipient_name: str
    address_lines: tuple[str, ...]
    pdf: bytes
    sha256: str
    enclosures: tuple[Enclosure, ...] = ()
    nth: int = 1
    to: str = ""
    certificate: str = ""
    cover: bytes = b""

    @property
    def key(self) -> str:
        """What every carrier knows the mailing by: the letter's id, and which mailing of it this is after the first."""
        return key_of(self.letter_id, self.nth)


class Carrier(Protocol):
    """Anything that takes letters out of the house, each mailing exactly once however often it is handed over."""

    def post(self, parcel: Parcel) -> str:
        """Take a letter; returns the carrier's receipt, the same for the same mailing. Raises NotCarried."""
        ...


def key_of(letter_id: UUID, nth: int) -> str:
    """The key of the nth mailing of a letter by one carrier."""
    return str(letter_id) if nth == 1 else f"{letter_id}-{nth}"


def check_seals(parcel: Parcel) -> None:
    """Refuse a letter or an enclosure whose bytes are not those that were sealed. Raises NotCarried."""
    papers = [(parcel.pdf, parcel.sha256), *((e.content, e.sha256) for e in parcel.enclosures)]
    if any(hashlib.sha256(content).hexdigest() != seal for content, seal in papers):
        raise NotCarried("The letter or an enclosure does not match its seal, so it was not handed over.")

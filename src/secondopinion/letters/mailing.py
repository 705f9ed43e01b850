"""Mailing a letter: exactly once, whatever is killed in between.

The letter's row is locked, printed, sealed, handed to the carrier and marked, in one transaction. When the
process dies before the commit the row still waits, and the carrier, which knows the letter by its id, takes
the second try as the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from secondopinion.letters.carriers import Carrier, Enclosure, Parcel
from secondopinion.letters.freeze import Frozen
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import Sealed, seal
from secondopinion.policy.asked import Program
from secondopinion.policy.gg1538 import questions


class NoSuchLetter(LookupError):
    """No letter of that id is visible here."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter that has left the house: the carrier's receipt, and the seal of the paper."""

    letter_id: UUID
    batch_line: str
    pdf_sha256: str
    mailed_at: datetime


def mail(letter_id: UUID, *, now: datetime, carrier: Carrier, enclosures: tuple[Enclosure, ...] = ()) -> Posted | None:
    """Print, seal and post one letter with what goes into its envelope. None when it was mailed before.

    The caller's transaction carries the scope whose rows may be seen. Raises NoSuchLetter, Incomplete (the
    finished paper lacks words that a clause orders) and NotCarried; after each the letter still waits.
    """
    with transaction.atomic():
        letter = Letter.objects.select_for_update().filter(pk=letter_id).first()
        if letter is None:
            raise NoSuchLetter("There is no such letter here. Check the number, or whose network this is for.")
        if letter.mailed_at is not None:
            return None
        sealed = _sealed(letter, now)
        receipt = carrier.post(_parcel(letter, sealed, enclosures))
        letter.mailed_at, letter.batch_line = now, receipt
        letter.save(
            update_fields=["pdf", "pdf_sha256", "marks", "printed_with", "sealed_at", "mailed_at", "batch_line"]
        )
        return Posted(letter.pk, receipt, sealed.sha256, now)


def required_marks(kind: str, program: str, data: Mapping[str, Any]) -> frozenset[str]:
    """What the policy in force on the letter's day says the letter must say."""
    edition = questions.edition_on(date.fromisoformat(data["dated_on"]))
    outcome = data.get("outcome") or {}
    # Reading: II.D speaks of the first and second opinion; after a third there is no right to a fourth.
    second = data["referral"]["opinion"] == "second"
    differs = second and outcome.get("agrees") is False and bool(outcome.get("procedure"))
    return questions.what_must_the_letter_say(edition, kind, Program(program), differs=differs)


def _sealed(letter: Letter, now: datetime) -> Sealed:
    frozen = Frozen(
        letter.kind, letter.program, letter.language, letter.data, letter.data_sha256, letter.template_sha256
    )
    sealed = seal(frozen, required_marks(letter.kind, letter.program, letter.data))
    letter.pdf, letter.pdf_sha256, letter.sealed_at = sealed.pdf, sealed.sha256, now
    letter.marks, letter.printed_with = sorted(sealed.marks), sealed.template_sha256
    return sealed


def _parcel(letter: Letter, sealed: Sealed, enclosures: tuple[Enclosure, ...]) -> Parcel:
    return Parcel(
        letter_id=letter.pk,
        kind=letter.kind,
        language=letter.language,
        number=letter.data["referral"]["number"],
        batch_on=letter.batch_on,
        recipient_name=letter.recipient_name,
        address_lines=tuple(letter.data["recipient"]["address_lines"]),
        pdf=sealed.pdf,
        sha256=sealed.sha256,
        enclosures=enclosures,
    )

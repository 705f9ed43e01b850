"""What the print house says of the letters it took: a file with a line a letter, read back row by row.

A file may be read any number of times: what is known already changes nothing. A row that cannot be right is refused
by its number with a sentence, and the other rows go on.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db import transaction

from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.policy.calendar import PACIFIC

HEADING: Final = ("mailing_id", "sha256", "status", "on", "reason")
KEY: Final = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-(\d{1,4}))?")
LONGEST: Final = 20 * 1024 * 1024  # bytes of a file that are read


class Status(StrEnum):
    """What may be said of a letter."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MAILED = "mailed"
    RETURNED = "returned"


class NotAFile(ValueError):
    """The whole file is not understood. Carries a sentence."""


class RowRefused(ValueError):
    """A row that cannot be right. Carries a sentence without any name."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (the heading is 1), and what it says of which mailing."""

    number: int
    letter_id: UUID
    nth: int
    sha256: str
    status: Status
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken, and why."""

    number: int
    sentence: str


def rows_of(content: bytes) -> Iterator[Row | Refused]:
    """The rows of an acknowledgement file, or why one is none. Raises NotAFile."""
    if len(content) > LONGEST:
        raise NotAFile("The file is larger than 20 MB. Send the acknowledgements of each batch by themselves.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAFile("The file is no text in UTF-8. Save it as CSV in UTF-8 and send it again.") from None
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        heading = next(lines, [])
        if tuple(name.strip() for name in heading) != HEADING:
            raise NotAFile(f"The first line must be: {','.join(HEADING)}. Nothing was read.")
        for number, cells in enumerate(lines, start=2):
            if cells:
                yield _row(number, [cell.strip() for cell in cells])
    except csv.Error:
        raise NotAFile("The file is no CSV. Save it as CSV in UTF-8 and send it again.") from None


def _row(number: int, cells: list[str]) -> Row | Refused:
    if len(cells) != len(HEADING):
        return Refused(number, f"It has {len(cells)} values, and {len(HEADING)} are needed.")
    key, sha256, status, on, reason = cells
    named = KEY.fullmatch(key.lower())
    if named is None:
        return Refused(number, "The first value is not the mailing_id of a letter, as the batch's list has it.")
    if status not in frozenset(s.value for s in Status):
        return Refused(number, f"The status is none of {', '.join(Status)}.")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        return Refused(number, "The day is not a day: write it as 2026-11-30.")
    if status in (Status.REJECTED, Status.RETURNED) and not reason:
        return Refused(number, f"A letter that is {status} needs a reason.")
    return Row(number, UUID(named[1]), int(named[2] or 1), sha256.lower(), Status(status), day,
               " ".join(reason.split())[:200])  # fmt: skip


def acknowledge(row: Row, *, now: datetime) -> Mailing | None:
    """Take one row. The mailing, when the row says something new; None when it was known. Raises RowRefused."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update().defer("pdf", "data").filter(pk=row.letter_id).first()
        mailing = Mailing.objects.filter(letter_id=row.letter_id, carrier=By.PRINT, nth=row.nth).first()
        if letter is None or mailing is None:
            raise RowRefused("No such mailing was ever handed over. Compare the file with the batch's list.")
        _check(row, letter, mailing, now)
        if not _is_new(row, mailing):
            return None
        if row.status is Status.ACCEPTED:
            mailing.stands = Stands.ACCEPTED
        elif row.status is Status.MAILED:
            mailing.stands, mailing.postmarked_on = Stands.ARRIVED, row.on
        else:
            rejected = row.status is Status.REJECTED
            mailing.stands = Stands.FAILED if rejected else Stands.RETURNED
            mailing.ended_at, mailing.why = now, row.reason
        mailing.acknowledged_at = mailing.acknowledged_at or now
        mailing.save(update_fields=["stands", "postmarked_on", "ended_at", "why", "acknowledged_at"])
        return mailing


def _check(row: Row, letter: Letter, mailing: Mailing, now: datetime) -> None:
    if mailing.handed_over_at is None:
        raise RowRefused("The mailing still waits here: it was not handed over. Ask where the print house has it from.")
    if row.sha256 != (mailing.print_sha256 or letter.pdf_sha256):
        raise RowRefused("The SHA-256 is not the letter's: another file was printed. Find out which before it leaves.")
    if not mailing.handed_over_at.astimezone(PACIFIC).date() <= row.on <= now.astimezone(PACIFIC).date():
        raise RowRefused("The day lies before the letter was handed over, or after today.")


def _is_new(row: Row, mailing: Mailing) -> bool:
    """Does the row say more than is known? Raises RowRefused when it says something else."""
    if row.status is Status.MAILED and mailing.postmarked_on is not None:
        if mailing.postmarked_on != row.on:
            raise RowRefused(f"The letter was acknowledged before with another postmark, {mailing.postmarked_on}.")
        return False
    if row.status is Status.ACCEPTED:
        return mailing.stands == Stands.HANDED_OVER
    if row.status is Status.REJECTED:
        if mailing.stands == Stands.FAILED:
            return False
        if mailing.stands not in (Stands.HANDED_OVER, Stands.ACCEPTED):
            raise RowRefused("The letter was acknowledged as mailed before, so it cannot be rejected now.")
    if row.status is Status.RETURNED and mailing.stands == Stands.RETURNED:
        return False
    if mailing.stands == Stands.FAILED:
        raise RowRefused("The letter was rejected before, so it cannot have been mailed. Say which of the two is so.")
    if row.status is Status.MAILED and mailing.stands == Stands.RETURNED:
        raise RowRefused("The letter came back before its postmark was known. Enter the postmark by hand.")
    return True

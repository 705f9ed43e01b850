"""Carriers take a finished letter out of the house. The print house is a folder with a list in it.

A carrier knows a letter by its id: handing over the same letter twice is the same as once. So the worker may
be killed at any instant and try again.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

MANIFEST: Final = "manifest.csv"
COLUMNS: Final = (
    "letter_id", "file", "sha256", "bytes", "kind", "language", "recipient_name", "address", "enclosures"
)  # fmt: skip


class NotCarried(RuntimeError):
    """The carrier could not take a letter. Nothing is lost: it is handed over again."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A paper that goes into the same envelope as the letter: its name, its bytes and their seal."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a carrier is given. `number` is the referral's; `batch_on` the local day that names the batch."""

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


class Carrier(Protocol):
    """Anything that takes letters out of the house, each exactly once however often it is handed over."""

    def post(self, parcel: Parcel) -> str:
        """Take a letter; returns the carrier's receipt, the same for the same letter. Raises NotCarried."""
        ...


@dataclass(frozen=True, slots=True)
class PrintHouse:
    """A folder that the print house empties: a batch a day, in it a PDF a letter and one line in its list.

    First the PDF and its enclosures stand whole under their names, then the line is written; a line without its
    PDF cannot be. A
    line cut off by a crash is taken away before the next is written.
    """

    folder: Path

    def post(self, parcel: Parcel) -> str:
        """Put a letter into its batch; returns `batch/file.pdf`. Doing it again changes nothing."""
        papers = [(parcel.pdf, parcel.sha256), *((e.content, e.sha256) for e in parcel.enclosures)]
        if any(hashlib.sha256(content).hexdigest() != seal for content, seal in papers):
            raise NotCarried("The letter or an enclosure does not match its seal, so it was not printed.")
        batch = self.folder / parcel.batch_on.isoformat()
        name = f"{_safe(parcel.number)}-{_safe(parcel.kind)}-{parcel.letter_id}.pdf"
        receipt = f"{batch.name}/{name}"
        try:
            batch.mkdir(parents=True, exist_ok=True)
            with _list_of(batch) as manifest:
                listed = _listed(manifest, parcel.letter_id)
                if listed is None:
                    for number, enclosure in enumerate(parcel.enclosures, start=1):
                        _write_whole(batch / _enclosed(name, number), enclosure.content)
                    _write_whole(batch / name, parcel.pdf)
                    _append(manifest, _line(parcel, name))
                elif listed != parcel.sha256:
                    raise NotCarried(
                        f"The print house already has another printing of the letter {parcel.letter_id}: "
                        f"compare {receipt} with this one, and settle by hand which was mailed."
                    )
        except OSError as error:
            raise NotCarried(
                f"The print house's folder {self.folder} took no letter ({error.strerror or error}). "
                "Make room or give this program the right to write there; the letter waits."
            ) from error
        return receipt


@contextmanager
def _list_of(batch: Path) -> Iterator[io.FileIO]:
    """The batch's list, ours alone until done, and mended if a crash tore its last line."""
    with open(batch / MANIFEST, "a+b", buffering=0) as manifest:  # held open while the lock is
        fcntl.flock(manifest, fcntl.LOCK_EX)
        manifest.seek(0)
        whole = manifest.read()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) < len(whole):
            manifest.truncate(len(kept))
        if not kept:
            _append(manifest, _csv(COLUMNS))
        yield manifest


def _listed(manifest: io.FileIO, letter_id: UUID) -> str | None:
    """The seal under which a letter stands in the list, if it does."""
    manifest.seek(0)
    start = f"{letter_id},".encode()
    for line in manifest.read().splitlines():
        if line.startswith(start):
            return next(csv.reader([line.decode()]))[COLUMNS.index("sha256")]
    return None


def _append(manifest: io.FileIO, line: bytes) -> None:
    written = manifest.write(line)
    if written != len(line):
        raise OSError("the list took only a part of a line")
    os.fsync(manifest.fileno())


def _write_whole(path: Path, content: bytes) -> None:
    """A file appears under its name only when all of it is on the disk."""
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _line(parcel: Parcel, name: str) -> bytes:
    return _csv(
        (
            str(parcel.letter_id),
            name,
            parcel.sha256,
            str(len(parcel.pdf)),
            parcel.kind,
            parcel.language,
            parcel.recipient_name,
            " / ".join(parcel.address_lines),
            " ".join(_enclosed(name, number) for number in range(1, len(parcel.enclosures) + 1)),
        )
    )


def _enclosed(name: str, number: int) -> str:
    """The file of an enclosure, beside the letter whose envelope it shares."""
    return name.removesuffix(".pdf") + f"-enclosure-{number}.pdf"


def _csv(values: tuple[str, ...]) -> bytes:
    """One line, and only one: a line end inside a value becomes a space. A formula is not left to a spreadsheet."""
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow([_plain(v) for v in values])
    return row.getvalue().encode()


def _plain(value: str) -> str:
    flat = " ".join(value.split())
    return f"'{flat}" if flat[:1] in {"=", "+", "-", "@"} else flat


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)

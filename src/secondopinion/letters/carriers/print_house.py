"""The print house: a folder that it empties, in it batches, in each batch a PDF a letter and one line in its list.

A batch that is closed takes nothing more: its sums can be compared with `sha256sum -c SHA256SUMS`, and `batch.json`
holds the seal of the sums. File names hold no name, no number and no kind of letter.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from secondopinion.letters.carriers.parcel import NotCarried, Parcel, check_seals
from secondopinion.letters.carriers.whole import write_whole
from secondopinion.policy.calendar import PACIFIC

MANIFEST: Final = "manifest.csv"
SUMS: Final = "SHA256SUMS"
CLOSED: Final = "batch.json"
COLUMNS: Final = (
    "mailing_id", "letter_id", "file", "sha256", "bytes", "kind", "language", "recipient_name", "address", "cover",
    "cover_sha256", "enclosures", "enclosures_sha256",
)  # fmt: skip
MADE_OF: Final = ("-to-read-aloud.txt", ".txt", ".brf")  # what an enclosure is, where it is no PDF
SHA256, COVER_SHA256 = COLUMNS.index("sha256"), COLUMNS.index("cover_sha256")


@dataclass(frozen=True, slots=True)
class Batch:
    """A closed batch: its name, how many letters it holds, and the SHA-256 of its sums, which seals all of it."""

    name: str
    letters: int
    sha256: str


@dataclass(slots=True)
class Read:
    """How far a list has been read, and the seals of letter and cover under which each mailing stands in it."""

    inode: int = 0
    upto: int = 0
    seals: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrintHouse:
    """A folder that the print house empties.

    First the PDF, its cover and its enclosures stand whole under their names, then the line is written; a line
    without its PDF cannot be. A line cut off by a crash is taken away before the next is written.
    """

    folder: Path
    _read: dict[Path, Read] = field(default_factory=dict, compare=False, repr=False)

    def post(self, parcel: Parcel) -> str:
        """Put a letter into its day's batch; returns `batch/file.pdf`. Doing it again changes nothing."""
        check_seals(parcel)
        try:
            for batch in _from_first(self.folder, parcel.batch_on):
                batch.mkdir(parents=True, exist_ok=True)
                with _list_of(batch) as manifest:
                    listed = self._listed(batch, manifest).get(parcel.key)
                    if listed is None and (batch / CLOSED).exists():
                        continue  # the next batch of the day takes it
                    receipt = f"{batch.name}/{parcel.key}.pdf"
                    if listed is None:
                        _put(batch, parcel)
                        _append(manifest, _line(parcel))
                    elif listed != _seals(parcel):
                        raise NotCarried(
                            f"The print house already has another printing of the mailing {parcel.key}: "
                            f"compare {receipt} with this one, and settle by hand which was mailed."
                        )
                    return receipt
        except OSError as error:
            raise NotCarried(
                f"The print house's folder {self.folder} took no letter ({error.strerror or error}). "
                "Make room or give this program the right to write there; the letter waits."
            ) from error
        raise AssertionError("The batches of a day never end.")

    def open_batches(self) -> list[Path]:
        """The batches that still take letters, earliest first."""
        found = (path.parent for path in self.folder.glob(f"*/{MANIFEST}"))
        return sorted(b for b in found if not (b / CLOSED).exists() and _day_of(b) is not None)

    def close(self, batch: Path, now: datetime) -> Batch:
        """Close a batch: from now on it takes nothing. Doing it again changes nothing. Raises NotCarried."""
        try:
            with _list_of(batch) as manifest:
                manifest.seek(0)
                content = manifest.read()
                rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
                if not (batch / CLOSED).exists():
                    sums = _sums(rows, content)
                    write_whole(batch / SUMS, sums)
                    said = {
                        "batch": batch.name, "letters": len(rows), "closed_at": now.isoformat(),
                        "manifest_sha256": hashlib.sha256(content).hexdigest(),
                        "sha256": hashlib.sha256(sums).hexdigest(),
                    }  # fmt: skip
                    write_whole(batch / CLOSED, json.dumps(said, indent=1).encode() + b"\n")
            kept = json.loads((batch / CLOSED).read_bytes())
            return Batch(batch.name, kept["letters"], kept["sha256"])
        except OSError as error:
            raise NotCarried(
                f"The batch {batch.name} could not be closed ({error.strerror or error}). "
                "Make room or give this program the right to write there; it is tried again."
            ) from error

    def close_due(self, now: datetime, *, closings: int) -> list[Batch]:
        """Close the batches of days past, and today's while fewer than `closings` of today are closed."""
        today, closed = now.astimezone(PACIFIC).date(), []
        for batch in self.open_batches():
            day = _day_of(batch)
            assert day is not None
            done = len(list(self.folder.glob(f"{today.isoformat()}*/{CLOSED}")))
            if day < today or (day == today and done < closings):
                closed.append(self.close(batch, now))
        return closed

    def _listed(self, batch: Path, manifest: io.FileIO) -> Mapping[str, str]:
        """The seals of all mailings in a list; only what was added since the last look is read."""
        now = os.fstat(manifest.fileno())
        read = self._read.get(batch)
        if read is None or read.inode != now.st_ino or read.upto > now.st_size:
            read = self._read[batch] = Read(now.st_ino)
        manifest.seek(read.upto)
        for line in manifest.read().splitlines():
            row = next(csv.reader([line.decode()]))
            read.seals[row[0]] = f"{row[SHA256]} {row[COVER_SHA256]}"
        read.upto = now.st_size
        return read.seals


def _from_first(folder: Path, day: date) -> Iterator[Path]:
    """The batches of a day in their order, without end."""
    yield folder / day.isoformat()
    number = 2
    while True:
        yield folder / f"{day.isoformat()}-{number}"
        number += 1


def _day_of(batch: Path) -> date | None:
    try:
        return date.fromisoformat(batch.name[:10])
    except ValueError:
        return None


@contextmanager
def _list_of(batch: Path) -> Iterator[io.FileIO]:
    """The batch's list, ours alone until done, and mended if a crash tore its last line."""
    with open(batch / MANIFEST, "a+b", buffering=0) as manifest:  # held open while the lock is
        fcntl.flock(manifest, fcntl.LOCK_EX)
        size = os.fstat(manifest.fileno()).st_size
        kept = _whole_lines(manifest, size)
        if kept < size:
            manifest.truncate(kept)
        if not kept:
            _append(manifest, _csv(COLUMNS))
        yield manifest


def _whole_lines(manifest: io.FileIO, size: int) -> int:
    """How many bytes of the list are whole lines, read from its end."""
    at = size
    while at:
        start = max(0, at - 4096)
        manifest.seek(start)
        found = manifest.read(at - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0


def _put(batch: Path, parcel: Parcel) -> None:
    """The papers of an envelope, the letter last."""
    for number, enclosure in enumerate(parcel.enclosures, start=1):
        write_whole(batch / _enclosed(parcel.key, number, enclosure.name), enclosure.content)
    if parcel.cover:
        write_whole(batch / _covered(parcel.key), parcel.cover)
    write_whole(batch / f"{parcel.key}.pdf", parcel.pdf)


def _append(manifest: io.FileIO, line: bytes) -> None:
    written = manifest.write(line)
    if written != len(line):
        raise OSError("the list took only a part of a line")
    os.fsync(manifest.fileno())


def _sums(rows: list[dict[str, str]], manifest: bytes) -> bytes:
    """The sums of every file of a batch in the form of `sha256sum`, from its list: what was fetched is gone."""
    sums = [(hashlib.sha256(manifest).hexdigest(), MANIFEST)]
    for row in rows:
        sums.append((row["sha256"], row["file"]))
        if row["cover"]:
            sums.append((row["cover_sha256"], row["cover"]))
        sums += zip(row["enclosures_sha256"].split(), row["enclosures"].split(), strict=True)
    return "".join(f"{seal}  {name}\n" for seal, name in sums).encode()


def _line(parcel: Parcel) -> bytes:
    key = parcel.key
    return _csv(
        (
            key,
            str(parcel.letter_id),
            f"{key}.pdf",
            parcel.sha256,
            str(len(parcel.pdf)),
            parcel.kind,
            parcel.language,
            parcel.recipient_name,
            " / ".join(parcel.address_lines),
            _covered(key) if parcel.cover else "",
            _cover_seal(parcel),
            " ".join(_enclosed(key, number, e.name) for number, e in enumerate(parcel.enclosures, start=1)),
            " ".join(e.sha256 for e in parcel.enclosures),
        )
    )


def _cover_seal(parcel: Parcel) -> str:
    return hashlib.sha256(parcel.cover).hexdigest() if parcel.cover else ""


def _seals(parcel: Parcel) -> str:
    """What must be the same when a mailing is handed over twice: the letter, and the address on top of it."""
    return f"{parcel.sha256} {_cover_seal(parcel)}"


def _covered(key: str) -> str:
    """The file of the address sheet, which goes on top of the letter."""
    return f"{key}-cover.pdf"


def _enclosed(key: str, number: int, name: str) -> str:
    """The file of an enclosure, beside the letter whose envelope it shares. Of its name only what it is made of."""
    made_of = next((end for end in MADE_OF if name.endswith(end)), ".pdf")
    return f"{key}-enclosure-{number}{made_of}"


def _csv(values: tuple[str, ...]) -> bytes:
    """One line, and only one: a line end inside a value becomes a space. A formula is not left to a spreadsheet."""
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow([_plain(v) for v in values])
    return row.getvalue().encode()


def _plain(value: str) -> str:
    flat = " ".join(value.split())
    return f"'{flat}" if flat[:1] in {"=", "+", "-", "@"} else flat

"""Opening a file and handing out its records one at a time: plain, gzip or zip, CSV, JSON or NDJSON.

Nothing is read whole but a Bundle. What is wrong with the file as a whole is a `FileFault`, one sentence.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TextIO

READ_AT_ONCE = 1 << 20
LONGEST_FIELD = 1 << 20  # characters
LONGEST_LINE = 1 << 24  # characters; a file without ends of lines would else be read whole
NOT_DATA = ("fileheader", "othername", "endpoint", "pl_pfile")
"""Parts of the names of the files that lie beside the data in the national archive."""


class FileFault(Exception):
    """The file as a whole cannot be read on: one sentence of what is wrong, and what to do."""


class Gauge:
    """How much of a file has been read, for whoever waits."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._size = 0

    def watch(self, file: IO[bytes]) -> None:
        """Measure by the bytes of this file as it lies on the disk, packed or not."""
        self._file, self._size = file, os.fstat(file.fileno()).st_size

    @property
    def share(self) -> float:
        """From 0 to 1; 1 as well when the file is closed or empty."""
        if self._file is None or self._file.closed or not self._size:
            return 1.0
        return min(1.0, self._file.tell() / self._size)


def sha256_of(path: Path) -> str:
    """The hash by which the same file is known again. Raises FileFault when it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise FileFault(f"{path.name} cannot be opened ({fault.strerror}): give a file that is there.") from None


def rows_of(path: Path, encoding: str = "utf-8", gauge: Gauge | None = None) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with their line numbers, the header first. Raises FileFault."""
    csv.field_size_limit(LONGEST_FIELD)
    with _text(path, encoding, gauge) as file:
        reader = csv.reader(_lines(path, file))
        try:
            for row in reader:
                if row:
                    yield reader.line_num, row
        except csv.Error as fault:
            raise FileFault(
                f"{path.name} is no CSV file any more after line {reader.line_num} ({fault}): export it again."
            ) from None


def resources_of(path: Path, encoding: str = "utf-8", gauge: Gauge | None = None) -> Iterator[tuple[int, Any]]:
    """The FHIR resources of a Bundle or of an NDJSON file, numbered from 1; None for a line that is no JSON.

    Raises FileFault.
    """
    with _text(path, encoding, gauge) as file:
        first = file.readline()
        whole = _json(first)
        if isinstance(whole, dict) and whole.get("resourceType") != "Bundle":
            yield 1, whole
            for number, line in enumerate(file, start=2):
                if line.strip():
                    yield number, _json(line)
            return
        whole = whole or _json(first + file.read())
    entries = whole.get("entry") if isinstance(whole, dict) and whole.get("resourceType") == "Bundle" else None
    if not isinstance(entries, list):
        raise FileFault(f"{path.name} is neither a FHIR Bundle nor NDJSON: give one of the two.")
    for number, entry in enumerate(entries, start=1):
        yield number, entry.get("resource") if isinstance(entry, dict) else None


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise FileFault(f"{path.name} has a line of more than {LONGEST_LINE:,} characters: export it again.")
        yield line


def places_of(path: Path, header: Sequence[str], needed: Sequence[str]) -> dict[str, int]:
    """Where each column stands, by its name in small letters. Raises FileFault when a needed one is missing."""
    places = {name.strip().lower(): at for at, name in enumerate(header)}
    missing = [name for name in needed if name.lower() not in places]
    if missing:
        raise FileFault(
            f"{path.name} has no column {', '.join(repr(name) for name in missing)}: "
            "give the file with its header, or name its columns in a layout."
        )
    return places


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


@contextmanager
def _text(path: Path, encoding: str, gauge: Gauge | None) -> Iterator[TextIO]:
    """The text of a file, taken out of its archive; every fault of archive and encoding told as one sentence."""
    asked = "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
    try:
        with (
            _bytes(path, gauge or Gauge()) as raw,
            io.TextIOWrapper(raw, encoding=asked, errors="strict", newline="") as text,
        ):
            yield text
    except UnicodeError:
        raise FileFault(
            f"{path.name} is not written in {encoding}: save it in UTF-8, or name its encoding with --encoding."
        ) from None
    except LookupError:
        raise FileFault(f"There is no encoding {encoding!r}: name another, such as utf-8 or cp1252.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile):
        raise FileFault(f"{path.name} is a damaged or truncated archive: fetch it again.") from None
    except OSError as fault:
        raise FileFault(f"{path.name} cannot be read ({fault.strerror}): give a file that is there.") from None


@contextmanager
def _bytes(path: Path, gauge: Gauge) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        gauge.watch(file)
        begins = file.read(4)
        file.seek(0)
        if begins.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield io.BufferedReader(unpacked, READ_AT_ONCE)
        elif begins.startswith(b"PK"):
            with zipfile.ZipFile(file) as archive, archive.open(_data_in(path, archive)) as member:
                yield io.BufferedReader(member, READ_AT_ONCE)  # type: ignore[type-var]
        else:
            yield file


def _data_in(path: Path, archive: zipfile.ZipFile) -> str:
    names = [n for n in archive.namelist() if n.lower().endswith((".csv", ".json", ".ndjson"))]
    data = [n for n in names if not any(part in n.lower() for part in NOT_DATA)]
    if len(data) != 1:
        raise FileFault(f"{path.name} holds {len(data)} data files, not one: unpack it and give the one you mean.")
    return data[0]

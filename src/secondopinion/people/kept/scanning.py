"""One question asked of every file before it is kept: is there anything in it that acts?

`scan(content)` gives a `Verdict`. The scanner of the house knows the test file of the antivirus trade, and what acts
in a PDF: scripts, programs to launch, files inside, media that play, forms that send.
A daemon (clamd.py) may look as well.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

MOST_UNPACKED: Final = 64 * 1024 * 1024  # bytes that one compressed part of a PDF may unpack to
# Written in halves, so that no scanner takes this file for the thing.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
ACTS: Final = {
    "JavaScript": "a script",
    "Launch": "a program to start",
    "EmbeddedFile": "a file inside",
    "EmbeddedFiles": "a file inside",
    "RichMedia": "media that play",
    "SubmitForm": "a form that sends",
    "ImportData": "a form that fetches",
    "GoToE": "a file inside",
    "XFA": "a form that acts",
}


class NotScanned(Exception):
    """The scanner gave no verdict, so the file is not kept: not looked at is not clean."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner says of a file: `found` names what is in it, and is empty for a clean one."""

    found: str
    by: str

    @property
    def clean(self) -> bool:
        """Is there nothing in it that acts?"""
        return not self.found


class Scanner(Protocol):
    """Whoever looks into files. Raises NotScanned when it cannot."""

    def scan(self, content: bytes) -> Verdict:
        """Look into one file."""


class OfTheHouse:
    """The scanner that is always there. It reads bytes, and opens no program."""

    def scan(self, content: bytes) -> Verdict:
        """Look for the test file of the antivirus trade, and in a PDF for whatever acts."""
        found = "the EICAR test file" if EICAR in content else ""
        if not found and content.startswith(b"%PDF-"):
            found = acts_in(content)
        return Verdict(found, "house")


class Each:
    """Several scanners, one after the other: the first that finds something has the word."""

    def __init__(self, scanners: Sequence[Scanner]) -> None:
        self.scanners = tuple(scanners)

    def scan(self, content: bytes) -> Verdict:
        """Ask each scanner until one finds something."""
        verdict = Verdict("", "nobody")
        for scanner in self.scanners:
            verdict = scanner.scan(content)
            if not verdict.clean:
                return verdict
        return verdict


def acts_in(pdf: bytes) -> str:
    """What acts in a PDF, in words; empty for nothing. What cannot be looked into counts as acting."""
    for part in (pdf, *_unpacked(pdf)):
        if part is None:
            return "a part that cannot be looked into"
        found = _NAMES.search(part)
        if found is not None:
            return ACTS[_plain(found[1])]
    return "a lock, so that nobody can look into it" if _ENCRYPT.search(pdf) else ""


def _unpacked(pdf: bytes) -> Iterable[bytes | None]:
    """The compressed parts of a PDF that hold objects, unpacked; None for one that does not unpack."""
    for found in _OBJECTS.finditer(pdf):
        # The dictionary ends where its data begin; it began after the last object's end.
        begin = max(pdf.rfind(b"endobj", 0, found.start()), pdf.rfind(b" obj", 0, found.start()), 0)
        data = _STREAM.search(pdf, found.end())
        if data is None:
            yield None
            return
        said = pdf[begin : data.start()]
        if _FILTER.search(said) is None:
            yield b""  # not packed: read with the rest
            continue
        if _FLATE.search(said) is None or _PREDICTED.search(said) is not None:
            yield None
            return
        try:
            unpacking = zlib.decompressobj()
            yield unpacking.decompress(pdf[data.end() :], MOST_UNPACKED)
            if unpacking.unconsumed_tail and not unpacking.eof:
                yield None
        except zlib.error:
            yield None


def _spelt(name: str) -> str:
    """A name of a PDF, each letter written plainly or as # and two digits."""
    return "".join(f"(?:{c}|#{ord(c):02x}|#{ord(c):02X})" for c in name)


def _plain(name: bytes) -> str:
    return re.sub(rb"#([0-9a-fA-F]{2})", lambda m: bytes([int(m[1], 16)]), name).decode()


def _pattern(names: Iterable[str]) -> re.Pattern[bytes]:
    spelt = "|".join(_spelt(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"/({spelt})(?=[\s/<>\[\](){{}}%]|$)".encode())


_NAMES: Final = _pattern(ACTS)
_OBJECTS: Final = _pattern(["ObjStm"])
_ENCRYPT: Final = re.compile(rb"/Encrypt[\s/<\[]")
_STREAM: Final = re.compile(rb"stream(?:\r\n|\n|\r)")
_FILTER: Final = _pattern(["Filter", "F"])
_FLATE: Final = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\s*(?:\]|/|>>|\n|\r|\s)")
_PREDICTED: Final = re.compile(rb"/Predictor\s+(?!1\b)")

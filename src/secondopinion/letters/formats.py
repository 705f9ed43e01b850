"""The formats of a letter besides its sealed print: large print, electronic text, an audio script, braille.

Each is made from the same frozen data by the same template, and each is refused where a passage that a clause orders is
not in it. The sealed letter of 12 points stays what it is; these files go with it or, as large print, in its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from secondopinion.letters.braille import NoBraille, braille_of
from secondopinion.letters.freeze import Frozen
from secondopinion.letters.languages import LANGUAGES
from secondopinion.letters.paper import passages, seal
from secondopinion.letters.spoken import NoScript, script_of
from secondopinion.letters.words import Piece, Sort, demand_marks, words_of
from secondopinion.policy.formats import Format

NOT_MADE: Final = (NoBraille, NoScript)
"""Why a letter cannot be made in a format here: its language has no table for it, or it holds a sign without one."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a letter: the end of its name, its bytes, and their SHA-256."""

    name: str
    content: bytes
    sha256: str


def print_as(frozen: Frozen, format: Format, required_marks: Iterable[str]) -> File | None:
    """A frozen letter in a format; None for standard print, which is the sealed letter itself.

    Raises Incomplete naming the first mark whose words are missing, NoBraille and NoScript (see NOT_MADE).
    """
    if format is Format.STANDARD:
        return None
    if format is Format.LARGE_PRINT:
        return _file("large-print.pdf", seal(frozen, required_marks, format=format).pdf)
    pieces = words_of(frozen.kind, frozen.program, frozen.language, frozen.data)
    said = passages(frozen.kind, frozen.program, frozen.language, frozen.data)
    demand_marks(frozen.kind, pieces, said, {*said, *required_marks})
    name, write = WRITERS[format]
    return _file(name, write(pieces, frozen.language).encode())


def text_of(pieces: Iterable[Piece], language: str) -> str:
    """A letter as plain text for a screen reader or a braille display: UTF-8, a paragraph a line, no page.

    `# ` begins the title, `## ` a heading, `- ` an item of a list, `1. ` one whose order matters.
    """
    return "".join(_lines(pieces)).lstrip("\n")


def _lines(pieces: Iterable[Piece]) -> Iterator[str]:
    before: Sort | None = None
    for piece in pieces:
        if piece.sort is not before or piece.sort in (Sort.PARAGRAPH, Sort.TITLE, Sort.HEADING, Sort.ROW):
            yield "\n"
        lines = [line.replace("\xa0", " ").replace("\u202f", " ") for line in piece.lines]
        if piece.sort is Sort.ROW:
            lines = [f"{head}: {cell}" if head else cell for head, cell in piece.cells]
        elif piece.sort is Sort.FACT:
            lines = [f"{piece.label}: {lines[0]}", *lines[1:]]
        else:
            sign = f"{piece.number}. " if piece.number is not None else SIGNS[piece.sort]
            lines = [sign + lines[0], *(" " * len(sign) + line for line in lines[1:])]
        yield from (f"{line}\n" for line in lines)
        before = piece.sort


def _script(pieces: Iterable[Piece], language: str) -> str:
    return script_of(pieces, language, LANGUAGES[language].name)


def _braille(pieces: Iterable[Piece], language: str) -> str:
    return braille_of(pieces, language, LANGUAGES[language].name)


def _file(name: str, content: bytes) -> File:
    return File(name, content, hashlib.sha256(content).hexdigest())


SIGNS: Final[Mapping[Sort, str]] = MappingProxyType(
    {Sort.TITLE: "# ", Sort.HEADING: "## ", Sort.ITEM: "- ", Sort.PARAGRAPH: ""}
)
WRITERS: Final[Mapping[Format, tuple[str, Callable[[Iterable[Piece], str], str]]]] = MappingProxyType(
    {
        Format.ELECTRONIC: ("text.txt", text_of),
        Format.AUDIO: ("to-read-aloud.txt", _script),
        Format.BRAILLE: ("braille.brf", _braille),
    }
)

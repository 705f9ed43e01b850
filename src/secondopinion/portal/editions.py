"""The editions of the public page of the right: what it said, from which day, and who approved it (GG.1538 II.A).

The words of today's edition are those of `phrases/<tag>/right.toml`; the words of one that has ended lie in
`editions/<number>/<tag>.toml`. `editions.toml` seals each file, so that no word changes without a new edition.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from secondopinion.portal.words import PHRASES, words_in

EDITIONS: Final = Path(__file__).resolve().parent / "editions"
NEEDS: Final = frozenset({"number", "live_from", "approved_by", "approved_on", "checked", "sha256"})


class EditionsFaulty(ValueError):
    """The list of editions breaks its form, or words changed without a new edition. Carries a sentence."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition: the first and the last day on which it was the page, and whose word it is.

    `checked`: the languages in which a person who reads them has compared the page with the English; the others are
    shown as drafts. `last_on`: None for the newest.
    """

    number: int
    live_from: date
    last_on: date | None
    approved_by: str
    approved_on: date
    checked: frozenset[str]
    sha256: Mapping[str, str]
    file: Mapping[str, Path]

    def words(self, tag: str) -> Mapping[str, Any]:
        """All words of the page in a language, those of the edition on top. Raises EditionsFaulty, KeyError."""
        if seal_of(self.file[tag]) != self.sha256[tag]:
            raise EditionsFaulty(
                f"The words of edition {self.number} in “{tag}” are not those that were approved: put the file back, "
                "or make a new edition with its day and its seal in editions.toml."
            )
        told = tomllib.loads(self.file[tag].read_text(encoding="utf-8"))
        return MappingProxyType({**words_in(tag), **told})


def seal_of(file: Path) -> str:
    """The SHA-256 of a file of words, as lowercase hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read(folder: Path, phrases: Path) -> tuple[Edition, ...]:
    """The editions of `folder/editions.toml`, earliest first; `phrases` holds the newest's words.

    Raises EditionsFaulty.
    """
    rows = tomllib.loads((folder / "editions.toml").read_text(encoding="utf-8"))["edition"]
    found: list[Edition] = []
    for place, row in enumerate(rows):
        if lacks := NEEDS - row.keys():
            raise EditionsFaulty(f"Edition {place + 1} does not say {', '.join(sorted(lacks))}: write it down.")
        follows = rows[place + 1]["live_from"] if place + 1 < len(rows) else None
        if row["number"] != place + 1 or (follows is not None and follows <= row["live_from"]):
            raise EditionsFaulty("Editions are numbered from 1, and each begins on a later day than the one before.")
        if row["approved_on"] > row["live_from"]:
            raise EditionsFaulty(f"Edition {place + 1} was live before it was approved: set a later first day.")
        kept = folder / str(row["number"])
        file = {tag: phrases / tag / "right.toml" if follows is None else kept / f"{tag}.toml" for tag in row["sha256"]}
        found.append(
            Edition(
                number=row["number"],
                live_from=row["live_from"],
                last_on=None if follows is None else follows - timedelta(days=1),
                approved_by=row["approved_by"],
                approved_on=row["approved_on"],
                checked=frozenset(row["checked"]),
                sha256=MappingProxyType(row["sha256"]),
                file=MappingProxyType(file),
            )
        )
    return tuple(found)


@cache
def editions() -> tuple[Edition, ...]:
    """Every edition of the public page, earliest first."""
    return read(EDITIONS, PHRASES)


def edition_on(day: date) -> Edition | None:
    """The edition that is the page on a day; None before the first."""
    return next((each for each in reversed(editions()) if each.live_from <= day), None)

"""The words of the Member's pages: one folder a language, in it one file for each part of the door.

A language that has a folder has every word that English has, with the same {places}; a test holds it to that.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from secondopinion.letters.languages import ENGLISH, written
from secondopinion.policy.calendar import PACIFIC

PHRASES: Final = Path(__file__).resolve().parent / "phrases"


def _gathered(folder: Path) -> Mapping[str, Any]:
    """The words of one language. Raises KeyError where two files say the same thing."""
    words: dict[str, Any] = {}
    for file in sorted(folder.glob("*.toml")):
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        if twice := words.keys() & told.keys():
            raise KeyError(
                f"{folder.name}/{file.name} says {sorted(twice)} once more; each name stands in one file only"
            )
        words |= told
    return MappingProxyType(words)


ALL: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {folder.name: _gathered(folder) for folder in sorted(PHRASES.iterdir()) if folder.is_dir()}
)


def words_in(language: str) -> Mapping[str, Any]:
    """The words of a language, by its code in the enrolment file; English where the pages are not in it yet."""
    return ALL.get(written(language) or ENGLISH, ALL[ENGLISH])


def day_in_words(on: date | datetime) -> str:
    """A day as a Member reads it, with its weekday: `Monday, December 14, 2026`."""
    day = on.astimezone(PACIFIC).date() if isinstance(on, datetime) else on
    return f"{day:%A, %B %-d, %Y}"


def instant_in_words(at: datetime) -> str:
    """An instant as a Member reads it: `Monday, December 14, 2026 at 10:00 AM`."""
    return f"{day_in_words(at)} at {at.astimezone(PACIFIC):%-I:%M %p}"

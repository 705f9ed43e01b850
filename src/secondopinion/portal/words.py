"""The words of the Member's page: all of them in one file, by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from secondopinion.policy.calendar import PACIFIC

ALL: Final[Mapping[str, Mapping[str, Any]]] = tomllib.loads(
    Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
)
ENGLISH: Final = "en"


def words_in(language: str) -> Mapping[str, Any]:
    """The words of a language; English where the page has not been put into it yet."""
    return ALL.get(language, ALL[ENGLISH])


def day_in_words(on: date | datetime) -> str:
    """A day as a Member reads it, with its weekday: `Monday, December 14, 2026`."""
    day = on.astimezone(PACIFIC).date() if isinstance(on, datetime) else on
    return f"{day:%A, %B %-d, %Y}"


def instant_in_words(at: datetime) -> str:
    """An instant as a Member reads it: `Monday, December 14, 2026 at 10:00 AM`."""
    return f"{day_in_words(at)} at {at.astimezone(PACIFIC):%-I:%M %p}"

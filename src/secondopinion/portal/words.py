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


def day_in_words(on: date | datetime, language: str) -> str:
    """A day as a Member reads it, with its weekday: `Monday, December 14, 2026`. `language`: as `words_in` takes it."""
    day, words = _day(on), words_in(language)
    return str(words["day_form"].format(weekday=words["weekdays"][str(day.isoweekday())], **_parts(day, words)))


def short_day_in_words(on: date | datetime, language: str) -> str:
    """A day as a Member reads it, without its weekday: `December 14, 2026`."""
    words = words_in(language)
    return str(words["short_day_form"].format(**_parts(_day(on), words)))


def instant_in_words(at: datetime, language: str) -> str:
    """An instant as a Member reads it, on the plan's clock: `Monday, December 14, 2026 at 10:00 AM`."""
    words, here = words_in(language), at.astimezone(PACIFIC)
    form = "morning_form" if here.hour < 12 else "afternoon_form" if here.hour < 18 else "evening_form"
    hour = here.hour if words["hours_of_the_clock"] == "24" else (here.hour - 1) % 12 + 1
    time = words[form].format(hour=_figures(str(hour), words), minute=_figures(f"{here.minute:02}", words))
    return str(words["instant_form"].format(day=day_in_words(at, language), time=time))


def number_in_words(number: int, language: str) -> str:
    """A count in the figures of a language: `7`, in Farsi `۷`."""
    return _figures(str(number), words_in(language))


def counted(number: int, thing: str, language: str) -> str:
    """How many of a thing, as one phrase that the language inflects: `1 day`, `7 days`.

    `thing`: a table of days.toml (`days`, `hours`, `months`). Raises KeyError for a thing that is not there.
    """
    words = words_in(language)
    return str(words[thing][_plural(number, words["language"])].format(number=_figures(str(number), words)))


def as_written(said: str, language: str) -> str:
    """A telephone or a number inside a sentence, kept from left to right where the sentence runs the other way."""
    # The marks are Unicode's isolates: without them 1-800-555-0142 is shown as 0142-555-800-1.
    return f"\u2066{said}\u2069" if words_in(language)["direction"] == "rtl" else said


def _day(on: date | datetime) -> date:
    return on.astimezone(PACIFIC).date() if isinstance(on, datetime) else on


def _parts(day: date, words: Mapping[str, Any]) -> dict[str, str]:
    """What every form of a day is put together from."""
    month = words["month_names"][str(day.month)]
    return {"day": _figures(str(day.day), words), "month": month, "year": _figures(str(day.year), words)}


def _figures(decimal: str, words: Mapping[str, Any]) -> str:
    return decimal.translate(str.maketrans("0123456789", words["figures"]))


def _plural(number: int, tag: str) -> str:
    """Which form of a noun stands with a number: one, two, few, many or other, as Unicode's plural rules name them."""
    last, two = number % 10, number % 100
    if tag == "ar":
        if number in (1, 2):
            return "one" if number == 1 else "two"
        return "few" if 3 <= two <= 10 else "many" if two > 10 else "other"
    if tag == "ru":
        if last == 1 and two != 11:
            return "one"
        return "few" if last in (2, 3, 4) and two not in (12, 13, 14) else "many"
    return "one" if number == 1 else "other"

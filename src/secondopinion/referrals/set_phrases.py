"""Every set phrase that a letter's data can bring: what a translator of letters translates besides the templates."""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from secondopinion.letters.languages import ENGLISH
from secondopinion.people.plan import the_plan
from secondopinion.policy.gg1538 import plain
from secondopinion.policy.parameters import raw

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
COUNTED = ("{n} hours", "{n} calendar days", "{n} calendar day")


@cache
def set_phrases() -> tuple[str, ...]:
    """The English of each, once, in the order of their sources: policy, specialties, contacts, plan, house."""
    found = [*plain.all_plain_words(), "Referral for Second Opinion"]
    found += [s["name"] for s in raw("specialties")["specialty"]]
    for contact in raw("contacts")["contact"]:
        for value in contact["value"]:
            found += [value["name"], *([value["hours"]] if value.get("hours") else [])]
    found += [the_plan().hours, *COUNTED, *(f"{month} {{n}}" for month in calendar.month_name[1:])]
    found += [words for table in ("rescission", "says") for words in WORDS[table].values()]
    found += [words for name, words in WORDS["en"].items() if name != "family"]  # on the envelope, for the post
    return tuple(dict.fromkeys(found))


def untranslated(language: str, ask: Callable[[str, str], str | None]) -> tuple[str, ...]:
    """Those that a language lacks; English, in which they are written, lacks none.

    `ask`: gives one in a language, as `letters.translating.set_phrase` does.
    """
    if language == ENGLISH:
        return ()
    return tuple(each for each in set_phrases() if ask(language, each) is None)

"""What the history says of the language of a letter, a sentence for each step."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from secondopinion.desk.referral_words import READERS
from secondopinion.desk.telling import Context, Said, Teller, quoted
from secondopinion.desk.words import words_of
from secondopinion.referrals.models import Event


def spoken_by_the_reader(code: str) -> str:
    """A language by its code, as a sentence names it: `Spanish`, or `the reader's language (tl)`."""
    if code == "und":
        return "the reader’s language, which is not known yet"
    name = words_of(code, "language")
    return name if name != code else f"the reader’s language ({code})"


def _letter(event: Event) -> str:
    kind = words_of(event.details.get("kind"), "letter")
    return f"the letter “{kind}” to {READERS.get(event.details.get('to', ''), 'its reader')}"


def _approve_words(event: Event, context: Context) -> Said:
    words = event.details["words"]
    texts = "1 text" if len(words) == 1 else f"{len(words)} texts"
    language = spoken_by_the_reader(event.details["language"])
    entered = sorted({each["entered_by"] for each in words})
    translators = sorted({each["translator"] for each in words})
    return Said(
        f"approved the translation of {texts} of {_letter(event)} into {language}",
        (*quoted("Entered by", ", ".join(entered)), *quoted("Translated by", ", ".join(translators))),
    )


def _read_aloud(event: Event, context: Context) -> Said:
    language = spoken_by_the_reader(event.details["language"])
    if event.details["outcome"] == "declined":
        return Said(f"offered to have {_letter(event)} read out in {language}; the reader did not want that")
    if event.details["outcome"] == "not-reached":
        return Said(f"tried to have {_letter(event)} read out in {language}; the reader could not be reached")
    return Said(f"had {_letter(event)} read out in {language}", quoted("Interpreter", event.details["interpreter"]))


TELLERS_TRANSLATING: Final[Mapping[str, Teller]] = MappingProxyType(
    {"approve_words": _approve_words, "read_aloud": _read_aloud}
)

"""The words that come with a letter's data, in the language of the letter.

A template's words are translated once, in the template. Its data brings words besides: the clauses in plain words,
names of specialties, hours (set phrases, translated once in `phrases/<language>.toml`), and what a person wrote for
this one letter (free words: each needs a translation of its own before the letter can leave). Names, addresses,
numbers and days are the same in every language.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from secondopinion.letters.freeze import PLAIN_WORDS, Path
from secondopinion.letters.languages import ENGLISH, PHRASES

# Words, wherever they stand in the data. Beside what freeze calls plain words: what the plan and the policy say.
WORDED: Final = PLAIN_WORDS | {"hours", "specialty", "edition"}
WORDED_IN: Final = frozenset({("criteria", "title"), ("outreach", "how")})
# Names that have a form in other languages, and may also stay as they are.
NAMED_IN: Final = frozenset(
    {
        ("complaint", "name"), ("help", "name"), ("state_civil_rights", "name"), ("missing", "holder"),
        ("first", "who"), ("second", "who"),
    }
)  # fmt: skip
# Everything else that is text: names, addresses, numbers, and keys that a template compares.
AS_IT_IS: Final = frozenset(
    {
        "about", "acts_for", "address_lines", "by", "by_name", "change", "clause", "contact_name", "decider_name",
        "fax", "found_by", "ground", "how", "key", "mail_lines", "member_id", "name", "network_name", "number",
        "occasion", "opinion", "phone", "professional_name", "program", "reference", "requester", "requester_name",
        "tty", "visit_lines", "web", "website", "which",
    }
)  # fmt: skip
HOLE: Final = re.compile(r"\\\{(day|n|name)\\\}")
FILLS: Final[Mapping[str, str]] = {"n": r"\d+", "day": r"[A-Z][a-z]+ \d{1,2}", "name": r".+"}


def sha256_of(words: str) -> str:
    """The fingerprint by which a translation knows the words it translates."""
    return hashlib.sha256(words.encode()).hexdigest()


def set_phrase(language: str, words: str) -> str | None:
    """A set phrase in a language; None when it is not one, or not translated yet."""
    phrases, patterns = _phrases(language)
    if found := phrases.get(words):
        return found
    for pattern, holes, target in patterns:
        if match := pattern.fullmatch(words):
            filled = {
                hole: (set_phrase(language, match[hole]) or match[hole]) if hole == "day" else match[hole]
                for hole in holes
            }
            return target.format(**filled)
    return None


def free_words(language: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of a letter's data that need a translation of their own in this language, each once, in order."""
    return tuple(free_places(language, data))


def free_places(language: str, data: Mapping[str, Any]) -> dict[str, Path]:
    """The same words, each with the first place in the data where they stand."""
    found: dict[str, Path] = {}
    if language != ENGLISH:
        for path, words in _leaves(data):
            if _must(path) and set_phrase(language, words) is None:
                found.setdefault(words, path)
    return found


def in_language(language: str, data: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """A letter's data with its words in a language. `known`: approved translations of free words.

    Words that nobody has translated stay as they are: ask `free_words` first.
    """
    if language == ENGLISH:
        return dict(data)
    translated: dict[str, Any] = _turned(language, data, known, ())
    return translated


def _turned(language: str, value: Any, known: Mapping[str, str], path: Path) -> Any:
    if isinstance(value, Mapping):
        return {name: _turned(language, inner, known, (*path, name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_turned(language, inner, known, (*path, at)) for at, inner in enumerate(value)]
    if isinstance(value, str) and (_must(path) or _may(path)):
        return set_phrase(language, value) or known.get(value, value)
    return value


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _leaves(inner, (*path, at))
    elif isinstance(value, str):
        yield path, value


def _must(path: Path) -> bool:
    names = [step for step in path if isinstance(step, str)]
    return names[-1] in WORDED or tuple(names[-2:]) in WORDED_IN


def _may(path: Path) -> bool:
    names = [step for step in path if isinstance(step, str)]
    return tuple(names[-2:]) in NAMED_IN


@cache
def _phrases(language: str) -> tuple[Mapping[str, str], tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]]:
    path = PHRASES / f"{language}.toml"
    phrases: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    patterns = []
    for source, target in phrases.items():
        escaped = re.escape(source)
        if holes := tuple(HOLE.findall(escaped)):
            pattern = HOLE.sub(lambda hole: f"(?P<{hole[1]}>{FILLS[hole[1]]})", escaped)
            patterns.append((re.compile(pattern), holes, target))
    return phrases, tuple(patterns)

"""Every language of the Member's pages says all that English says, and fills in the same places."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from secondopinion.portal.words import ALL, PHRASES

OTHERS = sorted(set(ALL) - {"en"})


def flat(words: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    """Each word with the path to it."""
    for name, said in words.items():
        if isinstance(said, Mapping):
            yield from flat(said, f"{at}{name}.")
        else:
            yield f"{at}{name}", said


def places(said: str) -> set[str]:
    """What a sentence leaves to be filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(said) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_all_that_english_says_and_nothing_besides(language: str) -> None:
    assert dict(flat(ALL[language])).keys() == dict(flat(ALL["en"])).keys()


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_fills_in_what_english_fills_in(language: str) -> None:
    english = dict(flat(ALL["en"]))
    wrong = [name for name, said in flat(ALL[language]) if places(said) != places(english.get(name, ""))]
    assert wrong == []


@pytest.mark.parametrize("language", sorted(ALL))
def test_no_word_is_empty(language: str) -> None:
    assert [name for name, said in flat(ALL[language]) if not said.strip()] == []


def test_each_language_has_the_same_files() -> None:
    files = {folder.name: {file.name for file in folder.glob("*.toml")} for folder in PHRASES.iterdir()}
    assert [language for language, names in files.items() if names != files["en"]] == []

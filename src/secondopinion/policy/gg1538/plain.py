"""The clauses in the Member's own words, for letters: what a denial may cite, and how each clause reads."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from secondopinion.policy.clauses import Edition

_FOLDER = Path(__file__).parent


@cache
def _words(edition_name: str) -> Mapping[str, Any]:
    own = _FOLDER / f"edition_{edition_name[:4]}_{edition_name[5:7]}" / "plain_words.toml"
    found = own if own.exists() else _FOLDER / "edition_2024_12" / "plain_words.toml"
    return tomllib.loads(found.read_text(encoding="utf-8"))


def citable(edition: Edition) -> tuple[str, ...]:
    """The clauses a denial may rest on and a missing paper may settle, in the policy's order."""
    return tuple(_words(edition.name)["clause"])


def citable_for_a_limit(edition: Edition) -> tuple[str, ...]:
    """The clauses a limited authorization may rest on: those of a denial, and the one that allows the limit."""
    words = _words(edition.name)
    return (*words["limit"], *words["clause"])


def in_plain_words(edition: Edition, clause_id: str) -> str:
    """One clause as a Member reads it. Raises KeyError for a clause that no letter explains."""
    words = _words(edition.name)
    return str({**words["other"], **words["limit"], **words["clause"]}[clause_id])


def title(edition: Edition) -> str:
    """The edition as a letter names it, such as “December 2024”."""
    return str(_words(edition.name)["title"])


def all_plain_words() -> tuple[str, ...]:
    """What any edition says in plain words, and its title: what a translator of letters meets."""
    found: list[str] = []
    for path in sorted(_FOLDER.glob("edition_*/plain_words.toml")):
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [words["title"], *(text for table in ("clause", "limit", "other") for text in words[table].values())]
    return tuple(dict.fromkeys(found))

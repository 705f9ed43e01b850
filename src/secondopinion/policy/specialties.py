"""Same or equivalent specialty (GG.1538 III.B), by taxonomy code.

Five levels, so that a choice can be explained: E0 the same code; E1 a subspecialty of it; E2 in one of
the plan's equivalence sets; E3 the wider specialty, which counts only when a Medical Director attests
training and expertise; E4 anything else. Equivalence widens the Member's choice and is never a reason to
pass over an identical specialty that is available.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from secondopinion.policy.parameters import ValuesFaulty, raw

_PHYSICIANS = "20"
"""Codes of allopathic and osteopathic physicians begin so, and no others do."""
_PRIMARY_CARE_FAMILIES = ("207Q", "208D", "363L", "363A")
"""Families of codes that are primary care to the last member; of others only the general code is."""


class Level(IntEnum):
    """How near a candidate's specialty is to the one in question: the smaller, the nearer."""

    E0 = 0
    E1 = 1
    E2 = 2
    E3 = 3
    E4 = 4


class UnknownFamily(ValueError):
    """No equivalence set bears this name; the message lists those there are."""


@dataclass(frozen=True, slots=True)
class Specialty:
    """One code with our own plain name, and the wider specialty it belongs to, if any."""

    code: str
    name: str
    primary_care: bool
    of: str


@dataclass(frozen=True, slots=True)
class _Table:
    version: str
    specialties: Mapping[str, Specialty]
    sets: Mapping[str, frozenset[str]]


def equivalence(index_taxonomy: str, candidate_taxonomy: str, family: str | None) -> Level:
    """How near the candidate's code is to the index code, the one of the clinician questioned.

    `family` names the condition or procedure, such as `spine`; None while it is not recorded. Raises
    UnknownFamily.
    """
    sets = _table().sets
    if family is not None and family not in sets:
        raise UnknownFamily(f"No equivalence set is named {family!r}: give one of {', '.join(sorted(sets))}.")
    if index_taxonomy == candidate_taxonomy:
        return Level.E0
    if index_taxonomy in _wider(candidate_taxonomy):
        return Level.E1
    # Reading: while nobody has said which condition it is, any set with both codes will do, because
    # equivalence may only widen the Member's choice.
    both = {index_taxonomy, candidate_taxonomy}
    if any(both <= codes for name, codes in sets.items() if family in (None, name)):
        return Level.E2
    return Level.E3 if candidate_taxonomy in _wider(index_taxonomy) else Level.E4


def is_same_or_equivalent(
    index_taxonomy: str, candidate_taxonomy: str, family: str | None = None, *, attested: bool = False
) -> bool:
    """Whether the candidate may give the opinion under III.B.

    `attested` says that a Medical Director has put training and expertise on record, which admits the
    wider specialty (E3) and no other. Raises UnknownFamily.
    """
    level = equivalence(index_taxonomy, candidate_taxonomy, family)
    return level <= Level.E2 or (level is Level.E3 and attested)


def is_primary_care(taxonomy: str) -> bool:
    """Whether the code is one of primary care; a specialist serving as PCP is known by assignment, not code."""
    known = _table().specialties.get(taxonomy)
    return taxonomy.startswith(_PRIMARY_CARE_FAMILIES) or (known is not None and known.primary_care)


def is_physician(taxonomy: str) -> bool:
    """Whether the code is one of a physician (M.D. or D.O.); III.B asks for a Specialist Physician."""
    return taxonomy.startswith(_PHYSICIANS)


def plain_name(code: str) -> str:
    """The specialty in words for a letter or a page; never the code itself.

    A code we do not hold is called by its wider specialty, else by what its holder is.
    """
    specialties = _table().specialties
    for each in (code, *_wider(code)):
        if each in specialties:
            return specialties[each].name
    return "specialist medical care" if is_physician(code) else "health care"


def codes_named(words: Sequence[str]) -> tuple[str, ...]:
    """The codes whose plain name holds every one of these words or beginnings of words, in small letters."""
    named = ((each.code, _words_of(each.name)) for each in _table().specialties.values())
    return tuple(code for code, name in named if all(any(part.startswith(word) for part in name) for word in words))


def specialists() -> tuple[Specialty, ...]:
    """The specialties that are nobody's primary care, by name."""
    every = (each for each in _table().specialties.values() if not is_primary_care(each.code))
    return tuple(sorted(every, key=lambda each: each.name))


def named() -> tuple[Specialty, ...]:
    """Every specialty the house knows, by name."""
    return tuple(sorted(_table().specialties.values(), key=lambda each: each.name))


def _words_of(name: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", name.lower())


def families() -> tuple[str, ...]:
    """The names of the equivalence sets."""
    return tuple(_table().sets)


def version() -> str:
    """Which version of the equivalence sets answered, to be kept with a choice."""
    return _table().version


def _wider(code: str) -> Iterator[str]:
    """The specialties a code is a part of, nearest first."""
    specialties = _table().specialties
    while True:
        known = specialties.get(code)
        # A code we do not hold belongs to the general code of its classification, if we hold that.
        code = known.of if known else f"{code[:4]}00000X" if code[4:] != "00000X" else ""
        if code not in specialties:
            return
        yield code


@cache
def _table() -> _Table:
    """The rows of `values/specialties.toml`, checked. Raises ValuesFaulty."""
    tables = raw("specialties")
    rows = [
        Specialty(row["code"], row["name"], row.get("primary_care", False), row.get("of", ""))
        for row in tables["specialty"]
    ]
    specialties = {row.code: row for row in rows}
    if len(specialties) != len(rows):
        raise ValuesFaulty("specialties.toml: a code stands there twice.")
    sets = {row["family"]: frozenset(row["codes"]) for row in tables["equivalent"]}
    named = {row.of for row in rows if row.of}.union(*sets.values())
    if unknown := named - specialties.keys():
        raise ValuesFaulty(f"specialties.toml: {', '.join(sorted(unknown))} is named but not listed.")
    return _Table(tables["version"], specialties, sets)

"""Same or equivalent specialty (GG.1538 III.B), by taxonomy code.

Five levels, so that a choice can be explained: E0 the same code; E1 a subspecialty of it; E2 in one of
the plan's equivalence sets; E3 the wider specialty, which counts only when a Medical Director attests
training and expertise; E4 anything else. Equivalence widens the Member's choice and is never a reason to
pass over an identical specialty that is available.

A set is dated and approved: one that the plan has not approved, or not yet on the day, widens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Any

from secondopinion.policy.chosen import ChosenSet, chosen
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


SAME = frozenset({Level.E0, Level.E1})
"""The levels that are the same specialty; E2 is an equivalent one."""


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
class EquivalenceSet:
    """Codes that count as equivalent for a family of conditions, from a day on, and who approved that.

    `plan` is the one that approved it, empty while it is a mere proposal; `role` and `approved_on` say who and when.
    `last` ends a family: the set holds until the next row of its family begins.
    """

    family: str
    codes: frozenset[str]
    because: str
    from_on: date
    plan: str
    role: str
    approved_on: date | None

    def is_approved(self, on: date, plan: str) -> bool:
        """Whether this very plan had approved it by the day."""
        return self.approved_on is not None and self.approved_on <= on and self.plan == plan


@dataclass(frozen=True, slots=True)
class _Table:
    version: str
    specialties: Mapping[str, Specialty]
    sets: Mapping[str, tuple[EquivalenceSet, ...]]  # by family, earliest first


def equivalence(
    index_taxonomy: str, candidate_taxonomy: str, family: str | Iterable[str] | None, on: date, plan: str
) -> Level:
    """How near the candidate's code is to the index code, the one of the clinician questioned.

    `family` names the condition or procedure, such as `spine`, or several of them; None while it is not recorded.
    `on` is the day of the question and `plan` the name of the plan whose approval counts. Raises UnknownFamily.
    """
    return _level(index_taxonomy, candidate_taxonomy, sets_in_force(family, on, plan))


def sets_in_force(family: str | Iterable[str] | None, on: date, plan: str) -> tuple[EquivalenceSet, ...]:
    """The approved sets that hold on a day, of one family, of several, or for None of all. Raises UnknownFamily."""
    # Reading: while nobody has said which condition it is, any set with both codes will do, because
    # equivalence may only widen the Member's choice.
    sets = _table().sets
    wanted = tuple(sets) if family is None else (family,) if isinstance(family, str) else tuple(family)
    for name in wanted:
        if name not in sets:
            raise UnknownFamily(f"No equivalence set is named {name!r}: give one of {', '.join(sorted(sets))}.")
    return in_force([each for name in wanted for each in (*sets[name], *_chosen_sets(name))], on, plan)


def _chosen_sets(family: str) -> Iterator[EquivalenceSet]:
    """What the plan has approved for a family since, earliest first; behind the file's rows, so that it goes before."""
    for each in chosen().sets.get(family, ()):
        yield _of_the_plan(each)


def _of_the_plan(each: ChosenSet) -> EquivalenceSet:
    return EquivalenceSet(
        each.family, each.codes, each.because, each.from_on, each.plan, each.role, each.approved_on
    )  # fmt: skip


def in_force(rows: Iterable[EquivalenceSet], on: date, plan: str) -> tuple[EquivalenceSet, ...]:
    """Of rows of any families, the one of each that holds on a day, where the plan has approved it.

    A later row that nobody has approved replaces nothing: the approved one before it goes on.
    """
    latest: dict[str, EquivalenceSet] = {}
    for each in sorted(rows, key=lambda row: row.from_on):
        if each.from_on <= on and each.is_approved(on, plan):
            latest[each.family] = each
    return tuple(latest.values())


def _level(index: str, candidate: str, sets: Iterable[EquivalenceSet]) -> Level:
    if index == candidate:
        return Level.E0
    if index in _wider(candidate):
        return Level.E1
    both = {index, candidate}
    if any(both <= each.codes for each in sets):
        return Level.E2
    return Level.E3 if candidate in _wider(index) else Level.E4


def codes_that_fit(
    index_taxonomy: str, family: str | Iterable[str] | None, on: date, *, plan: str, held: Iterable[str] = ()
) -> Mapping[str, Level]:
    """Every code from which an opinion under III.B may come, with its level, nearest first: E0, E1, E2, and E3.

    A code of level E3 fits only a professional for whom a Medical Director has attested. `held` are further codes
    that the directory bears and this table may not hold. Raises UnknownFamily.
    """
    sets = sets_in_force(family, on, plan)
    codes = {index_taxonomy, *_table().specialties, *held}
    levels = {code: _level(index_taxonomy, code, sets) for code in codes}
    return dict(sorted(((c, x) for c, x in levels.items() if x <= Level.E3), key=lambda pair: (pair[1], pair[0])))


def is_same_or_equivalent(
    index_taxonomy: str,
    candidate_taxonomy: str,
    family: str | Iterable[str] | None,
    on: date,
    plan: str,
    *,
    attested: bool = False,
) -> bool:
    """Whether the candidate may give the opinion under III.B.

    `attested` says that a Medical Director has put training and expertise on record, which admits the
    wider specialty (E3) and no other. Raises UnknownFamily.
    """
    level = equivalence(index_taxonomy, candidate_taxonomy, family, on, plan)
    return level <= Level.E2 or (level is Level.E3 and attested)


def is_primary_care(taxonomy: str) -> bool:
    """Whether the code is one of primary care; a specialist serving as PCP is known by assignment, not code."""
    known = _table().specialties.get(taxonomy)
    return taxonomy.startswith(_PRIMARY_CARE_FAMILIES) or (known is not None and known.primary_care)


def primary_care_codes(held: Iterable[str] = ()) -> tuple[str, ...]:
    """The codes of primary care that the table holds, and those of `held` that are primary care too."""
    return tuple(sorted({code for code in (*_table().specialties, *held) if is_primary_care(code)}))


def primary_care_families() -> tuple[str, ...]:
    """How the codes begin that are primary care to the last member."""
    return _PRIMARY_CARE_FAMILIES


def specialist_codes() -> tuple[str, ...]:
    """The codes of Specialist Physicians that the table holds."""
    return tuple(sorted(c for c in _table().specialties if is_physician(c) and not is_primary_care(c)))


def is_physician(taxonomy: str) -> bool:
    """Whether the code is one of a physician (M.D. or D.O.); III.B asks for a Specialist Physician."""
    return taxonomy.startswith(_PHYSICIANS)


def license_prefixes(taxonomy: str) -> tuple[str, ...]:
    """How the codes begin that one and the same licence covers, such as all of a psychologist's (II.F)."""
    for row in raw("specialties")["licence"]:
        if taxonomy.startswith(tuple(row["begins"])):
            return tuple(row["begins"])
    return (_PHYSICIANS,) if is_physician(taxonomy) else (taxonomy[:4],)


def is_same_license(one: str, other: str) -> bool:
    """Whether the holders of two codes practise under the same kind of licence."""
    return other.startswith(license_prefixes(one))


def codes_known() -> tuple[str, ...]:
    """Every code that the table holds."""
    return tuple(_table().specialties)


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
    own = chosen()
    return f"{_table().version}+{own.version}" if own.sets else _table().version


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
    sets: dict[str, list[EquivalenceSet]] = {}
    for row in tables["equivalent"]:
        sets.setdefault(row["family"], []).append(_set(row))
    named = {row.of for row in rows if row.of}.union(*(each.codes for rows in sets.values() for each in rows))
    if unknown := named - specialties.keys():
        raise ValuesFaulty(f"specialties.toml: {', '.join(sorted(unknown))} is named but not listed.")
    return _Table(tables["version"], specialties, {name: tuple(rows) for name, rows in sets.items()})


def _set(row: Mapping[str, Any]) -> EquivalenceSet:
    """One row of the file. An approval has all three parts or is none; it may not be half given."""
    approved = row.get("approved", {})
    if approved and (set(approved) != {"by", "of", "on"} or not all(approved.values())):
        raise ValuesFaulty(f"specialties.toml: the approval of {row['family']} needs by, of and on; leave none out.")
    return EquivalenceSet(
        family=row["family"],
        codes=frozenset(row["codes"]),
        because=row["because"],
        from_on=row["from"],
        plan=approved.get("of", ""),
        role=approved.get("by", ""),
        approved_on=approved.get("on"),
    )

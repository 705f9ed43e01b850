"""Which specialties have the background for a condition (glossary: appropriately qualified), by diagnosis code.

The map is the plan's own medical judgement, dated and approved like the equivalence sets. It answers in three values:
related, not related, or not known, because a code that nobody gave or a specialty the map never names says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from secondopinion.policy.parameters import ValuesFaulty, raw
from secondopinion.policy.specialties import codes_known, families, is_primary_care


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition in our own words: how its diagnosis codes begin, who has the background, which sets scope it."""

    name: str
    begins: tuple[str, ...]
    specialties: frozenset[str]
    families: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Map:
    version: str
    from_on: date
    plan: str
    approved_on: date | None
    conditions: tuple[Condition, ...]
    named: frozenset[str]  # every specialty that the map names anywhere


@cache
def conditions_of(diagnosis: str) -> tuple[Condition, ...]:
    """The conditions that a diagnosis code speaks of, the narrowest first; none for a code that is not given."""
    code = diagnosis.strip().upper()
    if not code:
        return ()
    found: Mapping[str, tuple[int, Condition]] = {
        each.name: (max(len(b) for b in each.begins if code.startswith(b)), each)
        for each in _map().conditions
        if code.startswith(each.begins)
    }
    return tuple(each for _, each in sorted(found.values(), key=lambda pair: -pair[0]))


def families_of(diagnosis: str) -> tuple[str, ...] | None:
    """The families of equivalence that a diagnosis falls into; None where that cannot be said, so that any will do."""
    found = dict.fromkeys(family for each in conditions_of(diagnosis) for family in each.families)
    return tuple(found) or None


def related_specialties(diagnosis: str, on: date, plan: str) -> tuple[str, ...]:
    """The specialties beyond primary care with the background for a diagnosis; none while the map is not approved."""
    if not _is_approved(on, plan):
        return ()
    return tuple(dict.fromkeys(code for each in conditions_of(diagnosis) for code in sorted(each.specialties)))


def is_related(taxonomy: str, diagnosis: str, on: date, plan: str) -> bool | None:
    """Whether a specialty has the background for a diagnosis (glossary). None: not known."""
    # Reading: primary care has the background for every condition that a PCP's care is questioned about.
    if is_primary_care(taxonomy):
        return True
    found = conditions_of(diagnosis)
    if not found or not _is_approved(on, plan) or taxonomy not in _map().named:
        return None
    return any(taxonomy in each.specialties for each in found)


def version() -> str:
    """Which version of the map answered, to be kept with a search."""
    return _map().version


def _is_approved(on: date, plan: str) -> bool:
    here = _map()
    return here.approved_on is not None and max(here.from_on, here.approved_on) <= on and here.plan == plan


@cache
def _map() -> _Map:
    """The rows of `values/relevance.toml`, checked. Raises ValuesFaulty."""
    tables = raw("relevance")
    conditions = tuple(
        Condition(row["name"], tuple(row["begins"]), frozenset(row["specialties"]), tuple(row.get("families", ())))
        for row in tables["condition"]
    )
    named = frozenset(code for each in conditions for code in each.specialties)
    if unknown := named - set(codes_known()):
        raise ValuesFaulty(f"relevance.toml: {', '.join(sorted(unknown))} is named but not in specialties.toml.")
    if unset := {f for each in conditions for f in each.families} - set(families()):
        raise ValuesFaulty(f"relevance.toml: {', '.join(sorted(unset))} is no family of specialties.toml.")
    approved = tables.get("approved", {})
    return _Map(
        tables["version"], tables["from"], approved.get("of", ""), approved.get("on"), conditions, named
    )  # fmt: skip

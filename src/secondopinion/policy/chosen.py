"""What the plan has chosen for itself, by date, over the values that the house brings.

No law fixes every number: where one is marked `config`, a plan may set its own from a day on, and so it may with its
equivalence sets. Whoever opens a transaction hands in what two people have approved; the law reads it here, and each
thread reads what was handed to itself. Nothing handed in: the values of the files hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class ChosenValue:
    """One value that the plan set for a parameter, from a day on. `because` is the reason that was approved."""

    name: str  # file and parameter, as `access.offered_within`
    is_: int | bool | tuple[str, ...]
    from_on: date
    because: str
    approved_on: date


@dataclass(frozen=True, slots=True)
class ChosenSet:
    """The codes that the plan counts as equivalent for a family of conditions, from a day on; none ends the family."""

    family: str
    codes: frozenset[str]
    because: str
    from_on: date
    plan: str
    role: str
    approved_on: date


@dataclass(frozen=True)
class Chosen:
    """Everything a plan has chosen: values by name and sets by family, earliest first.

    `version` names this very state and no other; empty while nothing was chosen.
    """

    version: str = ""
    values: Mapping[str, tuple[ChosenValue, ...]] = field(default_factory=dict)
    sets: Mapping[str, tuple[ChosenSet, ...]] = field(default_factory=dict)


NOTHING = Chosen()
_HANDED_IN: ContextVar[Chosen] = ContextVar("what the plan has chosen", default=NOTHING)


def choose(what: Chosen) -> None:
    """Hand in what the plan has chosen, for this thread, in the place of what was handed in before."""
    _HANDED_IN.set(what)


def chosen() -> Chosen:
    """What the plan has chosen, as it was handed in last."""
    return _HANDED_IN.get()

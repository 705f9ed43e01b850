"""Which of the plan's policies an appeal or a complaint goes by, by program and date (GG.1538 II.K.2).

GG.1538 names two policies that are no longer in the plan's library; where they stood, their successors stand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from secondopinion.policy.asked import Program

KINDS = ("appeal", "complaint")


@dataclass(frozen=True, slots=True)
class Path:
    """One policy on the way: its number, its title in our words, and what it rules."""

    policy: str
    about: str


def path_of(program: Program, kind: str, *, expedited: bool, on: date) -> tuple[str, ...]:
    """The policies that an objection goes by, the first one first. Raises ValueError for an unknown kind."""
    return tuple(each.policy for each in paths(program, kind, expedited=expedited, on=on))


def paths(program: Program, kind: str, *, expedited: bool, on: date) -> tuple[Path, ...]:
    """The same with what each rules. `expedited` picks the policy for fast appeals where there is one."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of objection: give {' or '.join(KINDS)}.")
    speed = "fast" if expedited else "standard"
    return tuple(
        Path(row["policy"], row["about"])
        for row in _rows()
        if row["program"] == program.value and row["kind"] == kind and speed in row["speed"] and _holds(row, on)
    )


def _holds(row: Mapping[str, Any], on: date) -> bool:
    return bool(row["from"] <= on and ("to" not in row or on <= row["to"]))


def case_file_authority(program: Program) -> str:
    """By whose order the Member has the whole case file at no charge, in good time before the answer."""
    return str(_table()["case_file"][program.value])


def _rows() -> tuple[Mapping[str, Any], ...]:
    return tuple(_table()["path"])


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("values", "objections.toml").read_text("utf-8"))

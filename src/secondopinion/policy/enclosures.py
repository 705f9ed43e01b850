"""Which leaflets travel in the envelope of a letter, by date (GG.1507 III.A.3; 45 CFR 92.10 and 92.11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from secondopinion.policy.asked import Program
from secondopinion.policy.parameters import dated_rows


def encloses(kind: str, program: Program, on: date) -> tuple[str, ...]:
    """The leaflets that go with a letter of this kind to a Member, in the order in which they lie in the envelope."""
    # Reading: a letter that asks for nothing to be decided and refuses nothing (a reminder, a report) carries none.
    found = []
    for row in _rows():
        holding = [each for each in row["value"] if each["from"] <= on]
        if holding and program.value in holding[-1]["programs"] and kind in holding[-1]["with"]:
            found.append(row["leaflet"])
    return tuple(found)


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    """The rows of `values/enclosures.toml`, checked. Raises ValuesFaulty."""
    return dated_rows("enclosures", "enclosure", "leaflet", {"programs", "with", "authority", "link", "read_on"})

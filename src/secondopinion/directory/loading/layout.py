"""How the columns of a file are called, from `layouts.toml` or a file of the plan's own; reading a row by it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondopinion.directory.loading.entry import Entry
from secondopinion.directory.loading.reading import FileFault, places_of

OURS = Path(__file__).with_name("layouts.toml")
NUMBERED = range(1, 16)

Reader = Callable[[list[str]], Entry | None]
"""What turns a row into an entry; none: of no concern to us. Raises RowFault."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column of one file stands, by our own short names."""

    places: Mapping[str, int]

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def pairs(self, name: str, beside: str) -> list[tuple[int, int]]:
        """The places of two columns that stand side by side, numbered 1 to 15; only whole pairs."""
        keys = ((f"{name}_{n}", f"{beside}_{n}") for n in NUMBERED)
        return [(self.places[one], self.places[two]) for one, two in keys if one in self and two in self]

    def of(self, row: Sequence[str], name: str) -> str:
        """The value of a column in a row; empty when the file has no such column."""
        at = self.places.get(name)
        return row[at] if at is not None else ""


def layout_of(kind: str, own: Path | None = None) -> dict[str, Any]:
    """The names of a kind's columns: ours, changed by those of the plan's own file. Raises FileFault."""
    found: dict[str, Any] = dict(tomllib.loads(OURS.read_text(encoding="utf-8")).get(kind, {}))
    if own is None:
        return found
    try:
        changed = tomllib.loads(own.read_text(encoding="utf-8")).get(kind, {})
    except (OSError, ValueError):
        raise FileFault(f"The layout {own.name} cannot be read: give a TOML file like the one in docs.") from None
    if unknown := changed.keys() - found.keys():
        raise FileFault(f"The layout names {', '.join(sorted(unknown))}, which a {kind} file does not have.")
    return {**found, **changed}


def columns_of(path: Path, header: Sequence[str], names: Mapping[str, str], needed: Sequence[str]) -> Columns:
    """Find the columns in a header by their names in the layout. Raises FileFault when a needed one is missing."""
    places = places_of(path, header, [names[name].replace("#", "1") for name in needed])
    found: dict[str, int] = {}
    for short, name in names.items():
        if "#" in name:
            numbered = ((f"{short}_{n}", name.replace("#", str(n))) for n in NUMBERED)
            found |= {key: places[full.lower()] for key, full in numbered if full.lower() in places}
        elif name.lower() in places:
            found[short] = places[name.lower()]
    return Columns(found)

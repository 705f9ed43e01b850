"""Small made-up files of every kind, written where a test says. Nobody in them exists."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from county import npi
from secondopinion.directory.loading.layout import layout_of
from secondopinion.directory.loading.runs import Order

TODAY = date(2026, 11, 23)  # a Monday
NATIONAL = layout_of("national")
WIDTH = 330  # about as many columns as the national file has


def order(kind: str, path: Path, on_day: date | None = None, **more: object) -> Order:
    """What to load, on Monday 2026-11-23."""
    return Order(kind, path, TODAY, on_day, **more)  # type: ignore[arg-type]


def number(at: int) -> str:
    """A valid NPI for each whole number."""
    return npi(f"1{30_000_000 + at:08d}")


def national_header() -> list[str]:
    """A header as wide as the national one: the columns we need at their names, the others filled up."""
    numbered = [name.replace("#", str(n)) for n in range(1, 16) for name in NATIONAL.values() if "#" in name]
    named = [name for name in NATIONAL.values() if "#" not in name]
    return [*named, *numbered, *(f"Of No Concern_{n}" for n in range(WIDTH - len(named) - len(numbered)))]


def doctor(at: int, **changed: str) -> dict[str, str]:
    """One person of the national file, by our short names of its columns; `taxonomy_1` and the like are numbered."""
    return {
        "npi": number(at), "entity": "1", "last_name": f"Made-Up{at}", "first_name": "Ada", "credential": "M.D.",
        "address": f"{at} GROVE ST", "city": "ORCHARD CITY", "state": "CA", "zip": "92999", "country": "US",
        "phone": "7145550100", "taxonomy_1": "207R00000X", "is_primary_1": "N", "taxonomy_2": "207RC0000X",
        "is_primary_2": "Y", "license_1": f"A{at}", "license_state_1": "CA", **changed,
    }  # fmt: skip


def national(path: Path, people: Iterable[Mapping[str, str]]) -> Path:
    """The national file with these people."""
    header = national_header()
    at = {name: place for place, name in enumerate(header)}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        for person in people:
            row = [""] * len(header)
            for short, value in person.items():
                name, _, place = short.rpartition("_")
                full = NATIONAL[short] if short in NATIONAL else NATIONAL[name].replace("#", place)
                row[at[full]] = value
            writer.writerow(row)
    return path


def table(path: Path, rows: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> Path:
    """A CSV file whose header is the keys of the first row."""
    rows = list(rows)
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def contract(at: int, **changed: str) -> dict[str, str]:
    """One row of the plan's own file: a spine surgeon of the plan's own network since 2024."""
    return {
        "npi": number(at), "first_name": "Ben", "last_name": f"Made-Up{at}", "credential": "MD",
        "taxonomy": "207XS0117X", "network": "plan", "from_on": "2024-01-01", "to_on": "", "accepting": "yes",
        "panel": "", "address": f"{at} Clinic Way", "city": "Orchard City", "zip": "92999", "latitude": "33.75",
        "longitude": "-117.87", "phone": "1-714-555-0150", "languages": "en es", "license_number": f"A{at}",
        "license_from_on": "2015-01-01", "license_to_on": "2030-12-31", "excluded_by": "", "excluded_from_on": "",
        "verified_on": "2026-01-05",
        "verified_by": "phone", **changed,
    }  # fmt: skip

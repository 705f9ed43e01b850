"""What the plan never delegates, by date and with the authority for it (GG.1538 II.L, GG.1541)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from secondopinion.policy.asked import Program
from secondopinion.policy.parameters import ValuesFaulty, raw

NEEDED = {"key", "what", "restatement", "programs", "from", "authority", "read_on"}
KNOWN = NEEDED | {"to", "link"}


@dataclass(frozen=True, slots=True)
class NeverDelegated:
    """One thing that stays with the plan: in which programs, from when, until when (None: still), and who says so."""

    key: str
    what: str
    restatement: str
    programs: tuple[Program, ...]
    from_on: date
    to_on: date | None
    authority: str
    link: str
    read_on: date

    def holds_on(self, day: date) -> bool:
        """Does it stay with the plan on a day?"""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


def never_delegated(on: date) -> tuple[NeverDelegated, ...]:
    """Everything that stays with the plan on a day, whatever is delegated."""
    return tuple(entry for entry in _every() if entry.holds_on(on))


@cache
def _every() -> tuple[NeverDelegated, ...]:
    return read(raw("delegation"))


def read(tables: Mapping[str, Any]) -> tuple[NeverDelegated, ...]:
    """The entries out of the parsed tables of `values/delegation.toml`. Pure. Raises ValuesFaulty."""
    return tuple(_entry(row) for row in tables["never"])


def _entry(row: Mapping[str, Any]) -> NeverDelegated:
    where = f"delegation.toml: {row.get('key', 'an entry without a key')}"
    if missing := NEEDED - row.keys():
        raise ValuesFaulty(f"{where}: {', '.join(sorted(missing))} is missing.")
    if unknown := row.keys() - KNOWN:
        raise ValuesFaulty(f"{where}: {', '.join(sorted(unknown))} is not known here.")
    to_on = row.get("to")
    if to_on is not None and to_on < row["from"]:
        raise ValuesFaulty(f"{where}: it ends before it begins.")
    try:
        programs = tuple(Program(name) for name in row["programs"])
    except ValueError as fault:
        raise ValuesFaulty(f"{where}: {fault}.") from None
    return NeverDelegated(
        key=row["key"],
        what=row["what"],
        restatement=row["restatement"],
        programs=programs,
        from_on=row["from"],
        to_on=to_on,
        authority=row["authority"],
        link=row.get("link", ""),
        read_on=row["read_on"],
    )

"""Instants and days with their weekday in words, so that a wrong date in a test is a failing test."""

from __future__ import annotations

from datetime import UTC, date, datetime

from secondopinion.policy.calendar import PACIFIC


def day(words: str) -> date:
    """`Monday 2026-11-23` as a date; the weekday must be right."""
    weekday, _, iso = words.partition(" ")
    found = date.fromisoformat(iso)
    assert found.strftime("%A") == weekday, f"{iso} is a {found:%A}, not a {weekday}"
    return found


def at(words: str) -> datetime:
    """`Monday 2026-11-23 10:00`, Pacific; an offset may follow, as in `... 01:30 -08:00`."""
    weekday, iso, clock, *offset = words.split()
    day(f"{weekday} {iso}")
    if offset:
        return datetime.fromisoformat(f"{iso}T{clock}{offset[0]}").astimezone(PACIFIC)
    return datetime.fromisoformat(f"{iso}T{clock}").replace(tzinfo=PACIFIC)


def same(one: datetime | None, other: datetime) -> bool:
    """Whether two instants are one, whatever their zones (wall time alone would mislead in autumn)."""
    return one is not None and one.astimezone(UTC) == other.astimezone(UTC)

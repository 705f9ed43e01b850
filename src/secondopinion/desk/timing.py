"""The clocks of a referral as a table shows them: what, by what law, since when, until when, and how it went."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from secondopinion.desk.words import span, words_of
from secondopinion.referrals.models import RunningClock


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock. `how` says how it stands in words; `looks` is the name of that look, never colour alone."""

    what: str
    label: str
    authority: str
    started_at: datetime | None
    due_at: datetime | None
    binding: bool
    how: str
    looks: str
    icon: str


def clock_rows(clocks: Iterable[RunningClock], now: datetime) -> list[ClockRow]:
    """Every clock, those that still run first, then by due instant. The earliest of each kind binds."""
    rows = list(clocks)
    first: dict[str, RunningClock] = {}
    for clock in rows:
        best = first.get(clock.kind)
        if clock.due_at is not None and (best is None or best.due_at is None or clock.due_at < best.due_at):
            first[clock.kind] = clock
    rows.sort(key=lambda c: (c.stopped_at is not None, c.due_at is None, c.due_at or now, c.rule))
    return [_row(clock, first.get(clock.kind) is clock, now) for clock in rows]


def _row(clock: RunningClock, binding: bool, now: datetime) -> ClockRow:
    how, looks, icon = _stands(clock, now)
    return ClockRow(
        words_of(clock.kind, "due"), clock.label, clock.authority, clock.started_at, clock.due_at, binding, how, looks,
        icon,
    )  # fmt: skip


def _stands(clock: RunningClock, now: datetime) -> tuple[str, str, str]:
    if clock.due_at is None:
        if clock.stopped_at is not None:
            return "Not needed any more", "none", "pause"
        if clock.started_at is None:
            return "Has not started", "none", "pause"
        return "Has no due time of its own", "none", "pause"
    if clock.stopped_at is not None:
        early = clock.due_at - clock.stopped_at
        if early.total_seconds() >= 0:
            return f"Met, {span(early)} before it was due", "met", "check"
        return f"Missed by {span(-early)}", "missed", "alert"
    if now > clock.due_at:
        return f"Running, overdue by {span(now - clock.due_at)}", "overdue", "alert"
    return f"Running, {span(clock.due_at - now)} left", "calm", "clock"

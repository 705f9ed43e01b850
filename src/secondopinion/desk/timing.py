"""The clocks of a referral as a table shows them: what, by what law, since when, until when, and how it went.

How a clock ended is stored with it (met, missed, replaced by another limit, not needed any more) and only read here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from secondopinion.desk.words import pacific, span, words_of
from secondopinion.referrals.models import Ended, RunningClock


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
    """Every clock, those that still run first, then by due instant. The earliest of each kind binds.

    A limit that another took the place of, or that nobody needs any more, binds nobody.
    """
    rows = list(clocks)
    first: dict[str, RunningClock] = {}
    for clock in rows:
        if clock.due_at is None or clock.outcome in (Ended.REPLACED, Ended.VOID):
            continue
        best = first.get(clock.kind)
        if best is None or _ranks(clock) < _ranks(best):
            first[clock.kind] = clock
    rows.sort(key=lambda c: (c.stopped_at is not None, c.due_at is None, c.due_at or now, c.rule))
    return [_row(clock, first.get(clock.kind) is clock, now) for clock in rows]


def _ranks(clock: RunningClock) -> tuple[bool, datetime | None]:
    """What still runs binds before what is over; of several, the earliest."""
    return (clock.stopped_at is not None, clock.due_at)


def _row(clock: RunningClock, binding: bool, now: datetime) -> ClockRow:
    how, looks, icon = _stands(clock, now)
    return ClockRow(
        words_of(clock.kind, "due"), clock.label, clock.authority, clock.started_at, clock.due_at, binding, how, looks,
        icon,
    )  # fmt: skip


def _stands(clock: RunningClock, now: datetime) -> tuple[str, str, str]:
    if clock.outcome == Ended.REPLACED:
        return "Another limit took its place", "none", "pause"
    if clock.outcome == Ended.VOID:
        return "Not needed any more", "none", "pause"
    if clock.stopped_at is not None:
        return _ended(clock, clock.stopped_at)
    if clock.due_at is None:
        if clock.paused_at is not None:
            return f"Waiting since {pacific(clock.paused_at)} for information", "waits", "pause"
        what = "Has not started" if clock.started_at is None else "Has no due time of its own"
        return what, "none", "pause"
    if now > clock.due_at:
        return f"Running, overdue by {span(now - clock.due_at)}", "overdue", "alert"
    return f"Running, {span(clock.due_at - now)} left", "calm", "clock"


def _ended(clock: RunningClock, stopped_at: datetime) -> tuple[str, str, str]:
    if clock.due_at is None:
        return "Not needed any more", "none", "pause"
    early = clock.due_at - stopped_at
    if clock.outcome == Ended.MISSED or early.total_seconds() < 0:
        if early.total_seconds() >= 0:
            return "Missed: the time ran out", "missed", "alert"
        return f"Missed by {span(-early)}", "missed", "alert"
    return f"Met, {span(early)} before it was due", "met", "check"

"""What the Member can still do about a decision, as a table shows it: how each right stands today, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from secondopinion.referrals.windows import Window


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One right. `how` says how it stands in words; `looks` is the name of that look, never colour alone."""

    what: str
    days: int
    counts_from: str
    until: date | None
    authority: str
    how: str
    looks: str
    icon: str
    told: str = ""


def window_rows(windows: Iterable[Window], today: date) -> list[WindowRow]:
    """The Member's rights as they stand today."""
    return [
        WindowRow(w.what, w.days, w.counts_from, w.until, w.authority, *_stands(w, today), told=w.told) for w in windows
    ]


def _stands(window: Window, today: date) -> tuple[str, str, str]:
    stands = window.stands(today)
    if stands == "used":
        return "Used", "met", "check"
    if stands == "waits" or window.until is None:
        return "Has not begun", "none", "pause"
    if stands == "over":
        return "Over; later only for good cause", "none", "pause"
    left = (window.until - today).days
    return f"Open, {'last day' if not left else '1 day left' if left == 1 else f'{left} days left'}", "calm", "clock"

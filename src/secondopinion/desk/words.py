"""What the desk says in words: days and instants in Pacific time, due clocks, and the house's stored words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.models import Channel, ConsultationReport, Decider
from secondopinion.referrals.states import State

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "state": {state.value: state.words for state in State},
    **tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8")),
    "channel": dict(Channel.choices),
    "decider": dict(Decider.choices),
    "need": dict(ConsultationReport.Need.choices),
}
CLOSE = timedelta(hours=24)
NEAR = timedelta(hours=72)


def words_of(value: str | None, kind: str = "") -> str:
    """The plain words for a stored word, such as `onecare`. With a `kind` (a table of `WORDS`) only that
    table is asked; without, the tables in order. A word that is in none comes back as it is."""
    if not value:
        return ""
    tables = (WORDS[kind],) if kind else tuple(WORDS.values())
    return next((table[value] for table in tables if value in table), value)


def pacific(at: datetime | None) -> str:
    """An instant with weekday and zone: `Wed, Nov 25, 2026, 9:15 AM PT`. Empty for none."""
    if at is None:
        return ""
    here = at.astimezone(PACIFIC)
    return f"{here:%a, %b} {here.day}, {here.year}, {clock_time(here)} PT"


def day(on: date | datetime | None) -> str:
    """A day with its weekday: `Wed, Nov 25, 2026`. An instant is read as its Pacific day. Empty for none."""
    if on is None:
        return ""
    if isinstance(on, datetime):
        on = on.astimezone(PACIFIC).date()
    return f"{on:%a, %b} {on.day}, {on.year}"


def clock_time(at: datetime) -> str:
    """The time of day of an instant in Pacific time: `9:15 AM`."""
    here = at.astimezone(PACIFIC)
    return f"{here.hour % 12 or 12}:{here:%M %p}"


def span(length: timedelta) -> str:
    """A length of time in the two units a person plans by: minutes below an hour, then hours, then days."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 72:
        return f"{hours} h"
    days, left = divmod(hours, 24)
    return f"{days} days" if not left else f"{days} days {left} h"


class Urge(StrEnum):
    """How a due clock looks. Each has an icon and words beside its colour."""

    OVERDUE = "overdue"
    CLOSE = "close"
    NEAR = "near"
    CALM = "calm"
    MET = "met"
    MISSED = "missed"
    NONE = "none"


ICONS: Final[Mapping[Urge, str]] = {
    Urge.OVERDUE: "alert",
    Urge.CLOSE: "hourglass",
    Urge.NEAR: "clock",
    Urge.CALM: "clock",
    Urge.MET: "check",
    Urge.MISSED: "alert",
    Urge.NONE: "pause",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A due clock, ready to be shown: `left` is the number in words, `what` the thing to do and by when."""

    urge: Urge
    icon: str
    left: str
    what: str
    at: str  # the instant as HTML's <time> wants it; empty for none


def due(due_at: datetime | None, now: datetime, kind: str = "", stopped_at: datetime | None = None) -> Due:
    """What a clock says at an instant. `stopped_at` says that the thing was done, in time or not."""
    if due_at is None:
        return Due(Urge.NONE, ICONS[Urge.NONE], "No clock runs", "", "")
    by = f"{words_of(kind, 'due') or 'Due'} by {_short(due_at, now)}"
    if stopped_at is not None:
        late = stopped_at > due_at
        urge = Urge.MISSED if late else Urge.MET
        left = f"Done {span(stopped_at - due_at)} late" if late else "Done in time"
    elif now > due_at:
        urge, left = Urge.OVERDUE, f"Overdue by {span(now - due_at)}"
    else:
        ahead = due_at - now
        urge = Urge.CLOSE if ahead <= CLOSE else Urge.NEAR if ahead <= NEAR else Urge.CALM
        left = f"{span(ahead)} left"
    return Due(urge, ICONS[urge], left, by, due_at.isoformat())


def _short(at: datetime, now: datetime) -> str:
    """An instant near to now: weekday, day and time; the year only when it is another."""
    here = at.astimezone(PACIFIC)
    year = "" if here.year == now.astimezone(PACIFIC).year else f", {here.year}"
    return f"{here:%a, %b} {here.day}{year}, {clock_time(here)} PT"


def lowered(words: str) -> str:
    """The same words inside a sentence: the first letter small, no full stop."""
    words = words.rstrip(".")
    return words[:1].lower() + words[1:]

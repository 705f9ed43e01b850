"""Made-up cases by lot, crowded around the days on which a clock is most easily read wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from policy.second_reading.deadlines import EXPEDITED, MEDI_CAL, ONECARE, PACIFIC, STANDARD
from policy.second_reading.holidays import is_shut

FIRST, LAST = date(2015, 1, 2), date(2035, 12, 31)
PERSON, REPRESENTATIVE, PHYSICIAN = "member", "authorized-representative", "physician"
ZONES: tuple[tzinfo, ...] = (UTC, UTC, PACIFIC, PACIFIC, ZoneInfo("America/New_York"), timezone(timedelta(hours=9)))
MINUTES, DAYS = (1, 5, 20, 45, 70, 180), (0, 1, 2, 3, 5, 7, 10, 14, 20, 40)


@dataclass(frozen=True)
class Case:
    """One request and what came after. Instants carry whatever zone the lot gave them.

    A representative's authority came at `authority_at`, or is still missing, or was on file all along.
    """

    program: str
    urgency: str
    requester: str
    received_at: datetime
    complete_at: datetime | None
    authority_at: datetime | None
    authority_missing: bool
    extended_days: int
    extended_at: datetime | None
    upgraded_at: datetime | None
    decided_at: datetime
    told_at: datetime
    adverse: bool
    needs_prior_authorization: bool | None


@cache
def _crowded() -> tuple[tuple[date, ...], ...]:
    """Days of each troublesome sort: changes of clocks, closed days, weekends, year ends, the new law."""
    every = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]
    changes = [d for d in every if _offset(d) != _offset(d + timedelta(days=1))]
    closed = [d for d in every if is_shut(d)]
    weekends = [d for d in every if d.weekday() >= 5]
    ends = [d for d in every if (d.month, d.day) in {(12, 24), (12, 30), (12, 31), (1, 1), (1, 2)}]
    law = [date(2025, 12, 31), date(2026, 1, 1)]
    return tuple(tuple(each) for each in (every, changes, changes, closed, weekends, ends, law))


def _offset(day: date) -> timedelta | None:
    return datetime.combine(day, time.min, PACIFIC).utcoffset()


def _moment(lot: random.Random) -> datetime:
    """An instant in UTC on a crowded day or up to eight days before one, often near midnight or a change of clocks."""
    days = lot.choice(_crowded())
    day = max(FIRST, lot.choice(days) - timedelta(days=lot.choice((0, 0, 0, 1, 2, 3, 5, 7, 8))))
    near = lot.choice((None, None, time.min, time(1, 0), time(2, 0)))
    if near is None:
        seconds = lot.randrange(86_400)
        return (datetime.combine(day, time.min, PACIFIC).astimezone(UTC)) + timedelta(seconds=seconds)
    around = datetime.combine(day, near, PACIFIC).astimezone(UTC)
    return around + timedelta(seconds=lot.choice((-1, 0, 1, lot.randrange(-5_400, 5_400))))


def _later(lot: random.Random, than: datetime) -> datetime:
    """A while after an instant: minutes, or days and hours."""
    if lot.random() < 0.3:
        return than + timedelta(minutes=lot.choice(MINUTES))
    return than + timedelta(days=lot.choice(DAYS), seconds=lot.randrange(86_400))


def cases(seed: int, count: int) -> Iterator[Case]:
    """`count` cases, the same for the same seed."""
    lot = random.Random(seed)
    for _ in range(count):
        program, urgency = lot.choice((MEDI_CAL, MEDI_CAL, ONECARE)), lot.choice((STANDARD, STANDARD, EXPEDITED))
        received, roll = _moment(lot), lot.random()
        complete = None if roll < 0.2 else received if roll < 0.4 else _later(lot, received)
        decided = _later(lot, received)
        upgraded = _later(lot, received) if urgency == STANDARD and lot.random() < 0.25 else None
        shown = _later(lot, received - timedelta(days=lot.choice((0, 0, 5)))) if lot.random() < 0.5 else None
        extended = lot.randint(1, 14) if program == MEDI_CAL and lot.random() < 0.3 else 0
        yield Case(
            program=program,
            urgency=urgency,
            requester=lot.choice((PERSON, REPRESENTATIVE, PHYSICIAN)),
            received_at=_as_seen(lot, received),
            complete_at=complete and _as_seen(lot, complete),
            authority_at=shown and _as_seen(lot, shown),
            authority_missing=shown is None and upgraded is None and lot.random() < 0.2,
            extended_days=extended,
            extended_at=_as_seen(lot, _later(lot, received)) if extended else None,
            upgraded_at=upgraded and _as_seen(lot, upgraded),
            decided_at=_as_seen(lot, decided),
            told_at=_as_seen(lot, _later(lot, decided)),
            adverse=lot.random() < 0.5,
            needs_prior_authorization=lot.choice((True, False, None)),
        )


def cases_in_the_hour_that_comes_twice(seed: int, count: int) -> Iterator[Case]:
    """Cases whose instants, all Pacific, start or end in the hour that the wall shows twice on a Sunday of autumn."""
    lot = random.Random(seed)
    sundays = [day for day in _crowded()[1] if day.month == 11]
    for case in cases(seed, count):
        hour = datetime.combine(lot.choice(sundays), time(1), PACIFIC).astimezone(UTC)
        received = hour - timedelta(hours=lot.choice((0, 72))) + timedelta(minutes=lot.randrange(60))
        decided = received + timedelta(hours=lot.choice((0, 48)))
        complete, made_urgent, told = (_shortly(lot, received) for _ in range(3))
        shown = _shortly(lot, received - timedelta(minutes=30))
        yield replace(
            case,
            received_at=received.astimezone(PACIFIC),
            complete_at=case.complete_at and complete,
            authority_at=case.authority_at and shown,
            extended_days=0,
            extended_at=None,
            upgraded_at=case.upgraded_at and made_urgent,
            decided_at=_shortly(lot, decided),
            told_at=told,
        )


def _shortly(lot: random.Random, than: datetime) -> datetime:
    return (than + timedelta(minutes=lot.randrange(60))).astimezone(PACIFIC)


def _as_seen(lot: random.Random, at: datetime) -> datetime:
    return at.astimezone(lot.choice(ZONES))

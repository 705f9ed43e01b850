"""The binding deadline of a million decisions at once, for the day on which the law or the calendar changes.

The answers are those of `clocks.decision_clocks`, to the microsecond. Columns come in and columns go out; an instant
is a count of microseconds since 1970 in UTC. The law is laid out once as a table with a row for each Pacific day:
its first instant, its last second, how many business days there were up to it, and the times that hold for a request
received on it. The changes of clocks are in that table and nowhere else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from secondopinion.policy.asked import Program, Urgency
from secondopinion.policy.calendar import BusinessCalendar, CalendarNotCovered, business_calendar
from secondopinion.policy.chosen import chosen
from secondopinion.policy.clocks import ExtensionRefused
from secondopinion.policy.parameters import value

Instants = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

PROGRAMS, URGENCIES = tuple(Program), tuple(Urgency)
"""The codes of the columns are places in these."""
FROM_RECEIPT, FROM_INFORMATION = 0, 1
"""The codes of the limit that binds."""
NEVER = int(np.iinfo(np.int64).min)
"""An instant that has not come."""

_DAY, _HOUR, _SECOND = 86_400_000_000, 3_600_000_000, 1_000_000
_BLOCK = 32_768  # rows whose working columns stay in the cache of one core
_STANDARD = URGENCIES.index(Urgency.STANDARD)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Table(NamedTuple):
    """The law by Pacific day. The times stand program after program, a row of days each."""

    starts: Instants  # of each day, and of the day after the last
    ends: Instants
    open_so_far: Instants
    open_ends: Instants
    standard: Instants
    standard_unauthorized: Instants
    expedited: Instants
    extension: Instants
    both_limits: Flags
    information: Instants
    years: tuple[int, int]


class _Rows(NamedTuple):
    """Some rows of the columns of `decision_due`."""

    received: Instants
    complete: Instants
    program: Codes
    urgency: Codes
    extension: Codes | None
    without_authorization: Flags | None
    start: Instants | None


def instant_of(at: datetime | None) -> int:
    """Microseconds since 1970 in UTC, or NEVER for None. `at` carries an offset."""
    return NEVER if at is None else (at.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


def datetime_of(instant: int) -> datetime:
    """The same instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=int(instant))


def decision_due(
    received: Instants,
    complete: Instants,
    program: Codes,
    urgency: Codes,
    extension: Codes | None = None,
    *,
    without_authorization: Flags | None = None,
    start: Instants | None = None,
    calendar: BusinessCalendar | None = None,
) -> tuple[Instants, Codes]:
    """When each request must be decided, and which limit binds: FROM_RECEIPT or FROM_INFORMATION.

    `complete` is when the information was complete, NEVER while some is missing. `extension` is in days.
    `without_authorization` marks services known to need no prior authorization. `start` is a later beginning than
    receipt (a OneCare representative's authority, a dismissal taken back), NEVER where there is none. Leave out the
    requests that have no deadline of their own: the plan's own, and those that wait for authority.

    Raises ValueError for columns of different lengths and for information complete before receipt,
    ExtensionRefused where an extension is longer than its program has, CalendarNotCovered.
    """
    columns = (received, complete, program, urgency, extension, without_authorization, start)
    if any(column is not None and column.shape != (len(received),) for column in columns):
        raise ValueError("The columns have different lengths: give one value a request in each.")
    table = _table(calendar or business_calendar(), chosen().version)
    due, binds = np.empty(len(received), np.int64), np.empty(len(received), np.int8)
    for first in range(0, len(received), _BLOCK):
        cut = slice(first, first + _BLOCK)
        rows = _Rows(*(_cut(column, cut) for column in columns))
        _decide(table, rows, due[cut], binds[cut])
    return due, binds


def _cut(column: npt.NDArray[Any] | None, cut: slice) -> Any:
    return None if column is None else column[cut]


def _decide(table: _Table, rows: _Rows, due: Instants, binds: Codes) -> None:
    """The answers of one block, written into `due` and `binds`."""
    on = _place_of(table, rows.received)
    law = rows.program * np.int64(len(table.ends)) + on
    standard = rows.urgency == _STANDARD
    np.copyto(due, _from_receipt(table, rows, on, law, standard))
    known = rows.complete != NEVER
    if (known & (rows.complete < rows.received)).any():
        raise ValueError("Information was complete before its request came: give the later instant.")
    both = known & standard & table.both_limits[law]
    complete_on = _place_of(table, np.where(both, rows.complete, rows.received))
    nth = (table.open_so_far[complete_on] + table.information[on]) * both
    if nth.max() >= len(table.open_ends):
        raise _not_covered(table)
    until = table.open_ends[nth]
    # Of two limits that end together the one from the information is named, as `decision_clocks` does.
    sooner = both & (until <= due)
    np.copyto(due, until, where=sooner)
    np.copyto(binds, sooner)


def _from_receipt(table: _Table, rows: _Rows, on: Instants, law: Instants, standard: Flags) -> Instants:
    """The end of the limit that counts from receipt: a day's last second, or so many hours."""
    days, hours = table.standard[law], table.expedited[law]
    if rows.without_authorization is not None:
        days = np.where(rows.without_authorization, table.standard_unauthorized[law], days)
    if rows.extension is not None and rows.extension.any():
        if (rows.extension < 0).any() or (rows.extension > table.extension[law]).any():
            raise ExtensionRefused("An extension is longer than its program allows, or below zero: correct it first.")
        days = days + rows.extension
        hours = hours + rows.extension * np.int64(_DAY)
    since, since_on = rows.received, on
    if rows.start is not None:
        since = np.maximum(since, rows.start)
        since_on = _place_of(table, since)
    # An expedited request has no last day: its hours may run where days would leave the calendar.
    last = (since_on + days) * standard
    if last.max() >= len(table.ends):
        raise _not_covered(table)
    return np.where(standard, table.ends[last], since + hours)


def _place_of(table: _Table, at: Instants) -> Instants:
    """The Pacific day of each instant, as its place in the table.

    A day begins where the winter's midnights would put it, or an hour before; so counting whole days from the first
    midnight is right or one too few, and one look at the next day's beginning tells.
    """
    starts = table.starts
    if at.min() < starts[0] or at.max() >= starts[-1]:
        raise _not_covered(table)
    place: Instants = (at - starts[0]) // _DAY
    return place + (at >= starts[place + 1])


def _not_covered(table: _Table) -> CalendarNotCovered:
    first, last = table.years
    return CalendarNotCovered(
        f"The calendar of State holidays covers {first} to {last}, and a request or its deadline is outside it: "
        "add the years to values/holidays.toml first."
    )


@lru_cache(maxsize=2)
def _table(calendar: BusinessCalendar, chosen_version: str) -> _Table:
    """The law as it stands, laid out by day; made once for each calendar and whatever the plan has chosen."""
    count = (calendar.last_day - calendar.first_day).days + 1
    days = [calendar.first_day + timedelta(days=n) for n in range(count)]
    starts = [instant_of(calendar.start_of_day(day)) for day in [*days, calendar.last_day + timedelta(days=1)]]
    ends = [instant_of(calendar.end_of_day(day)) for day in days]
    is_open = [calendar.is_business_day(day) for day in days]
    open_ends = [NEVER, *(end for end, opens in zip(ends, is_open, strict=True) if opens)]

    def each(name: str, *programs: Program) -> npt.NDArray[Any]:
        names = [f"decision_time.{name}.{program.value.replace('-', '_')}" for program in programs or PROGRAMS]
        return np.array([value(name, day).is_ for name in names for day in days])

    standard = each("standard")
    unauthorized = standard.copy()
    onecare = PROGRAMS.index(Program.ONECARE) * count
    unauthorized[onecare : onecare + count] = each("standard_without_prior_authorization", Program.ONECARE)
    return _Table(
        starts=np.array(starts),
        ends=np.array(ends),
        open_so_far=np.cumsum(is_open),
        open_ends=np.array(open_ends),
        standard=standard,
        standard_unauthorized=unauthorized,
        expedited=each("expedited") * _HOUR,
        extension=each("extension_allowed"),
        both_limits=each("two_limits"),
        information=each("standard_information", Program.MEDI_CAL),
        years=(calendar.first_day.year, calendar.last_day.year),
    )

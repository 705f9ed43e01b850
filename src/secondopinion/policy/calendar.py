"""Which days count: business days, State holidays, and the end of a Pacific day.

Days are days in California, whatever offset an instant arrives with. The holidays are our own dated
table (`values/holidays.toml`, Government Code 6700, 6701 and 19853), because the calendar a legal clock
uses is a legal question and no package has California's right.

Counting: the day of receipt is day 0, so a request that arrives on a weekend or a holiday has the next
business day as its day 1. A limit in days ends at 23:59:59 Pacific. A limit in hours counts elapsed
hours, so 72 hours across a change of clocks move the time on the wall.
"""

from __future__ import annotations

import calendar as months
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""The zone in which every day of this house is counted."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SATURDAY, _SUNDAY = 5, 6
_LAST_SECOND = time(23, 59, 59)


class CalendarNotCovered(LookupError):
    """A day lies outside the years the holiday table covers."""


class InstantWithoutOffset(ValueError):
    """An instant carries no offset from UTC, so nobody can say which day it falls on."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A weekday on which State offices are closed. `day` is the day kept, after any move to Monday."""

    day: date
    name: str
    authority: str


def elapsed(at: datetime, hours: int) -> datetime:
    """The Pacific instant so many elapsed hours after `at`, across any change of clocks."""
    return (aware(at).astimezone(UTC) + timedelta(hours=hours)).astimezone(PACIFIC)


def aware(at: datetime) -> datetime:
    """`at` itself when it carries an offset. Raises InstantWithoutOffset when it does not."""
    if at.utcoffset() is None:
        raise InstantWithoutOffset(f"The instant {at.isoformat()} has no offset from UTC: give it with one.")
    return at


class BusinessCalendar:
    """The days from 1 January of `first_year` to 31 December of `last_year`, and which are business days.

    Everything is laid out once: for each day its first instant, its last second, and how many business
    days there were up to it. A deadline is then a few look-ups, and no change of clocks is worked out twice.
    """

    def __init__(self, holidays: Iterable[Holiday], *, first_year: int, last_year: int) -> None:
        self.first_day = date(first_year, 1, 1)
        self.last_day = date(last_year, 12, 31)
        self._holidays = {holiday.day: holiday for holiday in sorted(holidays, key=lambda each: each.day)}
        self._first = self.first_day.toordinal()
        days = [date.fromordinal(n) for n in range(self._first, self.last_day.toordinal() + 1)]
        after = self.last_day + timedelta(days=1)
        self._starts = [datetime.combine(day, time.min, PACIFIC).astimezone(UTC) for day in [*days, after]]
        self._ends = [datetime.combine(day, _LAST_SECOND, PACIFIC) for day in days]
        self._open: list[int] = []
        """The places of the business days, in order."""
        self._open_so_far: list[int] = []
        """For each place, how many business days there are up to and including it."""
        self._earlier: dict[tuple[int, int], list[datetime]] = {}
        for place, day in enumerate(days):
            if day.weekday() < _SATURDAY and day not in self._holidays:
                self._open.append(place)
            self._open_so_far.append(len(self._open))

    def is_business_day(self, day: date) -> bool:
        """Monday to Friday and not a State holiday. Raises CalendarNotCovered."""
        self._place(day)
        return day.weekday() < _SATURDAY and day not in self._holidays

    def next_business_day(self, day: date) -> date:
        """The first business day after `day`. Raises CalendarNotCovered."""
        return self.add_business_days(day, 1)

    def add_business_days(self, day: date, n: int) -> date:
        """The `n`th business day after `day`, which is day 0 whether or not it is a business day itself.

        Raises ValueError when `n` is less than one and CalendarNotCovered outside the covered years.
        """
        return self._ends[self._after_business_days(self._place(day), n)].date()

    def subtract_business_days(self, day: date, n: int) -> date:
        """The `n`th business day before `day`, which is day 0 whether or not it is a business day itself.

        Raises ValueError when `n` is less than one and CalendarNotCovered outside the covered years.
        """
        if n < 1:
            raise ValueError(f"Business days are counted back from day 0: {n} is not one or more.")
        place = self._place(day)
        earlier = self._open_so_far[place] - self.is_business_day(day)  # how many lie before the day
        if earlier < n:
            raise self._not_covered(self.first_day - timedelta(days=1))
        return self._ends[self._open[earlier - n]].date()

    def business_days_between(self, day: date, until: date) -> int:
        """How many business days lie after `day`, up to and including `until`; none when that is not later."""
        return max(0, self._open_so_far[self._place(until)] - self._open_so_far[self._place(day)])

    def holidays(self, year: int) -> list[Holiday]:
        """The weekdays of one year on which State offices are closed, in order."""
        self._place(date(year, 1, 1))
        return [holiday for day, holiday in self._holidays.items() if day.year == year]

    def start_of_day(self, day: date) -> datetime:
        """The first instant of a Pacific day."""
        return datetime.combine(day, time.min, PACIFIC)

    def end_of_day(self, day: date) -> datetime:
        """23:59:59 Pacific of `day`, where a limit in days ends."""
        return self._ends[self._place(day)]

    def day_of(self, at: datetime) -> date:
        """The Pacific day on which an instant falls. Raises CalendarNotCovered, InstantWithoutOffset."""
        return self._ends[self._place_of(at)].date()

    def end_after_business_days(self, at: datetime, n: int) -> datetime:
        """The end of the `n`th business day after the day of `at`, which is day 0."""
        return self._ends[self._after_business_days(self._place_of(at), n)]

    def end_after_calendar_days(self, at: datetime, n: int) -> datetime:
        """The end of the `n`th calendar day after the day of `at`, which is day 0."""
        place = self._place_of(at) + n
        if place >= len(self._ends):
            raise self._not_covered(self.last_day + timedelta(days=1))
        return self._ends[place]

    def earlier_end(self, at: datetime, *, business_days: int, calendar_days: int) -> datetime:
        """The earlier end of two limits that start together: the everyday deadline, in one step."""
        limits = business_days, calendar_days
        earlier = self._earlier.get(limits)
        if earlier is None:
            earlier = self._earlier[limits] = self._earlier_ends(*limits)
        place = self._place_of(at)
        if place >= len(earlier):
            raise self._not_covered(self.last_day + timedelta(days=1))
        return earlier[place]

    def _earlier_ends(self, business_days: int, calendar_days: int) -> list[datetime]:
        ends = []
        for place in range(len(self._ends)):
            try:
                ends.append(self._ends[min(self._after_business_days(place, business_days), place + calendar_days)])
            except CalendarNotCovered:
                break
        return ends

    def _after_business_days(self, place: int, n: int) -> int:
        if n < 1:
            raise ValueError(f"Business days are counted forward from day 0: {n} is not one or more.")
        nth = self._open_so_far[place] + n - 1
        if nth >= len(self._open):
            raise self._not_covered(self.last_day + timedelta(days=1))
        return self._open[nth]

    def _place(self, day: date) -> int:
        place = day.toordinal() - self._first
        if not 0 <= place < len(self._ends):
            raise self._not_covered(day)
        return place

    def _place_of(self, at: datetime) -> int:
        # The day on the wall is the day that counts; in UTC it is that day or the one before. Both are read
        # without working out any offset, which is what takes the time.
        if at.tzinfo is PACIFIC:
            place = at.toordinal() - self._first
        else:
            at = at if at.tzinfo is UTC else self._moved(at, UTC)
            place = at.toordinal() - self._first
            if 0 <= place < len(self._starts) and at < self._starts[place]:
                place -= 1
        if not 0 <= place < len(self._ends):
            raise self._not_covered(self._moved(at, PACIFIC).date())
        return place

    def _moved(self, at: datetime, zone: tzinfo) -> datetime:
        try:
            return aware(at).astimezone(zone)
        except OverflowError:  # at either end of what a datetime can hold, far outside our years
            raise self._not_covered(at.date()) from None

    def _not_covered(self, day: date) -> CalendarNotCovered:
        return CalendarNotCovered(
            f"The calendar of State holidays covers {self.first_day.year} to {self.last_day.year}, and "
            f"{day.isoformat()} is outside it: add the years to values/holidays.toml first."
        )


@cache
def business_calendar() -> BusinessCalendar:
    """California's calendar from `values/holidays.toml`, built once."""
    text = resources.files(__package__).joinpath("values", "holidays.toml").read_text("utf-8")
    table = tomllib.loads(text)
    first_year, last_year = int(table["first_year"]), int(table["last_year"])
    kept: list[Holiday] = []
    for year in range(first_year, last_year + 1):
        kept.extend(_kept_in(year, table["holiday"], table["sunday"]))
    return BusinessCalendar(kept, first_year=first_year, last_year=last_year)


def _kept_in(year: int, rules: list[Mapping[str, Any]], sunday: str) -> Iterable[Holiday]:
    falls: dict[str, date] = {}
    for rule in rules:
        day = falls[rule["key"]] = _falls_on(year, rule, falls)
        name, authority = _name_on(day, rule), rule["authority"]
        if day.weekday() == _SUNDAY:
            yield Holiday(day + timedelta(days=1), f"{name} (kept on Monday)", f"{authority}; {sunday}")
        elif day.weekday() < _SATURDAY:
            yield Holiday(day, name, authority)
        elif rule.get("saturday") == "friday":
            yield Holiday(day - timedelta(days=1), f"{name} (kept on Friday)", authority)
        # Reading: any other holiday on a Saturday gives State staff a personal holiday, not a closed
        # weekday (Gov. Code 19853), so the Friday before it is a business day.


def _falls_on(year: int, rule: Mapping[str, Any], falls: Mapping[str, date]) -> date:
    if "after" in rule:
        return falls[rule["after"]] + timedelta(days=rule["days"])
    month = int(rule["month"])
    if "day" in rule:
        return date(year, month, rule["day"])
    wanted, nth = _WEEKDAYS.index(rule["weekday"]), int(rule["nth"])
    last = months.monthrange(year, month)[1]
    every = [d for n in range(1, last + 1) if (d := date(year, month, n)).weekday() == wanted]
    return every[nth - 1] if nth > 0 else every[nth]


def _name_on(day: date, rule: Mapping[str, Any]) -> str:
    return str([name["is"] for name in rule["name"] if name["from"] <= day][-1])

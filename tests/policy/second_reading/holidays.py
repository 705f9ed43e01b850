"""Which days the State is shut (Gov. Code 19853, the State's list of holidays), by looking at one day at a time."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6

#: Holidays with a date of their own: month and day.
FIXED = ((1, 1), (3, 31), (7, 4), (11, 11), (12, 25))
#: Holidays that are the n-th such weekday of a month: month, weekday, n.
NTH = ((1, MONDAY, 3), (2, MONDAY, 3), (9, MONDAY, 1), (11, THURSDAY, 4))


def is_shut(day: date) -> bool:
    """Whether the State's offices are closed on a weekday because of a holiday, or on the holiday itself."""
    yesterday, tomorrow = day - timedelta(days=1), day + timedelta(days=1)
    if (day.month, day.day) in FIXED:
        return True
    if day.weekday() == MONDAY and (yesterday.month, yesterday.day) in FIXED:
        return True  # it fell on Sunday
    if day.weekday() == FRIDAY and (tomorrow.month, tomorrow.day) == (11, 11):
        return True  # only Veterans Day moves back from a Saturday
    if day.weekday() == MONDAY and day.month == 5 and (day + timedelta(days=7)).month == 6:
        return True  # the last Monday of May
    return _is_nth(day) or _is_nth(yesterday, only_thanksgiving=True)


def _is_nth(day: date, *, only_thanksgiving: bool = False) -> bool:
    """Whether the day is one of the n-th weekdays; `only_thanksgiving` looks for the fourth Thursday alone."""
    rules = NTH[-1:] if only_thanksgiving else NTH
    return any(
        day.month == month and day.weekday() == weekday and (day.day - 1) // 7 + 1 == n for month, weekday, n in rules
    )


@cache
def is_business_day(day: date) -> bool:
    """Monday to Friday, and the State is open."""
    return day.weekday() not in (SATURDAY, SUNDAY) and not is_shut(day)


def business_days_before(day: date, count: int) -> date:
    """The count-th business day before this one, which is day 0 whatever day it is."""
    while count:
        day -= timedelta(days=1)
        if is_business_day(day):
            count -= 1
    return day


def business_days_after(day: date, count: int) -> date:
    """The count-th business day after this one, which is day 0 whatever day it is."""
    while count:
        day += timedelta(days=1)
        if is_business_day(day):
            count -= 1
    return day

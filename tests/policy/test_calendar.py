"""Days are counted as California counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays as holidays_package
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workalendar.usa import California

from policy.when import at, day, same
from secondopinion.policy.calendar import (
    PACIFIC,
    CalendarNotCovered,
    InstantWithoutOffset,
    business_calendar,
    elapsed,
)

DAYS = business_calendar()
YEARS = range(2015, 2037)

AS_PUBLISHED = {
    2026: "01-01 01-19 02-16 03-31 05-25 09-07 11-11 11-26 11-27 12-25",
    2027: "01-01 01-18 02-15 03-31 05-31 07-05 09-06 11-11 11-25 11-26",
    2028: "01-17 02-21 03-31 05-29 07-04 09-04 11-10 11-23 11-24 12-25",
}


@pytest.mark.parametrize("year", AS_PUBLISHED)
def test_the_closed_weekdays_of_a_year_are_the_published_ones(year):
    assert " ".join(f"{holiday.day:%m-%d}" for holiday in DAYS.holidays(year)) == AS_PUBLISHED[year]


def test_every_holiday_is_a_weekday_and_names_its_authority():
    kept = [holiday for year in YEARS for holiday in DAYS.holidays(year)]
    assert all(holiday.day.weekday() < 5 for holiday in kept)
    assert all(holiday.authority.startswith("Gov. Code") for holiday in kept)
    assert len({holiday.day for holiday in kept}) == len(kept)


@pytest.mark.parametrize(
    ("falls", "kept"),
    [
        ("Sunday 2027-07-04", "Monday 2027-07-05"),
        ("Sunday 2024-03-31", "Monday 2024-04-01"),
        ("Sunday 2022-12-25", "Monday 2022-12-26"),
        ("Sunday 2023-01-01", "Monday 2023-01-02"),
        ("Saturday 2023-11-11", "Friday 2023-11-10"),
        ("Saturday 2028-11-11", "Friday 2028-11-10"),
    ],
)
def test_a_holiday_on_a_weekend_is_kept_on_the_day_the_law_names(falls, kept):
    assert day(falls).weekday() >= 5
    assert not DAYS.is_business_day(day(kept))


@pytest.mark.parametrize(
    "before",
    ["Friday 2026-07-03", "Friday 2027-12-24", "Friday 2027-12-31", "Friday 2021-12-24", "Friday 2018-03-30"],
)
def test_the_friday_before_a_holiday_on_a_saturday_is_a_business_day(before):
    assert DAYS.is_business_day(day(before))


@pytest.mark.parametrize(
    "open_day",
    [
        "Friday 2026-06-19",  # Juneteenth
        "Monday 2026-10-12",  # the second Monday in October
        "Friday 2026-09-25",  # Native American Day, kept by the courts
        "Thursday 2026-02-12",  # Lincoln Day
        "Friday 2026-04-24",  # Genocide Remembrance Day
        "Tuesday 2026-02-17",  # Lunar New Year
    ],
)
def test_a_day_that_only_others_keep_is_a_business_day(open_day):
    assert DAYS.is_business_day(day(open_day))


@pytest.mark.parametrize(
    ("closed", "name"),
    [
        ("Monday 2025-03-31", "Cesar Chavez Day"),
        ("Tuesday 2026-03-31", "Farmworkers Day"),
        ("Monday 2024-04-01", "Cesar Chavez Day (kept on Monday)"),
    ],
)
def test_the_holiday_of_the_thirty_first_of_march_bears_the_name_of_its_time(closed, name):
    found = {holiday.day: holiday.name for holiday in DAYS.holidays(day(closed).year)}
    assert found[day(closed)] == name


# What the package `holidays` calls a weekday holiday in California and the State does not close for.
ADDED_BY_HOLIDAYS = {
    "Susan B. Anthony Day",  # observed by schools
    "Juneteenth National Independence Day",  # an employee's choice
    "Juneteenth National Independence Day (observed)",
    "Diwali",  # an employee's choice
    "New Year's Day (observed)",  # on a Friday; the State moves only from Sunday
    "Independence Day (observed)",
    "Christmas Day (observed)",
}
ADDED_BY_WORKALENDAR = {  # kept on a Friday there; the State moves only from Sunday
    "New year (Observed)",
    "Independence Day (Observed)",
    "Christmas Day (Observed)",
}


def test_the_package_holidays_differs_only_as_listed():
    theirs = holidays_package.country_holidays("US", subdiv="CA", years=list(YEARS))
    ours = {holiday.day for year in YEARS for holiday in DAYS.holidays(year)}
    weekdays = {each for each in theirs if each.weekday() < 5 and each.year in YEARS}
    more = {name.strip() for each in weekdays - ours for name in theirs[each].split(";")}
    assert more == ADDED_BY_HOLIDAYS
    assert ours - weekdays == set()


def test_the_package_workalendar_differs_only_as_listed():
    theirs = {each: name for year in YEARS for each, name in California().holidays(year)}
    ours = {holiday.day for year in YEARS for holiday in DAYS.holidays(year)}
    weekdays = {each for each in theirs if each.weekday() < 5 and each.year in YEARS}
    more = {theirs[each] for each in weekdays - ours}
    assert more == ADDED_BY_WORKALENDAR
    assert ours - weekdays == set()


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("Tuesday 2026-12-01", 5, "Tuesday 2026-12-08"),
        ("Saturday 2026-12-05", 5, "Friday 2026-12-11"),  # Monday is day 1
        ("Sunday 2026-12-06", 1, "Monday 2026-12-07"),
        ("Thursday 2026-11-26", 1, "Monday 2026-11-30"),  # a holiday is day 0 too
        ("Wednesday 2026-11-25", 2, "Tuesday 2026-12-01"),
        ("Friday 2026-03-27", 5, "Monday 2026-04-06"),
    ],
)
def test_business_days_are_counted_from_the_day_after_receipt(start, n, end):
    assert DAYS.add_business_days(day(start), n) == day(end)


def test_business_days_are_counted_from_day_one_on_in_either_direction():
    for count in (DAYS.add_business_days, DAYS.subtract_business_days):
        with pytest.raises(ValueError, match="not one or more"):
            count(day("Monday 2026-11-23"), 0)


@pytest.mark.parametrize(
    ("end", "n", "start"),
    [
        ("Monday 2026-12-21", 2, "Thursday 2026-12-17"),  # over a weekend
        ("Monday 2026-12-28", 2, "Wednesday 2026-12-23"),  # Christmas on the Friday
        ("Tuesday 2026-12-01", 2, "Wednesday 2026-11-25"),  # Thanksgiving and the day after
        ("Sunday 2026-12-06", 1, "Friday 2026-12-04"),  # a Sunday is day 0 too
        ("Thursday 2026-04-02", 2, "Monday 2026-03-30"),  # Farmworkers Day on the Tuesday
    ],
)
def test_business_days_are_counted_back_from_the_day_before(end, n, start):
    assert DAYS.subtract_business_days(day(end), n) == day(start)


@given(st.dates(date(2015, 2, 1), date(2035, 11, 30)), st.integers(1, 12))
def test_counting_back_and_forth_comes_to_the_same_business_day(there, n):
    back = DAYS.subtract_business_days(there, n)
    assert DAYS.is_business_day(back)
    assert DAYS.business_days_between(back, there) == n - 1 + DAYS.is_business_day(there)
    if DAYS.is_business_day(there):
        assert DAYS.add_business_days(back, n) == there


def test_before_the_first_day_of_the_table_nothing_is_counted():
    with pytest.raises(CalendarNotCovered, match="2014-12-31"):
        DAYS.subtract_business_days(DAYS.first_day + timedelta(days=1), 2)


@given(st.dates(date(2015, 1, 1), date(2036, 6, 30)), st.integers(1, 30))
@settings(max_examples=200, deadline=None)
def test_the_next_business_day_repeated_is_the_same_as_counting(start, n):
    step = start
    for _ in range(n):
        step = DAYS.next_business_day(step)
    assert DAYS.add_business_days(start, n) == step


@pytest.mark.parametrize(
    ("instant", "falls_on"),
    [
        ("Tuesday 2026-12-01 00:00", "Tuesday 2026-12-01"),
        ("Monday 2026-11-30 23:59", "Monday 2026-11-30"),
        ("Sunday 2026-11-01 01:30 -07:00", "Sunday 2026-11-01"),
        ("Sunday 2026-11-01 01:30 -08:00", "Sunday 2026-11-01"),
        ("Tuesday 2026-12-01 07:59 +00:00", "Monday 2026-11-30"),
        ("Tuesday 2026-12-01 08:00 +00:00", "Tuesday 2026-12-01"),
    ],
)
def test_an_instant_falls_on_its_pacific_day(instant, falls_on):
    moment = at(instant)
    for zone in (PACIFIC, UTC):
        assert DAYS.day_of(moment.astimezone(zone)) == day(falls_on)


@given(st.datetimes(datetime(2015, 1, 2), datetime(2036, 12, 30), timezones=st.just(UTC)))
@settings(max_examples=300, deadline=None)
def test_the_day_table_agrees_with_the_zone(moment):
    assert DAYS.day_of(moment) == DAYS.day_of(moment.astimezone(PACIFIC)) == moment.astimezone(PACIFIC).date()


def test_a_day_ends_at_its_last_second():
    assert same(DAYS.end_of_day(day("Monday 2026-11-30")), at("Monday 2026-11-30 23:59:59"))
    assert DAYS.start_of_day(day("Monday 2026-11-30")).isoformat() == "2026-11-30T00:00:00-08:00"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("Friday 2027-03-12 15:00", "Monday 2027-03-15 16:00"),
        ("Friday 2026-10-30 15:00", "Monday 2026-11-02 14:00"),
    ],
)
def test_hours_are_elapsed_hours_across_a_change_of_clocks(start, end):
    assert same(elapsed(at(start), 72), at(end))
    assert at(end).astimezone(UTC) - at(start).astimezone(UTC) == timedelta(hours=72)


def test_a_day_outside_the_covered_years_is_refused_by_name():
    with pytest.raises(CalendarNotCovered, match="covers 2015 to 2036, and 2014-12-31 is outside"):
        DAYS.is_business_day(date(2014, 12, 31))
    with pytest.raises(CalendarNotCovered, match="2037"):
        DAYS.end_after_calendar_days(at("Tuesday 2036-12-30 10:00"), 7)
    with pytest.raises(CalendarNotCovered, match="2037"):
        DAYS.end_after_business_days(at("Tuesday 2036-12-30 10:00"), 5)
    with pytest.raises(CalendarNotCovered, match="2014-12-31"):
        DAYS.day_of(datetime(2015, 1, 1, 7, 59, tzinfo=UTC))
    with pytest.raises(CalendarNotCovered, match="2037-01-01"):
        DAYS.day_of(datetime(2037, 1, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:00-10:00"]
)
def test_an_instant_at_the_end_of_time_is_refused_like_any_other(written):
    with pytest.raises(CalendarNotCovered, match="covers 2015 to 2036"):
        DAYS.day_of(datetime.fromisoformat(written))


@given(
    st.datetimes(datetime(2015, 1, 2), datetime(2036, 11, 30), timezones=st.sampled_from([UTC, PACIFIC])),
    st.integers(1, 10),
    st.integers(0, 21),
)
@settings(max_examples=100, deadline=None)
def test_the_earlier_end_is_the_earlier_of_the_two(moment, business_days, calendar_days):
    ends = DAYS.end_after_business_days(moment, business_days), DAYS.end_after_calendar_days(moment, calendar_days)
    earlier = DAYS.earlier_end(moment, business_days=business_days, calendar_days=calendar_days)
    assert earlier == min(ends, key=lambda end: end.astimezone(UTC))


def test_the_earlier_end_is_refused_where_the_calendar_ends():
    with pytest.raises(CalendarNotCovered, match="2037-01-01"):
        DAYS.earlier_end(at("Monday 2036-12-29 10:00"), business_days=5, calendar_days=7)


def test_an_instant_without_an_offset_is_refused():
    with pytest.raises(InstantWithoutOffset, match="no offset"):
        DAYS.day_of(datetime(2026, 11, 23, 10))

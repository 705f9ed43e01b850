"""A million deadlines at once are the same deadlines."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from policy.second_reading.cases import Case, cases, cases_in_the_hour_that_comes_twice
from policy.second_reading.deadlines import MEDI_CAL, ONECARE
from policy.test_second_reading import house
from policy.when import at
from secondopinion.policy import clocks_bulk
from secondopinion.policy.asked import Program, Requester
from secondopinion.policy.calendar import BusinessCalendar, CalendarNotCovered, Holiday, business_calendar
from secondopinion.policy.clocks import ExtensionRefused, decision_clocks
from secondopinion.policy.clocks_bulk import (
    FROM_INFORMATION,
    FROM_RECEIPT,
    NEVER,
    PROGRAMS,
    URGENCIES,
    datetime_of,
    decision_due,
    instant_of,
)

_AGENT = Requester.AUTHORIZED_REPRESENTATIVE


def drawn(seed: int, count: int) -> list[Case]:
    """Cases that have a deadline of their own, with microseconds."""
    lot, found = random.Random(seed), []
    few = count // 10
    for case in (*cases(seed, count - few), *cases_in_the_hour_that_comes_twice(seed, few)):
        more = timedelta(microseconds=lot.randrange(1_000_000))
        moved = {
            "received_at": (case.received_at.astimezone(UTC) + more),
            "complete_at": case.complete_at and (case.complete_at.astimezone(UTC) + more),
        }
        found.append(replace(case, **moved, upgraded_at=None, authority_missing=False))
    return found


def columns(listed: list[Case]) -> dict[str, np.ndarray]:
    """The cases as columns."""
    late = [
        case.authority_at if case.program == ONECARE and house(case).requester is _AGENT else None for case in listed
    ]
    return {
        "received": np.array([instant_of(case.received_at) for case in listed]),
        "complete": np.array([instant_of(case.complete_at) for case in listed]),
        "program": np.array([PROGRAMS.index(house(case).program) for case in listed], np.int8),
        "urgency": np.array([URGENCIES.index(house(case).urgency) for case in listed], np.int8),
        "extension": np.array([case.extended_days for case in listed], np.int8),
        "without_authorization": np.array([case.needs_prior_authorization is False for case in listed]),
        "start": np.array([instant_of(shown) for shown in late]),
    }


def one_at_a_time(case: Case, calendar: BusinessCalendar | None = None) -> tuple[datetime, int]:
    """The binding deadline and limit of one case, as the product finds them for one request."""
    listed = decision_clocks(
        house(case),
        prior_authorization=case.needs_prior_authorization,
        extension_days=case.extended_days,
        representative_valid_at=case.authority_at,
        calendar=calendar,
    )
    (bound,) = [clock for clock in listed if clock.binding]
    return bound.due_at.astimezone(UTC), FROM_INFORMATION if bound.starts == "information complete" else FROM_RECEIPT


@pytest.mark.parametrize("seed", range(4))
def test_a_column_of_requests_has_the_deadlines_of_its_requests(seed):
    listed = drawn(500 + seed, 5_000)
    due, binds = decision_due(**columns(listed))
    for case, ends, limit in zip(listed, due, binds, strict=True):
        assert (datetime_of(ends), limit) == one_at_a_time(case), case
    assert 500 < binds.sum() < 4_500


def test_columns_longer_than_a_block_are_cut_without_a_seam():
    one = columns(drawn(7, 3_000))
    due, binds = decision_due(**one)
    many_due, many_binds = decision_due(**{name: np.tile(column, 25) for name, column in one.items()})
    assert (many_due == np.tile(due, 25)).all()
    assert (many_binds == np.tile(binds, 25)).all()
    assert len(many_due) > 2 * clocks_bulk._BLOCK


def test_columns_without_a_row_have_no_deadline():
    none = {name: column[:0] for name, column in columns(drawn(7, 10)).items()}
    due, binds = decision_due(**none)
    assert len(due) == len(binds) == 0


def test_a_holiday_more_moves_the_deadlines_of_the_column_too():
    """Monday 2026-12-21 is made a holiday; a request of Monday 2026-12-14 is then due a business day later."""
    usual = business_calendar()
    kept = [holiday for year in (2025, 2026, 2027) for holiday in usual.holidays(year)]
    more = BusinessCalendar([*kept, Holiday(date(2026, 12, 21), "Made up", "")], first_year=2025, last_year=2027)
    case = replace(
        drawn(1, 1)[0],
        program=MEDI_CAL,
        urgency="standard",
        received_at=at("Monday 2026-12-14 09:00"),
        complete_at=at("Wednesday 2026-12-16 09:00"),
        extended_days=14,
    )
    for calendar, ends in ((usual, "Wednesday 2026-12-23 23:59:59"), (more, "Thursday 2026-12-24 23:59:59")):
        due, binds = decision_due(**columns([case]), calendar=calendar)
        assert (datetime_of(due[0]), binds[0]) == one_at_a_time(case, calendar) == (at(ends), FROM_INFORMATION)


def _but(given: dict[str, np.ndarray], name: str, row: int, instead: int) -> dict[str, np.ndarray]:
    changed = given[name].copy()
    changed[row] = instead
    return {**given, name: changed}


def test_what_one_request_may_not_have_no_column_may_have():
    given = columns(drawn(3, 200))
    onecare = np.flatnonzero(given["program"] == PROGRAMS.index(Program.ONECARE))[0]
    medi_cal = np.flatnonzero(given["program"] == PROGRAMS.index(Program.MEDI_CAL))[0]
    for row, days in ((onecare, 1), (medi_cal, 15), (medi_cal, -1)):
        with pytest.raises(ExtensionRefused):
            decision_due(**_but(given, "extension", row, days))
    with pytest.raises(ValueError, match="before its request"):
        decision_due(**_but(given, "complete", 5, given["received"][5] - 1))
    with pytest.raises(ValueError, match="different lengths"):
        decision_due(**{**given, "urgency": given["urgency"][1:]})


@pytest.mark.parametrize(
    "received", ["Wednesday 2014-12-31 23:59", "Monday 2036-12-29 09:00", "Thursday 2037-01-01 00:00"]
)
def test_a_request_outside_the_years_of_the_calendar_is_refused(received):
    case = replace(drawn(1, 1)[0], urgency="standard", received_at=at(received), complete_at=None, extended_days=0)
    with pytest.raises(CalendarNotCovered, match="2015 to 2036"):
        decision_due(**columns([case]))
    with pytest.raises(CalendarNotCovered):
        one_at_a_time(case)


def test_an_expedited_request_needs_no_day_beyond_the_calendar():
    """Monday 2036-12-29 at nine and 72 hours are Thursday 2037-01-01, a day that no table has to know."""
    received = at("Monday 2036-12-29 09:00")
    case = replace(drawn(1, 1)[0], urgency="expedited", received_at=received, complete_at=None, extended_days=0)
    due, _ = decision_due(**columns([replace(case, authority_at=None)]))
    assert datetime_of(due[0]) == at("Thursday 2037-01-01 09:00")


def test_every_pacific_day_begins_at_winters_midnight_or_an_hour_before():
    """The bulk form finds an instant's day by counting whole days, and this is what makes that right."""
    table = clocks_bulk._table(business_calendar(), "")
    ahead = table.starts[0] + np.arange(len(table.starts)) * clocks_bulk._DAY - table.starts
    assert set(np.unique(ahead)) == {0, clocks_bulk._HOUR}


def test_an_instant_goes_there_and_back():
    moment = datetime(2026, 11, 1, 9, 10, 11, 12, tzinfo=UTC)  # Sunday, in the second of two equal hours
    assert datetime_of(instant_of(moment)) == moment
    assert instant_of(None) == NEVER

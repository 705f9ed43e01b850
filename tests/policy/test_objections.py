"""By which of the plan's policies an objection goes, and by when it is answered."""

from __future__ import annotations

from datetime import date

import pytest

from policy.when import at, day, same
from secondopinion.policy.asked import Program
from secondopinion.policy.clocks import ExtensionRefused, peer_clock
from secondopinion.policy.clocks_objecting import (
    appeal_answer_clocks,
    appeal_clocks,
    appeal_window_ends_on,
    complaint_clocks,
    continuation_ends_on,
    effectuation_clocks,
    external_review_clock,
    fast_refusal_clocks,
    hearing_packet_clock,
    hearing_window_ends_on,
)
from secondopinion.policy.objections import path_of
from secondopinion.policy.parameters import value

TODAY = date(2026, 12, 2)  # a Wednesday
MC, OC = Program.MEDI_CAL, Program.ONECARE


@pytest.mark.clause("II.K.2")
def test_each_program_has_its_own_way_to_appeal_and_to_complain():
    assert path_of(MC, "appeal", expedited=False, on=TODAY) == ("GG.1510", "HH.1108")
    assert path_of(OC, "appeal", expedited=False, on=TODAY) == ("MA.9015",)
    assert path_of(OC, "appeal", expedited=True, on=TODAY) == ("MA.9004",)
    assert path_of(MC, "complaint", expedited=False, on=TODAY) == ("HH.1102",)
    assert path_of(OC, "complaint", expedited=True, on=TODAY) == ("MA.9002",)
    with pytest.raises(ValueError, match="no kind of objection"):
        path_of(MC, "petition", expedited=False, on=TODAY)


def test_no_objection_goes_by_a_policy_that_is_no_longer_in_the_library():
    named = {
        policy
        for program in Program
        for kind in ("appeal", "complaint")
        for fast in (True, False)
        for policy in path_of(program, kind, expedited=fast, on=TODAY)
    }
    assert not named & {"HH.1103", "MA.9003"}


@pytest.mark.parametrize(("program", "last"), [(MC, date(2027, 1, 31)), (OC, date(2027, 2, 5))])
def test_the_window_to_appeal_counts_from_the_date_of_the_notice(program, last):
    # The notice is dated Wednesday 2026-12-02.
    assert appeal_window_ends_on(TODAY, program) == last


@pytest.mark.parametrize(
    ("program", "fast", "acknowledge", "resolve"),
    [
        (MC, False, "Monday 2026-12-07 23:59:59", "Friday 2027-01-01 23:59:59"),
        (MC, True, "Monday 2026-12-07 23:59:59", "Saturday 2026-12-05 10:00"),
        (OC, False, "Wednesday 2026-12-09 23:59:59", "Friday 2027-01-01 23:59:59"),
        (OC, True, "Wednesday 2026-12-09 23:59:59", "Saturday 2026-12-05 10:00"),
    ],
)
def test_an_appeal_is_acknowledged_and_resolved_in_time(program, fast, acknowledge, resolve):
    clocks = appeal_clocks(at("Wednesday 2026-12-02 10:00"), program, expedited=fast)
    assert [clock.due_at for clock in clocks] == [at(acknowledge), at(resolve)]


@pytest.mark.parametrize(("program", "resolve"), [(MC, "Saturday 2026-12-05 10:00"), (OC, "Thursday 2026-12-03 10:00")])
def test_a_fast_complaint_is_answered_within_hours(program, resolve):
    clocks = complaint_clocks(at("Wednesday 2026-12-02 10:00"), program, expedited=True)
    assert clocks[1].due_at == at(resolve)


def test_a_reversal_is_carried_out_within_72_hours_across_a_change_of_clocks():
    (clock,) = effectuation_clocks(at("Friday 2027-03-12 15:00"), MC)
    assert clock.due_at == at("Monday 2027-03-15 16:00")
    assert clock.authority.startswith("42 CFR 438.424")


def test_a_onecare_appeal_is_given_up_to_fourteen_days_more_and_a_medi_cal_one_none():
    came = at("Wednesday 2026-12-02 10:00")
    for fast, due in ((False, "Friday 2027-01-15 23:59:59"), (True, "Saturday 2026-12-19 10:00")):
        _, resolve = appeal_clocks(came, OC, expedited=fast, extension_days=14)
        assert resolve.due_at == at(due)
        assert resolve.label.endswith("and 14 days more by extension")
    with pytest.raises(ExtensionRefused, match=r"A Medi-Cal appeal is given no more time \(GG.1510 II.R.1\)"):
        appeal_clocks(came, MC, expedited=False, extension_days=1)
    with pytest.raises(ExtensionRefused, match="15 days more are not possible: give 1 to 14"):
        appeal_clocks(came, OC, expedited=False, extension_days=15)


@pytest.mark.parametrize("program", [MC, OC])
def test_that_an_appeal_is_not_fast_is_said_in_a_day_and_written_two_days_after(program):
    refused = at("Friday 2026-10-30 15:00")  # the clocks go back on the Sunday
    said, written = fast_refusal_clocks(refused, program, told_at=None)
    assert (said.due_at, written.due_at, written.started_at) == (at("Saturday 2026-10-31 15:00"), None, None)
    _, written = fast_refusal_clocks(refused, program, told_at=at("Saturday 2026-10-31 09:00"))
    assert written.due_at == at("Monday 2026-11-02 23:59:59")


def test_where_the_onecare_policies_are_silent_the_value_says_that_it_is_the_plans_choice():
    for name in ("fast_refusal_told", "fast_refusal_written"):
        ours, theirs = (value(f"appeal_time.{name}.{key}", TODAY) for key in ("onecare", "medi_cal"))
        assert ours.config
        assert ours.authority.startswith("The plan's own choice")
        assert not theirs.config
        assert ours.number == theirs.number


@pytest.mark.parametrize(
    ("program", "fast", "told", "dues", "binds"),
    [
        (MC, False, None, ["Friday 2027-01-01 23:59:59"], 0),
        (MC, False, "Friday 2026-12-18 09:00", ["Monday 2026-12-21 23:59:59", "Friday 2027-01-01 23:59:59"], 0),
        (OC, False, "Friday 2026-12-18 09:00", ["Sunday 2026-12-20 23:59:59", "Friday 2027-01-01 23:59:59"], 0),
        (OC, False, "Thursday 2026-12-31 09:00", ["Saturday 2027-01-02 23:59:59", "Friday 2027-01-01 23:59:59"], 1),
        (MC, True, "Friday 2026-12-04 16:00", ["Monday 2026-12-07 23:59:59"], 0),  # past the 72 hours, and in time
        (OC, True, "Friday 2026-12-04 16:00", ["Sunday 2026-12-06 23:59:59"], 0),
        (OC, True, "Saturday 2026-12-05 11:00", ["Monday 2026-12-07 23:59:59", "Saturday 2026-12-05 10:00"], 1),
    ],
)
def test_the_answer_is_written_after_the_call_and_never_later_than_a_standard_appeal(program, fast, told, dues, binds):
    _, resolve = appeal_clocks(at("Wednesday 2026-12-02 10:00"), program, expedited=fast)
    clocks = appeal_answer_clocks(resolve, program, expedited=fast, told_at=told and at(told))
    assert [clock.due_at for clock in clocks] == [at(due) for due in dues]
    assert [clock.binding for clock in clocks].index(True) == binds
    assert {clock.kind for clock in clocks} == {"appeal-written"}


def test_an_upheld_onecare_appeal_goes_on_in_a_day_when_fast_and_else_within_its_own_time():
    came, decided = at("Wednesday 2026-12-02 10:00"), at("Friday 2026-12-04 09:00")
    for fast, due in ((True, "Saturday 2026-12-05 09:00"), (False, "Friday 2027-01-01 23:59:59")):
        _, resolve = appeal_clocks(came, OC, expedited=fast)
        assert external_review_clock(resolve, decided, OC, expedited=fast).due_at == at(due)


@pytest.mark.parametrize(
    ("fast", "hearing", "due"),
    [
        (True, None, "Tuesday 2026-12-01 23:59:59"),  # Thanksgiving: Monday is day 1
        (False, "Monday 2026-12-28", "Wednesday 2026-12-23 23:59:59"),  # Christmas is the Friday
        (False, "Tuesday 2026-12-01", "Wednesday 2026-11-25 23:59:59"),  # Thanksgiving
        (False, "Friday 2026-11-27", "Wednesday 2026-11-25 23:59:59"),  # too near: the day of the notice
        (False, None, None),
    ],
)
def test_the_packet_for_a_hearing_is_counted_from_its_notice_or_back_from_its_day(fast, hearing, due):
    noticed = at("Wednesday 2026-11-25 11:00")
    clock = hearing_packet_clock(noticed, MC, expedited=fast, hearing_on=hearing and day(hearing))
    assert clock.due_at == (due and at(due))
    assert clock.authority == "HH.1108 III.F"
    assert (clock.started_at is None) is (due is None)


@pytest.mark.parametrize(
    ("program", "own", "dues"),
    [
        (MC, True, ["Friday 2027-01-01 09:00"]),
        (OC, False, ["Friday 2027-01-01 09:00"]),
        (OC, True, ["Friday 2027-01-01 09:00", "Thursday 2026-12-31 23:59:59"]),
    ],
)
def test_what_onecare_itself_reverses_is_also_carried_out_within_thirty_days_of_the_appeal(program, own, dues):
    came, reversed_at = at("Tuesday 2026-12-01 10:00"), at("Tuesday 2026-12-29 09:00")
    clocks = effectuation_clocks(reversed_at, program, appealed_at=came if own else None)
    assert [clock.due_at for clock in clocks] == [at(due) for due in dues]
    assert [clock.binding for clock in clocks] == [False] * (len(dues) - 1) + [True]


@pytest.mark.parametrize(
    ("asked", "emergency", "due"),
    [
        ("Wednesday 2026-11-25 16:45", True, "Wednesday 2026-11-25 17:15"),
        ("Wednesday 2026-11-25 16:45", False, "Monday 2026-11-30 23:59:59"),  # Thanksgiving, and the day after
        ("Sunday 2026-11-01 00:45 -07:00", True, "Sunday 2026-11-01 01:15 -07:00"),  # the hour that comes twice
        ("Sunday 2026-11-01 01:45 -07:00", True, "Sunday 2026-11-01 01:15 -08:00"),
    ],
)
def test_a_physician_calls_a_treating_provider_in_half_an_hour_or_one_business_day(asked, emergency, due):
    clock = peer_clock(at(asked), emergency=emergency)
    assert same(clock.due_at, at(due))
    assert clock.authority == "GG.1508 III.I.3.f"


def test_a_state_hearing_is_asked_for_within_120_days_of_the_written_answer():
    for program in (MC, OC):
        assert hearing_window_ends_on(TODAY, program) == day("Thursday 2027-04-01")


def test_care_goes_on_if_asked_for_in_ten_days_or_before_it_ends():
    assert continuation_ends_on(TODAY, MC, day("Friday 2026-12-04")) == day("Saturday 2026-12-12")
    assert continuation_ends_on(TODAY, OC, day("Tuesday 2026-12-15")) == day("Tuesday 2026-12-15")

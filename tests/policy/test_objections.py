"""By which of the plan's policies an objection goes, and by when it is answered."""

from __future__ import annotations

from datetime import date

import pytest

from policy.when import at
from secondopinion.policy.asked import Program
from secondopinion.policy.clocks_objecting import (
    appeal_clocks,
    appeal_window_ends_on,
    complaint_clocks,
    effectuation_clocks,
)
from secondopinion.policy.objections import path_of

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

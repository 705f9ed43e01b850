"""When the house itself must act after a yes: pure questions to a row and an instant, for the sweep and the verbs."""

from __future__ import annotations

from datetime import datetime

from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.clocks import appointment_clock, report_chase_on
from secondopinion.policy.parameters import value
from secondopinion.referrals.clockwork import asked_of
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import State

NETWORK_RUNG = 2  # from this rung on the Health Network is asked too


def is_reminder_due(row: Snapshot, now: datetime) -> bool:
    """Is the time to an appointment over, with none made and nobody reminded since it was looked for?"""
    since = row.appointment_from_at
    if row.stands is not State.AUTHORIZED or since is None:
        return False
    due = appointment_clock(asked_of(row), since).due_at
    reminded = row.reminded_at is not None and row.reminded_at >= since
    return due is not None and now > due and not reminded


def rung_due(row: Snapshot, now: datetime) -> int | None:
    """Which reminder of a late report is due now, counted from 1; None when none is."""
    if row.stands is not State.SEEN or row.visited_on is None:
        return None
    today, program = now.astimezone(PACIFIC).date(), Program(row.program)
    key, days = program.value.replace("-", "_"), business_calendar()
    if row.chased == 0:
        return 1 if today >= report_chase_on(row.visited_on, program) else None
    if row.chased < NETWORK_RUNG:
        ordered = value(f"report_time.chase_network.{key}", row.visited_on).number
        return NETWORK_RUNG if today >= days.add_business_days(row.visited_on, ordered) else None
    assert row.chased_on is not None
    again = value(f"report_time.chase_again.{key}", row.chased_on).number
    return row.chased + 1 if today >= days.add_business_days(row.chased_on, again) else None


def has_ended(row: Snapshot, now: datetime) -> bool:
    """Is the last day of an unused authorization over?

    With an appointment inside its days a person must first say whether the visit took place: that clock is shown.
    """
    if row.valid_until is None or row.stands not in (State.AUTHORIZED, State.SCHEDULED):
        return False
    kept = row.appointment_at is not None and row.appointment_at.astimezone(PACIFIC).date() <= row.valid_until
    return not kept and now.astimezone(PACIFIC).date() > row.valid_until

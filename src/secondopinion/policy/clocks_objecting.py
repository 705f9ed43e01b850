"""Which clocks run once a Member objects: the appeal, the complaint, and carrying out a reversal.

The instants are those of receipt by the plan or any of its Health Networks; a spoken appeal counts from the
call (GG.1510 II.R, MA.9015 II.H). Instants given carry an offset; instants returned are Pacific.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import business_calendar
from secondopinion.policy.clocks import Clock, counted
from secondopinion.policy.parameters import value


def appeal_clocks(received_at: datetime, program: Program, *, expedited: bool) -> tuple[Clock, Clock]:
    """The limits to acknowledge an appeal and to resolve it: 30 days, or 72 hours when waiting could harm."""
    # Reading: the earliest receipt anywhere starts both, also where the OneCare policy for fast appeals speaks of
    # the department that receives it.
    return (
        _clock("appeal-acknowledge", "acknowledge", program, received_at),
        _clock("appeal-resolve", "expedited" if expedited else "standard", program, received_at),
    )


def complaint_clocks(received_at: datetime, program: Program, *, expedited: bool) -> tuple[Clock, Clock]:
    """The limits to acknowledge a complaint and to resolve it."""
    resolve = "grievance_expedited" if expedited else "grievance"
    return (
        _clock("complaint-acknowledge", "grievance_acknowledge", program, received_at),
        _clock("complaint-resolve", resolve, program, received_at),
    )


def effectuation_clock(reversed_at: datetime, program: Program) -> Clock:
    """The limit to carry out a reversal: the Member has the authorization within 72 hours (42 CFR 438.424)."""
    return _clock("effectuate", "effectuate", program, reversed_at)


def appeal_window_ends_on(noticed_on: date, program: Program) -> date:
    """The last day to appeal, counted from the date of adequate notice (GG.1507 II.D.1; 42 CFR 438.402(c)(2))."""
    return noticed_on + timedelta(days=value(f"appeal_time.file.{_key(program)}", noticed_on).number)


def _clock(kind: str, name: str, program: Program, start: datetime) -> Clock:
    days = business_calendar()
    return counted(kind, value(f"appeal_time.{name}.{_key(program)}", days.day_of(start)), start)


def _key(program: Program) -> str:
    return program.value.replace("-", "_")

"""When a decision is due, read from the law a second time: one function for each row of the table of deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from policy.second_reading.holidays import business_days_after

PACIFIC = ZoneInfo("America/Los_Angeles")
MEDI_CAL, ONECARE = "Medi-Cal", "OneCare"
STANDARD, EXPEDITED, RETROSPECTIVE = "standard", "expedited", "retrospective"
SEVEN_DAYS_SINCE = date(2026, 1, 1)  # 42 CFR 438.210(d)(1), 422.631(d)(2)


@dataclass(frozen=True)
class Asked:
    """What was asked, by whom and when, as far as the clocks care."""

    program: str
    urgency: str
    received_at: datetime  # first arrival at the plan or its delegate
    complete_at: datetime | None = None  # when a reviewer had what the decision needs
    by_representative: bool = False
    authority_at: datetime | None = None  # the representative's valid appointment arrived
    extended_days: int = 0
    extended_at: datetime | None = None  # when the extension was taken; only matters beside an upgrade
    upgraded_at: datetime | None = None  # standard became expedited


def local_day(at: datetime) -> date:
    """The day on a clock in California."""
    return at.astimezone(PACIFIC).date()


def later_of(one: datetime, other: datetime) -> datetime:
    """The later instant; in UTC, because the wall shows one hour of autumn twice."""
    return max(one.astimezone(UTC), other.astimezone(UTC))


def end_of(day: date) -> datetime:
    """The last second of a day in California."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=PACIFIC).astimezone(UTC)


def hours(at: datetime, count: int) -> datetime:
    """So many hours later as a stop-watch counts them."""
    return at.astimezone(UTC) + timedelta(hours=count)


def calendar_days(at: datetime, count: int) -> datetime:
    """The end of the count-th day after the day it came."""
    return end_of(local_day(at) + timedelta(days=count))


def business_days(at: datetime, count: int) -> datetime:
    """The end of the count-th business day after the day it came."""
    return end_of(business_days_after(local_day(at), count))


def start(asked: Asked) -> datetime | None:
    """When the clocks of the request start; None while a OneCare representative has not shown authority."""
    if asked.program == ONECARE and asked.by_representative:
        return None if asked.authority_at is None else later_of(asked.received_at, asked.authority_at)
    return asked.received_at  # Medi-Cal does not hold a request for paperwork


def decision_limits(asked: Asked) -> dict[str, datetime]:
    """Every limit on the decision by name; empty while none has started to run.

    Raises ValueError for an extension the law or the plan does not allow.
    """
    _check_extension(asked)
    limits = {
        (MEDI_CAL, STANDARD): medi_cal_standard,
        (MEDI_CAL, EXPEDITED): expedited,
        (MEDI_CAL, RETROSPECTIVE): medi_cal_retrospective,
        (ONECARE, STANDARD): onecare_standard,
        (ONECARE, EXPEDITED): expedited,
        (ONECARE, RETROSPECTIVE): onecare_retrospective,
    }[asked.program, asked.urgency](asked)
    if asked.upgraded_at is not None:
        # The upgrade adds a limit and takes none away: the new due is the earlier of the old one and 72 hours.
        # An extension taken before the upgrade was for the standard clock; only a later one stretches the 72 hours.
        extended_at = asked.extended_at and asked.extended_at.astimezone(UTC)
        later = extended_at is not None and extended_at >= asked.upgraded_at.astimezone(UTC)
        upgraded = hours(asked.upgraded_at, 72)
        limits["upgrade"] = upgraded + timedelta(days=asked.extended_days) if later else upgraded
    return limits


def decision_due(asked: Asked) -> datetime | None:
    """The earliest of all limits."""
    return min(decision_limits(asked).values(), default=None)


def plan_asked_due(parent: Asked) -> datetime | None:
    """An opinion that the plan itself wants never moves the deadline of the request it is about."""
    return decision_due(parent)


def downgraded(asked: Asked) -> Asked:
    """An expedited request that became standard keeps its first receipt."""
    return Asked(
        asked.program, STANDARD, asked.received_at, asked.complete_at, asked.by_representative, asked.authority_at
    )


def standard_days(asked: Asked) -> int:
    """Seven days for what arrived in 2026 or later, fourteen for what arrived before."""
    return 7 if local_day(asked.received_at) >= SEVEN_DAYS_SINCE else 14


def medi_cal_standard(asked: Asked) -> dict[str, datetime]:
    """MC-STD-1 and MC-STD-2: five business days from complete information, capped from the request."""
    limits = {"cap": calendar_days(asked.received_at, standard_days(asked) + asked.extended_days)}
    if asked.complete_at is not None:
        limits["five business days"] = business_days(later_of(asked.received_at, asked.complete_at), 5)
    return limits


def onecare_standard(asked: Asked) -> dict[str, datetime]:
    """OC-STD-1, OC-STD-2, and OC-STD-3 as the plan has it: the cap alone, the State's five days being switched off."""
    began = start(asked)
    return {} if began is None else {"cap": calendar_days(began, standard_days(asked) + asked.extended_days)}


def expedited(asked: Asked) -> dict[str, datetime]:
    """MC-EXP and OC-EXP: 72 hours by the stop-watch; an extension adds whole days of 24 hours, the earliest reading."""
    began = start(asked)
    return {} if began is None else {"72 hours": hours(began, 72 + 24 * asked.extended_days)}


def medi_cal_retrospective(asked: Asked) -> dict[str, datetime]:
    """MC-RETRO: thirty days from complete information, which is nothing until the information is in."""
    if asked.complete_at is None:
        return {}
    return {"thirty days": calendar_days(later_of(asked.received_at, asked.complete_at), 30)}


def onecare_retrospective(asked: Asked) -> dict[str, datetime]:
    """OC-RETRO: the sixty days of a payment decision, from receipt."""
    return {"sixty days": calendar_days(asked.received_at, 60)}


def _check_extension(asked: Asked) -> None:
    if not asked.extended_days:
        return
    if asked.program == ONECARE or asked.urgency == RETROSPECTIVE or not 1 <= asked.extended_days <= 14:
        raise ValueError("OneCare and retrospective requests are never extended, and others by 1 to 14 days.")

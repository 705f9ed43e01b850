"""What is due once a decision is made, read a second time: notices, appeals, the visit and its report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from policy.second_reading.deadlines import (
    EXPEDITED,
    MEDI_CAL,
    ONECARE,
    RETROSPECTIVE,
    Asked,
    business_days,
    calendar_days,
    decision_limits,
    end_of,
    hours,
    local_day,
)
from policy.second_reading.holidays import business_days_after, business_days_before

MAIL_PRESUMED_SINCE = date(2025, 1, 1)  # 42 CFR 422.633


def provider_told(asked: Asked, decided_at: datetime) -> datetime:
    """The provider hears within 24 hours of the decision, and of an expedited one also inside the 72 hours."""
    if asked.urgency == RETROSPECTIVE:
        return notice_cap(asked)
    told = hours(decided_at, 24)
    return min(told, notice_cap(asked)) if _is_expedited(asked) else told


def member_written(asked: Asked, decided_at: datetime, *, adverse: bool, oral_at: datetime | None = None) -> datetime:
    """The Member's letter, as the rows of notices have it for the program and urgency."""
    cap = notice_cap(asked)
    if asked.urgency == RETROSPECTIVE:
        return cap
    if asked.program == MEDI_CAL:
        two = business_days(decided_at, 2)
        return min(two, cap) if adverse or _is_expedited(asked) else two
    if _is_expedited(asked) and oral_at is not None and oral_at <= cap:
        return calendar_days(oral_at, 3)
    return cap


def notice_cap(asked: Asked) -> datetime:
    """The limit by which the notice itself must be out: the decision's, less the five business days of deciding."""
    limits = {name: due for name, due in decision_limits(asked).items() if name != "five business days"}
    return min(limits.values())


def _is_expedited(asked: Asked) -> bool:
    return asked.urgency == EXPEDITED or asked.upgraded_at is not None


def expedite_refused_oral(asked_at: datetime) -> datetime:
    """OC-EXPDENY: a call within 24 hours of the request."""
    return hours(asked_at, 24)


def expedite_refused_written(told_at: datetime) -> datetime:
    """OC-EXPDENY: a letter within three calendar days of the call."""
    return calendar_days(told_at, 3)


def appeal_by(program: str, notice_on: date) -> date:
    """The last day to appeal: 60 days from the notice's date, in OneCare 65 since five days of mail are presumed."""
    with_mail = program == ONECARE and notice_on >= MAIL_PRESUMED_SINCE
    return notice_on + timedelta(days=65 if with_mail else 60)


def appeal_by_instant(program: str, notice_on: date) -> datetime:
    """The last second of that day."""
    return end_of(appeal_by(program, notice_on))


def continuation_by(notice_on: date) -> date:
    """The last day to ask that an authorized service go on."""
    return notice_on + timedelta(days=10)


def appeal_acknowledged(program: str, received_at: datetime) -> datetime:
    """Five calendar days in Medi-Cal, five business days in OneCare."""
    return business_days(received_at, 5) if program == ONECARE else calendar_days(received_at, 5)


def appeal_resolved(
    program: str, received_at: datetime, *, is_expedited: bool = False, extended_days: int = 0
) -> datetime:
    """Thirty days, or 72 hours; only OneCare extends, by up to 14 days."""
    if extended_days and (program == MEDI_CAL or not 1 <= extended_days <= 14):
        raise ValueError("A Medi-Cal appeal is never extended, a OneCare one by 1 to 14 days.")
    if is_expedited:
        return hours(received_at, 72 + 24 * extended_days)
    return calendar_days(received_at, 30 + extended_days)


def appeal_answer_written(program: str, told_at: datetime) -> datetime:
    """After the oral answer: one business day in Medi-Cal (expedited), two calendar days in OneCare."""
    return calendar_days(told_at, 2) if program == ONECARE else business_days(told_at, 1)


def appeal_answer_due(
    program: str, received_at: datetime, *, is_expedited: bool = False, extended_days: int = 0,
    told_at: datetime | None = None,
) -> datetime:  # fmt: skip
    """The letter that answers: with the appeal's own limit, or after a call.

    The thirty days of a standard appeal are for the letter, whatever was said before; a fast one that was answered by
    voice inside its hours has the time after the call.
    """
    own = appeal_resolved(program, received_at, is_expedited=is_expedited, extended_days=extended_days)
    if told_at is None:
        return own
    after = appeal_answer_written(program, told_at)
    return after if is_expedited and told_at.astimezone(UTC) <= own else min(after, own)


def fast_appeal_refused(refused_at: datetime) -> datetime:
    """A call within 24 hours, in either program."""
    return hours(refused_at, 24)


def fast_appeal_refused_written(told_at: datetime) -> datetime:
    """A letter within two calendar days of the call."""
    return calendar_days(told_at, 2)


def sent_to_reviewer(
    received_at: datetime, decided_at: datetime, *, is_expedited: bool = False, extended_days: int = 0
) -> datetime:
    """A OneCare appeal that was not granted: within 24 hours when fast, else by the end of its own thirty days."""
    if is_expedited:
        return hours(decided_at, 24)
    return appeal_resolved(ONECARE, received_at, extended_days=extended_days)


def hearing_packet(noticed_at: datetime, *, is_expedited: bool = False, hearing_on: date | None = None) -> datetime:
    """Two business days from the notice of a fast hearing, else two before the hearing, but not before the notice."""
    if is_expedited or hearing_on is None:
        return business_days(noticed_at, 2)
    return end_of(max(business_days_before(hearing_on, 2), local_day(noticed_at)))


def physician_calls(asked_at: datetime, *, is_emergency: bool) -> datetime:
    """Half an hour, or one business day."""
    return asked_at.astimezone(UTC) + timedelta(minutes=30) if is_emergency else business_days(asked_at, 1)


def complaint_resolved(program: str, received_at: datetime, *, is_expedited: bool) -> datetime:
    """Thirty days; in a hurry 72 hours in Medi-Cal and 24 in OneCare."""
    if is_expedited:
        return hours(received_at, 24 if program == ONECARE else 72)
    return calendar_days(received_at, 30)


def reversal_effectuated(decided_at: datetime) -> datetime:
    """72 hours in either program."""
    return hours(decided_at, 72)


def own_reversal_effectuated(
    program: str, decided_at: datetime, received_at: datetime, *, extended_days: int = 0
) -> datetime:
    """What the plan itself reversed: in OneCare also within thirty days of the appeal, longer by what it was given."""
    if program != ONECARE:
        return reversal_effectuated(decided_at)
    return min(reversal_effectuated(decided_at), calendar_days(received_at, 30 + extended_days))


def hearing_by(resolved_on: date) -> date:
    """The last day to ask for a State Hearing: 120 days from the letter that resolved, or from deemed exhaustion."""
    return resolved_on + timedelta(days=120)


def report_due(seen_on: date) -> date:
    """The consultation report: ten business days from the visit."""
    return business_days_after(seen_on, 10)


def appointment_offered(asked_at: datetime, *, is_urgent: bool = False) -> datetime:
    """Fifteen business days, or 96 hours."""
    return hours(asked_at, 96) if is_urgent else business_days(asked_at, 15)

"""Which clocks run on a request, when each started and ends, and which one binds.

Every function takes the request and instants, and gives Clocks: nothing here reads the time of day.
Instants given must carry an offset; instants returned are Pacific. Two Pacific instants are compared by
`instant`, since Python compares their wall time, which repeats once a year.

A rule id names a row of the deadline table (MC for Medi-Cal, OC for OneCare); where several limits stand
in one row, the id goes on with the limit, as in `MC-STD-2/5-business-days`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from secondopinion.policy.asked import Asked, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC, BusinessCalendar, aware, business_calendar, elapsed
from secondopinion.policy.parameters import Dated, value

_KEY = {program: program.value.replace("-", "_") for program in Program}
_PARENT = "the clock of the parent request"
_INFORMATION = "information complete"


class ExtensionRefused(ValueError):
    """The program or the law does not allow the extension asked for; the message says what it allows."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One time limit.

    `kind` is what must be done: decision, parent-decision, authority, provider-notice, member-notice,
    written-notice, refusal-notice, withdrawal-notice, appointment, agreement, visit-record, report,
    report-delivery, cost-notice, peer, or one of those of an objection (clocks_objecting.py). `label` is the limit in
    words and `starts` what it counts from. `due_at` is Pacific, or None while the clock has not started or follows
    another request; `paused_at` then says since when it waits.
    `binding` marks the earliest of its kind, the one that must be kept.
    """

    kind: str
    rule: str
    label: str
    starts: str
    started_at: datetime | None
    due_at: datetime | None
    authority: str
    binding: bool = False
    paused_at: datetime | None = None


def instant(at: datetime) -> datetime:
    """The same instant in UTC, fit for comparing and sorting."""
    return at.astimezone(UTC)


def decision_clocks(
    asked: Asked,
    *,
    prior_authorization: bool | None,
    extension_days: int = 0,
    representative_valid_at: datetime | None = None,
    representative_missing: bool = False,
    reopened_at: datetime | None = None,
    calendar: BusinessCalendar | None = None,
) -> tuple[Clock, ...]:
    """The limits within which the request must be decided; the earliest binds.

    `prior_authorization` says whether the service needs it, None while unknown. `extension_days` is an
    extension taken under 42 CFR 438.210(d). `representative_valid_at` is when a missing appointment of
    the representative came in (OneCare); while it is `representative_missing` the clock has not started.
    `reopened_at` is when a dismissal was taken back. An opinion the plan itself asks for follows its parent
    request, so its clock has no due instant and none binds. Raises ExtensionRefused, CalendarNotCovered.
    """
    days = calendar or business_calendar()
    on = days.day_of(asked.received_at)
    key = _KEY[asked.program]
    extension = _allowed(asked, on, extension_days)
    if asked.requester is Requester.PLAN:
        parent = value(f"decision_time.plan_opinion.{key}", on)
        return (Clock("decision", parent.rule, _PARENT, parent.starts, None, None, parent.authority),)
    if asked.urgency is Urgency.EXPEDITED:
        limit = value(f"decision_time.expedited.{key}", on)
    # Reading: while nobody knows whether prior authorization is needed, the limit for one that does runs.
    elif asked.program is Program.ONECARE and prior_authorization is False:
        limit = value(f"decision_time.standard_without_prior_authorization.{key}", on)
    else:
        limit = value(f"decision_time.standard.{key}", on)
    start = None if representative_missing else _start(asked, representative_valid_at, reopened_at)
    if asked.urgency is Urgency.EXPEDITED or not (overlay := value(f"decision_time.two_limits.{key}", on)).truth:
        return _bind((_clock("decision", limit, start, days, extension=extension),))
    information = value("decision_time.standard_information.medi_cal", on)
    complete_at, rule = asked.information_complete_at, overlay.rule or limit.rule
    return _bind(
        (
            _clock("decision", information, complete_at, days, part_of=rule),
            _clock("decision", limit, start, days, extension=extension, part_of=limit.rule),
        )
    )


def upgrade(
    asked: Asked,
    *,
    upgraded_at: datetime,
    prior_authorization: bool | None,
    extension_days: int = 0,
    extended_since: bool = False,
    representative_valid_at: datetime | None = None,
    reopened_at: datetime | None = None,
    calendar: BusinessCalendar | None = None,
) -> tuple[Clock, ...]:
    """The clocks of a standard request that becomes expedited: the old ones, and 72 hours from then.

    `asked` is the request as it was, standard. `extended_since` says that the extension was taken after it
    became expedited, so that it lengthens the 72 hours too. A downgrade needs no function: it is
    `decision_clocks` of the same request with urgency standard, because it counts from the original receipt.
    Raises ValueError when the request is expedited already, and what `decision_clocks` raises.
    """
    if asked.urgency is Urgency.EXPEDITED:
        raise ValueError("The request is expedited already: its 72 hours run from receipt.")
    days = calendar or business_calendar()
    old = decision_clocks(
        asked,
        prior_authorization=prior_authorization,
        extension_days=extension_days,
        representative_valid_at=representative_valid_at,
        reopened_at=reopened_at,
        calendar=days,
    )
    if asked.requester is Requester.PLAN:
        return old
    limit = value(f"decision_time.expedited.{_KEY[asked.program]}", days.day_of(upgraded_at))
    new = _clock("decision", limit, upgraded_at, days, extension=extension_days if extended_since else 0)
    return _bind((*old, replace(new, rule=f"{limit.rule}/upgrade", starts="request became expedited")))


def notice_clocks(
    asked: Asked,
    *,
    decided_at: datetime,
    adverse: bool,
    extension_days: int = 0,
    prior_authorization: bool | None = None,
    representative_valid_at: datetime | None = None,
    request: tuple[Clock, ...] | None = None,
    calendar: BusinessCalendar | None = None,
) -> tuple[Clock, ...]:
    """The limits within which the provider and the Member must be told of the decision.

    `adverse` covers a denial, a modification and a delay. `request`: the decision clocks as they stood, when
    they are more than `decision_clocks` of the same arguments (a request that became expedited). The earliest
    of kind provider-notice binds, and the earliest of kind member-notice. Raises ExtensionRefused,
    CalendarNotCovered.
    """
    days = calendar or business_calendar()
    key, on = _KEY[asked.program], days.day_of(decided_at)
    if request is None:
        request = decision_clocks(
            asked,
            prior_authorization=prior_authorization,
            extension_days=extension_days,
            representative_valid_at=representative_valid_at,
            calendar=days,
        )
    # Reading: the limit that counts from receipt also holds the notice; the five business days that
    # count from complete information hold the decision only, as the law gives the notice two more.
    caps = [clock for clock in request if clock.starts != _INFORMATION]
    cap = min(caps, key=lambda clock: (clock.due_at is None, clock.due_at and instant(clock.due_at)))
    base = cap.rule.partition("/")[0]
    told = value(f"notice_time.provider.{key}", on)
    provider = [_clock("provider-notice", told, decided_at, days, part_of=base)]
    member: list[Clock] = []
    if asked.program is Program.MEDI_CAL:
        limit = value(f"notice_time.{'adverse' if adverse else 'approval'}_to_member.{key}", on)
        member.append(_clock("member-notice", limit, decided_at, days, part_of=base))
    if asked.urgency is Urgency.EXPEDITED:
        provider.append(replace(cap, kind="provider-notice", binding=False))
    # Reading: an approval to a Medi-Cal Member has no limit from receipt (438.404(c) orders one for
    # adverse decisions) unless it is expedited, where all answers are due within the same hours.
    if adverse or asked.program is Program.ONECARE or asked.urgency is Urgency.EXPEDITED:
        member.append(replace(cap, kind="member-notice", binding=False))
    return (*_bind(provider), *_bind(member))


def retrospective_clock(asked: Asked, *, calendar: BusinessCalendar | None = None) -> Clock:
    """The limit to decide on a visit already made: from complete information, or from receipt (OneCare)."""
    days = calendar or business_calendar()
    limit = value(f"decision_time.retrospective.{_KEY[asked.program]}", days.day_of(asked.received_at))
    from_receipt = asked.program is Program.ONECARE
    start = asked.received_at if from_receipt else asked.information_complete_at
    return _alone(_clock("decision", limit, start, days))


def expedite_refusal_clocks(
    asked: Asked, *, told_at: datetime | None = None, calendar: BusinessCalendar | None = None
) -> tuple[Clock, ...]:
    """The limits to say, and then to write, that a request will not be expedited (OneCare).

    `told_at` is when it was said; the limit to write has no end until then. Empty for Medi-Cal, where
    no such notice is ordered at this stage. The standard clock runs from the original receipt all the while.
    """
    if asked.program is not Program.ONECARE:
        return ()
    days = calendar or business_calendar()
    on = days.day_of(asked.received_at)
    said = value("notice_time.expedite_refused_oral.onecare", on)
    written = value("notice_time.expedite_refused_written.onecare", on)
    return (
        _alone(_clock("refusal-notice", said, asked.received_at, days)),
        _alone(_clock("written-notice", written, told_at, days)),
    )


def written_notice_clock(asked: Asked, *, told_at: datetime, calendar: BusinessCalendar | None = None) -> Clock | None:
    """The limit to write after an expedited answer given by voice (OneCare); None where none is ordered.

    A standard answer given by voice is still written within the time of the request itself.
    """
    if asked.program is not Program.ONECARE or asked.urgency is not Urgency.EXPEDITED:
        return None
    days = calendar or business_calendar()
    limit = value("notice_time.written_after_oral.onecare", days.day_of(told_at))
    return _alone(_clock("written-notice", limit, told_at, days, part_of="OC-EXP"))


def withdrawal_notice_clock(asked: Asked, *, withdrawn_at: datetime, calendar: BusinessCalendar | None = None) -> Clock:
    """The limit to confirm a withdrawal in writing."""
    days = calendar or business_calendar()
    limit = value(f"notice_time.withdrawal.{_KEY[asked.program]}", days.day_of(withdrawn_at))
    return _alone(_clock("withdrawal-notice", limit, withdrawn_at, days))


def authority_clock(asked: Asked, *, calendar: BusinessCalendar | None = None) -> Clock:
    """The limit within which a representative's missing authority is shown, or the request dismissed (OneCare)."""
    # Reading: the rules stop the decision's time while the authority is missing and set no end to the wait; the
    # house waits no longer than the time a standard request would have, and shows it.
    days = calendar or business_calendar()
    limit = value(f"decision_time.authority.{_KEY[asked.program]}", days.day_of(asked.received_at))
    return _alone(_clock("authority", limit, asked.received_at, days))


def parent_clock(program: Program, due_at: datetime, asked_at: datetime) -> Clock:
    """The clock of the request for whose sake the plan itself asks for an opinion: it runs on (II.E)."""
    parent = value(f"decision_time.plan_opinion.{_KEY[program]}", business_calendar().day_of(asked_at))
    due = due_at.astimezone(PACIFIC)
    return Clock("parent-decision", parent.rule, _PARENT, parent.starts, asked_at.astimezone(PACIFIC), due,
                 parent.authority, binding=True)  # fmt: skip


def visit_record_clock(
    appointment_at: datetime, program: Program, *, calendar: BusinessCalendar | None = None
) -> Clock:
    """The limit to find out whether the appointment was kept, so that no visit is forgotten."""
    days = calendar or business_calendar()
    limit = value(f"report_time.visit_record.{_KEY[program]}", days.day_of(appointment_at))
    return _alone(_clock("visit-record", limit, appointment_at, days))


def cost_notice_clock(found_at: datetime, program: Program, *, calendar: BusinessCalendar | None = None) -> Clock:
    """The limit to say what follows from a visit without authorization, from the day it came to light (III.D.1)."""
    days = calendar or business_calendar()
    limit = value(f"notice_time.out_of_network_cost.{_KEY[program]}", days.day_of(found_at))
    return _alone(_clock("cost-notice", limit, found_at, days))


def agreement_clock(agreed_at: datetime, program: Program, *, calendar: BusinessCalendar | None = None) -> Clock:
    """The limit for the letter of agreement with a Non-Contracted Provider, from the Medical Director's yes."""
    days = calendar or business_calendar()
    limit = value(f"authorization.agreement.{_KEY[program]}", days.day_of(agreed_at))
    return _alone(_clock("agreement", limit, agreed_at, days))


def appointment_clock(asked: Asked, at: datetime, *, calendar: BusinessCalendar | None = None) -> Clock:
    """The limit for the visit itself, counted from `at`, when the appointment was asked for."""
    days = calendar or business_calendar()
    limit = value(f"access.appointment_{asked.urgency.value}", days.day_of(at))
    return _alone(_clock("appointment", limit, at, days))


def report_clock(visit_on: date, program: Program, *, calendar: BusinessCalendar | None = None) -> Clock:
    """The limit for the written consultation report, counted from the day of the visit."""
    days = calendar or business_calendar()
    return _alone(
        _clock("report", value(f"report_time.report.{_KEY[program]}", visit_on), days.start_of_day(visit_on), days)
    )


def report_chase_on(visit_on: date, program: Program, *, calendar: BusinessCalendar | None = None) -> date:
    """The day on which a report still missing is asked for."""
    days = calendar or business_calendar()
    return days.add_business_days(visit_on, value(f"report_time.chase.{_KEY[program]}", visit_on).number)


def report_delivery_clock(
    received_at: datetime, program: Program, *, calendar: BusinessCalendar | None = None
) -> Clock:
    """The limit to pass the report on to the Member, the PCP and the treating professional."""
    days = calendar or business_calendar()
    limit = value(f"report_time.delivery.{_KEY[program]}", days.day_of(received_at))
    return _alone(_clock("report-delivery", limit, received_at, days))


def peer_clock(asked_at: datetime, *, emergency: bool) -> Clock:
    """The limit within which a physician talks with a treating provider who asks to (GG.1508 III.I.3.f)."""
    limit = value(f"access.peer_{'emergency' if emergency else 'standard'}", business_calendar().day_of(asked_at))
    return counted("peer", limit, asked_at)


def counted(kind: str, limit: Dated, start: datetime | None, *, extension: int = 0) -> Clock:
    """One clock alone: a dated limit counted from an instant, with so many days of extension; None: not started."""
    return _alone(_clock(kind, limit, start, business_calendar(), extension=extension))


def validity(authorized_on: date) -> date:
    """The last day on which an authorization can be used (GG.1538 III.G; the plan's choice of days)."""
    return authorized_on + timedelta(days=value("authorization.validity", authorized_on).number)


def _allowed(asked: Asked, on: date, extension_days: int) -> int:
    if extension_days == 0:
        return 0
    most = value(f"decision_time.extension_allowed.{_KEY[asked.program]}", on)
    if asked.requester is Requester.PLAN:
        raise ExtensionRefused("An opinion the plan asks for has no time of its own: extend the parent request.")
    if 0 < extension_days <= most.number:
        return extension_days
    if most.number == 0:
        raise ExtensionRefused(
            f"{asked.program.value} requests are not extended ({most.authority}): "
            "decide within the time there is, and ask at once for what is missing."
        )
    raise ExtensionRefused(
        f"An extension of {extension_days} days is not possible: give 1 to {most.number} ({most.authority})."
    )


def _start(asked: Asked, representative_valid_at: datetime | None, reopened_at: datetime | None) -> datetime:
    """Receipt; for OneCare the later of it and a valid appointment of the representative."""
    # Reading: an appointment that is on file, or that nobody needs, leaves the start at receipt. A Medi-Cal
    # request is never held for that paper.
    # Reading: a dismissal that is taken back starts the time afresh, since nobody could decide in between.
    starts = [asked.received_at]
    late = asked.program is Program.ONECARE and asked.requester is Requester.AUTHORIZED_REPRESENTATIVE
    if representative_valid_at is not None and late:
        starts.append(aware(representative_valid_at))
    if reopened_at is not None:
        starts.append(aware(reopened_at))
    return max(starts, key=instant)


def _clock(
    kind: str,
    limit: Dated,
    start: datetime | None,
    days: BusinessCalendar,
    *,
    extension: int = 0,
    part_of: str = "",
) -> Clock:
    words = str(limit)
    rule = f"{part_of}/{words.replace(' ', '-')}" if part_of else limit.rule
    label = f"{words} and {extension} days more by extension" if extension else words
    if start is None:
        return Clock(kind, rule, label, limit.starts, None, None, limit.authority)
    if limit.unit == "hours":
        # Reading: the days of an extension of hours are elapsed days too, the earliest of the readings.
        due = elapsed(start, limit.number + 24 * extension)
    elif limit.unit == "minutes":
        due = (aware(start).astimezone(UTC) + timedelta(minutes=limit.number)).astimezone(PACIFIC)
    elif limit.unit == "business days":
        due = days.end_after_business_days(start, limit.number)
    else:
        due = days.end_after_calendar_days(start, limit.number + extension)
    return Clock(kind, rule, label, limit.starts, start.astimezone(PACIFIC), due, limit.authority)


def _alone(clock: Clock) -> Clock:
    return replace(clock, binding=clock.due_at is not None)


def _bind(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """The same clocks, with the earliest marked as binding; the first of two that end together."""
    listed = tuple(clocks)
    ends = [(instant(clock.due_at), place) for place, clock in enumerate(listed) if clock.due_at is not None]
    binds = min(ends)[1] if ends else -1
    return tuple(
        clock if clock.binding is (place == binds) else replace(clock, binding=place == binds)
        for place, clock in enumerate(listed)
    )

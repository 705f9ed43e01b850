"""Which clocks run once a Member objects: appeal, complaint, Medicare's reviewer, State Hearing, and a reversal.

The instants are those of receipt by the plan or any of its Health Networks; a spoken appeal counts from the
call (GG.1510 II.R, MA.9015 II.H). Instants given carry an offset; instants returned are Pacific. The kinds are
appeal-acknowledge, appeal-resolve, appeal-refusal-told, appeal-refusal-written, appeal-written, external-review,
hearing-packet, effectuate, complaint-acknowledge and complaint-resolve.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.clocks import Clock, ExtensionRefused, counted, instant
from secondopinion.policy.parameters import Dated, value


def appeal_clocks(
    received_at: datetime, program: Program, *, expedited: bool, extension_days: int = 0
) -> tuple[Clock, Clock]:
    """The limits to acknowledge an appeal and to resolve it: 30 days, or 72 hours when waiting could harm.

    `extension_days`: more time taken for a OneCare appeal. Raises ExtensionRefused.
    """
    # Reading: the earliest receipt anywhere starts both, also where the OneCare policy for fast appeals speaks of
    # the department that receives it.
    _check_extension(received_at, program, extension_days)
    resolve = _limit("expedited" if expedited else "standard", program, received_at)
    return (
        _clock("appeal-acknowledge", "acknowledge", program, received_at),
        counted("appeal-resolve", resolve, received_at, extension=extension_days),
    )


def _check_extension(received_at: datetime, program: Program, days: int) -> None:
    most = _limit("extension", program, received_at)
    if days == 0 or 0 < days <= most.number:
        return
    if most.number == 0:
        raise ExtensionRefused(
            f"A {'Medi-Cal' if program is Program.MEDI_CAL else 'OneCare'} appeal is given no more time "
            f"({most.authority}): decide it within the time there is."
        )
    raise ExtensionRefused(f"{days} days more are not possible: give 1 to {most.number} ({most.authority}).")


def fast_refusal_clocks(refused_at: datetime, program: Program, *, told_at: datetime | None) -> tuple[Clock, Clock]:
    """The limits to say, and then to write, that an appeal will not be handled fast (GG.1510 III.C.3.g).

    `told_at` is when it was said; the limit to write has no end until then.
    """
    # Reading: the 24 hours count from the decision to refuse. Until then the 72 hours of a fast appeal run, so
    # that nobody gains time by not deciding.
    return (
        _clock("appeal-refusal-told", "fast_refusal_told", program, refused_at),
        counted("appeal-refusal-written", _limit("fast_refusal_written", program, told_at or refused_at), told_at),
    )


def appeal_answer_clocks(resolve: Clock, program: Program, *, expedited: bool, told_at: datetime | None) -> tuple[
    Clock, ...
]:  # fmt: skip
    """The limits to write the answer to an appeal; the earliest binds. `resolve` is the appeal's own limit.

    `told_at` is when the answer was said to the Member. Without that the written answer is due with the appeal.
    """
    own = replace(resolve, kind="appeal-written", binding=True)
    if told_at is None or resolve.due_at is None:
        return (own,)
    spoken = _clock("appeal-written", "written", program, told_at)
    assert spoken.due_at is not None
    # Reading: a fast appeal answered by voice in time is written by the limit that counts from the call. In a
    # standard one the thirty days are for the letter too, so both limits hold and the earlier binds.
    if expedited and instant(told_at) <= instant(resolve.due_at):
        return (spoken,)
    first = instant(spoken.due_at) <= instant(resolve.due_at)
    return (replace(spoken, binding=first), replace(own, binding=not first))


def external_review_clock(resolve: Clock, decided_at: datetime, program: Program, *, expedited: bool) -> Clock:
    """The limit to send an upheld appeal on to Medicare's reviewer (OneCare): 24 hours, or the appeal's own limit.

    `resolve` is the appeal's own limit; `decided_at` is when the plan upheld its decision.
    """
    if expedited:
        return _clock("external-review", "reviewer", program, decided_at)
    return replace(resolve, kind="external-review", binding=True)


def hearing_packet_clock(noticed_at: datetime, program: Program, *, expedited: bool, hearing_on: date | None) -> Clock:
    """The limit to send the packet for a State Hearing (HH.1108 III.F).

    Two business days from the notice of a fast hearing; else two business days before the day of the hearing, and
    no end while that day is not known.
    """
    if expedited:
        return _clock("hearing-packet", "hearing_packet_expedited", program, noticed_at)
    limit = _limit("hearing_packet", program, noticed_at)
    label, authority = f"{limit} before the hearing", limit.authority
    if hearing_on is None:
        return Clock("hearing-packet", limit.rule, label, limit.starts, None, None, authority)
    days = business_calendar()
    # Reading: a hearing so near that the day lies before the notice leaves the day of the notice itself.
    last = max(days.subtract_business_days(hearing_on, limit.number), days.day_of(noticed_at))
    started = noticed_at.astimezone(PACIFIC)
    return Clock(
        "hearing-packet", limit.rule, label, limit.starts, started, days.end_of_day(last), authority, binding=True
    )


def complaint_clocks(received_at: datetime, program: Program, *, expedited: bool) -> tuple[Clock, Clock]:
    """The limits to acknowledge a complaint and to resolve it."""
    resolve = "grievance_expedited" if expedited else "grievance"
    return (
        _clock("complaint-acknowledge", "grievance_acknowledge", program, received_at),
        _clock("complaint-resolve", resolve, program, received_at),
    )


def effectuation_clocks(
    reversed_at: datetime, program: Program, *, appealed_at: datetime | None = None, extension_days: int = 0
) -> tuple[Clock, ...]:
    """The limits to carry out a reversal; the earliest binds. 72 hours in either program (42 CFR 438.424, 422.634).

    `appealed_at`: when the appeal came that the plan itself granted; a OneCare reversal then is carried out within
    thirty days of that too. None where a State Hearing or Medicare's reviewer reversed the plan.
    """
    hours = _clock("effectuate", "effectuate", program, reversed_at)
    if program is not Program.ONECARE or appealed_at is None:
        return (hours,)
    # Reading: where the appeal itself was given more time, the thirty days are longer by as much.
    limit = _limit("effectuate_from_receipt", program, appealed_at)
    receipt = counted("effectuate", limit, appealed_at, extension=extension_days)
    assert hours.due_at is not None
    assert receipt.due_at is not None
    first = instant(hours.due_at) <= instant(receipt.due_at)
    return (replace(hours, binding=first), replace(receipt, binding=not first))


def appeal_window_ends_on(noticed_on: date, program: Program) -> date:
    """The last day to appeal, counted from the date of adequate notice (GG.1507 II.D.1; 42 CFR 438.402(c)(2))."""
    return noticed_on + timedelta(days=value(f"appeal_time.file.{_key(program)}", noticed_on).number)


def continuation_ends_on(noticed_on: date, program: Program, last_day: date) -> date:
    """The last day to ask that care goes on: ten days from the notice, or the last day of the care if that is later."""
    return max(
        noticed_on + timedelta(days=value(f"appeal_time.continuation.{_key(program)}", noticed_on).number), last_day
    )


def hearing_window_ends_on(answered_on: date, program: Program) -> date:
    """The last day to ask for a State Hearing: from the written answer to the appeal, or the day its time ran out."""
    return answered_on + timedelta(days=value(f"appeal_time.state_hearing.{_key(program)}", answered_on).number)


def _clock(kind: str, name: str, program: Program, start: datetime) -> Clock:
    return counted(kind, _limit(name, program, start), start)


def _limit(name: str, program: Program, at: datetime) -> Dated:
    return value(f"appeal_time.{name}.{_key(program)}", business_calendar().day_of(at))


def _key(program: Program) -> str:
    return program.value.replace("-", "_")

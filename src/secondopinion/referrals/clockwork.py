"""Which clocks run on a referral: a pure function of its row, so that nobody starts or stops one by hand.

`running` answers from the columns alone. `advance` writes the difference to what ran before; the overnight
check computes it again and compares. A clock ends by leaving the answer: the thing was done, or is not owed any
more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import (
    Clock,
    agreement_clock,
    appointment_clock,
    authority_clock,
    cost_notice_clock,
    decision_clocks,
    expedite_refusal_clocks,
    instant,
    notice_clocks,
    parent_clock,
    report_clock,
    report_delivery_clock,
    retrospective_clock,
    upgrade,
    visit_record_clock,
    withdrawal_notice_clock,
    written_notice_clock,
)
from secondopinion.policy.clocks_choosing import search_clock
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.parameters import value
from secondopinion.referrals.clockwork_objecting import done_at, objections
from secondopinion.referrals.models import Agreement, Decision
from secondopinion.referrals.snapshot import Running, Snapshot
from secondopinion.referrals.states import UNDECIDED, State

OFFICES = ("physician", "provider")  # requesters who must be told within a day of the decision
NO_APPEAL = frozenset({"new", "moved", "granted", "withdrawn"})  # it was held as an appeal, and none was decided here
ADVERSE = frozenset({"deny", "deem", "limit", "partial"})


@dataclass(frozen=True, slots=True)
class Moves:
    """What a step makes of the clocks: those that start or change, and those that end, each with how it ended."""

    starts: tuple[Clock, ...] = ()
    ends: tuple[tuple[str, str, str, datetime], ...] = ()  # kind, rule, outcome, and when the thing was done
    due_at: datetime | None = None  # the earliest of all that run now
    due_kind: str = ""


def asked_of(row: Snapshot) -> Asked:
    """The head of the request; until somebody classifies it, the strictest: specialist care, second opinion."""
    return Asked(
        Program(row.program), row.received_at, row.information_complete_at, Urgency(row.urgency),
        Requester(row.requester), Opinion(row.opinion or Opinion.SECOND.value),
        About(row.about or About.SPECIALIST_CARE.value),
    )  # fmt: skip


def running(row: Snapshot) -> tuple[Clock, ...]:
    """Every clock that runs on the referral as it stands, those that wait included."""
    return tuple(_running(row))


def decision(row: Snapshot) -> tuple[Clock, ...]:
    """The limits within which the request must be decided, as it is now known."""
    asked = asked_of(row)
    if row.found_by:
        return (retrospective_clock(asked),)
    if asked.requester is Requester.PLAN:
        if row.parent_decided_at is None:
            return ()  # the clock of the parent request runs instead
        # Reading: once the request it was for is decided, an opinion of the plan's own has a time of its own: that of
        # any request, from its receipt. Nobody asked the plan for it, so its end denies nothing.
        asked = replace(asked, requester=Requester.MEMBER)
    more = {"extension_days": row.extension_days, "representative_valid_at": row.representative_valid_at,
            "reopened_at": row.reopened_at, "prior_authorization": _needs_authorization(row, asked)}  # fmt: skip
    missing = row.representative_needed and row.representative_valid_at is None
    if row.upgraded_at is not None and asked.urgency is Urgency.EXPEDITED and not missing:
        since = row.delayed_at is not None and row.delayed_at >= row.upgraded_at
        standard = replace(asked, urgency=Urgency.STANDARD)
        clocks = upgrade(standard, upgraded_at=row.upgraded_at, extended_since=since, **more)  # type: ignore[arg-type]
    else:
        clocks = decision_clocks(asked, representative_missing=missing, **more)  # type: ignore[arg-type]
    return clocks


def decision_due(row: Snapshot) -> datetime | None:
    """When the binding decision clock is due; None while none has started."""
    return next((clock.due_at for clock in decision(row) if clock.binding), None)


def counts_as_denied_at(row: Snapshot) -> datetime | None:
    """From which instant a request that nobody decided counts as denied (42 CFR 438.404(c)(5))."""
    due = decision_due(row)
    if due is None or row.stands not in UNDECIDED or row.requester == Requester.PLAN:
        return None
    # Reading: the notice must leave on the day the time ends, so the step is taken a little before its last second.
    minutes = value("decision_time.deemed.last_call", due.astimezone(PACIFIC).date()).number
    return instant(due) - timedelta(minutes=minutes)  # in UTC: the minutes are elapsed ones, whatever the wall says


def moves(before: tuple[Running, ...], after: Snapshot, now: datetime, *, missed: bool = False) -> Moves:
    """What a step changes: `before` ran, and `after` is the row as the step leaves it.

    `missed`: the step itself says that the decision came too late, though its clock has minutes left.
    """
    wanted = {(clock.kind, clock.rule): clock for clock in running(after)}
    had = {(clock.kind, clock.rule): clock for clock in before}
    starts = tuple(clock for key, clock in wanted.items() if not (key in had and _same(had[key], clock)))
    kinds = {kind for kind, _ in wanted}
    first = min((c.due_at for c in before if c.kind == "decision" and c.due_at is not None), default=None)
    ends = []
    for (kind, rule), clock in had.items():
        again = wanted.get((kind, rule))
        if again is not None:
            if _begins_anew(clock, again):
                late = clock.due_at is not None and now > clock.due_at
                ends.append((kind, rule, "missed" if late else "replaced", now))
            continue
        late = missed and kind == "decision" and clock.due_at == first
        done = done_at(kind, after, now)
        outcome = _outcome(clock, kind in kinds, after, done or now, late=late, undone=done is None)
        ends.append((kind, rule, outcome, now if outcome == "replaced" else done or now))
    due = min(((instant(c.due_at), c.kind) for c in wanted.values() if c.due_at is not None), default=(None, ""))
    return Moves(starts, tuple(ends), due[0], due[1])


def _outcome(clock: Running, goes_on: bool, after: Snapshot, at: datetime, *, late: bool, undone: bool) -> str:
    if goes_on:
        return "replaced"
    if clock.due_at is None:
        return "void"
    if late or instant(at) > instant(clock.due_at):
        return "missed"
    return "void" if undone or _came_to_nothing(clock, after) else "met"


def _came_to_nothing(clock: Running, after: Snapshot) -> bool:
    """Did a clock end because its thing is not owed any more, and not because it was done?"""
    if clock.kind == "agreement":
        return after.agreement != Agreement.SIGNED
    if clock.kind == "refusal-notice":
        return not after.expedite_refused
    if after.decision == Decision.DEEM and clock.kind == "decision":
        return True  # the earlier limit was missed; this one is not needed any more
    if clock.kind in ("appeal-acknowledge", "appeal-resolve") and after.appeal_outcome in NO_APPEAL:
        return True
    undecided = after.decided_at is None and clock.kind == "decision"
    return undecided or after.stands is State.WITHDRAWN


def _begins_anew(had: Running, clock: Clock) -> bool:
    """Does the same limit run again from another instant? Then what ran till now ends, as it stands, and is kept."""
    both = had.started_at is not None and clock.started_at is not None
    return both and not is_same_instant(had.started_at, clock.started_at)


def _same(had: Running, clock: Clock) -> bool:
    return all(
        is_same_instant(*pair)
        for pair in ((had.due_at, clock.due_at), (had.started_at, clock.started_at), (had.paused_at, clock.paused_at))
    )


def is_same_instant(one: datetime | None, other: datetime | None) -> bool:
    """Whether two instants are one. Python calls two zones unequal in the hour that autumn repeats."""
    return one is other or (one is not None and other is not None and instant(one) == instant(other))


def _running(row: Snapshot) -> Iterator[Clock]:
    program, stands = Program(row.program), row.stands
    if stands in UNDECIDED or stands is State.VISIT_REVIEW:
        yield from _paused(row, decision(row))
        if row.representative_needed and row.representative_valid_at is None:
            yield authority_clock(asked_of(row))
    if row.found_by and row.member_notice_at is None:
        yield cost_notice_clock(row.received_at, program)
    yield from _expedite(row)
    if row.decided_at is not None:
        yield from _telling(row, row.decided_at)
    if row.withdrawn_at is not None and row.withdrawal_notice_at is None:
        yield withdrawal_notice_clock(asked_of(row), withdrawn_at=row.withdrawn_at)
    if row.parent_due_at is not None and row.parent_decided_at is None:
        yield parent_clock(program, row.parent_due_at, row.received_at)
    if stands is State.AUTHORIZED and row.appointment_from_at is not None:
        yield appointment_clock(asked_of(row), row.appointment_from_at)
    if row.search_asked_at is not None and stands in (*UNDECIDED, State.AUTHORIZED):
        yield search_clock(row.search_asked_at, asked_of(row).urgency)
    if stands in (State.AUTHORIZED, State.SCHEDULED, State.SEEN) and row.outside_agreed_at and row.agreement in (
        "", "drafted"
    ):  # fmt: skip
        yield agreement_clock(row.outside_agreed_at, program)
    if stands is State.SCHEDULED and row.appointment_at is not None:
        yield visit_record_clock(row.appointment_at, program)
    if stands is State.SEEN and row.visited_on is not None:
        yield report_clock(row.visited_on, program)
    if row.report_received_at is not None and row.report_delivered_at is None:
        yield report_delivery_clock(row.report_received_at, program)
    yield from objections(row, program)


def _paused(row: Snapshot, clocks: tuple[Clock, ...]) -> Iterator[Clock]:
    """A clock that has not started says since when it waits."""
    since = row.information_asked_at or row.delayed_at
    for clock in clocks:
        waits = clock.due_at is None and since is not None
        yield replace(clock, paused_at=since.astimezone(PACIFIC)) if waits and since is not None else clock


def _expedite(row: Snapshot) -> Iterator[Clock]:
    """The clocks to say, and to write, that a request will not be expedited (OneCare; MA.6042 III.B.4)."""
    asked_at = row.expedite_asked_at
    if asked_at is None or row.expedite_supported:
        return
    open_still = row.expedite_settled_at is None and row.stands in UNDECIDED
    untold = row.expedite_refused and row.expedite_told_at is None
    if not open_still and not untold and not (row.expedite_refused and row.expedite_mailed_at is None):
        return
    asked = replace(asked_of(row), received_at=asked_at, information_complete_at=None)
    said, written = expedite_refusal_clocks(asked, told_at=row.expedite_told_at) or (None, None)
    if said is not None and (open_still or untold):
        yield said
    if written is not None and row.expedite_refused and row.expedite_mailed_at is None:
        yield written


def _telling(row: Snapshot, decided_at: datetime) -> Iterator[Clock]:
    """The clocks to tell the office that asked and the Member (HSC 1367.01(h)(3); 42 CFR 438.404(c))."""
    office = row.requester in OFFICES and row.provider_told_at is None
    if row.found_by or row.stands is State.WITHDRAWN or (row.member_notice_at is not None and not office):
        return
    asked, adverse = asked_of(row), row.decision in ADVERSE
    if row.representative_needed and row.member_notice_at is None:
        # Reading: a request dismissed before its time could start is told within the time it would have had.
        yield replace(authority_clock(asked), kind="member-notice")
        return
    request = decision(row) or decision_clocks(asked, prior_authorization=True)
    # Reading: after a reversal the limits from the first receipt are over; the 72 hours to carry it out hold instead.
    anew = row.overturned_at is not None
    written = None
    if row.member_told_at is not None and row.member_notice_at is None and adverse:
        written = written_notice_clock(asked, told_at=row.member_told_at)
    for clock in notice_clocks(asked, decided_at=decided_at, adverse=adverse, request=request):
        if anew and not is_same_instant(clock.started_at, decided_at):
            continue
        if clock.kind == "provider-notice" and office:
            yield clock
        # Reading: an expedited answer given by voice in time is written within three days of it, not of the request.
        in_time = written is not None and row.member_told_at is not None and (
            clock.due_at is None or row.member_told_at <= clock.due_at
        )  # fmt: skip
        if clock.kind == "member-notice" and row.member_notice_at is None and not in_time:
            yield clock
    if written is not None:
        yield written


def _needs_authorization(row: Snapshot, asked: Asked) -> bool | None:
    required = questions.is_prior_authorization_required(row.edition_in_force, asked, row.answers).verdict
    return None if required is Verdict.UNKNOWN else required is Verdict.YES

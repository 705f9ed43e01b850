"""The clocks of an objection and of a talk with a treating provider, from the referral's row alone (see clockwork.py).

`done_at` says when the thing that a clock waited for was done, where that was told and is not the instant of writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from types import MappingProxyType

from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import business_calendar
from secondopinion.policy.clocks import Clock, instant, peer_clock
from secondopinion.policy.clocks_objecting import (
    appeal_answer_clocks,
    appeal_clocks,
    complaint_clocks,
    effectuation_clocks,
    external_review_clock,
    fast_refusal_clocks,
    hearing_packet_clock,
)
from secondopinion.referrals.snapshot import Snapshot

UPHELD, LATE, OVERTURNED = "upheld", "late", "overturned"  # late: nobody answered in time, which counts as upheld
STANDS = (UPHELD, LATE)
ANSWERED = (*STANDS, OVERTURNED)

# The columns that say when each thing was done; the clock of one that is empty came to nothing.
DONE: Mapping[str, str] = MappingProxyType(
    {
        "appeal-acknowledge": "appeal_acknowledged_at",
        "complaint-acknowledge": "complaint_acknowledged_at",
        "appeal-refusal-told": "appeal_refusal_told_at",
        "appeal-refusal-written": "appeal_refusal_written_on",
        "appeal-written": "appeal_written_on",
        "external-review": "appeal_forwarded_at",
        "hearing-packet": "hearing_packet_at",
        "peer": "peer_answered_at",
    }
)


def objections(row: Snapshot, program: Program) -> Iterator[Clock]:
    """Every clock of appeal, reviewer, hearing, reversal, complaint and talk that runs on the row as it stands."""
    yield from _appeal(row, program)
    if row.overturned_at is not None and row.effectuated_at is None:
        own = row.appeal_received_at if row.overturned_by == "appeal" else None
        days = row.appeal_extension_days
        yield from effectuation_clocks(row.overturned_at, program, appealed_at=own, extension_days=days)
    if row.hearing_asked_at is not None and row.hearing_packet_at is None and row.hearing_resolved_at is None:
        fast, on = row.hearing_expedited, row.hearing_on
        yield hearing_packet_clock(row.hearing_asked_at, program, expedited=fast, hearing_on=on)
    if row.complaint_received_at is not None and row.complaint_resolved_at is None:
        acknowledge, resolve = complaint_clocks(row.complaint_received_at, program, expedited=row.complaint_expedited)
        if row.complaint_acknowledged_at is None:
            yield acknowledge
        yield resolve
    if row.peer_asked_at is not None and row.peer_answered_at is None:
        yield peer_clock(row.peer_asked_at, emergency=row.peer_emergency)


def appeal_due(row: Snapshot) -> datetime | None:
    """By when the appeal must be resolved, more time included; None where there is no appeal."""
    if row.appeal_received_at is None:
        return None
    return _limits(row, Program(row.program), row.appeal_received_at)[1].due_at


def is_exhausted(row: Snapshot, now: datetime) -> bool:
    """Did the plan let the time of an open appeal pass? Then the Member need not wait for it (42 CFR 438.408(c)(3))."""
    due = appeal_due(row)
    return due is not None and row.appeal_resolved_at is None and instant(now) > instant(due)


def done_at(kind: str, row: Snapshot, now: datetime) -> datetime | None:
    """When the thing that a clock of this kind waited for was done; None where it was not, and is not owed any more."""
    if kind == "appeal-resolve":
        return row.appeal_told_at or now
    if kind not in DONE:
        return now
    done = getattr(row, DONE[kind])
    if isinstance(done, date) and not isinstance(done, datetime):
        # Reading: what was mailed on a day was mailed by its end; only the day is on the proof.
        return min(business_calendar().end_of_day(done), now, key=instant)
    return done if isinstance(done, datetime) else None


def _limits(row: Snapshot, program: Program, received_at: datetime) -> tuple[Clock, Clock]:
    return appeal_clocks(received_at, program, expedited=row.appeal_expedited, extension_days=row.appeal_extension_days)


def _appeal(row: Snapshot, program: Program) -> Iterator[Clock]:
    if row.appeal_received_at is None:
        return
    acknowledge, resolve = _limits(row, program, row.appeal_received_at)
    if row.appeal_resolved_at is None:
        if row.appeal_acknowledged_at is None:
            yield acknowledge
        yield resolve
        yield from _refusal(row, program)
        return
    fast, told_at = row.appeal_expedited, row.appeal_told_at
    if row.appeal_outcome in ANSWERED and row.appeal_written_on is None:
        yield from appeal_answer_clocks(resolve, program, expedited=fast, told_at=told_at)
    if program is Program.ONECARE and row.appeal_outcome == UPHELD and row.appeal_forwarded_at is None:
        yield external_review_clock(resolve, told_at or row.appeal_resolved_at, program, expedited=fast)


def _refusal(row: Snapshot, program: Program) -> Iterator[Clock]:
    if row.appeal_fast_refused_at is None:
        return
    told_at = row.appeal_refusal_told_at
    said, written = fast_refusal_clocks(row.appeal_fast_refused_at, program, told_at=told_at)
    if told_at is None:
        yield said
    if row.appeal_refusal_written_on is None:
        yield written

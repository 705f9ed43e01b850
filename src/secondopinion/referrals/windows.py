"""What the Member can still do about a decision, and until when: rights, not tasks, so they order no work list.

Each counts from the date of adequate notice, not from the decision (GG.1507 II.D.1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from secondopinion.policy.adequate_notice import AdequateNotice
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.clocks_objecting import (
    appeal_window_ends_on,
    continuation_ends_on,
    hearing_window_ends_on,
)
from secondopinion.policy.formats import IN_WORDS
from secondopinion.policy.parameters import Dated, value
from secondopinion.referrals.adequate import notice_of_decision
from secondopinion.referrals.clockwork_objecting import OVERTURNED, STANDS, appeal_due
from secondopinion.referrals.models import Decision
from secondopinion.referrals.objecting import decision_objected_to
from secondopinion.referrals.snapshot import Snapshot

NOTICE = "the date of the notice"
AGAINST_THE_MEMBER = frozenset({Decision.DENY, Decision.DEEM, Decision.LIMIT, Decision.PARTIAL, Decision.DISMISS})


@dataclass(frozen=True, slots=True)
class Window:
    """One right and its time. `until` is the last day and None while nothing has begun to count.

    `counts_from` says from what; `used` that the Member has made use of it. `told` says why it counts from a later day
    than that of the first mailing, or does not count yet though a letter was mailed.
    """

    what: str
    days: int
    counts_from: str
    begins_on: date | None
    until: date | None
    authority: str
    used: bool = False
    told: str = ""

    def stands(self, on: date) -> str:
        """How it stands on a day: used, waits (nothing counts yet), open or over."""
        if self.used:
            return "used"
        if self.begins_on is None or self.until is None or on < self.begins_on:
            return "waits"
        return "open" if on <= self.until else "over"


def windows_of(row: Snapshot, noticed: date | None) -> tuple[Window, ...]:
    """The Member's windows against the decision that stands; none where nothing was decided against the Member.

    `noticed` is the date of adequate notice of that decision; None while its notice is not mailed, when no window has
    begun and nobody is late.
    """
    since = row.rescinded_at or row.decided_at
    taken_back = row.rescinded_at is not None
    if since is None or not (taken_back or row.decision in AGAINST_THE_MEMBER):
        return ()
    on, program = noticed or _day(since), Program(row.program)
    came = row.appeal_received_at
    appealed = came is not None and row.maybe_appeal_of_id is None and (row.appeal_resolved_at or came) >= since
    file = _value("file", row, on)
    ends = appeal_window_ends_on(noticed, program) if noticed else None
    found = [Window("Appeal to the plan", file.number, NOTICE, noticed, ends, file.authority, appealed)]
    if taken_back:
        found.append(_continuation(row, noticed, on, appealed))
    if not (appealed and row.appeal_outcome == OVERTURNED):
        found.append(_hearing(row, on, appealed))
    return tuple(found)


def windows(row: Snapshot) -> tuple[Window, ...]:
    """The same, with the date on which the notice of the decision was really mailed."""
    against = decision_objected_to(row)
    given = notice_of_decision(row, against) if against is not None else None
    if given is None or not given.moved:
        return windows_of(row, given.on if given is not None else None)
    told = why_moved(given)
    return tuple(
        replace(window, told=told) if window.counts_from.startswith(NOTICE) else window
        for window in windows_of(row, given.on)
    )


def why_moved(given: AdequateNotice) -> str:
    """Why the Member's time counts from another day than the first mailing's, or not yet (GG.1507 II.D.1)."""
    assert given.first_on is not None
    first, reads = f"{given.first_on:%B %-d, %Y}", IN_WORDS[given.format].lower()
    if given.on is None:
        return (
            f"The letter was mailed on {first}, but not as the Member reads ({reads}, in the Member’s language), so no "
            "time counts yet. Send it again: it goes in the format that stands."
        )
    return (
        f"First mailed on {first}. The Member reads {reads}, and had the letter so on {given.on:%B %-d, %Y}: the time "
        "counts from that day."
    )


def _continuation(row: Snapshot, noticed: date | None, on: date, appealed: bool) -> Window:
    limit = _value("continuation", row, on)
    kept = appealed and row.valid_until == row.valid_before
    # Where the care goes on already, the day on which it had been to end is not in the row any more.
    last = row.valid_until if row.valid_until is not None and not kept else on
    until = continuation_ends_on(noticed, Program(row.program), last) if noticed else None
    return Window(
        "Ask, with an appeal, that the authorization goes on meanwhile", limit.number,
        f"{NOTICE}, and never before the authorization ends", noticed, until, limit.authority, kept,
    )  # fmt: skip


def _hearing(row: Snapshot, on: date, appealed: bool) -> Window:
    limit = _value("state_hearing", row, on)
    begins = _answered_on(row) if appealed else None
    until = hearing_window_ends_on(begins, Program(row.program)) if begins else None
    if begins is not None and row.appeal_resolved_at is None:
        begins += timedelta(days=1)  # the plan has the whole of its last day
    counts_from = "the plan’s written answer to an appeal, or the day on which its time to answer ran out"
    asked = appealed and row.hearing_asked_at is not None
    return Window("Ask for a State Hearing", limit.number, counts_from, begins, until, limit.authority, asked)


def _answered_on(row: Snapshot) -> date | None:
    """The day that the 120 days count from: of the written answer, else the last day of an unanswered appeal."""
    if row.appeal_written_on is not None:
        return row.appeal_written_on
    if row.appeal_resolved_at is not None and row.appeal_outcome in STANDS[:1]:
        return None  # answered, and the letter has not left: no window has begun
    due = appeal_due(row)
    return None if due is None else _day(due)


def _value(name: str, row: Snapshot, on: date) -> Dated:
    return value(f"appeal_time.{name}.{row.program.replace('-', '_')}", on)


def _day(at: datetime) -> date:
    return business_calendar().day_of(at.astimezone(PACIFIC))

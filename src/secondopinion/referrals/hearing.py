"""After the plan's own answer: Medicare's reviewer (OneCare) and the State Hearing (42 CFR 422.634, 438.408; HH.1108).

Both are decided elsewhere. The house sends what they need in time and records what they say; a yes of theirs comes
back through `overturn` or `lift`.
"""

from __future__ import annotations

from datetime import date, datetime

from secondopinion.people.person import Person
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks_objecting import hearing_window_ends_on
from secondopinion.referrals import gate, notices_objecting
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.clockwork_objecting import LATE, STANDS, UPHELD, appeal_due, is_exhausted
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_review import (
    ForwardToReviewer,
    HearingAsked,
    HearingUpheld,
    PacketSent,
    ReviewerAgrees,
)


def forward_to_reviewer(before: Snapshot, told: ForwardToReviewer, person: Person, now: datetime) -> Change:
    """Send an upheld OneCare case on, unasked; one that nobody answered in time counts as upheld (42 CFR 422.590)."""
    if before.program != Program.ONECARE:
        raise Refused(
            "A Medi-Cal appeal does not go to Medicare's reviewer. The Member may ask for a State Hearing; the answer "
            "to the appeal says how."
        )
    if not told.how.strip():
        raise Refused("Say how the case was sent to the reviewer, and what proves it.")
    late = before.maybe_appeal_of_id is None and is_exhausted(before, now)
    if before.appeal_forwarded_at is not None:
        raise Refused("This case went to Medicare's reviewer already; its answer is awaited.")
    if not late and before.appeal_outcome != UPHELD:
        raise Refused(
            "Only an appeal that left the decision as it was, or that nobody answered in time, goes on to Medicare's "
            "reviewer. Record first what came of the appeal."
        )
    ended = {"appeal_resolved_at": now, "appeal_outcome": LATE} if late else {}
    return Change(
        details={"how": told.how.strip(), "late": late},
        columns={**ended, "appeal_forwarded_at": now},
        owes=tuple(Owed(*letter) for letter in notices_objecting.appeal_forwarded(before, now)),
    )


def reviewer_agrees(before: Snapshot, told: ReviewerAgrees, person: Person, now: datetime) -> Change:
    """Medicare's reviewer left the decision as it was. For what Medi-Cal covers the State Hearing stays open."""
    check_with_the_reviewer(before)
    if not told.why.strip():
        raise Refused("Say in a sentence what the reviewer found.")
    return Change(details={"why": told.why.strip()}, columns={"reviewer_answered_at": now})


def hearing_asked(before: Snapshot, told: HearingAsked, person: Person, now: datetime) -> Change:
    """The State gave notice of a hearing, or of another day for it; the packet's clock follows (HH.1108 III.F)."""
    noticed_on = told.noticed_at.astimezone(PACIFIC).date()
    asked_on = told.asked_on or noticed_on
    if told.noticed_at > now or asked_on > noticed_on:
        raise Refused("The notice came before now, and the Member asked before the notice. Check the days.")
    if told.hearing_on is not None and told.hearing_on < noticed_on:
        raise Refused("A hearing is not held before its notice comes. Check the day of the hearing.")
    if is_hearing_open(before):
        return _another_day(before, told)
    window, exhausted = _window(before, noticed_on, now)
    late = window is not None and asked_on > window
    if late and not told.late_because.strip():
        raise Refused(
            f"The last day to ask for a State Hearing was {window:%A, %B %-d, %Y}. The State decides whether a later "
            "one is heard: say what good cause its notice gives."
        )
    return Change(
        details={
            **_said(told), "asked_on": asked_on.isoformat(), "window_ends_on": window.isoformat() if window else "",
            "late": late, "late_because": told.late_because.strip(), "deemed_exhausted": exhausted,
        },
        columns={
            "hearing_asked_at": told.noticed_at, "hearing_expedited": told.expedited, "hearing_on": told.hearing_on,
            "hearing_packet_at": None, "hearing_resolved_at": None,
        },
    )  # fmt: skip


def _window(before: Snapshot, noticed_on: date, now: datetime) -> tuple[date | None, bool]:
    """The last day to ask, and whether the plan's silence alone opened the way. Refused where no way is open yet."""
    if before.maybe_appeal_of_id is not None:
        raise Refused(gate.MAYBE_AN_APPEAL)
    if before.appeal_received_at is None:
        raise Refused(
            "The Member has not appealed to the plan yet, and a State Hearing follows that (42 CFR 438.402(c)). Open "
            "the appeal with the Member's words; tell the State that it is open."
        )
    due = appeal_due(before)
    assert due is not None
    if before.appeal_resolved_at is None:
        if not is_exhausted(before, now):
            raise Refused(
                f"The plan has until {due:%A, %B %-d, %Y at %-I:%M %p} to answer the appeal. A State Hearing follows "
                "the answer, or that time if it passes without one. Tell the State so."
            )
        # Reading: with no answer in time the 120 days count from the day the time ran out.
        return hearing_window_ends_on(due.date(), Program(before.program)), True
    if before.appeal_outcome not in STANDS:
        raise Refused("The appeal did not leave the decision as it was, so there is nothing for a hearing to change.")
    if before.hearing_resolved_at is not None:
        raise Refused("The State has heard this case already; what came of it is in the history.")
    # Reading: an answer that was not mailed yet has started no window, so nobody is late against it.
    written = before.appeal_written_on
    if written is None and before.appeal_outcome == LATE:
        return hearing_window_ends_on(due.date(), Program(before.program)), True
    return (hearing_window_ends_on(written, Program(before.program)) if written else None), False


def _another_day(before: Snapshot, told: HearingAsked) -> Change:
    if (before.hearing_on, before.hearing_expedited) == (told.hearing_on, told.expedited):
        raise Refused("This hearing is on record already, with that day. Send the packet, or record what came of it.")
    return Change(
        details={**_said(told), "again": True},
        columns={"hearing_asked_at": told.noticed_at, "hearing_on": told.hearing_on,
                 "hearing_expedited": told.expedited},
    )  # fmt: skip


def _said(told: HearingAsked) -> dict[str, object]:
    on = told.hearing_on.isoformat() if told.hearing_on else ""
    return {"noticed_at": told.noticed_at.isoformat(), "expedited": told.expedited, "hearing_on": on}


def packet_sent(before: Snapshot, told: PacketSent, person: Person, now: datetime) -> Change:
    """The position of the plan and the whole case are with the State."""
    check_hearing(before)
    if before.hearing_packet_at is not None:
        raise Refused("The packet for this hearing was sent already; nothing was changed.")
    if not told.how.strip():
        raise Refused("Say how the packet was sent, and what proves it.")
    return Change(details={"how": told.how.strip()}, columns={"hearing_packet_at": now})


def hearing_upheld(before: Snapshot, told: HearingUpheld, person: Person, now: datetime) -> Change:
    """The State Hearing left the decision as it was."""
    check_hearing(before)
    if not told.why.strip():
        raise Refused("Say in a sentence what the State found.")
    return Change(details={"why": told.why.strip()}, columns={"hearing_resolved_at": now})


def is_hearing_open(before: Snapshot) -> bool:
    """Does a State Hearing wait?"""
    return before.hearing_asked_at is not None and before.hearing_resolved_at is None


def is_with_the_reviewer(before: Snapshot) -> bool:
    """Does Medicare's reviewer have the case?"""
    return before.appeal_forwarded_at is not None and before.reviewer_answered_at is None


def check_hearing(before: Snapshot) -> None:
    """Refuse where no State Hearing waits."""
    if not is_hearing_open(before):
        raise Refused(
            "No State Hearing waits on this referral. Record first the State's notice that one was asked for."
        )


def check_with_the_reviewer(before: Snapshot) -> None:
    """Refuse where Medicare's reviewer does not have the case."""
    if not is_with_the_reviewer(before):
        raise Refused("This case is not with Medicare's reviewer. Record first that it was sent there.")

"""While an appeal is worked on: how fast, for how long, and when its answer was put in writing (GG.1510, MA.9015)."""

from __future__ import annotations

from datetime import datetime

from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import ExtensionRefused
from secondopinion.referrals import gate
from secondopinion.referrals.change import Change
from secondopinion.referrals.clockwork_objecting import ANSWERED, appeal_due, is_exhausted
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_review import ANSWERS, EXTENSIONS, ExtendAppeal, RefuseFastAppeal, WriteAnswer

TIME_IS_OVER = (
    "The time for this appeal is over, so it cannot be changed any more. Answer the appeal now; the Member may ask for "
    "a State Hearing at once, and a OneCare case goes on to Medicare's reviewer."
)


def refuse_fast_appeal(before: Snapshot, told: RefuseFastAppeal, person: Person, now: datetime) -> Change:
    """Keep the standard time, from the first receipt. Never against a provider's word (GG.1510 III.C.3.d, g)."""
    received_at = check_open(before)
    if not before.appeal_expedited:
        already = " It was said already that it keeps the standard time." if before.appeal_fast_refused_at else ""
        raise Refused(f"This appeal is not handled fast, so there is nothing to refuse.{already}")
    if before.appeal_supported:
        raise Refused(
            "A physician asks for the fast way, so the appeal is fast without more (GG.1510 III.C.3.d; MA.9004). "
            "Decide it within its 72 hours."
        )
    if len(told.why.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence, for the Member to read, why the standard time is safe to wait.")
    if is_exhausted(before, now):
        raise Refused(TIME_IS_OVER)
    if told.told_at is not None:
        check_told(told.told_at, received_at, now)
    columns = {
        "appeal_expedited": False, "appeal_fast_refused_at": now, "appeal_refusal_told_at": told.told_at,
        "appeal_refusal_written_on": None,
    }  # fmt: skip
    said = told.told_at.isoformat() if told.told_at else ""
    return Change(details={"why": told.why.strip(), "told_at": said}, columns=columns)


def extend_appeal(before: Snapshot, told: ExtendAppeal, person: Person, now: datetime) -> Change:
    """Take more time for an appeal, once, where the program knows it at all (42 CFR 422.633; GG.1510 II.R.1)."""
    check_open(before)
    if before.appeal_extension_days:
        raise Refused("More time was taken for this appeal once already. Answer it within the time there is.")
    if is_exhausted(before, now):
        raise Refused(TIME_IS_OVER)
    if told.days < 1:
        raise Refused("Say how many days more are needed, at least one.")
    if told.ground not in EXTENSIONS:
        raise Refused(f"“{told.ground}” is no ground for more time. It can be: {', '.join(EXTENSIONS)}.")
    columns = {"appeal_extension_days": told.days}
    try:
        due = appeal_due(before.after(columns))
    except ExtensionRefused as refused:
        raise Refused(str(refused)) from refused
    if told.ground == "asked" and not told.asked_by_name.strip():
        raise Refused("Name the person who asked for more time.")
    if told.ground != "asked" and len(told.interest.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence why waiting is in the Member's interest.")
    assert due is not None
    return Change(
        details={
            "days": told.days, "ground": told.ground, "interest": told.interest.strip(),
            "asked_by_name": told.asked_by_name.strip(), "until": due.isoformat(),
        },
        columns=columns,
    )  # fmt: skip


def write_answer(before: Snapshot, told: WriteAnswer, person: Person, now: datetime) -> Change:
    """The written answer left on a day; its clock ends with that day."""
    if told.which not in ANSWERS:
        raise Refused(f"Say what was mailed: {', '.join(ANSWERS)}.")
    if told.which == "appeal":
        if before.appeal_resolved_at is None or before.appeal_outcome not in ANSWERED:
            raise Refused("No appeal was answered on this referral yet. Record first what came of it.")
        column = "appeal_written_on"
    else:
        if before.appeal_fast_refused_at is None:
            raise Refused("Nobody has refused to handle an appeal fast here, so there is nothing to write.")
        column = "appeal_refusal_written_on"
    if getattr(before, column) is not None:
        raise Refused("The day on which this was mailed is on record already; nothing was changed.")
    assert before.appeal_received_at is not None
    first, today = (at.astimezone(PACIFIC).date() for at in (before.appeal_received_at, now))
    if not first <= told.mailed_on <= today:
        raise Refused("It was mailed after the appeal came, and not after today. Check the day.")
    return Change(
        details={"which": told.which, "mailed_on": told.mailed_on.isoformat()}, columns={column: told.mailed_on}
    )


def check_open(before: Snapshot) -> datetime:
    """When the open appeal came. Refused where none is open, or nobody has said yet whether it is one."""
    if before.maybe_appeal_of_id is not None:
        raise Refused(gate.MAYBE_AN_APPEAL)
    if before.appeal_received_at is None or before.appeal_resolved_at is not None:
        raise Refused("No appeal is open on this referral. Open it first, with the words of the one who objects.")
    return before.appeal_received_at


def check_told(told_at: datetime, received_at: datetime, now: datetime) -> None:
    """An answer was said after the appeal came, and not in the future."""
    if not received_at <= told_at <= now:
        raise Refused("The answer was said at some time after the appeal came, and not after now. Check day and time.")

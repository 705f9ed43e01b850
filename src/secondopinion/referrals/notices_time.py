"""What letters about time say: that more of it is needed, or that the usual time is kept.

The shapes are those of the examples beside the letters' templates, as in notices.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import Program, Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.clockwork import OFFICES
from secondopinion.referrals.notices import (
    Letters,
    complaint_of,
    head,
    member_of,
    signer,
    to_member,
    to_requester,
)
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_time import Delay, RefuseExpedite


def delay(
    before: Snapshot, told: Delay, first_due: datetime, due: datetime, person: Person, now: datetime
) -> Letters:  # fmt: skip
    """More time is taken: why, until when, and that the Member may complain (HSC 1367.01(h)(5); 42 CFR 438.404(c)(4)).

    `first_due` is when the decision was due, `due` when it is due now; `person` signs.
    """
    plan, member = the_plan(), member_of(before)
    common = head(before, member, now) | {
        "delay": {
            "days": told.days,
            "ground": told.ground,
            "missing": [{"item": i.words.strip(), "holder": i.holder.strip() or None} for i in told.items],
            "expert": told.expert.strip() or None,
            "examination": told.examination.strip() or None,
            "interest": told.interest.strip() or None,
            "first_due_on": _day(first_due),
            "decision_expected_on": _day(due),
        },
        "send_to": {"phone": plan.desk["phone"], "fax": plan.desk["fax"], "mail_lines": plan.desk["mail_lines"]},
        "complaint": complaint_of(before, now),
        "fast_complaint_within_hours": fast_complaint_hours(before, now),
    }
    letters = [("delay_to_member", "member", common | {"recipient": to_member(member)})]
    if before.requester in OFFICES:
        office = {"recipient": to_requester(before), "physician": signer(person)}
        letters.append(("delay_to_requester", "requester", common | office))
    return tuple(letters)


def expedite_refused(
    before: Snapshot, told: RefuseExpedite, asked_at: datetime, due: datetime | None, now: datetime
) -> Letters:
    """The usual time is kept: why, until when, and what can be done about it (MA.6042 III.B.4; 42 CFR 422.631).

    `asked_at` is when fast handling was asked for. `due` is None while the time to decide has not started, as
    when a representative's authority is missing.
    """
    member = member_of(before)
    common = head(before, member, now) | {
        "expedite": {
            "asked_on": _day(asked_at),
            "reason": told.reason.strip(),
            "decision_due_on": _day(due) if due else None,
            "told_on": _day(before.expedite_told_at) if before.expedite_told_at else None,
        },
        "complaint": complaint_of(before, now),
        "fast_complaint_within_hours": fast_complaint_hours(before, now),
    }
    letters = [("expedite_refused_to_member", "member", common | {"recipient": to_member(member)})]
    if before.requester in (*OFFICES, Requester.AUTHORIZED_REPRESENTATIVE):
        to_office: dict[str, Any] = common | {"recipient": to_requester(before)}
        letters.append(("expedite_refused_to_requester", "requester", to_office))
    return tuple(letters)


def fast_complaint_hours(before: Snapshot, now: datetime) -> int | None:
    """Within how many hours a fast complaint about time is answered; None where the program has none such."""
    # Reading: 42 CFR 422.630(d) gives the fast complaint about time to OneCare alone. A Medi-Cal complaint is fast
    # for the harm it speaks of, not for its subject, so the letter promises no Medi-Cal Member one.
    if Program(before.program) is not Program.ONECARE:
        return None
    return value("appeal_time.grievance_expedited.onecare", now.astimezone(PACIFIC).date()).number


def _day(at: datetime) -> str:
    return at.astimezone(PACIFIC).date().isoformat()

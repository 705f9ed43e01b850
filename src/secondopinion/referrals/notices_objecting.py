"""What the letters about an appeal or a complaint say: that it is here, and that a case went to Medicare's reviewer.

Appeals are decided elsewhere, and the answer's letter is written there. The shapes are those of the examples beside the
letters' templates, as in notices.py.
"""

from __future__ import annotations

from datetime import datetime

from secondopinion.people.person import Person
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks_objecting import complaint_clocks
from secondopinion.policy.parameters import value
from secondopinion.referrals.clockwork_objecting import appeal_due
from secondopinion.referrals.notices import (
    Letters,
    appeals_reached,
    complaint_of,
    head,
    hearing_of,
    member_of,
    to_member,
)
from secondopinion.referrals.snapshot import Snapshot


def acknowledgment(before: Snapshot, which: str, person: Person, now: datetime) -> Letters:
    """It is here, who helps, by when it is answered, and what can be added (GG.1510 III.C.2.b; MA.9015 III.D.8).

    `which`: appeal or complaint. `person` is named to the Member as the one to call.
    """
    member, program = member_of(before), Program(before.program)
    received_at = before.appeal_received_at if which == "appeal" else before.complaint_received_at
    assert received_at is not None
    fast = before.appeal_expedited if which == "appeal" else before.complaint_expedited
    other = complaint_clocks(received_at, program, expedited=fast)[1].due_at
    due = appeal_due(before) if which == "appeal" else other
    assert due is not None
    received_on = received_at.astimezone(PACIFIC).date()
    hours = None
    # Reading: an appeal that was given more time is told its day, not the hours it no longer keeps.
    if fast and not (which == "appeal" and before.appeal_extension_days):
        limit = "expedited" if which == "appeal" else "grievance_expedited"
        hours = value(f"appeal_time.{limit}.{before.program.replace('-', '_')}", received_on).number
    data = head(before, member, now) | {
        "recipient": to_member(member),
        "objection": {
            "which": which,
            "received_on": received_on.isoformat(),
            "answer_by": due.astimezone(PACIFIC).date().isoformat() if hours is None else None,
            "answer_within_hours": hours,
            "contact_name": person.name,
        },
        "appeal": appeals_reached(before.program),
        "hearing": hearing_of(before, now),
        "complaint": complaint_of(before, now),
    }
    return (("acknowledgment_to_member", "member", data),)


def appeal_forwarded(before: Snapshot, now: datetime) -> Letters:
    """The case is with Medicare's reviewer; what the Member can still do (42 CFR 422.634)."""
    member = member_of(before)
    data = head(before, member, now) | {
        "recipient": to_member(member),
        "forwarded": {"on": now.astimezone(PACIFIC).date().isoformat()},
        "hearing": hearing_of(before, now),
        "complaint": complaint_of(before, now),
    }
    return (("appeal_forwarded_to_member", "member", data),)

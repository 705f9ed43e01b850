"""What letters of acts against the Member say, beside the denial, and those of a dismissal and of a visit excused.

The shapes are those of the examples beside the letters' templates, as in notices.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.person import Person
from secondopinion.policy.asked import Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import Clock, appointment_clock, instant
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.parameters import value
from secondopinion.policy.rights import rights
from secondopinion.referrals.clockwork import OFFICES
from secondopinion.referrals.notices import (
    WORDS,
    Letters,
    appeal_of,
    complaint_of,
    consult,
    criteria_of,
    described,
    head,
    hearing_of,
    member_of,
    professional,
    reasons_of,
    report_days,
    signer,
    to_member,
    to_pcp,
    to_professional,
    to_requester,
)
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Reason
from secondopinion.referrals.told_outcomes import Dismiss, Excuse, Limit, Modify, Rescind, TellCost


def deemed_denial(before: Snapshot, clock: Clock, now: datetime) -> Letters:
    """Nobody decided within `clock`: by law a denial, told as one, and our fault (42 CFR 438.404(c)(5))."""
    assert clock.due_at is not None
    member, due = member_of(before), clock.due_at.astimezone(PACIFIC)
    late = WORDS["en"]["too_late"].format(day=f"{due:%B} {due.day}")
    common = head(before, member, now) | _appealable(before, "late", now) | {
        "decided_on": _today(now),
        "time_limit": {"words": _time_to_decide(before, clock), "due_on": due.date().isoformat()},
        "reasons": reasons_of(before, [Reason("II.J", late)]),
    }  # fmt: skip
    letters = [("deemed_denial_to_member", "member", common | {"recipient": to_member(member)})]
    if before.requester in OFFICES:
        letters.append(("deemed_denial_to_requester", "requester", common | {"recipient": to_requester(before)}))
    return tuple(letters)


def modification(
    before: Snapshot, told: Modify, columns: Mapping[str, Any], candidates: Iterable[QualifiedProfessional],
    person: Person, now: datetime,
) -> Letters:  # fmt: skip
    """A yes that is less than was asked: what, why, whom to see, and how to appeal the rest (II.G, III.E, III.G).

    `columns` are those the step will write: number, validity, and the professional where it changes.
    """
    member = member_of(before)
    allowed = questions.what_is_authorized(before.edition_in_force, before.asked)
    chosen = professional(columns.get("professional_id", before.professional_id))
    due = appointment_clock(before.asked, now).due_at
    visit = {
        "number": columns["authorization_number"],
        "valid_until": columns["valid_until"].isoformat(),
        "visits": allowed.units,
    }
    both = Program(before.program) is Program.ONECARE
    top = head(before, member, now)
    booking = {
        "decided_on": columns["authorized_on"].isoformat(),
        "professional": described(chosen, now) if chosen else None,
        "appointment_by": due.astimezone(PACIFIC).date().isoformat() if due else None,
    }
    common = top | booking | _appealable(before, "modify", now) | {
        "change": {
            "how": "limited" if isinstance(told, Limit) else "partial",
            "asked": told.asked.strip(),
            "approved": told.approved.strip(),
        },
        "reasons": reasons_of(before, told.reasons),
        "clinical_reason": told.clinical_reason.strip() or None,
        "rules": {"medicare": told.medicare_reason.strip(), "medi_cal": told.medi_cal_reason.strip()} if both else None,
        "candidates": [] if chosen else [described(c, now) for c in candidates],
        "authorization": visit,
        "report_within_days": report_days(before, now),
    }  # fmt: skip
    letters = [("modification_to_member", "member", common | {"recipient": to_member(member)})]
    office = common | {
        "recipient": to_requester(before), "physician": signer(person),
        "authorization": visit | {"codes": list(allowed.codes)},
    }  # fmt: skip
    if before.requester in OFFICES:
        letters.append(("modification_to_requester", "requester", office))
    letters += to_pcp(before, "modification_to_pcp", office, now)
    if chosen:
        letters.append(
            ("authorization_to_professional", "professional",
             top | booking | consult(before, member, chosen, visit, allowed.codes, now))
        )  # fmt: skip
    return tuple(letters)


def dismissal(before: Snapshot, told: Dismiss, now: datetime) -> Letters:
    """No decision is owed: why, how we tried, and both ways against it (MA.6042 II.M, III.D; 42 CFR 422.631)."""
    member, today = member_of(before), now.astimezone(PACIFIC).date()
    # Reading: the review of a dismissal has the window of an appeal (42 CFR 422.633), counted from the notice.
    window = rights(Program(before.program), "deny", today)
    vacate = value("appeal_time.vacate.onecare", today).number
    reach = appeal_of(before, "deny", now)
    common = head(before, member, now) | {
        "dismissal": {
            "ground": told.ground,
            "reason": told.reason.strip(),
            "outreach": [
                {"on": t.at.astimezone(PACIFIC).date().isoformat(), "how": t.how.strip(), "what": t.what.strip()}
                for t in told.outreach
            ],
            "vacate_by": (today + timedelta(days=vacate)).isoformat(),
            "review_by": window.appeal_by.isoformat(),
            "review_days": window.appeal_days,
        },
        "appeal": {name: reach[name] for name in ("phone", "tty", "fax", "mail_lines")},
        "complaint": complaint_of(before, now),
    }
    envelope = to_member(member)
    if told.ground == "died":
        envelope |= {"name": WORDS["en"]["family"].format(name=member)}
    letters = [("dismissal_to_member", "member", common | {"recipient": envelope})]
    if before.requester not in (Requester.MEMBER, Requester.PLAN):
        letters.append(("dismissal_to_requester", "requester", common | {"recipient": to_requester(before)}))
    return tuple(letters)


def rescission(before: Snapshot, told: Rescind, now: datetime) -> Letters:
    """An authorization taken back: why, its last day, and how to keep it while appealing (42 CFR 438.420, 422.632)."""
    member, today = member_of(before), now.astimezone(PACIFIC).date()
    right = rights(Program(before.program), "deny", today, previously_authorized=True)
    assert right.continuation_by is not None
    top = head(before, member, now) | {
        "authorization": {"number": before.authorization_number},
        "ends_on": told.ends_on.isoformat(),
    }
    # Reading: an approval rests on II.F: the plan refers its Member to a qualified professional. Each ground takes
    # one part of that away, and the letter says which.
    reason = {
        "clause": "GG.1538 II.F",
        "criterion": WORDS["rescission"][told.ground],
        "reason": told.reason.strip(),
    }
    body = _appealable(before, "deny", now) | {
        "recipient": to_member(member),
        "reasons": [reason],
        # Reading: the later of ten days from the notice and the last day of the authorization (42 CFR 438.420(a)).
        "continuation_by": max(right.continuation_by, told.ends_on).isoformat(),
    }
    letters = [("rescission_to_member", "member", top | body)]
    chosen = professional(before.professional_id)
    if chosen:
        letters.append(("rescission_to_professional", "professional", top | {"recipient": to_professional(chosen)}))
    return tuple(letters)


def cost_notice(before: Snapshot, told: TellCost, now: datetime) -> Letters:
    """The visit was not approved, so its cost may be the Member's, and the Member may appeal (III.D.1)."""
    member = member_of(before)
    data = head(before, member, now) | _appealable(before, "deny", now) | {
        "recipient": to_member(member),
        "visit": _visit(before),
        "reasons": reasons_of(before, [Reason("III.D", told.reason)]),
    }  # fmt: skip
    return (("cost_notice_to_member", "member", data),)


def visit_excused(before: Snapshot, told: Excuse, now: datetime) -> Letters:
    """The Member owes nothing for the visit (II.F, III.D)."""
    member = member_of(before)
    data = head(before, member, now) | {
        "recipient": to_member(member),
        "visit": _visit(before),
        "why": told.why.strip(),
    }
    return (("visit_excused_to_member", "member", data),)


def _appealable(before: Snapshot, decision: str, now: datetime) -> dict[str, Any]:
    """What every letter that can be appealed says besides its reasons (II.K.2, II.K.3; 42 CFR 438.404(b))."""
    return {
        "criteria": criteria_of(before),
        "appeal": appeal_of(before, decision, now),
        "hearing": hearing_of(before, now),
        "complaint": complaint_of(before, now),
    }


def _visit(before: Snapshot) -> dict[str, Any]:
    assert before.visited_on is not None
    return {
        "on": before.visited_on.isoformat(),
        "professional_name": before.outside_name,
        "found_by": before.found_by,
    }


def _time_to_decide(before: Snapshot, clock: Clock) -> str:
    """How long the time was, as a Member counts it: hours where the request was fast from the start, else days."""
    assert clock.due_at is not None
    fast = before.urgency == Urgency.EXPEDITED and before.upgraded_at is None and not before.extension_days
    if fast and clock.started_at is not None:
        return f"{round((instant(clock.due_at) - instant(clock.started_at)).total_seconds() / 3600)} hours"
    days = (clock.due_at.astimezone(PACIFIC).date() - before.received_at.astimezone(PACIFIC).date()).days
    return f"{days} calendar {'day' if days == 1 else 'days'}"


def _today(now: datetime) -> str:
    return now.astimezone(PACIFIC).date().isoformat()

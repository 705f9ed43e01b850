"""When a Member objects: the hand-off to appeals and complaints, and what comes back from them (II.K.2, II.K.3).

Appeals are worked on by people who had no part in the decision; the house opens them with the right path and
clocks, hands over the whole packet, and carries out what comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from secondopinion.people.models_representing import Scope
from secondopinion.people.person import Person
from secondopinion.people.prepared import Prepared
from secondopinion.policy.asked import Program, Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks_objecting import appeal_window_ends_on, continuation_ends_on
from secondopinion.policy.objections import path_of
from secondopinion.referrals import appealing, hearing, notices_objecting
from secondopinion.referrals.acting import may_act
from secondopinion.referrals.adequate import notice_of_decision
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.clockwork import OFFICES
from secondopinion.referrals.clockwork_objecting import STANDS, UPHELD
from secondopinion.referrals.deciding import REQUESTERS, approved, granted, no_appeal_after_all, settled
from secondopinion.referrals.gate import ADVERSE
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import VISIT_AHEAD, Decision, Event, Referral
from secondopinion.referrals.reviewing import check_arrival
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import FINISHED, UNDECIDED
from secondopinion.referrals.told_objections import (
    Acknowledge,
    AnswerComplaint,
    Contact,
    IsAppeal,
    IsNew,
    Lift,
    Overturn,
    Uphold,
)
from secondopinion.referrals.way import checked_way

APPEALABLE = (*ADVERSE, "deem", "dismiss")  # the steps that a Member can appeal
LEVELS = ("appeal", "hearing", "reviewer")
# What is so of an appeal that has just come, whatever became of one before it.
UNTOUCHED: Mapping[str, Any] = MappingProxyType(
    {
        "appeal_acknowledged_at": None, "appeal_resolved_at": None, "appeal_outcome": "", "appeal_told_at": None,
        "appeal_fast_refused_at": None, "appeal_refusal_told_at": None, "appeal_refusal_written_on": None,
        "appeal_extension_days": 0, "appeal_written_on": None, "appeal_forwarded_at": None,
        "reviewer_answered_at": None, "hearing_asked_at": None, "hearing_expedited": False, "hearing_on": None,
        "hearing_packet_at": None, "hearing_resolved_at": None,
    }
)  # fmt: skip

REFUSED_BEFORE = Prepared(
    lambda given: (
        Referral.objects.filter(
            member=given("member"),
            state__in=FINISHED,
            decision__in=(Decision.DENY.value, Decision.DEEM.value),
            appeal_received_at__isnull=True,
        )
        .order_by("-decided_at")
        .values_list("pk", "clinician", "condition_code", "opinion", "program", "member_notice_at")
    )
)


def dispute(before: Snapshot, told: Contact, person: Person, now: datetime) -> Change:
    """Open an appeal, a complaint, or both. What may be a complaint is one; an unsure appeal of a no is one too."""
    if told.by not in REQUESTERS or not told.by_name.strip() or not told.words.strip():
        raise Refused("Say who objects, and in what words; write down what was said, not what it should be called.")
    check_arrival(before, told.received_at, now)
    against = decision_objected_to(before)
    appeal = told.appeal if told.appeal is not None else against is not None and not _was_upheld(before, against)
    complaint = told.complaint is not False or not appeal
    program = Program(before.program)
    columns: dict[str, Any] = {}
    details: dict[str, Any] = {
        "by": told.by, "by_name": told.by_name.strip(), "words": told.words.strip(),
        "received_at": told.received_at.isoformat(), "appeal": appeal, "complaint": complaint,
        "sure": told.appeal is not None and told.complaint is not None, "moved_from": told.moved_from,
        "how": checked_way(told.how, person),
    }  # fmt: skip
    if appeal:
        details |= _open_appeal(before, told, against, program, columns)
    if complaint:
        if before.complaint_received_at is not None and before.complaint_resolved_at is None:
            raise Refused("A complaint about this referral is open already. Add to that one; its clock runs.")
        columns |= {"complaint_received_at": told.received_at, "complaint_expedited": told.expedited and not appeal,
                    "complaint_acknowledged_at": None, "complaint_resolved_at": None}  # fmt: skip
        details["complaint_path"] = list(path_of(program, "complaint", expedited=told.expedited, on=_day(told)))
    return Change(details=details, columns=columns)


def decision_objected_to(before: Snapshot) -> Event | None:
    """The last event of the referral that can be appealed, or none."""
    return Event.objects.filter(referral_id=before.id, step__in=APPEALABLE).order_by("-position").first()


def noticed_on(before: Snapshot, event: Event) -> date | None:
    """The date of adequate notice of a decision: the day its notice was mailed as the Member reads (GG.1507 II.D.1)."""
    # Reading: a notice that was not mailed yet has started no window, so nobody is ever late against it.
    given = notice_of_decision(before, event)
    return given.on if given is not None else None


def _open_appeal(
    before: Snapshot, told: Contact, against: Event | None, program: Program, columns: dict[str, Any]
) -> dict[str, Any]:
    if before.appeal_received_at is not None and before.appeal_resolved_at is None:
        raise Refused("An appeal about this referral is open already. Add to that one; its clock runs.")
    if against is not None and _was_upheld(before, against):
        raise Refused(
            "The plan has looked at this decision again and left it as it was. What comes after that is the State "
            "Hearing, and for OneCare Medicare's reviewer. Record the State's notice, or take it as a complaint."
        )
    if _waits(before):
        raise Refused(
            "Something of the appeal before this one is not done yet: its written answer, the way to Medicare's "
            "reviewer, or a State Hearing. Record that first. The new appeal counts from its receipt all the same."
        )
    late_decision = before.stands in UNDECIDED
    if against is None and not late_decision:
        raise Refused(
            "Nothing on this referral was refused, limited or decided late, so there is nothing to appeal. "
            "Record it as a complaint: that can be made at any time."
        )
    noticed = noticed_on(before, against) if against is not None else None
    window = appeal_window_ends_on(noticed, program) if noticed else None
    late = window is not None and _day(told) > window
    if late and not told.late_because.strip():
        raise Refused(
            f"The last day to appeal was {window:%A, %B %-d, %Y}. Say what good cause there is for being late, or "
            "record it as a complaint; the appeals team decides on the cause."
        )
    # Reading: a representative without authority on record is somebody else: the written consent stands for it.
    other = told.by != Requester.MEMBER and not may_act(before, told.by, told.by_name, Scope.OBJECT, _day(told))
    if other and program is Program.MEDI_CAL and not told.consent:
        raise Refused(
            "Somebody else may appeal for a Medi-Cal Member only with the Member's written consent (GG.1510 II.B). "
            "Get the consent, or take the appeal from the Member by phone: a spoken appeal counts."
        )
    on = _day(told)
    # Reading: a provider who asks for the fast way says by that that waiting could harm (42 CFR 438.410(a), 422.633).
    supported = told.supported or (told.expedited and told.by in OFFICES)
    columns |= {
        **UNTOUCHED,
        "appeal_received_at": told.received_at,
        "appeal_expedited": told.expedited or supported,
        "appeal_supported": supported,
    }
    continued = told.continue_care and before.valid_before is not None and on <= _continues_by(before, noticed)
    if continued:
        # Reading: care that was authorized goes on while a timely appeal waits (42 CFR 438.420, 422.632).
        columns["valid_until"] = before.valid_before
    return {
        "against": against.position if against is not None else None,
        "against_step": against.step if against is not None else "late",
        "noticed_on": noticed.isoformat() if noticed else "", "window_ends_on": window.isoformat() if window else "",
        "late": late, "late_because": told.late_because.strip(), "expedited": told.expedited or supported,
        "supported": supported, "consent": told.consent, "continue_care": told.continue_care,
        "continued": continued,
        "path": list(path_of(program, "appeal", expedited=told.expedited or supported, on=on)),
    }  # fmt: skip


def _continues_by(before: Snapshot, noticed: date | None) -> date:
    """The last day to appeal with care going on: the later of ten days from the notice and the last day of the care."""
    if before.rescinded_at is None or before.state not in VISIT_AHEAD:
        return date.min
    if noticed is None:
        return date.max
    return continuation_ends_on(noticed, Program(before.program), _ends_on(before))


def _was_upheld(before: Snapshot, against: Event) -> bool:
    """Has the plan answered an appeal of this very decision, and left it as it was?"""
    if before.appeal_outcome not in STANDS:
        return False
    appeals = Event.objects.filter(referral_id=before.id, step="dispute", details__against=against.position)
    return appeals.filter(details__appeal=True).exists()


def _waits(before: Snapshot) -> bool:
    """Is something still owed, or awaited, of an appeal that was answered with a no?"""
    if before.appeal_outcome not in STANDS:
        return False
    unsent = before.program == Program.ONECARE and before.appeal_forwarded_at is None
    elsewhere = hearing.is_hearing_open(before) or hearing.is_with_the_reviewer(before)
    return before.appeal_written_on is None or unsent or elsewhere


def _day(told: Contact) -> date:
    return told.received_at.astimezone(PACIFIC).date()


def acknowledge(before: Snapshot, told: Acknowledge, person: Person, now: datetime) -> Change:
    """The appeals team wrote that it has the appeal or the complaint."""
    if told.which not in ("appeal", "complaint"):
        raise Refused("Say which was acknowledged: the appeal or the complaint.")
    _open(before, told.which)
    letters = notices_objecting.acknowledgment(before, told.which, person, now)
    return Change(
        details={"which": told.which},
        columns={f"{told.which}_acknowledged_at": now},
        owes=tuple(Owed(*letter) for letter in letters),
    )


def _open(before: Snapshot, which: str) -> None:
    """Refuse where no appeal (or complaint) is open."""
    if getattr(before, f"{which}_received_at") is None or getattr(before, f"{which}_resolved_at") is not None:
        raise Refused(f"No {which} is open on this referral. Open it first, with the words of the one who objects.")


def _outcome(before: Snapshot, person: Person, told: Uphold | Overturn | Lift, level: str, now: datetime) -> dict[
    str, Any
]:  # fmt: skip
    """The details of an outcome. Refused where nothing waits at that level, or the person decided before."""
    if before.maybe_appeal_of_id is not None:
        raise Refused("This request only may be an appeal. Say first which it is; both clocks run.")
    if level not in LEVELS:
        raise Refused(f"Say at which level it was changed: {', '.join(LEVELS)}.")
    if level == "appeal":
        _open(before, "appeal")
    elif level == "hearing":
        hearing.check_hearing(before)
    else:
        hearing.check_with_the_reviewer(before)
    if not told.by_name.strip() or not told.why.strip():
        raise Refused("Say who decided the appeal, and why, in a sentence.")
    if told.told_at is not None:
        assert before.appeal_received_at is not None
        appealing.check_told(told.told_at, before.appeal_received_at, now)
    decided = Event.objects.filter(referral_id=before.id, step__in=APPEALABLE, actor_staff__isnull=False)
    if person.staff_id is not None and decided.filter(actor_staff=person.staff_id).exists():
        raise Refused("You had a part in the decision that is appealed. Somebody else records the outcome.")
    said = told.told_at.isoformat() if told.told_at else ""
    return {"by_name": told.by_name.strip(), "why": told.why.strip(), "told_at": said}


def uphold(before: Snapshot, told: Uphold, person: Person, now: datetime) -> Change:
    """The decision stands. For OneCare the case goes on to Medicare's reviewer by itself (42 CFR 422.634)."""
    details = _outcome(before, person, told, "appeal", now)
    columns: dict[str, Any] = {
        "appeal_resolved_at": now, "appeal_outcome": UPHELD, "appeal_told_at": told.told_at,
    }  # fmt: skip
    if before.rescinded_at is not None and before.valid_before is not None and before.valid_until is not None:
        columns["valid_until"] = min(before.valid_until, max(now.astimezone(PACIFIC).date(), _ends_on(before)))
    return Change(details={**details, "goes_on": before.program == Program.ONECARE}, columns=columns)


def _ends_on(before: Snapshot) -> date:
    event = Event.objects.filter(referral_id=before.id, step="rescind").order_by("-position").first()
    assert event is not None
    return date.fromisoformat(event.details["ends_on"])


def overturn(before: Snapshot, told: Overturn, person: Person, now: datetime) -> Change:
    """The no becomes a yes, and the Member has the authorization within 72 hours: here, at once (42 CFR 438.424)."""
    details = _outcome(before, person, told, told.level, now)
    columns = granted(before, now) | _reversed(before, told, now) | {
        "rescinded_at": None, "valid_before": None, "expedite_settled_at": before.expedite_settled_at or now,
    }  # fmt: skip
    return approved(before, now, columns, {**details, "level": told.level})


def _reversed(before: Snapshot, told: Overturn | Lift, now: datetime) -> dict[str, Any]:
    """The columns of a reversal at any level: what waited is over, and the hours to carry it out begin."""
    return settled(before, now) | {
        "appeal_told_at": told.told_at if told.level == "appeal" else before.appeal_told_at,
        # Reading: the hours count from when the answer was given, also where it is written down later.
        "overturned_at": told.told_at or now, "overturned_by": told.level, "effectuated_at": None,
    }  # fmt: skip


def lift(before: Snapshot, told: Lift, person: Person, now: datetime) -> Change:
    """What was limited, or taken back, is authorized whole. The Member is told by the letter of an approval."""
    details = _outcome(before, person, told, told.level, now)
    if before.decision not in (Decision.LIMIT, Decision.PARTIAL) and before.rescinded_at is None:
        raise Refused("Nothing on this authorization was limited or taken back, so there is nothing to lift.")
    columns = _reversed(before, told, now) | {
        "decision": Decision.AUTHORIZE.value, "rescinded_at": None, "member_notice_at": None,
        "valid_until": before.valid_before or before.valid_until, "valid_before": None,
        "authorization_number": before.authorization_number, "authorized_on": before.authorized_on,
    }  # fmt: skip
    change = approved(before, now, columns, {**details, "level": told.level})
    only = tuple(owed for owed in change.owes if owed.kind == "approval_to_member")
    return Change(details=change.details, columns=columns, owes=only, finding=change.finding)


def answer_complaint(before: Snapshot, told: AnswerComplaint, person: Person, now: datetime) -> Change:
    """The complaint was answered in writing."""
    _open(before, "complaint")
    if not told.by_name.strip() or not told.outcome.strip():
        raise Refused("Say who answered the complaint, and what the answer was, in a sentence.")
    return Change(
        details={"by_name": told.by_name.strip(), "outcome": told.outcome.strip()},
        columns={"complaint_resolved_at": now},
    )


def is_new(before: Snapshot, told: IsNew, person: Person, now: datetime) -> Change:
    """It is a new request: the clock of the appeal, held till now, is not needed."""
    earlier = _suspected(before)
    if not told.why.strip():
        raise Refused("Say in a sentence why it is a new request: what is different from the earlier one.")
    return Change(details={"earlier": earlier, "why": told.why.strip()}, columns=no_appeal_after_all(now, "new"))


def is_appeal(before: Snapshot, told: IsAppeal, person: Person, now: datetime) -> Change:
    """It is an appeal: this referral ends here, and the appeal goes on from the same receipt (see chain.py)."""
    if told.earlier != _suspected(before):
        raise Refused("This request was not taken for an appeal of that referral. Open that referral instead.")
    if not told.why.strip():
        raise Refused("Say in a sentence how you know that it is an appeal.")
    return Change(details={"earlier": told.earlier, "why": told.why.strip()}, columns=no_appeal_after_all(now, "moved"))


def _suspected(before: Snapshot) -> str:
    held = before.maybe_appeal_of_id
    number = Referral.objects.filter(pk=held).values_list("number", flat=True).first() if held else None
    if number is None:
        raise Refused("This request is not held as a possible appeal, so there is nothing to settle.")
    return number


def looks_like_an_appeal(before: Snapshot) -> UUID | None:
    """An earlier referral whose no, to the same Member about the same care, can still be appealed (F13).

    The key is Member, clinician questioned or condition, and kind of opinion; never the requester's number.
    """
    day = before.received_at.astimezone(PACIFIC).date()
    for key, clinician, condition, opinion, program, noticed in REFUSED_BEFORE.rows(member=before.member_id):
        same_clinician = clinician is not None and clinician == before.clinician_id
        same_care = same_clinician or (condition and condition == before.condition_code)
        if key == before.id or not same_care or (before.opinion and opinion and before.opinion != opinion):
            continue
        if noticed is None or day <= appeal_window_ends_on(noticed.astimezone(PACIFIC).date(), Program(program)):
            return key  # type: ignore[no-any-return]
    return None

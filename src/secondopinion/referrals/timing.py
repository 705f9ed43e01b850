"""Time and its exceptions: expedite or not, take more time, hear late, and what follows when nobody decided."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from secondopinion.people.person import Person
from secondopinion.policy.asked import Requester, Urgency
from secondopinion.policy.clocks import ExtensionRefused
from secondopinion.policy.gg1538 import plain
from secondopinion.referrals import clockwork, gate, notices_adverse, notices_time
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Decision
from secondopinion.referrals.reviewing import check_arrival
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import UNDECIDED, State
from secondopinion.referrals.told_time import (
    GROUNDS,
    SPOKEN,
    Deem,
    Delay,
    Expedite,
    LateInformation,
    RefuseExpedite,
    ShowAuthority,
    TellMember,
)

NAMED = {"information": "items", "expert": "expert", "examination": "examination"}  # what a ground must name


def expedite(before: Snapshot, told: Expedite, person: Person, now: datetime) -> Change:
    """Make it expedited. A provider's word is enough; without one a nurse or a physician must find it."""
    if not told.reason.strip():
        raise Refused("Say what could happen to the Member while waiting the standard time.")
    if told.supported and not told.by_name.strip():
        raise Refused("Name the provider who says that waiting could harm the Member.")
    if not told.supported and not person.is_a("nurse", "physician"):
        raise Refused(
            "Whether waiting could harm the Member is a clinical judgment. Ask a nurse or a physician to find it, "
            "or record the provider who supports the request."
        )
    fast = before.urgency == Urgency.EXPEDITED
    if fast and before.expedite_supported:
        raise Refused("The request is expedited already, with a provider's support. Its 72 hours run.")
    columns = {
        "urgency": Urgency.EXPEDITED.value,
        "urgency_reason": told.reason.strip()[:300],
        "expedite_supported": told.supported or before.expedite_supported,
        "expedite_settled_at": now,
        "expedite_refused": False,
        "expedite_asked_at": before.expedite_asked_at or now,
    }
    if not fast:
        # Reading: a request that was standard till now has 72 hours from now, and keeps its old limits too; so does
        # one that was asked for as expedited, kept at the standard time, and is supported by a provider later.
        columns["upgraded_at"] = now
    details = {"reason": told.reason.strip(), "supported": told.supported, "by_name": told.by_name.strip()}
    return Change(details=details, columns=columns)


def refuse_expedite(before: Snapshot, told: RefuseExpedite, person: Person, now: datetime) -> Change:
    """Keep the standard time, counted from the first receipt; the Member is told at once, and how to object."""
    if before.expedite_supported or (
        before.urgency == Urgency.EXPEDITED and before.requester in clockwork.OFFICES and before.upgraded_at is None
    ):
        raise Refused(
            "A provider says that waiting could harm the Member, so the request is expedited and stays so "
            "(42 CFR 438.210(d)(2), 422.631). Decide it within its 72 hours."
        )
    if len(told.reason.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence, for the Member to read, why the standard time is safe to wait.")
    if before.expedite_refused:
        raise Refused("It was said already that this request keeps the standard time; nothing was changed.")
    asked_at = told.asked_at or before.expedite_asked_at or before.received_at
    check_arrival(before, asked_at, now)
    columns = {
        "urgency": Urgency.STANDARD.value,
        "upgraded_at": None,
        "expedite_asked_at": asked_at,
        "expedite_settled_at": now,
        "expedite_refused": True,
    }
    after = before.after(columns)
    due = clockwork.decision_due(after)
    letters = notices_time.expedite_refused(after, told, asked_at, due, now)
    return Change(
        details={"reason": told.reason.strip(), "asked_at": asked_at.isoformat()},
        columns=columns,
        owes=tuple(Owed(*letter) for letter in letters),
    )


def delay(before: Snapshot, told: Delay, person: Person, now: datetime) -> Change:
    """Take up to 14 days more, once, on a lawful ground (42 CFR 438.210(d)(1); HSC 1367.01(h)(5))."""
    _check_delay(before, told, now)
    columns = {"extension_days": told.days, "delayed_at": now}
    if told.ground in NAMED or told.ground.endswith("asked"):
        # Reading: who takes more time is missing something needed to decide, so the State's five business days,
        # which count from complete information, wait until it is there.
        columns |= {"information_complete_at": None, "information_asked_at": now}
    after = before.after(columns)
    try:
        due = clockwork.decision_due(after)
    except ExtensionRefused as refused:
        raise Refused(str(refused)) from refused
    assert due is not None
    first_due = clockwork.decision_due(before) or due
    letters = notices_time.delay(after, told, first_due, due, person, now)
    return Change(
        details={
            "days": told.days, "ground": told.ground, "items": [asdict(i) for i in told.items],
            "expert": told.expert, "examination": told.examination, "interest": told.interest,
            "asked_by_name": told.asked_by_name, "until": due.isoformat(),
            "signed": gate.signature(gate.credential_to_sign(before, person), person),
        },
        columns=columns,
        owes=tuple(Owed(*letter) for letter in letters),
        finding=before.finding(),
    )  # fmt: skip


def _check_delay(before: Snapshot, told: Delay, now: datetime) -> None:
    if told.ground not in GROUNDS:
        raise Refused(f"“{told.ground}” is no lawful ground. It can be: {', '.join(GROUNDS)}.")
    if before.extension_days:
        raise Refused("More time was taken once already; the law allows it once. Decide within the time there is.")
    if before.requester == Requester.PLAN:
        raise Refused("An opinion the plan asks for has no time of its own. Take more time for the parent request.")
    due = clockwork.decision_due(before)
    if due is not None and now > due:
        raise Refused("The time is over, so it cannot be made longer. The request counts as denied.")
    gate.refuse_against_a_yes(before)
    named = NAMED.get(told.ground)
    if named and not getattr(told, named):
        raise Refused("Name what is missing: the papers, the kind of expert, or the examination.")
    citable = plain.citable(before.edition_in_force)
    if any(not item.words.strip() or item.clause not in citable for item in told.items):
        raise Refused("Each thing that is missing needs plain words and the clause of the policy it would settle.")
    if told.ground.endswith("asked") and not told.asked_by_name.strip():
        raise Refused("Name the person who asked for more time.")
    if not told.ground.endswith("asked") and len(told.interest.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence why waiting is in the Member's interest; the State may ask for it.")


def tell_member(before: Snapshot, told: TellMember, person: Person, now: datetime) -> Change:
    """Somebody spoke with the Member. A voice message does not count as telling."""
    if told.what not in SPOKEN or not told.whom.strip() or not told.how.strip():
        raise Refused(f"Say what the Member was told ({', '.join(SPOKEN)}), who was reached, and how.")
    at = told.at or now
    check_arrival(before, at, now)
    details = {"what": told.what, "whom": told.whom.strip(), "how": told.how.strip(), "at": at.isoformat()}
    if told.what == "expedite-refused":
        if not before.expedite_refused:
            raise Refused("Nobody has refused to expedite this request, so there is nothing to tell.")
        return Change(details=details, columns={"expedite_told_at": before.expedite_told_at or at})
    if told.what == "fast-appeal-refused":
        if before.appeal_fast_refused_at is None:
            raise Refused("Nobody has refused to handle an appeal fast here, so there is nothing to tell.")
        return Change(details=details, columns={"appeal_refusal_told_at": before.appeal_refusal_told_at or at})
    if told.what == "decision":
        if before.decided_at is None:
            raise Refused("The request is not decided yet, so there is no decision to tell.")
        return Change(details=details, columns={"member_told_at": before.member_told_at or at})
    return Change(details=details)


def late_information(before: Snapshot, told: LateInformation, person: Person, now: datetime) -> Change:
    """Keep what came in unasked. After a no it opens nothing by itself: it is a ground to appeal, or to reverse."""
    check_arrival(before, told.at, now)
    if not told.note.strip():
        raise Refused("Say in a few words what came in.")
    columns = {}
    if told.complete and before.stands in (*UNDECIDED, State.VISIT_REVIEW):
        # Reading: information is complete when the last of it is in, so a later paper moves that instant.
        columns = {"information_complete_at": told.at, "information_asked_at": None}
    return Change(
        details={"at": told.at.isoformat(), "note": told.note.strip(), "complete": told.complete}, columns=columns
    )


def show_authority(before: Snapshot, told: ShowAuthority, person: Person, now: datetime) -> Change:
    """The representative's authority is here: the time to decide starts at the later of it and the request."""
    if not before.representative_needed:
        raise Refused("No representative's authority is missing for this request.")
    check_arrival(before, told.at, now)
    if not told.evidence.strip():
        raise Refused("Say which paper shows the authority, and where it is kept.")
    return Change(
        details={"at": told.at.isoformat(), "evidence": told.evidence.strip()},
        columns={"representative_valid_at": told.at, "representative_needed": False},
    )


def deem(before: Snapshot, told: Deem, person: Person, now: datetime) -> Change:
    """The time is over and nobody decided: by law a denial, told the same day, open to appeal, never hidden."""
    from_at = clockwork.counts_as_denied_at(before)
    if from_at is None or now < from_at:
        raise Refused("The time to decide is not over yet. Nothing counts as denied before it is.")
    clock = next(c for c in clockwork.decision(before) if c.binding)
    letters = notices_adverse.deemed_denial(before, clock, now)
    return Change(
        details={"rule": clock.rule, "label": clock.label, "authority": clock.authority, "due_at": clock.due_at},
        columns={"decided_at": now, "decision": Decision.DEEM.value, "information_asked_at": None},
        owes=tuple(Owed(*letter) for letter in letters),
        missed=True,
        # A request that nobody has classified runs out of time like any other.
        finding=before.finding() if before.opinion and before.about else None,
    )

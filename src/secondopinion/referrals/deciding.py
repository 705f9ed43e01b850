"""The decision: authorize, deny, withdraw; and telling the requester.

The policy or any reviewer may authorize, and only when the policy itself finds yes. Only a physician with a
licence on record denies, in plain words that cite the policy (II.K; HSC 1367.01(e), (h)(4)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from secondopinion.people.models_representing import Scope
from secondopinion.people.person import Person
from secondopinion.policy.asked import Opinion, Program, Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import validity
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import plain
from secondopinion.referrals import gate, notices, searching
from secondopinion.referrals.acting import check_may_act
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.clockwork_objecting import OVERTURNED, STANDS
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Decision
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Authorize, Deny, TellRequester, Withdraw
from secondopinion.referrals.told_outcomes import Reverse
from secondopinion.referrals.way import checked_way

REQUESTERS = tuple(r.value for r in Requester)


def granted(before: Snapshot, now: datetime, decision: str = Decision.AUTHORIZE) -> dict[str, Any]:
    """The columns of a yes: number, validity, and the instants that its clocks start from (III.G)."""
    today = now.astimezone(PACIFIC).date()
    return (settled(before, now) if before.maybe_appeal_of_id else {}) | {
        "authorization_number": before.authorization_number or "A-" + before.number.removeprefix("SO-"),
        "authorized_on": today,
        "valid_until": validity(today),
        "information_complete_at": before.information_complete_at or now,
        "information_asked_at": None,
        "decided_at": now,
        "decision": str(decision),
        "appointment_from_at": now,
        "provider_told_at": None,
        "member_notice_at": None,
        "member_told_at": None,
    }


def no_appeal_after_all(now: datetime, outcome: str) -> dict[str, Any]:
    """The columns that end the suspicion that a request is an appeal, and the clock held for it; `outcome` says how."""
    return {"maybe_appeal_of_id": None, "appeal_resolved_at": now, "appeal_outcome": outcome}


def settled(before: Snapshot, now: datetime) -> dict[str, Any]:
    """What a yes makes of an objection: an appeal, Medicare's reviewer or a State Hearing waits no longer."""
    if before.maybe_appeal_of_id is not None:
        return no_appeal_after_all(now, "granted")
    if before.appeal_received_at is None:
        return {}
    columns: dict[str, Any] = {}
    if before.appeal_resolved_at is None:
        columns["appeal_resolved_at"] = now
    if before.appeal_resolved_at is None or before.appeal_outcome in STANDS:
        columns["appeal_outcome"] = OVERTURNED
    if before.appeal_forwarded_at is not None and before.reviewer_answered_at is None:
        columns["reviewer_answered_at"] = now
    if before.hearing_asked_at is not None and before.hearing_resolved_at is None:
        columns["hearing_resolved_at"] = now
    return columns


def approved(before: Snapshot, now: datetime, columns: Mapping[str, Any], details: Mapping[str, Any]) -> Change:
    """A yes with its letters: one consultation, no cost to the Member (III.G, II.F)."""
    chosen = notices.professional(before.professional_id)
    letters = notices.approval(before, columns, chosen, now, with_requester=True)
    return Change(
        details={**details, "valid_until": columns["valid_until"]},
        columns=columns,
        owes=tuple(Owed(*letter) for letter in letters),
        finding=before.finding(),
    )


def refuse_without_a_yes(before: Snapshot) -> None:
    """A yes is the policy's to find; nobody brings one along."""
    if before.finding().verdict is not Verdict.YES:
        raise Refused(
            "The policy does not find a yes in the recorded answers yet. Answer the open questions, "
            "or send the referral to a physician."
        )


def asks_to_go_outside(before: Snapshot) -> bool:
    """Was a professional outside the network asked for, and has nobody agreed to it, or chosen another, yet?"""
    # Reading: a plain yes would keep the choice to the network without saying so. That is a limited authorization,
    # which is adverse: a physician signs it, and its letter can be appealed (III.E; 42 CFR 438.400(b)(1)).
    wished = before.answers.get("member_asked_for_outside_professional")
    return bool(wished) and before.outside_agreed_at is None and before.professional_id is None


def authorize(before: Snapshot, told: Authorize, person: Person, now: datetime) -> Change:
    """One consultation, no cost to the Member, for as long as the dated value says (III.G, II.F)."""
    refuse_without_a_yes(before)
    if asks_to_go_outside(before):
        raise Refused(
            "A professional outside the network was asked for. Search the network, then agree to go outside (II.H), "
            "or send the referral to a physician, who may keep the choice to the network (II.G). The Member may also "
            "choose somebody in the network: record the choice, then authorize."
        )
    return approved(before, now, granted(before, now), {"note": told.note, **searching.attached(before)})


def reverse(before: Snapshot, told: Reverse, person: Person, now: datetime) -> Change:
    """The plan turns its own no into a yes, unasked; an appeal that waits is thereby decided."""
    if not told.why.strip():
        raise Refused("Say what has changed since the decision, in a sentence.")
    refuse_without_a_yes(before)
    columns = granted(before, now) | settled(before, now)
    return approved(before, now, columns, {"why": told.why.strip()})


def check_denial(before: Snapshot, told: Deny) -> None:
    """Refuse a denial that lacks a part, cites no clause of the edition in force, or contradicts the policy."""
    gate.refuse_against_a_yes(before)
    if before.opinion == Opinion.THIRD and before.answers.get("second_opinion_report_in_hand") is not True:
        # Reading: until the second report is here nobody knows whether the two differ, so its absence refuses nothing.
        raise Refused(
            "The report of the second opinion is not in hand, and a third is never refused for that. Ask for the "
            "report; a physician may take more time for it, or authorize on another ground (II.D, II.I)."
        )
    gate.check_reasons(before, told.reasons, plain.citable(before.edition_in_force))
    parts = {
        "a reason in plain words": min(len(r.words.strip()) for r in told.reasons),
        "the clinical reason": len(told.clinical_reason.strip()),
        "why no other good reason applies": len(told.why_not_otherwise.strip()),
        "what would lead to a yes": len(told.would_change.strip()),
    }
    if before.program == Program.ONECARE:
        parts["why Medicare's rules do not cover it"] = len(told.medicare_reason.strip())
        parts["why Medi-Cal's rules do not cover it"] = len(told.medi_cal_reason.strip())
    gate.check_parts(parts, "The denial")


def deny(before: Snapshot, told: Deny, person: Person, now: datetime) -> Change:
    """A physician's denial, with the letters that law orders. The policy has no way to come here by itself."""
    check_denial(before, told)
    return Change(
        details={
            "reasons": [asdict(r) for r in told.reasons],
            "clinical_reason": told.clinical_reason,
            "why_not_otherwise": told.why_not_otherwise,
            "would_change": told.would_change,
            "medicare_reason": told.medicare_reason,
            "medi_cal_reason": told.medi_cal_reason,
            **gate.signed(before, person, told.considered, told.expertise),
        },
        columns={"decided_at": now, "decision": Decision.DENY.value, "information_asked_at": None},
        owes=tuple(Owed(*letter) for letter in notices.denial(before, told, person, now)),
        finding=before.finding(),
    )


def withdraw(before: Snapshot, told: Withdraw, person: Person, now: datetime) -> Change:
    """End the request because the one who asked wishes so; confirmed in writing."""
    if told.by not in REQUESTERS or not told.by_name.strip() or not told.words.strip():
        raise Refused("Say who withdrew the request, and in what words, so that the letter can say so.")
    check_may_act(before, told.by, told.by_name, Scope.WITHDRAW, now.astimezone(PACIFIC).date())
    how = checked_way(told.how, person)
    letters = notices.withdrawal(before, told.by, told.by_name.strip(), now)
    held = no_appeal_after_all(now, "withdrawn")
    return Change(
        details={"by": told.by, "by_name": told.by_name, "words": told.words, "how": how},
        columns=(held if before.maybe_appeal_of_id else {}) | {"withdrawn_at": now},
        owes=tuple(Owed(*letter) for letter in letters),
    )


def tell_requester(before: Snapshot, told: TellRequester, person: Person, now: datetime) -> Change:
    """The 24-hour clock to tell the requester ends here (HSC 1367.01(h)(3))."""
    if not told.how.strip() or not told.whom.strip():
        raise Refused("Say how the requester was told, and who took the message.")
    return Change(
        details={"how": told.how, "whom": told.whom}, columns={"provider_told_at": before.provider_told_at or now}
    )

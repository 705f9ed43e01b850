"""Decisions beyond yes and no: a limited yes, a yes in part, a dismissal, an authorization taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import Member
from secondopinion.people.person import Person
from secondopinion.policy.asked import Program
from secondopinion.policy.availability import farthest_to_look
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import plain, questions
from secondopinion.policy.parameters import value
from secondopinion.referrals import gate, notices, notices_adverse, searching
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.deciding import granted, refuse_without_a_yes, settled
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Decision
from secondopinion.referrals.offering import Offer, candidates_for, offers_for
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_outcomes import (
    DISMISSALS,
    RESCISSIONS,
    Dismiss,
    Excuse,
    GrantInPart,
    Limit,
    Modify,
    Rescind,
    TellCost,
    Vacate,
)

MOST_OFFERED = 60
OFFERED = 5  # professionals named in the letter; the desk and the phone line know the rest
AT_ONCE = frozenset({"wrong-member", "obtained-by-fraud"})  # 42 CFR 438.404(c)(1), 431.213 and 431.214


def limit(before: Snapshot, told: Limit, person: Person, now: datetime) -> Change:
    """Authorize within the network only. Never without somebody in the network who is qualified and in reach (F17)."""
    return _modified(before, told, person, limited(before, told, person, now))


def grant_in_part(before: Snapshot, told: GrantInPart, person: Person, now: datetime) -> Change:
    """Authorize the one consultation, and say why the rest of what was asked is not (III.G)."""
    return _modified(before, told, person, parted(before, told, person, now))


@dataclass(frozen=True, slots=True)
class Modified:
    """A limited yes before it is signed: its columns, its letters, and what the history keeps beside them."""

    columns: Mapping[str, Any]
    letters: notices.Letters
    details: Mapping[str, Any]


def limited(before: Snapshot, told: Limit, person: Person, now: datetime) -> Modified:
    """What a choice kept to the network would become. Raises Refused, with nobody in reach above all."""
    _check_modification(before, told)
    member = notices.member_of(before)
    proof = searching.search_for_a_limit(before, member, now)
    candidates = [offer.who for offer in in_reach(before, member, proof.npis, now)]
    columns = granted(before, now, Decision.LIMIT)
    if before.professional_id is not None and before.professional_id not in {c.pk for c in candidates}:
        columns["professional_id"] = None
    letters = notices_adverse.modification(before, told, columns, candidates[:OFFERED], person, now)
    return Modified(columns, letters, {"candidates": [c.npi for c in candidates], **proof.details})


def in_reach(before: Snapshot, member: Member, npis: frozenset[str], now: datetime) -> list[Offer]:
    """Of those the search found available, whom the letter may name: in the order of the Member's list."""
    reach = farthest_to_look(now.astimezone(PACIFIC).date())
    offered = offers_for(before, member, now, most=len(npis) + MOST_OFFERED, widen=True, miles=reach)
    return [offer for offer in offered.offers if offer.who.npi in npis]


def parted(before: Snapshot, told: GrantInPart, person: Person, now: datetime) -> Modified:
    """What a yes to a part would become. Raises Refused."""
    _check_modification(before, told)
    columns = granted(before, now, Decision.PARTIAL)
    letters = notices_adverse.modification(before, told, columns, named_for_a_part(before, now), person, now)
    return Modified(columns, letters, {})


def named_for_a_part(before: Snapshot, now: datetime) -> list[QualifiedProfessional]:
    """Whom the letter of a yes in part names: nobody once a professional is chosen, else the nearest."""
    if before.professional_id:
        return []
    return candidates_for(before, notices.member_of(before), now, most=OFFERED)


def _check_modification(before: Snapshot, told: Modify) -> None:
    refuse_without_a_yes(before)
    gate.check_reasons(before, told.reasons, plain.citable_for_a_limit(before.edition_in_force))
    if not told.asked.strip() or not told.approved.strip():
        raise Refused("Say what was asked and what is approved, each in a few words that the Member reads.")
    parts = {"a reason in plain words": min(len(r.words.strip()) for r in told.reasons)}
    if before.program == Program.ONECARE:
        parts["why Medicare's rules do not cover the rest"] = len(told.medicare_reason.strip())
        parts["why Medi-Cal's rules do not cover the rest"] = len(told.medi_cal_reason.strip())
    gate.check_parts(parts, "The decision")


def _modified(before: Snapshot, told: Modify, person: Person, made: Modified) -> Change:
    return Change(
        details={
            "asked": told.asked.strip(), "approved": told.approved.strip(),
            "reasons": [asdict(r) for r in told.reasons], "clinical_reason": told.clinical_reason.strip(),
            "medicare_reason": told.medicare_reason, "medi_cal_reason": told.medi_cal_reason,
            "valid_until": made.columns["valid_until"], **made.details,
            **gate.signed(before, person, told.considered, told.expertise),
        },
        columns=made.columns,
        owes=tuple(Owed(*letter) for letter in made.letters),
        finding=before.finding(),
    )  # fmt: skip


def dismiss(before: Snapshot, told: Dismiss, person: Person, now: datetime) -> Change:
    """No decision is owed. OneCare knows this end and Medi-Cal does not (MA.6042 II.M)."""
    if before.program != Program.ONECARE:
        raise Refused(
            "A Medi-Cal request is not dismissed: decide it, or let the one who asked withdraw it. A paper that is "
            "missing holds up no Medi-Cal request."
        )
    if told.ground not in DISMISSALS:
        raise Refused(f"“{told.ground}” is no ground to dismiss. It can be: {', '.join(DISMISSALS)}.")
    if len(told.reason.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence, for the reader of the letter, why the request is dismissed.")
    if told.ground in ("no-authority", "invalid") and not told.outreach:
        raise Refused("Write down each try to get what was missing: when, how, and what was asked. None is recorded.")
    if told.ground == "no-authority" and not before.representative_needed:
        raise Refused("No representative's authority is missing for this request, so it is no ground to dismiss it.")
    if any(try_.at > now or not try_.how.strip() or not try_.what.strip() for try_ in told.outreach):
        raise Refused("Each try needs its instant (not in the future), how it was made, and what was asked.")
    letters = notices_adverse.dismissal(before, told, now)
    return Change(
        details={
            "ground": told.ground, "reason": told.reason.strip(),
            "outreach": [{"at": t.at.isoformat(), "how": t.how, "what": t.what} for t in told.outreach],
        },
        columns={"decided_at": now, "decision": Decision.DISMISS.value, "information_asked_at": None},
        owes=tuple(Owed(*letter) for letter in letters),
    )  # fmt: skip


def vacate(before: Snapshot, told: Vacate, person: Person, now: datetime) -> Change:
    """Take a dismissal back for good cause; the request is open again and its time starts now."""
    if not told.why.strip():
        raise Refused("Say what good cause there is to open the request again.")
    columns: dict[str, Any] = {
        "reopened_at": now, "decided_at": None, "decision": "", "member_notice_at": None, "provider_told_at": None,
        "member_told_at": None, "information_complete_at": None, "representative_needed": False,
    }  # fmt: skip
    if before.maybe_appeal_of_id is None:  # else both clocks stay held: the request is open again
        columns |= settled(before, now)
    return Change(details={"why": told.why.strip()}, columns=columns)


def rescind(before: Snapshot, told: Rescind, person: Person, now: datetime) -> Change:
    """Take an authorization back before the visit; never because it is thought unnecessary (42 CFR 422.138(c))."""
    today = now.astimezone(PACIFIC).date()
    if told.ground not in RESCISSIONS:
        raise Refused(
            f"“{told.ground}” is no ground to take an authorization back. It can be: {', '.join(RESCISSIONS)}. "
            "That the opinion seems unnecessary is none."
        )
    if before.rescinded_at is not None:
        raise Refused("The authorization was taken back already; its last day stands in the letter.")
    if len(told.reason.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence, for the Member to read, why the authorization is taken back.")
    notice = value("authorization.notice_of_end", today).number
    earliest = today if told.ground in AT_ONCE else today + timedelta(days=notice)
    if before.valid_until is None or told.ends_on < earliest or told.ends_on > max(before.valid_until, earliest):
        raise Refused(
            f"The last day must lie between {earliest:%A, %B %-d, %Y} and the day the authorization ends by itself: "
            f"the Member has {notice} days to object, unless it was made out wrongly or got by fraud."
        )
    letters = notices_adverse.rescission(before, told, now)
    return Change(
        details={"ground": told.ground, "reason": told.reason.strip(), "ends_on": told.ends_on.isoformat(),
                 **gate.signed(before, person, told.considered)},
        columns={"valid_until": told.ends_on, "valid_before": before.valid_until, "rescinded_at": now},
        owes=tuple(Owed(*letter) for letter in letters),
    )  # fmt: skip


def tell_cost(before: Snapshot, told: TellCost, person: Person, now: datetime) -> Change:
    """The visit is not covered, every exception looked at first; the Member is told, and of the appeal (III.D.1)."""
    finding = questions.may_cost_lie_with_member(before.edition_in_force, before.asked, before.answers)
    if finding.verdict is Verdict.NO:
        raise Refused("The policy finds that the Member owes nothing for this visit. Record that instead (III.D).")
    if finding.verdict is Verdict.UNKNOWN:
        raise Refused(
            "Not every exception has been looked at yet: emergency, sensitive service, earlier care, a provider's "
            "mistake, a request still open or late. Answer the open questions first (III.D)."
        )
    if len(told.reason.strip()) < gate.SHORTEST_REASON:
        raise Refused("Say in a sentence, for the Member to read, why the visit is not covered.")
    letters = notices_adverse.cost_notice(before, told, now)
    return Change(
        details={"reason": told.reason.strip(), **gate.signed(before, person, told.considered)},
        columns={"decided_at": now, "decision": Decision.DENY.value},
        owes=tuple(Owed(*letter) for letter in letters),
        finding=finding,
    )


def excuse(before: Snapshot, told: Excuse, person: Person, now: datetime) -> Change:
    """The Member owes nothing for the visit, and hears so."""
    if not told.why.strip():
        raise Refused("Say in a sentence, for the Member to read, why nothing is owed.")
    columns: dict[str, Any] = {"decided_at": now, "decision": Decision.AUTHORIZE.value}
    columns |= settled(before, now)
    letters = notices_adverse.visit_excused(before, told, now)
    return Change(details={"why": told.why.strip()}, columns=columns, owes=tuple(Owed(*x) for x in letters))

"""The decision: authorize, deny, withdraw; and telling the requester.

The policy or any reviewer may authorize, and only when the policy itself finds yes. Only a physician with a
licence on record denies, in plain words that cite the policy (II.K; HSC 1367.01(e), (h)(4)).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.person import Credential, Person
from secondopinion.policy.asked import Program, Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import Clock, appointment_clock, notice_clocks, validity, withdrawal_notice_clock
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import plain
from secondopinion.referrals import notices
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Paper
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Authorize, Deny, TellRequester, Withdraw

REQUESTERS = tuple(r.value for r in Requester)
SHORTEST_REASON = 20  # characters: enough to refuse “no” and “see file”


def authorize(before: Snapshot, told: Authorize, person: Person, now: datetime) -> Change:
    """One consultation, no cost to the Member, for as long as the dated value says (III.G, II.F)."""
    finding = before.finding()
    if finding.verdict is not Verdict.YES:
        raise Refused(
            "The policy does not find a yes in the recorded answers yet. Answer the open questions, "
            "or send the referral to a physician."
        )
    today = now.astimezone(PACIFIC).date()
    columns = {
        "authorization_number": "A-" + before.number.removeprefix("SO-"),
        "authorized_on": today,
        "valid_until": validity(today),
        "information_complete_at": before.information_complete_at or now,
    }
    chosen = notices.professional(before.professional_id)
    letters = notices.approval(before, columns, chosen, now, with_requester=True)
    return Change(
        details={"note": told.note, "valid_until": columns["valid_until"]},
        columns=columns,
        owes=tuple(Owed(*letter) for letter in letters),
        starts=(
            *notices_due(before, now, adverse=False),
            appointment_clock(before.asked, now),
        ),
        stops=("decision",),
        finding=finding,
    )


def notices_due(before: Snapshot, now: datetime, *, adverse: bool) -> tuple[Clock, ...]:
    """The clocks to tell the Member, and the requesting office where an office asked (HSC 1367.01(h)(3))."""
    clocks = notice_clocks(before.asked, decided_at=now, adverse=adverse)
    office = before.requester in notices.OFFICES
    return tuple(c for c in clocks if office or c.kind != "provider-notice")


def credential_to_sign(before: Snapshot, person: Person) -> Credential:
    """The licence that an adverse decision is signed with; `Refused` says why there is none."""
    licenses = [c for c in person.credentials if c.state == "CA" and c.unrestricted and c.specialty]
    if not licenses:
        raise Refused(
            "Only a physician with an active, unrestricted California licence and a specialty on record may deny. "
            "There is none on record for you today. Ask a physician who has one."
        )
    clinician = QualifiedProfessional.objects.filter(pk=before.clinician_id).first() if before.clinician_id else None
    involved = {n for n in (clinician and clinician.npi, before.requester_npi) if n}
    if person.npi and person.npi in involved:
        raise Refused(
            "You are the clinician whose opinion is questioned, or you asked for this referral. "
            "Another physician must decide."
        )
    return licenses[0]


def check_denial(before: Snapshot, told: Deny) -> None:
    """Refuse a denial that lacks a part, cites no clause of the edition in force, or contradicts the policy."""
    if before.finding().verdict is Verdict.YES:
        raise Refused("The policy authorizes this request. It cannot be denied; authorize it.")
    if not told.reasons:
        raise Refused("A denial needs at least one reason with the clause it rests on.")
    citable = plain.citable(before.edition_in_force)
    for reason in told.reasons:
        if reason.clause not in citable:
            raise Refused(
                f"“{reason.clause}” is no clause that a denial may rest on (edition {before.edition}). "
                "Cite a clause from the list."
            )
    parts = {
        "a reason in plain words": min(len(r.words.strip()) for r in told.reasons),
        "the clinical reason": len(told.clinical_reason.strip()),
        "why no other good reason applies": len(told.why_not_otherwise.strip()),
        "what would lead to a yes": len(told.would_change.strip()),
    }
    if before.program == Program.ONECARE:
        parts["why Medicare's rules do not cover it"] = len(told.medicare_reason.strip())
        parts["why Medi-Cal's rules do not cover it"] = len(told.medi_cal_reason.strip())
    short = [name for name, length in parts.items() if length < SHORTEST_REASON]
    if short:
        raise Refused(f"The denial lacks {', '.join(short)}. Write it in words that the Member will understand.")


def deny(before: Snapshot, told: Deny, person: Person, now: datetime) -> Change:
    """A physician's denial, with the letters that law orders. The policy has no way to come here by itself."""
    check_denial(before, told)
    credential = credential_to_sign(before, person)
    papers = dict(Paper.objects.filter(referral_id=before.id).values_list("pk", "sha256"))
    if set(papers) - set(told.considered):
        raise Refused("Not every paper with the referral is marked as read. Read each one, mark it, then sign.")
    return Change(
        details={
            "considered": sorted(papers.values()),
            "reasons": [asdict(r) for r in told.reasons],
            "clinical_reason": told.clinical_reason,
            "why_not_otherwise": told.why_not_otherwise,
            "would_change": told.would_change,
            "signed": {
                "license": credential.license,
                "state": credential.state,
                "specialty": credential.specialty,
                "npi": person.npi,
                "title": person.title,
            },
        },
        owes=tuple(Owed(*letter) for letter in notices.denial(before, told, person, now)),
        starts=notices_due(before, now, adverse=True),
        stops=("decision",),
        finding=before.finding(),
    )


def withdraw(before: Snapshot, told: Withdraw, person: Person, now: datetime) -> Change:
    """End the request because the one who asked wishes so; confirmed in writing."""
    if told.by not in REQUESTERS or not told.by_name.strip() or not told.words.strip():
        raise Refused("Say who withdrew the request, and in what words, so that the letter can say so.")
    letters = notices.withdrawal(before, told.by, told.by_name.strip(), now)
    return Change(
        details={"by": told.by, "by_name": told.by_name, "words": told.words},
        owes=tuple(Owed(*letter) for letter in letters),
        starts=(withdrawal_notice_clock(before.asked, withdrawn_at=now),) if before.opinion and before.about else (),
        stops=("decision", "appointment", "provider-notice", "member-notice"),
    )


def tell_requester(before: Snapshot, told: TellRequester, person: Person, now: datetime) -> Change:
    """The 24-hour clock to tell the requester ends here (HSC 1367.01(h)(3))."""
    if not told.how.strip() or not told.whom.strip():
        raise Refused("Say how the requester was told, and who took the message.")
    return Change(details={"how": told.how, "whom": told.whom}, stops=("provider-notice",))

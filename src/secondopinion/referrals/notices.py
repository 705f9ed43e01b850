"""What each letter says of this referral: the data that is frozen when the letter is owed.

Every function returns `(kind, recipient role, data)`. The shapes are those of the examples beside the letters'
templates; rights, days and contacts come from the policy by date, never from a person's choice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from secondopinion.directory import find
from secondopinion.directory.find import is_contracted, network_name_of, professional_with
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.find import member_with
from secondopinion.people.models import Member
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import appointment_clock
from secondopinion.policy.gg1538 import plain, questions
from secondopinion.policy.parameters import value
from secondopinion.policy.rights import Contact, Rights, rights
from secondopinion.policy.specialties import plain_name
from secondopinion.referrals.clockwork import OFFICES, decision_due
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.offering import candidates_for
from secondopinion.referrals.responsible import decider_name, deciding_network
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Deny, Item, Reason

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
Letters = tuple[tuple[str, str, dict[str, Any]], ...]


def professional(professional_id: UUID | None) -> QualifiedProfessional | None:
    """A professional of the directory, or none."""
    return professional_with(professional_id)


def member_of(before: Snapshot) -> Member:
    """The Member whom the letters are about. Refused where the Member may not be seen any more."""
    member = member_with(before.member_id)
    if member is None:
        raise Refused(
            "The Member is with another Health Network now, so no letter can be written from here. "
            "Ask the plan to take this step."
        )
    return member


def pcp_of(before: Snapshot, now: datetime) -> QualifiedProfessional | None:
    """The Member's Primary Care Physician on the day."""
    return find.pcp_of(before.member_id, now.astimezone(PACIFIC).date())


def subject_of(before: Snapshot) -> str:
    """What the opinion is about, in words for a letter; never a code."""
    words = WORDS["en"]
    fallback = words["surgery"] if "surgery" in before.request_words.lower() else words["care"]
    return before.condition or before.procedure or fallback


def head(before: Snapshot, member: Member, now: datetime) -> dict[str, Any]:
    """The top of every letter: plan, day, Member, reference."""
    return {
        "plan": plan_of(before.program),
        "dated_on": now.astimezone(PACIFIC).date().isoformat(),
        "member": {"name": str(member), "member_id": member.member_id, "birth_on": member.birth_date.isoformat()},
        "referral": {
            "number": before.number, "program": before.program, "opinion": before.opinion or "second",
            "about": before.about or "specialist-care",
            "received_on": before.received_at.astimezone(PACIFIC).date().isoformat(),
            "requester": before.requester, "requester_name": before.requester_name,
            "decider_name": decider_name(before, now), "request_words": subject_of(before),
        },
    }  # fmt: skip


def plan_of(program: str) -> dict[str, Any]:
    """The plan as a letter shows it to Members of a program."""
    plan = the_plan()
    return {
        "name": plan.name, "address_lines": plan.address_lines, "phone": plan.phone[program], "tty": plan.tty,
        "hours": plan.hours, "website": plan.website,
    }  # fmt: skip


def appeals_reached(program: str) -> dict[str, Any]:
    """How appeals and complaints reach the plan: by phone, fax, mail, or in person."""
    plan = the_plan()
    return {
        "phone": plan.phone[program], "tty": plan.tty, "fax": plan.appeals["fax"],
        "mail_lines": plan.appeals["mail_lines"], "visit_lines": plan.address_lines,
    }  # fmt: skip


def to_member(member: Member) -> dict[str, Any]:
    """The envelope to the Member."""
    return {"name": str(member), "address_lines": member.address_lines, "acts_for": None}


def to_requester(before: Snapshot) -> dict[str, Any]:
    """The envelope to the office that asked; by way of the Member's plan when no address is known."""
    lines = [x.strip() for x in before.requester_address.split("\n") if x.strip()]
    return {"name": before.requester_name, "address_lines": lines or the_plan().address_lines}


def to_professional(who: QualifiedProfessional) -> dict[str, Any]:
    """The envelope to a professional."""
    lines = ([who.group_name] if who.group_name else []) + who.address_lines
    return {"name": who.full_name, "address_lines": lines}


def to_pcp(before: Snapshot, kind: str, data: Mapping[str, Any], now: datetime) -> Letters:
    """An office's letter, for the records of the Primary Care Physician (GG.1507 II.C): none where nobody is known, or
    where that is who asked."""
    pcp = pcp_of(before, now)
    if pcp is None or pcp.full_name == before.requester_name:
        return ()
    return ((kind, "pcp", {**data, "recipient": to_professional(pcp)}),)


def described(who: QualifiedProfessional, now: datetime) -> dict[str, Any]:
    """A professional as a letter shows one: name, specialty in words, network, address, phone."""
    return {
        "name": who.full_name,
        "specialty": plain_name(who.taxonomy),
        "network_name": network_name_of(who, now.astimezone(PACIFIC).date()) or the_plan().name,
        "address_lines": to_professional(who)["address_lines"],
        "phone": who.phone,
    }


def appeal_of(before: Snapshot, decision: str, now: datetime) -> dict[str, Any]:
    """How to appeal, and by when: computed from program, decision and date (II.K.2)."""
    right = rights(Program(before.program), decision, now.astimezone(PACIFIC).date())
    return appeals_reached(before.program) | {
        "days": right.appeal_days, "by": right.appeal_by.isoformat(), "decided_within_days": right.appeal_decided_days,
        "expedited_within_hours": right.appeal_expedited_hours,
    }  # fmt: skip


def contact_lines(contact: Contact) -> dict[str, Any]:
    """A body to complain to, as the letter prints it."""
    return {
        "key": contact.key, "name": contact.name, "phone": contact.phone, "tty": contact.tty or None,
        "hours": contact.hours or None, "web": contact.web or None,
    }  # fmt: skip


def complaint_of(before: Snapshot, now: datetime) -> list[dict[str, Any]]:
    """Whom to complain to: DHCS for Medi-Cal, DHCS and the QIO for OneCare (II.K.3)."""
    right = rights(Program(before.program), "deny", now.astimezone(PACIFIC).date())
    return [contact_lines(c) for c in right.complaint_contacts]


def hearing_of(before: Snapshot, now: datetime) -> dict[str, Any]:
    """The State Hearing that follows a refused appeal: within how many days, and where to ask."""
    return hearing_lines(rights(Program(before.program), "deny", now.astimezone(PACIFIC).date()))


def hearing_lines(right: Rights) -> dict[str, Any]:
    """A State Hearing, as the letter prints it."""
    body = right.hearing_contact
    return {
        "days": right.state_hearing_days, "phone": body.phone, "tty": body.tty, "web": body.web,
        "mail_lines": list(body.address),
    }  # fmt: skip


def criteria_of(before: Snapshot) -> dict[str, Any]:
    """The rules that were applied, by name: the edition in force when the request came."""
    edition = plain.title(before.edition_in_force)
    return {"title": "Referral for Second Opinion", "number": "GG.1538", "edition": edition}


def reasons_of(before: Snapshot, reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as a letter prints them: the clause, the clause in plain words, and why it is not met."""
    edition = before.edition_in_force
    return [
        {
            "clause": f"GG.1538 {r.clause}",
            "criterion": plain.in_plain_words(edition, r.clause),
            "reason": r.words.strip(),
        }
        for r in reasons
    ]


def signer(person: Person) -> dict[str, Any]:
    """The physician responsible, for the office that wants to talk (HSC 1367.01(h)(4)); never for the Member."""
    return {"name": person.name, "title": person.title, "phone": person.phone, "hours": the_plan().hours}


def clinician_of(before: Snapshot, *, with_address: bool = False) -> dict[str, Any] | None:
    """The treating professional, whose opinion is questioned."""
    who = professional(before.clinician_id)
    if who is None:
        return None
    return brief(who, with_address=with_address)


def brief(who: QualifiedProfessional | None, *, with_address: bool = False) -> dict[str, Any] | None:
    """A professional by name and phone, and by address and fax where a letter needs them."""
    if who is None:
        return None
    short: dict[str, Any] = {"name": who.full_name, "phone": who.phone}
    if with_address:
        short |= {"address_lines": to_professional(who)["address_lines"], "fax": who.fax or None}
    return short


def report_days(before: Snapshot, now: datetime) -> int:
    """The working days within which the consultation report is due, as the dated value stands today."""
    on = now.astimezone(PACIFIC).date()
    return value(f"report_time.report.{before.program.replace('-', '_')}", on).number


def approval(
    before: Snapshot, columns: Mapping[str, Any], chosen: QualifiedProfessional | None, now: datetime, *,
    with_requester: bool,
) -> Letters:  # fmt: skip
    """The letters of an authorization: Member, requester's office, and the consulting professional if chosen."""
    member = member_of(before)
    top = head(before, member, now)
    edition = before.edition_in_force
    allowed = questions.what_is_authorized(edition, before.asked)
    visit = {
        "number": columns["authorization_number"],
        "valid_until": columns["valid_until"].isoformat(),
        "visits": allowed.units,
    }
    due = appointment_clock(before.asked, now).due_at
    common = {
        "decided_on": columns["authorized_on"].isoformat(),
        "professional": described(chosen, now) if chosen else None,
        "appointment_by": due.astimezone(PACIFIC).date().isoformat() if due else None,
    }
    nearby = [] if chosen else [described(c, now) for c in candidates_for(before, member, now, most=5)]
    letters = [
        (
            "approval_to_member",
            "member",
            top | common | {
                "recipient": to_member(member), "candidates": nearby, "authorization": visit,
                "report_within_days": report_days(before, now), "appeal": appeal_of(before, "modify", now),
            },
        )
    ]  # fmt: skip
    if with_requester:
        office = top | common | {
            "recipient": to_requester(before), "authorization": visit | {"codes": list(allowed.codes)},
            "report_within_days": report_days(before, now),
        }  # fmt: skip
        if before.requester in OFFICES:
            letters.append(("approval_to_requester", "requester", office))
        letters += to_pcp(before, "approval_to_pcp", office, now)
    if chosen:
        letters.append(("authorization_to_professional", "professional",
                        top | common | consult(before, member, chosen, visit, allowed.codes, now)))  # fmt: skip
    return tuple(letters)


def consult(
    before: Snapshot, member: Member, chosen: QualifiedProfessional, visit: Mapping[str, Any], codes: tuple[str, ...],
    now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """What the consulting professional is told besides: whom to see, whom to write to, who pays (III.F.1, III.G)."""
    plan, today = the_plan(), now.astimezone(PACIFIC).date()
    pcp = pcp_of(before, now)
    return {
        "recipient": to_professional(chosen),
        "professional": described(chosen, now) | {"npi": chosen.npi, "contracted": is_contracted(chosen, today)},
        "authorization": dict(visit) | {"codes": list(codes)},
        "member_contact": {"phone": member.phone or None, "language": WORDS["languages"].get(member.language)},
        "pcp": brief(pcp, with_address=True),
        "treating": clinician_of(before, with_address=True),
        "payer": payer_of(before, now),
        "report": {
            "within_days": report_days(before, now),
            "fax": plan.desk["report_fax"],
            "mail_lines": plan.desk["mail_lines"],
        },
    }


def payer_of(before: Snapshot, now: datetime) -> dict[str, Any]:
    """Who pays for the opinion, and where claims go: whoever decides it on that day (II.F, III.B)."""
    plan, network = the_plan(), deciding_network(before, now)
    if network is None:
        return {"name": plan.name, "address_lines": plan.claims["address_lines"], "phone": plan.claims["phone"]}
    lines = network.claims_lines or [network.name, "Claims"]
    return {"name": network.name, "address_lines": lines, "phone": network.phone}


def denial(before: Snapshot, told: Deny, person: Person, now: datetime) -> Letters:
    """The letters of a denial: to the Member always, and to the office that asked (II.K; 42 CFR 438.404)."""
    member = member_of(before)
    today = now.astimezone(PACIFIC).date()
    both = Program(before.program) is Program.ONECARE
    body = {
        "decided_on": today.isoformat(),
        "reasons": reasons_of(before, told.reasons),
        "clinical_reason": told.clinical_reason.strip(),
        "to_approve": [line.strip() for line in told.would_change.splitlines() if line.strip()],
        "criteria": criteria_of(before),
        "rules": {"medicare": told.medicare_reason.strip(), "medi_cal": told.medi_cal_reason.strip()} if both else None,
        "appeal": appeal_of(before, "deny", now),
        "hearing": hearing_of(before, now),
        "complaint": complaint_of(before, now),
    }  # fmt: skip
    top = head(before, member, now)
    letters = [("denial_to_member", "member", top | body | {"recipient": to_member(member)})]
    office = top | body | {"recipient": to_requester(before), "physician": signer(person)}
    if before.requester in OFFICES:
        letters.append(("denial_to_requester", "requester", office))
    return (*letters, *to_pcp(before, "denial_to_pcp", office, now))


def information_needed(before: Snapshot, items: tuple[Item, ...], now: datetime) -> Letters:
    """What is missing, from whom, and by when it would still count (HSC 1367.01(h)(5))."""
    member = member_of(before)
    edition, plan = before.edition_in_force, the_plan()
    facts = questions.facts(edition)
    today = now.astimezone(PACIFIC).date()
    due = decision_due(before)
    due_on = due.astimezone(PACIFIC).date() if due else today
    body = {
        "send_by": max(today, due_on - timedelta(days=1)).isoformat(),
        "decision_expected_on": max(today, due_on).isoformat(),
        "send_to": {"phone": plan.desk["phone"], "fax": plan.desk["fax"], "mail_lines": plan.desk["mail_lines"]},
        "complaint": complaint_of(before, now),
    }  # fmt: skip
    top = head(before, member, now)
    # The Member reads why in the clause's plain words; the office reads the question that staff must answer.
    for_member = [plain.in_plain_words(edition, i.clause) for i in items]
    for_office = [facts[i.fact].question if i.fact in facts else why for i, why in zip(items, for_member, strict=True)]
    letters = [
        ("information_needed_to_member", "member",
         top | body | {"recipient": to_member(member), "missing": _missing(items, for_member)})
    ]  # fmt: skip
    if before.requester in OFFICES:
        letters.append(
            ("information_needed_to_requester", "requester",
             top | body | {"recipient": to_requester(before), "missing": _missing(items, for_office)})
        )  # fmt: skip
    return tuple(letters)


def _missing(items: tuple[Item, ...], why: list[str]) -> list[dict[str, Any]]:
    return [
        {"item": item.words.strip(), "question": question, "holder": item.holder.strip() or None}
        for item, question in zip(items, why, strict=True)
    ]


def withdrawal(before: Snapshot, by: str, by_name: str, now: datetime) -> Letters:
    """A plain confirmation that the request was taken back (N10)."""
    member = member_of(before)
    day = now.astimezone(PACIFIC).date().isoformat()
    data = head(before, member, now) | {
        "recipient": to_member(member),
        "withdrawn": {"on": day, "by": by, "by_name": by_name},
    }
    if before.requester not in OFFICES:
        return (("withdrawal_to_member", "member", data),)
    office = data | {"recipient": to_requester(before)}
    return (("withdrawal_to_member", "member", data), ("withdrawal_to_requester", "requester", office))


def report_delivery(before: Snapshot, pages: int, agrees: bool | None, now: datetime) -> Letters:
    """The report goes to the Member, the PCP and the treating professional (III.F.1; HSC 1383.15(h))."""
    member = member_of(before)
    chosen, pcp = professional(before.professional_id), pcp_of(before, now)
    treating = professional(before.clinician_id)
    assert chosen is not None
    assert before.visited_on is not None
    body = head(before, member, now) | {
        "professional": {k: v for k, v in described(chosen, now).items() if k in ("name", "specialty", "phone")},
        "visit_on": before.visited_on.isoformat(),
        "report": {"received_on": now.astimezone(PACIFIC).date().isoformat(), "pages": pages},
        "outcome": {"procedure": None if agrees is None else before.procedure or subject_of(before), "agrees": agrees},
        "pcp": brief(pcp),
        "treating": brief(treating),
    }
    letters = [("report_to_member", "member", body | {"recipient": to_member(member)})]
    seen: set[UUID] = set()
    for role, who in (("pcp", pcp), ("treating", treating)):
        if who is not None and who.pk not in seen:
            seen.add(who.pk)
            data = body | {"recipient": to_professional(who), "recipient_role": role}
            letters.append(("report_to_professional", role, data))
    return tuple(letters)

"""What the letters after a yes, and those of an opinion that the plan asks for, say of this referral.

As in notices.py: every function returns `(kind, recipient role, data)` in the shapes of the letters' examples.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.find import health_network
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.clocks import agreement_clock, appointment_clock
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.opinions import Need
from secondopinion.policy.parameters import value
from secondopinion.policy.specialties import plain_name
from secondopinion.referrals import notices
from secondopinion.referrals.clockwork import asked_of
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.notices import WORDS, Letters
from secondopinion.referrals.offering import candidates_for
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_after import DraftAgreement, ReturnTests

OFFERED = 5  # professionals named in a letter


def report_chase(before: Snapshot, rung: int, due_at: datetime, now: datetime) -> Letters:
    """The reminder of a late report: to the professional, and from the second on to the Health Network too (N12)."""
    today, due_on = _day(now), _day(due_at)
    who = _chosen(before)
    assert before.visited_on is not None
    data = notices.head(before, notices.member_of(before), now) | {
        "authorization": {"number": before.authorization_number},
        "professional": {"name": who.full_name, "phone": who.phone},
        "visit_on": before.visited_on.isoformat(),
        "report": _report_desk() | {
            "due_on": due_on.isoformat(),
            "days_late": business_calendar().business_days_between(due_on, today),
        },
        "chase": {"rung": rung, "asked_before_on": before.chased_on.isoformat() if before.chased_on else None},
    }  # fmt: skip
    letters = [("report_chase_to_professional", "professional", data | {"recipient": notices.to_professional(who)})]
    network = health_network(before.network_id)
    if rung > 1 and network is not None:
        again = value(f"report_time.chase_again.{_key(before)}", today).number
        answer_by = business_calendar().add_business_days(today, again)
        envelope = {"name": network.name, "address_lines": network.claims_lines or [network.name]}
        letters.append(("report_chase_to_network", "network",
                        data | {"recipient": envelope, "answer_by": answer_by.isoformat()}))  # fmt: skip
    return tuple(letters)


def appointment_reminder(before: Snapshot, now: datetime) -> Letters:
    """Authorized and not booked: whom to call, or whom to choose, and that a ride and an interpreter are free."""
    member = notices.member_of(before)
    chosen = notices.professional(before.professional_id)
    nearby = [] if chosen else candidates_for(before, member, now, most=OFFERED)
    due = appointment_clock(asked_of(before), before.appointment_from_at or now).due_at
    data = notices.head(before, member, now) | {
        "recipient": notices.to_member(member),
        "authorization": _authorization(before),
        "professional": notices.described(chosen, now) if chosen else None,
        "candidates": [notices.described(who, now) for who in nearby],
        "appointment_by": _day(due).isoformat() if due and due > now else None,
    }
    return (("appointment_reminder_to_member", "member", data),)


def authorization_ended(before: Snapshot, now: datetime) -> Letters:
    """The authorization ended unused: nothing was denied, and asking again is free."""
    member = notices.member_of(before)
    chosen = notices.professional(before.professional_id)
    assert before.valid_until is not None
    data = notices.head(before, member, now) | {
        "authorization": {"number": before.authorization_number},
        "ended_on": before.valid_until.isoformat(),
    }
    to_member = {"recipient": notices.to_member(member), "professional": {"name": chosen.full_name} if chosen else None}
    letters: list[tuple[str, str, dict[str, Any]]] = [("authorization_ended_to_member", "member", data | to_member)]
    if chosen is not None:
        letters.append(("authorization_ended_to_professional", "professional",
                        data | {"recipient": notices.to_professional(chosen)}))  # fmt: skip
    return tuple(letters)


def choice_changed(before: Snapshot, now: datetime) -> Letters:
    """Somebody who was authorized to see the Member is told that the Member has chosen somebody else."""
    earlier = _chosen(before)
    at = before.appointment_at
    data = notices.head(before, notices.member_of(before), now) | {
        "recipient": notices.to_professional(earlier),
        "authorization": {"number": before.authorization_number},
        "changed_on": _day(now).isoformat(),
        "appointment_on": _day(at).isoformat() if at else None,
    }
    return (("choice_changed_to_professional", "professional-before", data),)


def tests_returned(before: Snapshot, told: ReturnTests, now: datetime) -> Letters:
    """Tests asked for under the authorization go back to the treating professional: both are written to (III.G)."""
    who, treating = _chosen(before), notices.professional(before.clinician_id)
    data = notices.head(before, notices.member_of(before), now) | {
        "tests": [{"asked": test.words.strip(), "code": test.code.strip() or None} for test in told.tests],
        "asked_by": {"name": told.by_name.strip()},
        "treating": notices.brief(treating, with_address=True),
        "authorization": {"number": before.authorization_number},
    }
    readers = [("consulting", who)] + ([("treating", treating)] if treating is not None else [])
    return tuple(
        ("tests_returned_to_professional", role,
         data | {"recipient": notices.to_professional(reader), "recipient_role": role})
        for role, reader in readers
    )  # fmt: skip


def plan_opinion(before: Snapshot, expert: str, now: datetime) -> Letters:
    """The plan asks for an opinion of its own on a request that it has not decided: free, and nobody must go (II.E)."""
    member = notices.member_of(before)
    chosen = notices.professional(before.professional_id)
    assert before.parent_due_at is not None
    data = notices.head(before, member, now) | {
        "recipient": notices.to_member(member),
        "parent": {
            "reference": before.parent_reference, "service": before.parent_service,
            "decision_expected_on": _day(before.parent_due_at).isoformat(),
        },
        "expert": expert.strip(),
        "professional": notices.described(chosen, now) if chosen else None,
        "authorization": None,
    }  # fmt: skip
    return (("plan_opinion_to_member", "member", data),)


def agreement(before: Snapshot, told: DraftAgreement, now: datetime) -> Letters:
    """The letter of agreement with a Non-Contracted Provider for the one visit (III.B; EE.1141)."""
    who = notices.professional(before.outside_professional_id)
    assert who is not None
    assert before.outside_agreed_at is not None
    plan = the_plan()
    allowed = questions.what_is_authorized(before.edition_in_force, before.asked)
    due = agreement_clock(before.outside_agreed_at, Program(before.program)).due_at
    answer_by = max(_day(now), _day(due)) if due else _day(now)
    data = notices.head(before, notices.member_of(before), now) | {
        "recipient": notices.to_professional(who),
        "agreement": {
            "number": "LOA-" + before.number.removeprefix("SO-"), "rate": told.rate.strip(),
            "payer": notices.payer_of(before, now), "drafted_on": _day(now).isoformat(),
            "answer_by": answer_by.isoformat(),
        },
        "professional": {"name": who.full_name, "specialty": plain_name(who.taxonomy), "npi": who.npi},
        "authorization": _authorization(before) | {"codes": list(allowed.codes)},
        "report": _report_desk() | {"within_days": notices.report_days(before, now)},
        "send_to": {name: plan.desk[name] for name in ("phone", "fax", "mail_lines")},
    }  # fmt: skip
    return (("agreement_to_professional", "professional", data),)


def third_opinion_offer(before: Snapshot, first: Need | None, second: Need, now: datetime) -> Letters:
    """Two opinions differ on the need: the Member has a right to a third, free, for the asking (II.D)."""
    member, plan = notices.member_of(before), the_plan()
    says, who = WORDS["says"], _chosen(before)
    data = notices.head(before, member, now) | {
        "recipient": notices.to_member(member),
        "procedure": before.procedure or notices.subject_of(before),
        "outcome": {
            "first": {"who": before.clinician_name or WORDS["en"]["first"], "says": says[first or "unknown"]},
            "second": {"who": who.full_name, "says": says[second]},
        },
        "ask": {
            "phone": plan.phone[before.program], "tty": plan.tty, "fax": plan.desk["fax"],
            "mail_lines": plan.desk["mail_lines"],
        },
    }  # fmt: skip
    return (("third_opinion_offer_to_member", "member", data),)


def _chosen(before: Snapshot) -> QualifiedProfessional:
    who = notices.professional(before.professional_id)
    if who is None:
        raise Refused("No professional is chosen for this opinion, so there is nobody to write to.")
    return who


def _authorization(before: Snapshot) -> dict[str, Any]:
    assert before.valid_until is not None
    allowed = questions.what_is_authorized(before.edition_in_force, before.asked)
    return {
        "number": before.authorization_number, "valid_until": before.valid_until.isoformat(), "visits": allowed.units,
    }  # fmt: skip


def _report_desk() -> dict[str, Any]:
    plan = the_plan()
    return {"fax": plan.desk["report_fax"], "mail_lines": plan.desk["mail_lines"]}


def _day(at: datetime) -> date:
    return at.astimezone(PACIFIC).date()


def _key(before: Snapshot) -> str:
    return before.program.replace("-", "_")

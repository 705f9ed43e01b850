"""Where a referral stands, as an `Outcome`: the same for the first answer and for every repeat."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from secondopinion.directory.find import professional_with
from secondopinion.fhir import codes
from secondopinion.fhir.answer import Fault, Outcome, Professional, Reviewer
from secondopinion.fhir.takeover import ABOUT_SPECIALIST, questions_for
from secondopinion.people.models import Staff
from secondopinion.people.plan import the_plan
from secondopinion.people.prepared import Prepared
from secondopinion.policy.asked import About, Opinion
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import State

AUTHORIZED = frozenset({State.AUTHORIZED, State.SCHEDULED, State.SEEN, State.REPORT_RECEIVED, State.CLOSED})
LAST = Prepared(
    lambda given: Event.objects.filter(referral=given("referral"), step=given("step")).order_by("-position")[:1]
)
CLASSIFY = "A person will read this request and say which opinion is asked for, and about whose care."
REVIEW = "A clinician is reviewing this request."
CHOOSE = "No professional is named yet. The Member chooses one; the plan sends the authorization there."
BILL = "Bill the one visit with one of these codes: {codes}."


def outcome_of(referral: Referral, at: datetime) -> Outcome:
    """The state of a referral, told to the office that asked. `referral` comes with its professional."""
    before = snapshot_of(referral)
    if referral.authorization_number and before.stands in AUTHORIZED:
        return _certified(referral, before, at)
    if before.stands is State.DENIED:
        return _denied(referral, at)
    if before.stands is State.WITHDRAWN:
        return Outcome("withdrawn", at, referral.number, notes=("This request was withdrawn.",))
    if before.stands is State.CLOSED:
        event = _last(referral, "hand_over")
        to = str(event.details.get("to", "")) if event else ""
        note = f"This is not a second opinion. It was handed to: {to}." if to else "This request is closed."
        return Outcome("contact", at, referral.number, notes=(note,))
    return _pended(referral, before, at)


def member_not_found(at: datetime, expression: str) -> Outcome:
    """Nobody is found by two identifiers. Nothing was kept."""
    return Outcome(
        "error",
        at,
        notes=(
            "No Member was found by the number together with the birth date, or with the name when no birth date "
            "is sent. Nothing was recorded. Check the card and send the request again, or call "
            f"{the_plan().desk['phone']}.",
        ),
        fault=Fault(codes.MEMBER_NOT_FOUND, codes.CORRECT_AND_RESEND, expression),
    )


def not_taken(at: datetime, sentence: str, expression: str) -> Outcome:
    """The house refuses the request, for the reason in the sentence. Nothing was kept."""
    return Outcome(
        "error",
        at,
        notes=(f"{sentence} Nothing was recorded.",),
        fault=Fault(codes.INPUT_ERROR, codes.CORRECT_AND_RESEND, expression),
    )


def appeal(at: datetime) -> Outcome:
    """An appeal is not a new request: where to take it."""
    plan = the_plan()
    where = ", ".join(plan.appeals["mail_lines"])
    phones = " or ".join(dict.fromkeys(plan.phone.values()))
    note = (
        f"This is an appeal of an earlier decision, and this door takes new requests only. Nothing was recorded as "
        f"an appeal. Fax it to {plan.appeals['fax']}, mail it to {where}, or call {phones} now if waiting "
        "could harm the Member."
    )
    return Outcome("contact", at, notes=(note,))


def unchanged(outcome: Outcome) -> Outcome:
    """The present state, with the word that the change asked for was not made."""
    note = (
        "A change of this request is not taken in at this door, and nothing was changed. "
        f"Call {the_plan().desk['phone']} with the referral number."
    )
    return replace(outcome, notes=(*outcome.notes, note))


def _certified(referral: Referral, before: Snapshot, at: datetime) -> Outcome:
    allowed = questions.what_is_authorized(before.edition_in_force, before.asked)
    who = professional_with(referral.professional_id)
    notes = [BILL.format(codes=", ".join(allowed.codes))]
    return Outcome(
        "certified",
        at,
        referral.number,
        authorization_number=referral.authorization_number or "",
        decided_on=referral.authorized_on,
        valid_from=referral.authorized_on,
        valid_until=referral.valid_until,
        professional=Professional(who.npi, who.last_name, who.first_name) if who else None,
        codes=allowed.codes,
        notes=tuple(notes if who else [*notes, CHOOSE]),
        reviewer=_reviewer(_last(referral, "authorize")),
    )


def _denied(referral: Referral, at: datetime) -> Outcome:
    event = _last(referral, "deny")
    details = event.details if event else {}
    words = [f"GG.1538 {r['clause']}: {r['words']}" for r in details.get("reasons", ())]
    signed = details.get("signed", {})
    plan = the_plan()
    return Outcome(
        "denied",
        at,
        referral.number,
        decided_on=event.at.date() if event else None,
        reasons=(codes.NOT_NECESSARY,),
        notes=(
            *words,
            *(n for n in (details.get("clinical_reason"), details.get("would_change")) if n),
            f"The Member may appeal; the letter says how and by when. Questions: {plan.desk['phone']}.",
        ),
        reviewer=Reviewer(signed.get("npi", ""), signed.get("specialty", "")),
    )


def _pended(referral: Referral, before: Snapshot, at: datetime) -> Outcome:
    if before.stands in (State.NURSE_REVIEW, State.PHYSICIAN_REVIEW):
        return Outcome("pended", at, referral.number, notes=(REVIEW,))
    if not before.opinion:
        return Outcome("pended", at, referral.number, notes=(CLASSIFY,))
    # Until somebody says whose care it is, the questions are those of specialist care, and that one.
    asked = replace(before, about=before.about or About.SPECIALIST_CARE.value)
    needs = asked.finding().needs
    if not before.about and before.opinion != Opinion.THIRD.value:
        needs |= {ABOUT_SPECIALIST}
    missing = questions_for(before.edition_in_force, before.opinion, before.answers, needs)
    notes = () if missing else (REVIEW,)
    return Outcome("pended", at, referral.number, notes=notes, missing=tuple(missing))


def _last(referral: Referral, step: str) -> Event | None:
    return LAST.first(referral=referral.pk, step=step)


def _reviewer(event: Event | None) -> Reviewer | None:
    """The person behind a decision; None when the policy itself decided."""
    if event is None or event.role in ("policy", "system"):
        return None
    staff = Staff.objects.filter(pk=event.actor_staff).first() if event.actor_staff else None
    return Reviewer(staff.npi if staff else "")

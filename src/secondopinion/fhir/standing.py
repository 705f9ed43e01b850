"""Where a referral stands, as an `Outcome`: the same for the first answer and for every repeat."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from secondopinion.directory.find import professional_with
from secondopinion.fhir import codes
from secondopinion.fhir.answer import Fault, Outcome, Professional, Reviewer
from secondopinion.fhir.takeover import ABOUT_SPECIALIST, questions_for
from secondopinion.people.person import npi_of
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import About, Opinion
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals.models import Decision, Event, Referral
from secondopinion.referrals.reading import last_of, snapshot_of
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import State

AUTHORIZED = frozenset({State.AUTHORIZED, State.SCHEDULED, State.SEEN, State.REPORT_RECEIVED, State.CLOSED})
GRANTS = ("authorize", "limit", "grant_in_part", "reverse", "overturn", "lift")
CLASSIFY = "A person will read this request and say which opinion is asked for, and about whose care."
REVIEW = "A clinician is reviewing this request."
CHOOSE = "No professional is named yet. The Member chooses one; the plan sends the authorization there."
VISIT = "A visit that nobody had authorized is being looked at."
LATE = (
    "Nobody decided this request in time, so it counts as denied by law (42 CFR 438.404(c)(5)). No clinician found it "
    "unnecessary.",
    "It can be asked for again at once, and the plan can still change the answer to a yes.",
)
APPEAL = "The Member may appeal; the letter says how and by when. Questions: {phone}."
BILL = "Bill the one visit with one of these codes: {codes}."


def outcome_of(referral: Referral, at: datetime) -> Outcome:
    """The state of a referral, told to the office that asked. `referral` comes with its professional."""
    before = snapshot_of(referral)
    if referral.authorization_number and before.stands in AUTHORIZED:
        return _certified(referral, before, at)
    if before.stands in (State.DENIED, State.NOT_COVERED):
        return _denied(referral, at)
    if before.stands is State.DEEMED_DENIED:
        return _deemed(referral, at)
    if before.stands is State.WITHDRAWN:
        return Outcome("withdrawn", at, referral.number, notes=("This request was withdrawn.",))
    if before.stands in (State.DISMISSED, State.EXPIRED, State.CLOSED):
        return Outcome("contact", at, referral.number, notes=_over(referral, before))
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
    event = _last(referral, *GRANTS)
    limited = event is not None and before.decision in (Decision.LIMIT, Decision.PARTIAL)
    notes = [BILL.format(codes=", ".join(allowed.codes))]
    if limited and event is not None:
        notes += [f"Asked for: {event.details['asked']}. Approved: {event.details['approved']}.", *_reasons(event),
                  APPEAL.format(phone=the_plan().desk["phone"])]  # fmt: skip
    if before.rescinded_at is not None and before.valid_until is not None:
        notes.append(f"This authorization was taken back. It is good until {_day(before.valid_until)} and no longer.")
    return Outcome(
        "partial" if limited else "certified",
        at,
        referral.number,
        authorization_number=referral.authorization_number or "",
        decided_on=referral.authorized_on,
        valid_from=referral.authorized_on,
        valid_until=referral.valid_until,
        professional=Professional(who.npi, who.last_name, who.first_name) if who else None,
        codes=allowed.codes,
        notes=tuple(notes if who else [*notes, CHOOSE]),
        reviewer=_signer(event) if limited else _reviewer(event),
    )


def _denied(referral: Referral, at: datetime) -> Outcome:
    """A physician's no: to the request, or to cover a visit that nobody had authorized."""
    event = _last(referral, "deny", "tell_cost")
    details = event.details if event else {}
    own = (details.get("reason"), details.get("clinical_reason"), details.get("would_change"))
    visit = referral.state == State.NOT_COVERED
    return Outcome(
        "denied",
        at,
        referral.number,
        decided_on=_on(event),
        reasons=(codes.NO_PRIOR_APPROVAL if visit else codes.NOT_NECESSARY,),
        notes=(*_reasons(event), *(n for n in own if n), APPEAL.format(phone=the_plan().desk["phone"])),
        reviewer=_signer(event),
    )


def _deemed(referral: Referral, at: datetime) -> Outcome:
    """The time ran out: by law a denial, and nobody's judgment."""
    return Outcome(
        "denied",
        at,
        referral.number,
        decided_on=_on(_last(referral, "deem")),
        reasons=(codes.NOT_IN_TIME,),
        notes=(*LATE, APPEAL.format(phone=the_plan().desk["phone"])),
        by_lapse=True,
    )


def _over(referral: Referral, before: Snapshot) -> tuple[str, ...]:
    """What to tell of a request that ended without a yes or a no that holds."""
    if before.stands is State.EXPIRED:
        until = f" on {_day(before.valid_until)}" if before.valid_until else ""
        number = referral.authorization_number or ""
        return (f"The authorization {number} ended{until} without a visit. Asking again is free at any time.",)
    event = _last(referral, "dismiss" if before.stands is State.DISMISSED else "hand_over", "is_appeal")
    details = event.details if event else {}
    if before.stands is State.DISMISSED:
        phone = the_plan().desk["phone"]
        return ("This request was dismissed: nothing was decided on the care itself.", str(details.get("reason", "")),
                f"The letter says how to have the dismissal looked at again. Questions: {phone}.")  # fmt: skip
    if event is not None and event.step == "is_appeal":
        return (f"This is an appeal of an earlier decision and goes on as one, under {details['earlier']}.",)
    to = details.get("to", "")
    return (f"This is not a second opinion. It was handed to: {to}." if to else "This request is closed.",)


def _reasons(event: Event | None) -> list[str]:
    reasons = event.details.get("reasons", ()) if event else ()
    return [f"GG.1538 {r['clause']}: {r['words']}" for r in reasons]


def _signer(event: Event | None) -> Reviewer:
    signed = event.details.get("signed", {}) if event else {}
    return Reviewer(signed.get("npi", ""), signed.get("specialty", ""))


def _on(event: Event | None) -> date | None:
    return event.at.astimezone(PACIFIC).date() if event else None


def _day(day: date) -> str:
    return f"{day:%A, %B %-d, %Y}"


def _pended(referral: Referral, before: Snapshot, at: datetime) -> Outcome:
    if before.stands is State.VISIT_REVIEW:
        return Outcome("pended", at, referral.number, notes=(VISIT,))
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


def _last(referral: Referral, *steps: str) -> Event | None:
    """The last event of the referral that is one of these steps."""
    return last_of(referral, steps)


def _reviewer(event: Event | None) -> Reviewer | None:
    """The person behind a decision; None when the policy itself decided."""
    if event is None or event.role in ("policy", "system"):
        return None
    return Reviewer(npi_of(event.actor_staff) if event.actor_staff else "")

"""`Claim/$submit`, in the house: find the Member, receive the referral once, answer with where it stands.

Everything happens in one transaction: the referral, its clocks, letters and jobs, and the submission by which
a repeat is known. Sending the same identifiers again gives the present state and makes no second referral.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import IntegrityError

from secondopinion.fhir import standing
from secondopinion.fhir.answer import Outcome
from secondopinion.fhir.members import member_for
from secondopinion.fhir.models import Submission
from secondopinion.fhir.refused import Refused
from secondopinion.fhir.request import Identifier, SecondOpinionRequest, fingerprint
from secondopinion.fhir.takeover import told
from secondopinion.letters.refusal import Incomplete
from secondopinion.people.find import programs_of
from secondopinion.people.models import AccessEntry, ApiClient, Member
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.people.prepared import Prepared, insert
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import lifecycle
from secondopinion.referrals.access import just_taken
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Withdraw

log = logging.getLogger(__name__)
PATIENT = "Bundle.entry[0].resource.patient"
COVERAGE = "Bundle.entry[0].resource.insurance"
CERTIFICATION = "Bundle.entry[0].resource.item.extension('certificationType')"
SUBMISSIONS = Submission.objects.select_related("referral").defer("body")
KNOWN = Prepared(
    lambda given: Submission.objects.filter(
        client=given("client"), bundle_key=given("bundle"), claim_key=given("claim")
    ).values_list("pk")
)
CANCELLED = "Cancelled electronically by the office that asked (certification type 3)."


def submit(request: SecondOpinionRequest, body: bytes, client: ApiClient, now: datetime) -> Outcome:
    """Take a parsed request in, or find what became of it. `now` is the receipt: the server's own clock.

    Raises `Refused` for PACE and for identifiers that already name another request.
    """
    day = now.astimezone(PACIFIC).date()
    if request.intent == "appeal":
        return standing.appeal(now)
    if request.program_hint == "pace":
        raise _pace()
    try:
        with plan_scope(day):
            return _submit(request, body, client, now, day)
    except IntegrityError:
        # The same request came twice at the same moment and the other one was first; its referral stands.
        with plan_scope(day):
            earlier = _earlier(request, client)
            if earlier is None:
                raise
            return _repeat(request, earlier, now)
    except lifecycle.Refused as refusal:
        return standing.not_taken(now, refusal.sentence, COVERAGE)


def _submit(request: SecondOpinionRequest, body: bytes, client: ApiClient, now: datetime, day: date) -> Outcome:
    member = member_for(request)
    if member is None:
        return standing.member_not_found(now, PATIENT)
    earlier = _earlier(request, client)
    if earlier is not None and request.intent != "cancel":
        return _repeat(request, earlier, now)
    prior = earlier or _prior(request, client, member)
    if request.intent == "cancel":
        return _cancel(request, prior, client, now)
    if prior is not None:
        return standing.unchanged(standing.outcome_of(prior.referral, now))
    enrolled = programs_of(member, day)
    asking = told(request, member, _program(request, enrolled), day, now)
    taken = _receive(asking, Person(client.name, frozenset({"system"})), now)
    referral = just_taken(taken)
    insert(
        Submission(
            client=client,
            referral=referral,
            network_id=referral.network_id,
            bundle_key=_key(request.identifier),
            claim_key=_key(request.claim_identifiers[0]),
            digest=fingerprint(request),
            body=body,
            received_at=now,
        )
    )
    why = "prior authorization request"
    insert(AccessEntry(at=now, person=client.name, what="submit", about=referral.number, why=why))
    return standing.outcome_of(referral, now)


def _receive(asking: Request, sender: Person, now: datetime) -> Taken:
    """Receive the request; when a letter of its authorization cannot be written, leave it to a person."""
    try:
        return receive(asking, person=sender, now=now)
    except Incomplete:
        log.exception("A request was received without the authorization it deserves: a letter lacks something")
        return receive(replace(asking, opinion="", about=""), person=sender, now=now)


def _earlier(request: SecondOpinionRequest, client: ApiClient) -> Submission | None:
    """The submission with the same Bundle and Claim identifiers from the same system."""
    bundle, claim = _key(request.identifier), _key(request.claim_identifiers[0])
    known = KNOWN.rows(client=client.pk, bundle=bundle, claim=claim)
    return SUBMISSIONS.get(pk=known[0][0]) if known else None


def _prior(request: SecondOpinionRequest, client: ApiClient, member: Member) -> Submission | None:
    """The submission of this Member that a change or a cancellation is about, by Claim identifier."""
    if request.intent == "new" and not request.prior_identifiers:
        return None
    keys = [_key(i) for i in (*request.prior_identifiers, *request.claim_identifiers)]
    return SUBMISSIONS.filter(client=client, claim_key__in=keys, referral__member=member).first()


def _repeat(request: SecondOpinionRequest, earlier: Submission, now: datetime) -> Outcome:
    if earlier.digest != fingerprint(request):
        raise Refused(
            409,
            "conflict",
            "These Bundle and Claim identifiers already name another request of this system.",
            "Give a new request identifiers of its own; to ask about the old one, send it unchanged.",
            "Bundle.identifier",
        )
    return standing.outcome_of(earlier.referral, now)


def _cancel(request: SecondOpinionRequest, prior: Submission | None, client: ApiClient, now: datetime) -> Outcome:
    if prior is None:
        sentence = "No request with this Claim identifier was received from this system, so there is none to cancel."
        return standing.not_taken(now, sentence, CERTIFICATION)
    by_name = request.requestor.name or client.name
    step = Withdraw(by=prior.referral.requester, by_name=by_name, words=CANCELLED)
    try:
        # Whoever sent the request may take it back; the desk's role is lent for this one step.
        advance(prior.referral_id, step, person=Person(client.name, frozenset({"intake"})), now=now)
    except lifecycle.Refused:
        if prior.referral.state != State.WITHDRAWN.value:
            return standing.unchanged(standing.outcome_of(prior.referral, now))
    prior.referral.refresh_from_db()
    return standing.outcome_of(prior.referral, now)


def _program(request: SecondOpinionRequest, enrolled: Sequence[str]) -> str:
    """The program of the request: the one enrolled in; of two, the one that the Coverage names."""
    if len(enrolled) == 1 and request.program_hint in ("", enrolled[0]):
        return enrolled[0]
    # Reading: a Member of both programs is a OneCare Member first; Medicare pays before Medi-Cal.
    return request.program_hint or (Program.ONECARE.value if enrolled else Program.MEDI_CAL.value)


def _key(identifier: Identifier) -> str:
    return f"{identifier.system}|{identifier.value}"


def _pace() -> Refused:
    pace = the_plan().pace
    return Refused(
        422,
        "business-rule",
        "The coverage is PACE, and GG.1538 does not apply to PACE.",
        f"Send the request to {pace['name']}, {pace['phone']}, today.",
        COVERAGE,
    )

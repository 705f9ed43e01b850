"""`Claim/$submit`, inbound: a PAS 2.2.1 Request Bundle becomes a `SecondOpinionRequest`, or is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from secondopinion.fhir import claim as claims
from secondopinion.fhir import parties
from secondopinion.fhir.bundle import Entries, Entry, check_envelope, claim_entry
from secondopinion.fhir.concepts import date_time, identifier, instant
from secondopinion.fhir.marks import needs_a_person, opinion_of, worded_marks
from secondopinion.fhir.node import Node
from secondopinion.fhir.refused import missing, unacceptable
from secondopinion.fhir.request import Party, SecondOpinionRequest
from secondopinion.fhir.shape import read_json
from secondopinion.fhir.words import answers_in, cited_clauses

# A sender's clock may be wrong by a time zone. It never sets the receipt: that is the server's own clock.
AHEAD = timedelta(hours=12)
INDIVIDUALS = ("Practitioner", "PractitionerRole", "Organization")


def parse(body: bytes, now: datetime) -> SecondOpinionRequest:
    """Read a PAS Request Bundle (2.2.1) sent as `body` and received at the aware instant `now`.

    Raises `Refused`, and nothing else, for whatever cannot be taken in.
    """
    bundle = check_envelope(read_json(body))
    bundle_id = bundle.required_node("identifier", "a repeat of the request is known by it")
    known_as = identifier(bundle_id, "a repeat of the request is known by it")
    stamped_at = instant(bundle, "timestamp", "it says when the request was put together")
    _not_ahead(stamped_at, now, "Bundle.timestamp")
    entries = Entries(bundle)
    entry = claim_entry(entries)
    claim = entry.resource
    claims.check_claim(claim)
    own = [identifier(n, "the answer refers to it") for n in claim.nodes("identifier")]
    if not own:
        raise missing(claim.path("identifier"), "the answer refers to the Claim by it")
    _not_ahead(date_time(claim, "created", "it says when the Claim was written"), now, claim.path("created"))

    patient = entries.need(claim, "patient", ("Patient",), "it names the Member")
    insurer = entries.need(claim, "insurer", ("Organization",), "it names the plan")
    provider = entries.need(claim, "provider", parties.PROVIDERS, "it names who asks")
    coverage = claims.focal_coverage(claim, entries)
    _same_member(coverage, patient, entries)

    lines = claims.lines(claim, entries)
    messages = claims.messages(claim)
    marks = tuple(dict.fromkeys(chain.from_iterable(item.marks for item in lines.items)))
    marks += worded_marks(messages)
    urgency, why_urgent = claims.urgency(claim)
    performer = _performer(claim, lines.services, entries)
    echoed = parties.echo(patient, entries) | parties.echo(insurer, entries) | parties.echo(provider, entries)
    if performer is not None:
        echoed |= parties.echo(performer, entries)
    return SecondOpinionRequest(
        identifier=known_as,
        stamped_at=stamped_at,
        claim_url=entry.full_url,
        claim_identifiers=tuple(own),
        prior_identifiers=_prior(claim, entries),
        intent=lines.intent,
        asked_for=parties.asked_for(patient),
        subscriber_number=parties.subscriber_number(coverage),
        program_hint=parties.program_hint(coverage, insurer.resource),
        requestor=parties.party(provider, entries),
        performer=_party(performer, entries),
        insurer_url=insurer.full_url,
        diagnoses=claims.diagnoses(claim),
        items=lines.items,
        cancelled=lines.cancelled,
        urgency=urgency,
        urgency_reason=why_urgent,
        marks=marks,
        opinion=opinion_of(marks),
        needs_a_person=needs_a_person(lines.items, marks),
        messages=tuple(words for _, words in messages),
        cited=cited_clauses(words for _, words in messages),
        answers=answers_in(entries.of_kind("QuestionnaireResponse")),
        claim_type=claim.of["type"],
        bundle_identifier=bundle_id.of,
        echo=echoed,
    )


def _not_ahead(moment: datetime | date | None, now: datetime, at: str) -> None:
    if moment is None:
        return
    limit = now + AHEAD
    ahead = moment > limit if isinstance(moment, datetime) else moment > limit.date()
    if ahead:
        raise unacceptable(
            at,
            "lies ahead of this server's clock",
            "Check the sender's clock and time zone, then send again.",
        )


def _same_member(coverage: Node, patient: Entry, entries: Entries) -> None:
    covered = entries.need(coverage, "beneficiary", ("Patient",), "it names who is covered")
    if covered.full_url != patient.full_url:
        raise unacceptable(
            coverage.path("beneficiary"),
            "is not the patient of the Claim",
            "Send the Coverage of the Member the opinion is for.",
        )


def _performer(claim: Node, services: Sequence[Node], entries: Entries) -> Entry | None:
    """Who the sender proposes to give the opinion: of the service ordered, else of the care team."""
    for service in services:
        for reference in service.nodes("performer"):
            found = entries.follow(reference, claims.PERFORMERS, "it names who is to be seen")
            if found is not None and found.kind in INDIVIDUALS:
                return found
    for member in claim.nodes("careTeam"):
        return entries.need(member, "provider", INDIVIDUALS, "it names a provider")
    return None


def _party(entry: Entry | None, entries: Entries) -> Party | None:
    return None if entry is None else parties.party(entry, entries)


def _prior(claim: Node, entries: Entries) -> tuple[Any, ...]:
    found = []
    for related in claim.nodes("related"):
        earlier = related.node("claim")
        if earlier is None:
            continue
        named = earlier.node("identifier")
        if named is not None:
            found.append(identifier(named, "it names the earlier Claim"))
        elif earlier.text("reference") is not None:
            target = entries.follow(earlier, ("Claim",), "it names the earlier Claim")
            if target is not None:
                own = target.resource.nodes("identifier")
                found += [identifier(n, "it names the earlier Claim") for n in own]
    return tuple(found)

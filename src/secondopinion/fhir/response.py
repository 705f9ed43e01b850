"""The PAS Response Bundle (profile-pas-response-bundle 2.2.1): what the house answers, as FHIR.

A certified answer carries what GG.1538 III.F.1 and III.G say to the professional. A denied answer
carries its specific reason. A pended one asks for what is missing in plain words. The parties are
repeated with the fullUrl the sender gave them (spec-33), item numbers are the Claim's own (spec-34).
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from secondopinion.fhir import codes
from secondopinion.fhir.answer import GRANTED, Fault, Outcome, Professional, Reviewer
from secondopinion.fhir.request import Item, Json, SecondOpinionRequest
from secondopinion.policy.calendar import PACIFIC

NAMESPACE = uuid.UUID("5c1d2c3a-63c9-5d0b-9a57-0a4f0d3b1f27")  # ours; makes the same answer the same address
ACTIONS = {
    "certified": codes.CERTIFIED,
    # Reading: a limited yes grants less of the same service and nothing instead of it, so it is certified in part; the
    # code of a modification would have to bring the other service along.
    "partial": codes.IN_PART,
    "pended": codes.PENDED,
    "denied": codes.NOT_CERTIFIED,
    "withdrawn": codes.CANCELLED,
    "contact": codes.CONTACT_US,
}

# GG.1538 III.F.1 and III.G, in our own words, for the professional who gives the opinion.
TERMS = (
    "This authorization is for one consultation, to give a second opinion. It covers nothing else.",
    "Send a written consultation report, with the procedures or tests you recommend, to the Member and to "
    "the Member's primary care provider.",
    "Send the Member back to the treating provider for every diagnostic test, laboratory test and image.",
)


def response_bundle(request: SecondOpinionRequest, outcome: Outcome, base: str) -> Json:
    """The Bundle that answers `request` with `outcome`.

    `base` is the address of this server's FHIR base, without a slash at the end; numbers that the house
    gives out are identified under it. Instants are written with the Pacific offset.
    """
    who = _professional(request, outcome.professional) if outcome.kind in GRANTED else None
    response = _claim_response(request, outcome, base, who[0] if who else "")
    key = f"{base}|{outcome.referral_number or request.claim_identifiers[0].value}|{outcome.kind}"
    entries = {f"urn:uuid:{uuid.uuid5(NAMESPACE, key)}": response, **request.echo}
    if who is not None:
        entries.setdefault(*who)
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [codes.PAS + "profile-pas-response-bundle"]},
        "identifier": request.bundle_identifier,
        "type": "collection",
        "timestamp": _instant(outcome.at),
        "entry": [{"fullUrl": url, "resource": resource} for url, resource in entries.items()],
    }


def _claim_response(request: SecondOpinionRequest, outcome: Outcome, base: str, professional: str) -> Json:
    notes = _notes(outcome)
    claim_identifier = request.claim_identifiers[0]
    response: Json = {
        "resourceType": "ClaimResponse",
        "meta": {"profile": [codes.PAS + "profile-claimresponse"]},
        "status": "active",
        "type": request.claim_type,
        "use": "preauthorization",
        "patient": _to(request.asked_for.full_url),
        "created": _instant(outcome.at),
        "insurer": _to(request.insurer_url),
        "requestor": _to(request.requestor.full_url),
        "request": {
            "type": "Claim",
            "identifier": _plain({"system": claim_identifier.system, "value": claim_identifier.value}),
            "reference": request.claim_url,
        },
        "outcome": "error" if outcome.kind == "error" else "complete",
    }
    if outcome.referral_number:
        response["identifier"] = [{"system": f"{base}/referral-number", "value": outcome.referral_number}]
    if outcome.kind in (*GRANTED, "denied"):
        response["extension"] = [_reviewer(outcome.reviewer)]
    if outcome.kind in GRANTED:
        response["preAuthPeriod"] = _period(outcome.valid_from, outcome.valid_until)
    if notes:
        response["processNote"] = [
            {"number": number, "type": "display", "text": text} for number, text in enumerate(notes, start=1)
        ]
    if outcome.fault is not None:
        response["error"] = [_error(outcome.fault)]
    else:
        answers = [_item(item, outcome, professional, len(notes)) for item in request.items]
        answers += [_cancelled(item) for item in request.cancelled]
        response["item"] = sorted(answers, key=lambda answer: answer["itemSequence"])
    return response


def _notes(outcome: Outcome) -> list[str]:
    terms = list(TERMS) if outcome.kind in GRANTED else []
    return terms + list(outcome.notes) + list(outcome.missing)


def _cancelled(item: Item) -> Json:
    return {"itemSequence": item.sequence, "adjudication": [_adjudication(codes.CANCELLED, ())]}


def _item(item: Item, outcome: Outcome, professional: str, notes: int) -> Json:
    extensions: list[Json] = []
    if outcome.kind in GRANTED:
        assert outcome.decided_on is not None
        extensions = [
            _extension("itemPreAuthIssueDate", valueDate=outcome.decided_on.isoformat()),
            _extension("itemPreAuthPeriod", valuePeriod=_period(outcome.valid_from, outcome.valid_until)),
        ]
        if professional:
            extensions.append(_authorized_provider(professional))
        extensions.append(_authorized_detail(item, outcome.codes))
    elif outcome.kind == "pended" and outcome.referral_number:
        extensions = [_extension("administrationReferenceNumber", valueString=outcome.referral_number)]
    answer: Json = {
        "itemSequence": item.sequence,
        "adjudication": [_adjudication(ACTIONS[outcome.kind], _reasons(outcome), outcome.authorization_number)],
    }
    if extensions:
        answer["extension"] = extensions
    if notes:
        answer["noteNumber"] = list(range(1, notes + 1))
    return answer


def _reasons(outcome: Outcome) -> tuple[str, ...]:
    if outcome.kind == "pended" and not outcome.reasons:
        return (codes.NEEDS_INFORMATION,) if outcome.missing else (codes.NEEDS_REVIEW,)
    return outcome.reasons


def _adjudication(action: str, reasons: tuple[str, ...], number: str = "") -> Json:
    parts: list[Json] = []
    if action in (codes.CERTIFIED, codes.IN_PART):
        parts.append({"url": "number", "valueString": number})
    coded = _concept(codes.REVIEW_ACTION, action)
    parts.append({"url": codes.PAS + "extension-reviewActionCode", "valueCodeableConcept": coded})
    for reason in reasons:
        because = _concept(codes.REVIEW_REASON, reason)
        parts.append({"url": "reasonCode", "valueCodeableConcept": because})
    return {
        "extension": [_extension("reviewAction", extension=parts)],
        "category": _concept(codes.ADJUDICATION, "submitted"),
    }


def _reviewer(reviewer: Reviewer | None) -> Json:
    # California: only a licensed clinician may deny (H&S 1367.01(e)); the policy itself may authorize. Nobody at all
    # has reviewed a request that counts as denied because its time ran out, and the answer says so.
    parts: list[Json] = [{"url": "wasHumanReviewedFlag", "valueBoolean": reviewer is not None}]
    if reviewer is not None and reviewer.npi:
        npi = {"system": codes.NPI, "value": reviewer.npi}
        parts.append({"url": "reviewerNPI", "valueIdentifier": npi})
    if reviewer is not None and reviewer.taxonomy:
        specialty = _concept(codes.TAXONOMY, reviewer.taxonomy)
        parts.append({"url": "reviewerSpecialty", "valueCodeableConcept": specialty})
    return _extension("claimResponseReviewer", extension=parts)


def _professional(request: SecondOpinionRequest, who: Professional | None) -> tuple[str, Json] | None:
    """The fullUrl and resource of the authorized professional: the sender's own when the NPI is the same."""
    if who is None:
        return None
    for url, resource in request.echo.items():
        if resource["resourceType"] in ("Practitioner", "Organization") and _has_npi(resource, who.npi):
            return url, resource
    resource = {
        "resourceType": "Practitioner" if who.is_person else "Organization",
        "identifier": [{"system": codes.NPI, "value": who.npi}],
    }
    if who.is_person:
        profile = "profile-practitioner"
        resource["name"] = [_plain({"family": who.family, "given": [who.given] if who.given else None})]
    else:
        profile = "profile-organization"
        resource |= {"active": True, "name": who.family}
    resource["meta"] = {"profile": [codes.PAS + profile]}
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, who.npi)}", resource


def _has_npi(resource: Json, npi: str) -> bool:
    identifiers = resource.get("identifier") or []
    return any(i.get("system") == codes.NPI and i.get("value") == npi for i in identifiers)


def _authorized_provider(url: str) -> Json:
    kind = _concept(codes.PROVIDER_TYPE, codes.SERVICE_PROVIDER)
    return _extension(
        "itemAuthorizedProvider",
        extension=[
            {"url": "provider", "valueReference": _to(url)},
            _extension("authorizedProviderType", valueCodeableConcept=kind),
        ],
    )


def _authorized_detail(item: Item, authorized: tuple[str, ...]) -> Json:
    # III.G: one visit. A code asked for that is not a consultation is not what was authorized. The guide lists
    # an end of a code range here and forbids it by its own context, so the range is said in a processNote.
    parts: list[Json] = []
    if not authorized or any(code.code in authorized for code in item.product):
        concept = item.raw["productOrService"]
    else:
        concept = _concept(codes.CPT, authorized[0])
    parts.append({"url": "productOrServiceCode", "valueCodeableConcept": concept})
    parts += [{"url": "modifier", "valueCodeableConcept": m} for m in item.raw.get("modifier") or ()]
    parts.append({"url": "quantity", "valueQuantity": {"value": 1, "unit": "VS"}})
    return _extension("itemAuthorizedDetail", extension=parts)


def _error(fault: Fault) -> Json:
    follow_up = _concept(codes.FOLLOW_UP, fault.follow_up)
    extensions = [
        _extension("errorPath", valueString=fault.expression),
        _extension("errorFollowupAction", valueCodeableConcept=follow_up),
        _extension("errorElement", extension=[{"url": "processNote", "valuePositiveInt": 1}]),
    ]
    return {"extension": extensions, "code": _concept(codes.REJECT_REASON, fault.reason)}


def _extension(name: str, **value: Any) -> Json:
    return {"url": f"{codes.PAS}extension-{name}", **value}


def _concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _to(url: str) -> Json:
    return {"reference": url}


def _plain(of: Json) -> Json:
    return {key: value for key, value in of.items() if value}


def _period(start: date | None, end: date | None) -> Json:
    return {"start": start.isoformat() if start else None, "end": end.isoformat() if end else None}


def _instant(at: datetime) -> str:
    return at.astimezone(PACIFIC).isoformat(timespec="seconds")

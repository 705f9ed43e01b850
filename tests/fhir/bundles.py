"""A small PAS 2.2.1 request of our own, with made-up people, to change one thing at a time."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import orjson

Json = dict[str, Any]

PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
X12 = "https://codesystem.x12.org/005010/"
BASE = "https://office.example.org/fhir/"
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # Monday 2026-11-23 10:00 Pacific
CLAIM, PATIENT, OFFICE, PLAN, COVERAGE, SERVICE, DOCTOR = range(7)


def concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def extension(name: str, **value: Any) -> Json:
    return {"url": f"{PAS}extension-{name}", **value}


def to(reference: str) -> Json:
    return {"reference": BASE + reference}


def entry(resource: Json) -> Json:
    return {"fullUrl": f"{BASE}{resource['resourceType']}/{resource['id']}", "resource": resource}


def claim() -> Json:
    return {
        "resourceType": "Claim",
        "id": "c1",
        "meta": {"profile": [PAS + "profile-claim"]},
        "identifier": [{"system": "urn:trnorg:1234567893", "value": "REQ-77"}],
        "status": "active",
        "type": concept("http://terminology.hl7.org/CodeSystem/claim-type", "professional"),
        "use": "preauthorization",
        "patient": to("Patient/p1"),
        "created": "2026-11-23T09:30:00-08:00",
        "insurer": to("Organization/plan"),
        "provider": to("Organization/office"),
        "priority": concept("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
        "supportingInfo": [
            {
                "sequence": 1,
                "category": concept("http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes", "freeFormMessage"),
                "valueString": "Second opinion wanted: she doubts that the knee must be replaced (GG.1538 II.C.1)",
            }
        ],
        "diagnosis": [
            {
                "sequence": 1,
                "diagnosisCodeableConcept": concept("http://hl7.org/fhir/sid/icd-10-cm", "M17.11"),
            }
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": to("Coverage/cov")}],
        "item": [
            {
                "extension": [
                    extension("serviceItemRequestType", valueCodeableConcept=concept(X12 + "1525", "SC")),
                    extension("certificationType", valueCodeableConcept=concept(X12 + "1322", "I")),
                    extension("requestedService", valueReference=to("ServiceRequest/sr")),
                ],
                "sequence": 1,
                "diagnosisSequence": [1],
                "category": concept(X12 + "1365", "20"),
                "productOrService": concept("http://www.ama-assn.org/go/cpt", "99204"),
                "modifier": [concept("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "SM")],
                "locationCodeableConcept": concept(
                    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
                    "11",
                ),
                "quantity": {"value": 1, "unit": "VS"},
            }
        ],
    }


def patient() -> Json:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "meta": {"profile": [PAS + "profile-beneficiary"]},
        "identifier": [
            {
                "type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"),
                "system": "https://plan.example.org/member-id",
                "value": "OC0000042",
            }
        ],
        "name": [{"family": "Quill", "given": ["Marisol"]}],
        "gender": "female",
        "birthDate": "1961-04-09",
    }


def organization(key: str, name: str, npi: str, kind: str, profile: str) -> Json:
    return {
        "resourceType": "Organization",
        "id": key,
        "meta": {"profile": [PAS + profile]},
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": npi}],
        "active": True,
        "type": [concept(X12 + "98", kind)],
        "name": name,
        "telecom": [{"system": "phone", "value": "714-555-0150"}],
    }


def coverage() -> Json:
    return {
        "resourceType": "Coverage",
        "id": "cov",
        "meta": {"profile": [PAS + "profile-coverage"]},
        "identifier": [
            {
                "type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"),
                "value": "OC0000042",
            }
        ],
        "status": "active",
        "subscriberId": "OC0000042",
        "beneficiary": to("Patient/p1"),
        "relationship": concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self"),
        "payor": [to("Organization/plan")],
    }


def service() -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": "sr",
        "status": "active",
        "intent": "order",
        "code": concept(X12 + "1365", "20"),
        "subject": to("Patient/p1"),
        "performer": [to("Practitioner/doctor")],
        "reasonCode": [concept("http://terminology.hl7.org/CodeSystem/v2-0336", "S")],
        "orderDetail": [concept("http://terminology.hl7.org/CodeSystem/v2-0282", "SO")],
    }


def doctor() -> Json:
    return {
        "resourceType": "Practitioner",
        "id": "doctor",
        "meta": {"profile": [PAS + "profile-practitioner"]},
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1679576722"}],
        "name": [{"family": "Osei", "given": ["Adwoa"]}],
    }


def request() -> Json:
    """A complete request for a second opinion: every mark, a named doctor, an attested clause."""
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [PAS + "profile-pas-request-bundle"]},
        "identifier": {"system": "https://office.example.org/transaction", "value": "T-77"},
        "type": "collection",
        "timestamp": "2026-11-23T09:30:00-08:00",
        "entry": [
            entry(claim()),
            entry(patient()),
            entry(organization("office", "Elm Street Family Care", "1245319599", "X3", "profile-requestor")),
            entry(organization("plan", "Orchard County Health Plan", "1234567893", "PR", "profile-insurer")),
            entry(coverage()),
            entry(service()),
            entry(doctor()),
        ],
    }


def resource(bundle: Json, index: int) -> Json:
    return bundle["entry"][index]["resource"]


def unmarked() -> Json:
    """The same request with nothing left that says which opinion is asked."""
    bundle = request()
    item = resource(bundle, CLAIM)["item"][0]
    item["category"] = concept(X12 + "1365", "3")
    del item["modifier"]
    del resource(bundle, CLAIM)["supportingInfo"]
    ordered = resource(bundle, SERVICE)
    ordered["code"] = concept(X12 + "1365", "3")
    del ordered["reasonCode"], ordered["orderDetail"]
    return bundle


def marked(*, category: str = "", modifier: str = "", reason: str = "", disposition: str = "") -> Json:
    """An unmarked request with the named marks put in."""
    bundle = unmarked()
    item = resource(bundle, CLAIM)["item"][0]
    ordered = resource(bundle, SERVICE)
    if category:
        item["category"] = concept(X12 + "1365", category)
    if modifier:
        item["modifier"] = [concept("http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", modifier)]
    if reason:
        ordered["reasonCode"] = [concept("http://terminology.hl7.org/CodeSystem/v2-0336", reason)]
    if disposition:
        ordered["orderDetail"] = [concept("http://terminology.hl7.org/CodeSystem/v2-0282", disposition)]
    return bundle


def saying(words: str, bundle: Json | None = None) -> Json:
    """A request whose free-form message says `words`."""
    bundle = copy.deepcopy(bundle) if bundle is not None else request()
    info = claim()["supportingInfo"][0] | {"valueString": words}
    resource(bundle, CLAIM)["supportingInfo"] = [info]
    return bundle


def body(bundle: Any) -> bytes:
    return orjson.dumps(bundle)

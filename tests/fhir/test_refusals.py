"""What the FHIR door refuses, and how: one OperationOutcome that says what, why and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fhir import bundles as b
from fhir.emitted import keep
from secondopinion.fhir.outcome import operation_outcome
from secondopinion.fhir.refused import Refused
from secondopinion.fhir.shape import check_media_type
from secondopinion.fhir.submit import parse

Change = Callable[[dict[str, Any]], object]
CLAIM = "Bundle.entry[0].resource"


def refused(body: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        parse(body, b.NOW)
    return caught.value


def refused_after(change: Change) -> Refused:
    bundle = b.request()
    change(bundle)
    return refused(b.body(bundle))


def claim(bundle: dict[str, Any]) -> dict[str, Any]:
    return b.resource(bundle, b.CLAIM)


BODIES = {
    "nothing": (b"", "structure"),
    "not JSON": (b"{", "structure"),
    "XML": (b"<Bundle/>", "structure"),
    "not UTF-8": (b'{"resourceType":"\xff"}', "structure"),
    "not a number": (b'{"resourceType":NaN}', "structure"),
    "an array": (b"[]", "structure"),
    "null": (b"null", "structure"),
    "an empty object": (b"{}", "structure"),
    "a bare Claim": (b.body(b.claim()), "structure"),
    "an OperationOutcome": (b.body({"resourceType": "OperationOutcome", "issue": []}), "structure"),
    "Parameters around it": (
        b.body({"resourceType": "Parameters", "parameter": [{"resource": b.request()}]}),
        "structure",
    ),
    "a resource type that is no text": (b.body({"resourceType": 5}), "structure"),
    "a depth bomb of objects": (b'{"a":' * 900 + b"1" + b"}" * 900, "structure"),
    "a depth bomb of arrays": (b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", "structure"),
    "depth beyond the parser": (b"[" * 100_000, "structure"),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_that_is_no_bundle_is_refused(case: str) -> None:
    body, code = BODIES[case]
    refusal = refused(body)
    assert (refusal.status, refusal.code) == (400, code)


def test_a_body_above_the_limit_is_refused_before_it_is_read() -> None:
    assert refused(b" " * 1_000_001).status == 413


CHANGES: dict[str, tuple[Change, str, str]] = {
    "the Bundle is a batch": (lambda x: x.update(type="batch"), "value", "Bundle.type"),
    "the Bundle has no type": (lambda x: x.pop("type"), "required", "Bundle.type"),
    "the Bundle has no identifier": (lambda x: x.pop("identifier"), "required", "Bundle.identifier"),
    "the identifier has no value": (
        lambda x: x["identifier"].pop("value"), "required", "Bundle.identifier.value"),
    "the identifier is too long": (
        lambda x: x["identifier"].update(value="x" * 201), "too-long", "Bundle.identifier"),
    "there is no timestamp": (lambda x: x.pop("timestamp"), "required", "Bundle.timestamp"),
    "the timestamp has no offset": (
        lambda x: x.update(timestamp="2026-11-23T09:00:00"), "value", "Bundle.timestamp"),
    "the timestamp is words": (lambda x: x.update(timestamp="this morning"), "value", "Bundle.timestamp"),
    "the timestamp is no real day": (
        lambda x: x.update(timestamp="2026-02-30T09:00:00-08:00"), "value", "Bundle.timestamp"),
    "the timestamp is tomorrow": (
        lambda x: x.update(timestamp="2026-11-24T10:00:00-08:00"), "value", "Bundle.timestamp"),
    "the Claim was written next year": (
        lambda x: claim(x).update(created="2027-01-04"), "value", f"{CLAIM}.created"),
    "there are no entries": (lambda x: x.pop("entry"), "required", "Bundle.entry"),
    "the entries are empty": (lambda x: x.update(entry=[]), "required", "Bundle.entry"),
    "the entries are an object": (lambda x: x.update(entry={}), "structure", "Bundle.entry"),
    "an entry is words": (lambda x: x["entry"].append("Patient"), "structure", "Bundle.entry[7]"),
    "an entry has no fullUrl": (
        lambda x: x["entry"][1].pop("fullUrl"), "required", "Bundle.entry[1].fullUrl"),
    "a fullUrl is relative": (
        lambda x: x["entry"][1].update(fullUrl="Patient/p1"), "value", "Bundle.entry[1].fullUrl"),
    "a fullUrl is used twice": (
        lambda x: x["entry"].append(x["entry"][1]), "duplicate", "Bundle.entry[7].fullUrl"),
    "an entry has no resource": (
        lambda x: x["entry"][1].pop("resource"), "required", "Bundle.entry[1].resource"),
    "the Claim is not first": (lambda x: x["entry"].reverse(), "invalid", CLAIM),
    "the Claim has no identifier": (lambda x: claim(x).pop("identifier"), "required", f"{CLAIM}.identifier"),
    "the Claim is a draft": (lambda x: claim(x).update(status="draft"), "value", f"{CLAIM}.status"),
    "the Claim has no status": (lambda x: claim(x).pop("status"), "required", f"{CLAIM}.status"),
    "the Claim is for payment": (lambda x: claim(x).update(use="claim"), "value", f"{CLAIM}.use"),
    "the Claim has no type": (lambda x: claim(x).pop("type"), "required", f"{CLAIM}.type"),
    "the Claim has no priority": (lambda x: claim(x).pop("priority"), "required", f"{CLAIM}.priority"),
    "the Claim was never written": (lambda x: claim(x).pop("created"), "required", f"{CLAIM}.created"),
    "the Claim has no patient": (lambda x: claim(x).pop("patient"), "required", f"{CLAIM}.patient"),
    "the patient is not in the Bundle": (
        lambda x: claim(x).update(patient={"reference": "Patient/elsewhere"}),
        "not-found", f"{CLAIM}.patient.reference"),
    "the patient is an office": (
        lambda x: claim(x).update(patient=b.to("Organization/office")), "value", f"{CLAIM}.patient.reference"),
    "the patient is contained": (
        lambda x: claim(x).update(patient={"reference": "#p"}), "structure", f"{CLAIM}.patient.reference"),
    "the patient is named in words": (
        lambda x: claim(x).update(patient="Patient/p1"), "structure", f"{CLAIM}.patient"),
    "there is no insurer": (lambda x: claim(x).pop("insurer"), "required", f"{CLAIM}.insurer"),
    "there is no provider": (lambda x: claim(x).pop("provider"), "required", f"{CLAIM}.provider"),
    "there is no insurance": (lambda x: claim(x).pop("insurance"), "required", f"{CLAIM}.insurance"),
    "no coverage is focal": (
        lambda x: claim(x)["insurance"][0].update(focal=False), "value", f"{CLAIM}.insurance"),
    "focal is words": (
        lambda x: claim(x)["insurance"][0].update(focal="yes"), "structure", f"{CLAIM}.insurance[0].focal"),
    "the coverage is not in the Bundle": (
        lambda x: x["entry"].pop(b.COVERAGE), "not-found", f"{CLAIM}.insurance[0].coverage.reference"),
    "the coverage is of someone else": (
        lambda x: x["entry"].append(b.entry(b.patient() | {"id": "p2"})) or
        b.resource(x, b.COVERAGE).update(beneficiary=b.to("Patient/p2")),
        "value", "Bundle.entry[4].resource.beneficiary"),
    "there is no item": (lambda x: claim(x).pop("item"), "required", f"{CLAIM}.item"),
    "an item has no number": (
        lambda x: claim(x)["item"][0].pop("sequence"), "required", f"{CLAIM}.item[0].sequence"),
    "an item has the number nought": (
        lambda x: claim(x)["item"][0].update(sequence=0), "value", f"{CLAIM}.item[0].sequence"),
    "an item has the number true": (
        lambda x: claim(x)["item"][0].update(sequence=True), "structure", f"{CLAIM}.item[0].sequence"),
    "two items have one number": (
        lambda x: claim(x)["item"].append(claim(x)["item"][0]), "duplicate", f"{CLAIM}.item[1].sequence"),
    "an item has no category": (
        lambda x: claim(x)["item"][0].pop("category"), "required", f"{CLAIM}.item[0].category"),
    "a category says nothing": (
        lambda x: claim(x)["item"][0].update(category={}), "required", f"{CLAIM}.item[0].category.coding"),
    "an item has no service": (
        lambda x: claim(x)["item"][0].pop("productOrService"), "required", f"{CLAIM}.item[0].productOrService"),
    "an item has no place": (
        lambda x: claim(x)["item"][0].pop("locationCodeableConcept"), "required", f"{CLAIM}.item[0].location"),
    "an item has no certification type": (
        lambda x: claim(x)["item"][0]["extension"].pop(1), "required",
        f"{CLAIM}.item[0].extension('certificationType')"),
    "the service ordered is not in the Bundle": (
        lambda x: x["entry"].pop(b.SERVICE), "not-found", f"{CLAIM}.item[0].extension[2].valueReference.reference"),
    "the performer is not in the Bundle": (
        lambda x: x["entry"].pop(b.DOCTOR), "not-found", "Bundle.entry[5].resource.performer[0].reference"),
    "the Member has no identifier": (
        lambda x: b.resource(x, b.PATIENT).pop("identifier"), "required", "Bundle.entry[1].resource.identifier"),
    "the birth date is words": (
        lambda x: b.resource(x, b.PATIENT).update(birthDate="April 9"), "value", "Bundle.entry[1].resource.birthDate"),
    "the birth date is no real day": (
        lambda x: b.resource(x, b.PATIENT).update(birthDate="1961-02-30"), "value",
        "Bundle.entry[1].resource.birthDate"),
    "a name is words": (
        lambda x: b.resource(x, b.PATIENT).update(name="Marisol"), "structure", "Bundle.entry[1].resource.name"),
    "an unknown modifier extension": (
        lambda x: claim(x).update(modifierExtension=[{"url": "https://example.org/not", "valueBoolean": True}]),
        "extension", f"{CLAIM}.modifierExtension[0]"),
    "an unknown modifier extension deep inside": (
        lambda x: b.resource(x, b.DOCTOR)["name"][0].update(modifierExtension=[{"url": "https://example.org/not"}]),
        "extension", "Bundle.entry[6].resource.name[0].modifierExtension[0]"),
    "an extension without a url": (
        lambda x: claim(x).update(extension=[{"valueBoolean": True}]), "required", f"{CLAIM}.extension[0].url"),
    "implicit rules": (
        lambda x: x.update(implicitRules="https://example.org/rules"), "not-supported", "Bundle.implicitRules"),
    "a null character": (
        lambda x: b.resource(x, b.PATIENT)["name"][0].update(family="Qu\0ill"), "value",
        "Bundle.entry[1].resource.name[0].family"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES)
def test_a_malformed_bundle_is_refused_at_the_place_of_the_fault(case: str) -> None:
    change, code, expression = CHANGES[case]
    refusal = refused_after(change)
    assert (refusal.status, refusal.code, refusal.expression) == (400, code, expression)
    assert refusal.remedy.endswith(".")


def test_a_clock_that_is_a_few_hours_ahead_is_forgiven() -> None:
    bundle = b.request() | {"timestamp": "2026-11-23T15:00:00-08:00"}
    assert parse(b.body(bundle), b.NOW).stamped_at > b.NOW


def test_a_refusal_is_one_operation_outcome_and_repeats_no_value() -> None:
    refusal = refused_after(lambda x: b.resource(x, b.PATIENT).update(birthDate="Marisol Quill"))
    outcome = operation_outcome(refusal)
    keep("refusal", outcome)
    assert outcome["resourceType"] == "OperationOutcome"
    [issue] = outcome["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "value")
    assert issue["expression"] == ["Bundle.entry[1].resource.birthDate"]
    assert issue["diagnostics"].startswith(issue["details"]["text"])
    assert "Marisol" not in str(outcome)


@pytest.mark.parametrize(
    "header", ["application/fhir+json", "application/json; charset=utf-8", "APPLICATION/FHIR+JSON"]
)
def test_fhir_json_is_taken_under_its_names(header: str) -> None:
    check_media_type(header)


@pytest.mark.parametrize("header", ["", "text/plain", "application/fhir+xml", "application/x-www-form-urlencoded"])
def test_other_media_types_are_refused(header: str) -> None:
    with pytest.raises(Refused) as caught:
        check_media_type(header)
    assert (caught.value.status, caught.value.code) == (415, "not-supported")

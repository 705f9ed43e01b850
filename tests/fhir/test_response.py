"""What the house answers, as a PAS Response Bundle."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.conf import settings

from fhir import bundles as b
from fhir.emitted import keep
from fhir.outcomes import A_CLINIC, OUTCOMES, UNTIL
from secondopinion.fhir.answer import Outcome
from secondopinion.fhir.metadata import capability_statement
from secondopinion.fhir.response import response_bundle
from secondopinion.fhir.submit import parse

BASE = "https://plan.example.org/fhir/pas/2.2.1"


def answered(outcome: Outcome | str, request: dict[str, Any] | None = None) -> dict[str, Any]:
    chosen = OUTCOMES[outcome] if isinstance(outcome, str) else outcome
    return response_bundle(parse(b.body(request or b.request()), b.NOW), chosen, BASE)


def claim_response(bundle: dict[str, Any]) -> dict[str, Any]:
    resource: dict[str, Any] = bundle["entry"][0]["resource"]
    assert resource["resourceType"] == "ClaimResponse"
    return resource


def part(of: dict[str, Any], name: str) -> dict[str, Any]:
    return next(e for e in of.get("extension", ()) if e["url"].endswith(name))


def review(item: dict[str, Any]) -> dict[str, Any]:
    action = part(item["adjudication"][0], "extension-reviewAction")
    code = part(action, "extension-reviewActionCode")
    reasons = [e["valueCodeableConcept"]["coding"][0]["code"] for e in action["extension"] if e["url"] == "reasonCode"]
    number = [e["valueString"] for e in action["extension"] if e["url"] == "number"]
    return {"code": code["valueCodeableConcept"]["coding"][0]["code"], "reasons": reasons, "number": number}


@pytest.mark.parametrize(
    ("outcome", "code", "reasons"),
    [
        ("certified by the policy", "A1", []),
        ("pended for a person", "A4", ["0V"]),
        ("pended for information", "A4", ["0U"]),
        ("denied", "A3", ["0F"]),
        ("denied because the time ran out", "A3", ["17"]),
        ("certified in part", "A2", []),
        ("withdrawn", "C", []),
        ("to be taken elsewhere", "CT", []),
    ],
)
def test_each_kind_of_answer_has_its_code(outcome: str, code: str, reasons: list[str]) -> None:
    [item] = claim_response(answered(outcome))["item"]
    assert (review(item)["code"], review(item)["reasons"]) == (code, reasons)
    assert item["itemSequence"] == 1


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_answer_is_a_collection_that_echoes_the_parties_under_their_own_addresses(outcome: str) -> None:
    bundle = answered(outcome)
    keep(f"answer {outcome}", bundle)
    assert (bundle["type"], bundle["identifier"]) == ("collection", b.request()["identifier"])
    assert bundle["timestamp"] == "2026-11-23T10:00:00-08:00"
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(urls) == len(set(urls))
    response = claim_response(bundle)
    for key in ("patient", "insurer", "requestor"):
        assert response[key]["reference"] in urls
    assert response["request"]["identifier"]["value"] == "REQ-77"


@pytest.mark.clause("III.F.1")
@pytest.mark.clause("III.G")
def test_a_certified_answer_tells_the_professional_to_report_and_to_send_the_member_back_for_tests() -> None:
    response = claim_response(answered("certified by the policy"))
    notes = " ".join(note["text"] for note in response["processNote"])
    for words in ("one consultation", "written consultation report", "primary care provider", "treating provider"):
        assert words in notes
    [item] = response["item"]
    detail = part(item, "extension-itemAuthorizedDetail")
    assert part(detail, "quantity")["valueQuantity"] == {"value": 1, "unit": "VS"}
    assert review(item)["number"] == ["A-26-000001"]
    assert response["preAuthPeriod"]["end"] == UNTIL.isoformat()
    assert part(item, "extension-itemPreAuthPeriod")["valuePeriod"]["end"] == UNTIL.isoformat()


def test_the_doctor_asked_for_keeps_the_address_of_the_sender() -> None:
    item = claim_response(answered("certified by the policy"))["item"][0]
    provider = part(part(item, "extension-itemAuthorizedProvider"), "provider")
    assert provider["valueReference"]["reference"] == b.BASE + "Practitioner/doctor"


def test_another_doctor_is_added_to_the_bundle() -> None:
    bundle = answered("certified by a nurse for another doctor")
    item = claim_response(bundle)["item"][0]
    url = part(part(item, "extension-itemAuthorizedProvider"), "provider")["valueReference"]["reference"]
    [doctor] = [e["resource"] for e in bundle["entry"] if e["fullUrl"] == url]
    assert (doctor["name"][0]["family"], doctor["identifier"][0]["value"]) == ("Lindqvist", "1003000126")


def test_a_clinic_already_in_the_request_is_not_added_twice() -> None:
    outcome = dataclasses.replace(OUTCOMES["certified by the policy"], professional=A_CLINIC)
    kinds = [e["resource"]["resourceType"] for e in answered(outcome)["entry"]]
    assert kinds.count("Organization") == 2


def test_a_service_that_is_no_consultation_is_not_what_is_authorized() -> None:
    request = b.request()
    item = b.resource(request, b.CLAIM)["item"][0]
    item["productOrService"] = b.concept("http://www.ama-assn.org/go/cpt", "27447")
    answer = claim_response(answered("certified by the policy", request))["item"][0]
    detail = part(answer, "extension-itemAuthorizedDetail")
    assert part(detail, "productOrServiceCode")["valueCodeableConcept"]["coding"][0]["code"] == "99204"


def test_a_pended_answer_asks_for_what_is_missing_and_gives_the_number_to_ask_by() -> None:
    response = claim_response(answered("pended for information"))
    assert [n["text"] for n in response["processNote"]] == ["Was surgery recommended?", "Does the Member doubt it?"]
    assert response["outcome"] == "complete"
    [item] = response["item"]
    assert item["noteNumber"] == [1, 2]
    assert part(item, "extension-administrationReferenceNumber")["valueString"] == "SO-26-000001"


def test_a_denied_answer_says_why_and_who_reviewed_it() -> None:
    response = claim_response(answered("denied"))
    assert "another surgeon" in response["processNote"][0]["text"]
    reviewer = part(response, "extension-claimResponseReviewer")
    assert part(reviewer, "wasHumanReviewedFlag")["valueBoolean"] is True
    assert part(reviewer, "reviewerNPI")["valueIdentifier"]["value"] == "1114904364"


def test_an_answer_by_the_policy_itself_says_that_no_human_reviewed_it() -> None:
    reviewer = part(claim_response(answered("certified by the policy")), "extension-claimResponseReviewer")
    assert part(reviewer, "wasHumanReviewedFlag")["valueBoolean"] is False


def test_an_unknown_member_is_an_error_in_the_answer_with_code_75() -> None:
    response = claim_response(answered("unknown Member"))
    assert (response["outcome"], "item" in response) == ("error", False)
    [error] = response["error"]
    assert error["code"]["coding"][0]["code"] == "75"
    assert part(error, "extension-errorFollowupAction")["valueCodeableConcept"]["coding"][0]["code"] == "C"


def test_a_cancelled_line_is_answered_as_cancelled_whatever_becomes_of_the_rest() -> None:
    request = b.request()
    lines = b.resource(request, b.CLAIM)["item"]
    gone = {"url": b.PAS + "modifierextension-infoCancelled", "valueBoolean": True}
    lines.insert(0, lines[0] | {"sequence": 2, "modifierExtension": [gone]})
    items = claim_response(answered("certified by the policy", request))["item"]
    assert [(i["itemSequence"], review(i)["code"]) for i in items] == [(1, "A1"), (2, "C")]


def test_the_same_answer_has_the_same_bytes() -> None:
    assert b.body(answered("denied")) == b.body(answered("denied"))


def test_an_answer_repeats_nothing_of_a_party_but_who_it_is() -> None:
    request = b.request()
    patient = b.resource(request, b.PATIENT)
    patient |= {"maritalStatus": {"text": "x"}, "contained": [], "text": {"status": "empty"}, "unheard": 1}
    del patient["gender"]
    bundle = answered("pended for a person", request)
    [echoed] = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient"]
    assert set(echoed) == {"resourceType", "id", "meta", "identifier", "name", "gender", "birthDate"}
    assert echoed["gender"] == "unknown"


@pytest.mark.parametrize(
    "name", ["second-opinion-samples/so-request", "examples/pas-2.2.1/Bundle-ReferralAuthorizationBundleExample"]
)
def test_the_samples_are_answered(name: str) -> None:
    sample = settings.SHARED / "fhir" / f"{name}.json"
    if not sample.exists():
        pytest.skip(f"the guides' samples are not on this machine ({sample})")
    for kind, outcome in OUTCOMES.items():
        bundle = response_bundle(parse(sample.read_bytes(), b.NOW), outcome, BASE)
        keep(f"{sample.stem} {kind}", bundle)
        assert claim_response(bundle)["item" if outcome.fault is None else "error"]


@pytest.mark.parametrize(
    ("outcome", "lost"),
    [
        ("certified by the policy", {"authorization_number": ""}),
        ("certified by the policy", {"valid_until": None}),
        ("denied", {"notes": ()}),
        ("denied", {"reviewer": None}),
        ("denied", {"by_lapse": True}),
        ("denied because the time ran out", {"by_lapse": False}),
        ("certified in part", {"reviewer": None}),
        ("certified in part", {"notes": ()}),
        ("unknown Member", {"fault": None}),
        ("pended for a person", {"at": b.NOW.replace(tzinfo=None)}),
    ],
)
def test_an_answer_without_what_it_needs_cannot_exist(outcome: str, lost: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"needs"):
        dataclasses.replace(OUTCOMES[outcome], **lost)


def test_the_capability_statement_names_the_operation_and_the_guide() -> None:
    statement = capability_statement(BASE)
    keep("metadata", statement)
    [claim] = statement["rest"][0]["resource"]
    assert claim["operation"][0]["definition"].endswith("/OperationDefinition/Claim-submit")
    assert statement["implementationGuide"][0].endswith("|2.2.1")

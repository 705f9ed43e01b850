"""What the FHIR door understands of a PAS request."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fhir import bundles as b
from secondopinion.fhir.request import SecondOpinionRequest, fingerprint
from secondopinion.fhir.submit import parse


def read(bundle: dict[str, Any]) -> SecondOpinionRequest:
    return parse(b.body(bundle), b.NOW)


def test_a_complete_request_is_understood() -> None:
    request = read(b.request())
    assert request.identifier.value == "T-77"
    assert [i.value for i in request.claim_identifiers] == ["REQ-77"]
    assert request.asked_for.numbers == ("OC0000042",)
    assert str(request.asked_for.names[0]) == "Marisol Quill"
    assert request.asked_for.birth_on == date(1961, 4, 9)
    assert request.subscriber_number == "OC0000042"
    assert (request.requestor.name, request.requestor.npi) == ("Elm Street Family Care", "1245319599")
    assert request.requestor.phone == "714-555-0150"
    assert request.performer is not None
    assert (request.performer.name, request.performer.npi_valid) == ("Adwoa Osei", True)
    assert [c.code for c in request.diagnoses] == ["M17.11"]
    assert (request.opinion, request.needs_a_person) == ("second", False)
    assert (request.urgency, request.intent) == ("standard", "new")
    assert request.cited == ("II.C.1",)


@pytest.mark.parametrize(
    ("marks", "opinion"),
    [
        ({"category": "20"}, "second"),
        ({"category": "21"}, "third"),
        ({"modifier": "SM"}, "second"),
        ({"modifier": "SN"}, "third"),
        ({"modifier": "32"}, "second"),
        ({"reason": "S"}, "second"),
        ({"disposition": "SO"}, "second"),
        ({"category": "21", "reason": "S", "disposition": "SO"}, "third"),
    ],
)
def test_any_one_coded_mark_says_which_opinion(marks: dict[str, str], opinion: str) -> None:
    request = read(b.marked(**marks))
    assert (request.opinion, request.needs_a_person) == (opinion, False)
    assert len(request.marks) == len(marks)


def test_a_request_without_a_mark_needs_a_person() -> None:
    request = read(b.unmarked())
    assert (request.opinion, request.needs_a_person, request.marks) == ("", True, ())


def test_words_alone_are_a_hint_and_need_a_person() -> None:
    request = read(b.saying("Please arrange a 2nd opinion for her", b.unmarked()))
    assert (request.opinion, request.needs_a_person) == ("second", True)


def test_marks_at_odds_need_a_person() -> None:
    request = read(b.marked(category="20", modifier="SN"))
    assert (request.opinion, request.needs_a_person) == ("", True)


def test_one_line_without_a_mark_needs_a_person() -> None:
    bundle = b.request()
    lines = b.resource(bundle, b.CLAIM)["item"]
    lines.append(b.resource(b.unmarked(), b.CLAIM)["item"][0] | {"sequence": 2, "extension": lines[0]["extension"][:2]})
    assert read(bundle).needs_a_person


@pytest.mark.parametrize("level", ["U", "03"])
def test_an_urgent_level_of_service_is_expedited(level: str) -> None:
    bundle = b.request()
    b.resource(bundle, b.CLAIM)["extension"] = [
        b.extension("levelOfServiceCode", valueCodeableConcept=b.concept(b.X12 + "1338", level))
    ]
    assert read(bundle).urgency == "expedited"


def test_a_stat_priority_is_expedited_and_an_elective_level_is_not() -> None:
    bundle = b.request()
    claim = b.resource(bundle, b.CLAIM)
    claim["extension"] = [b.extension("levelOfServiceCode", valueCodeableConcept=b.concept(b.X12 + "1338", "E"))]
    assert read(bundle).urgency == "standard"
    claim["priority"] = b.concept("http://terminology.hl7.org/CodeSystem/processpriority", "stat")
    assert read(bundle).urgency == "expedited"


@pytest.mark.parametrize(
    ("certification", "intent"), [("I", "new"), ("1", "appeal"), ("2", "appeal"), ("3", "cancel"), ("R", "change")]
)
def test_the_certification_type_says_what_the_sender_wants(certification: str, intent: str) -> None:
    bundle = b.request()
    item = b.resource(bundle, b.CLAIM)["item"][0]
    item["extension"][1]["valueCodeableConcept"] = b.concept(b.X12 + "1322", certification)
    assert read(bundle).intent == intent


def test_a_cancelled_line_is_kept_apart() -> None:
    bundle = b.request()
    lines = b.resource(bundle, b.CLAIM)["item"]
    lines.append(lines[0] | {
        "sequence": 2,
        "modifierExtension": [{"url": b.PAS + "modifierextension-infoCancelled", "valueBoolean": True}],
    })  # fmt: skip
    request = read(bundle)
    assert ([i.sequence for i in request.items], [i.sequence for i in request.cancelled]) == ([1], [2])
    assert request.intent == "new"


def test_a_birth_date_may_be_absent_or_only_a_year() -> None:
    bundle = b.request()
    b.resource(bundle, b.PATIENT)["birthDate"] = "1961"
    assert read(bundle).asked_for.birth_on is None
    del b.resource(bundle, b.PATIENT)["birthDate"]
    assert read(bundle).asked_for.birth_on is None


def test_a_wrong_check_digit_is_noted_and_not_refused() -> None:
    bundle = b.request()
    b.resource(bundle, b.OFFICE)["identifier"][0]["value"] = "1245319590"
    assert not read(bundle).requestor.npi_valid


def test_unknown_elements_are_passed_over() -> None:
    bundle = b.request()
    b.resource(bundle, b.CLAIM)["shoeSize"] = {"left": [1, {"a": None}], "right": 2.5}
    b.resource(bundle, b.PATIENT)["extension"] = [{"url": "https://elsewhere.example.org/x", "valueInteger": 4}]
    assert read(bundle).opinion == "second"


def test_duplicate_keys_are_read_as_the_last_one() -> None:
    assert parse(b.body(b.request())[:-1] + b',"type":"collection"}', b.NOW).opinion == "second"


def test_references_may_be_relative_or_urns() -> None:
    relative = b.body(b.request()).replace(b'"reference":"https://office.example.org/fhir/', b'"reference":"')
    assert parse(relative, b.NOW).performer is not None
    bundle = b.request()
    urn = "urn:uuid:7f1d4f4e-0d5b-4f3a-9d55-3f1f2a6f7c11"
    bundle["entry"][b.PATIENT]["fullUrl"] = urn
    for index, key in ((b.CLAIM, "patient"), (b.COVERAGE, "beneficiary"), (b.SERVICE, "subject")):
        b.resource(bundle, index)[key] = {"reference": urn}
    assert read(bundle).asked_for.full_url == urn


def test_a_requestor_may_come_as_a_role() -> None:
    bundle = b.request()
    role = {
        "resourceType": "PractitionerRole",
        "id": "role",
        "practitioner": b.to("Practitioner/doctor"),
        "organization": b.to("Organization/office"),
    }
    bundle["entry"].append(b.entry(role))
    b.resource(bundle, b.CLAIM)["provider"] = b.to("PractitionerRole/role")
    request = read(bundle)
    assert (request.requestor.name, request.requestor.npi) == ("Adwoa Osei", "1679576722")
    assert request.requestor.phone == "714-555-0150"
    assert b.BASE + "Practitioner/doctor" in request.echo


@pytest.mark.parametrize(
    ("place", "words", "hint"),
    [("type", "Orchard PACE", "pace"), ("type", "OneCare HMO D-SNP", "onecare"), ("type", "Medi-Cal", "medi-cal")],
)
def test_the_coverage_may_name_the_program(place: str, words: str, hint: str) -> None:
    bundle = b.request()
    b.resource(bundle, b.COVERAGE)[place] = {"text": words}
    assert read(bundle).program_hint == hint


@pytest.mark.parametrize(
    ("words", "clauses"),
    [
        ("GG.1538 II.C.1 and II.C.5 apply", ("II.C.1", "II.C.5")),
        ("see gg.1538 (III.A.2)", ("III.A.2",)),
        ("Indications are not clear, tests conflict (GG.1538 II.C.3)", ("II.C.3",)),
        ("Treatment is not improving her condition (GG.1538 II.C.4)", ("II.C.4",)),
        ("II.C.1 without the name of the policy", ()),
        ("She does not meet GG.1538 II.C.1", ()),
        ("Does GG.1538 II.C.1 apply?", ()),
        ("GG.1538 II.Z.9", ()),
    ],
)
def test_a_cited_clause_counts_only_when_it_is_attested(words: str, clauses: tuple[str, ...]) -> None:
    assert read(b.saying(words)).cited == clauses


def test_answers_come_by_the_name_of_the_fact_and_contradictions_are_left_out() -> None:
    bundle = b.request()
    answer = [{"valueBoolean": True}]
    items = [
        {"linkId": "section", "item": [{"linkId": "a_fact", "answer": answer}]},
        {"linkId": "another", "answer": [{"valueBoolean": False}]},
        {"linkId": "both", "answer": answer},
        {"linkId": "both", "answer": [{"valueBoolean": False}]},
        {"linkId": "words", "answer": [{"valueString": "yes"}]},
    ]
    bundle["entry"].append(
        b.entry({"resourceType": "QuestionnaireResponse", "id": "qr", "status": "completed", "item": items})
    )
    assert dict(read(bundle).answers) == {"a_fact": True, "another": False}


def test_sending_again_later_keeps_the_fingerprint_and_asking_something_else_changes_it() -> None:
    first = fingerprint(read(b.request()))
    again = b.request() | {"timestamp": "2026-11-23T09:45:00-08:00"}
    b.resource(again, b.CLAIM)["created"] = "2026-11-23T09:45:00-08:00"
    assert fingerprint(read(again)) == first
    b.resource(again, b.PATIENT)["birthDate"] = "1961-04-10"
    assert fingerprint(read(again)) != first

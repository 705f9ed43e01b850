"""`POST /fhir/pas/2.2.1/Claim/$submit`: a request on the wire becomes a referral, once, and is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from county import NOW, TODAY, TOKEN, County, county, member
from fhir import bundles as b
from fhir.emitted import keep
from secondopinion.fhir import taking, views
from secondopinion.fhir.models import Submission
from secondopinion.letters.refusal import Incomplete
from secondopinion.people.models import AccessEntry, ApiClient
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals import ledger
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.told import Classify, Deny, Reason, ReferUp

Json = dict[str, Any]
ADDRESS = "/fhir/pas/2.2.1/Claim/$submit"


@pytest.fixture
def orchard(as_plan: None) -> County:
    made = county()
    marisol(made)
    return made


def marisol(made: County) -> None:
    """The Member of our own request bundle."""
    member("OC0000042", "Marisol", "Quill", date(1961, 4, 9), "medi-cal", made.pcp)


def post(body: Any, *, token: str = TOKEN, now: datetime = NOW, **headers: str) -> HttpResponse:
    content = body if isinstance(body, bytes) else b.body(body)
    kind = headers.pop("content_type", "application/fhir+json")
    sent = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}
    request = RequestFactory().post(ADDRESS, content, content_type=kind, **sent, **headers)
    request.now = now  # type: ignore[attr-defined]
    answer = views.claim_submit(request)
    assert isinstance(answer, HttpResponse)
    return answer


def answer_of(response: HttpResponse, name: str = "") -> Json:
    """The ClaimResponse of a 200; its Bundle is kept for the HL7 validator."""
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/fhir+json"
    bundle = orjson.loads(response.content)
    if name:
        keep(f"door {name}", bundle)
    claim_response: Json = bundle["entry"][0]["resource"]
    assert claim_response["resourceType"] == "ClaimResponse"
    return claim_response


def decision(claim_response: Json) -> str:
    code = claim_response["item"][0]["adjudication"][0]["extension"][0]["extension"]
    found = next(e for e in code if e["url"].endswith("extension-reviewActionCode"))
    return str(found["valueCodeableConcept"]["coding"][0]["code"])


def notes(claim_response: Json) -> str:
    return " ".join(note["text"] for note in claim_response.get("processNote", ()))


def issue_of(response: HttpResponse, status: int) -> Json:
    """The one issue of the one OperationOutcome of a 4xx."""
    assert response.status_code == status, response.content
    outcome = orjson.loads(response.content)
    keep(f"door refusal {status} {outcome['issue'][0]['code']}", outcome)
    assert outcome["resourceType"] == "OperationOutcome"
    [issue] = outcome["issue"]
    assert issue["severity"] == "error"
    return dict(issue)


def nothing_was_kept() -> bool:
    return not (Referral.objects.exists() or Submission.objects.exists() or Event.objects.exists())


def test_a_complete_request_is_received_and_authorized_by_the_policy_at_the_door(orchard: County) -> None:
    answered = answer_of(post(b.request()), "certified")
    assert decision(answered) == "A1"
    referral = Referral.objects.get()
    assert (referral.channel, referral.received_at, referral.entered_at) == ("fhir", NOW, NOW)
    assert (referral.state, referral.opinion, referral.about) == ("authorized", "second", "specialist-care")
    assert (referral.requester, referral.requester_npi) == ("provider", "1245319599")
    assert referral.professional == orchard.sam
    assert answered["identifier"][0]["value"] == referral.number
    assert answered["preAuthPeriod"]["start"] == TODAY.isoformat()
    assert AccessEntry.objects.get(about=referral.number).person == "Example office"
    assert Submission.objects.get().referral == referral


def test_a_request_without_a_reason_is_pended_with_the_questions_that_would_settle_it(orchard: County) -> None:
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["supportingInfo"]
    answered = answer_of(post(bundle), "pended for information")
    assert decision(answered) == "A4"
    questions = [note["text"] for note in answered["processNote"]]
    assert "Has somebody recommended an operation that has not been done yet?" in questions
    assert all(question.endswith("?") or "(Ask when" in question for question in questions)
    assert Referral.objects.get().state == "received"


def test_answers_of_a_questionnaire_settle_the_request(orchard: County) -> None:
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["supportingInfo"]
    yes = [{"valueBoolean": True}]
    items = [{"linkId": name, "answer": yes} for name in (
        "member_questions_surgery", "surgery_is_recommended", "about_is_specialist_care",
        "reviewer_finds_another_reason", "somebody_elses_question",
    )]  # fmt: skip
    answers = {"resourceType": "QuestionnaireResponse", "id": "qr", "status": "completed", "item": items}
    bundle["entry"].append(b.entry(answers))
    assert decision(answer_of(post(bundle))) == "A1"
    # A licensed reviewer's judgment is not taken from outside.
    recorded = Event.objects.get(step="receive").details["answers"]
    assert recorded == {"member_questions_surgery": True, "surgery_is_recommended": True}


def test_an_unmarked_request_is_received_and_pended_for_a_person_to_classify(orchard: County) -> None:
    answered = answer_of(post(b.unmarked()), "pended for a person")
    assert decision(answered) == "A4"
    assert "A person will read this request" in notes(answered)
    referral = Referral.objects.get()
    assert (referral.state, referral.opinion, referral.about) == ("received", "", "")
    assert referral.due_at is not None


def test_a_third_opinion_is_received_as_one(orchard: County) -> None:
    bundle = b.saying("Third opinion: the two surgeons differ", b.marked(category="21"))
    assert decision(answer_of(post(bundle), "third")) == "A4"
    assert Referral.objects.get().opinion == "third"


def test_an_urgent_request_runs_the_urgent_clock(orchard: County) -> None:
    bundle = b.unmarked()
    b.resource(bundle, b.CLAIM)["extension"] = [
        b.extension("levelOfServiceCode", valueCodeableConcept=b.concept(b.X12 + "1338", "U"))
    ]
    answer_of(post(bundle))
    referral = Referral.objects.get()
    assert (referral.urgency, referral.urgency_reason) == ("expedited", "Sent as urgent: X12 UM06 U.")
    assert referral.due_at is not None
    assert referral.due_at <= NOW + timedelta(hours=72)


def test_the_receipt_is_the_servers_own_clock_whatever_the_sender_stamped(orchard: County) -> None:
    bundle = b.request() | {"timestamp": "2026-11-23T15:00:00-08:00"}
    answer_of(post(bundle))
    assert Referral.objects.get().received_at == NOW


@pytest.mark.parametrize(
    "name", ["second-opinion-samples/so-request", "examples/pas-2.2.1/Bundle-ReferralAuthorizationBundleExample"]
)
def test_the_samples_become_referrals(orchard: County, name: str) -> None:
    sample = settings.SHARED / "fhir" / f"{name}.json"
    if not sample.exists():
        pytest.skip(f"the guides' samples are not on this machine ({sample})")
    answered = answer_of(post(sample.read_bytes()), sample.stem)
    referral = Referral.objects.get()
    marked = "so-request" in name
    assert decision(answered) == ("A1" if marked else "A4")
    assert referral.member == (orchard.one if marked else orchard.joe)
    assert (referral.opinion == "") is not marked


def test_sending_the_same_request_again_gives_the_present_state_and_no_second_referral(orchard: County) -> None:
    first = answer_of(post(b.request()))
    again = answer_of(post(b.request() | {"timestamp": "2026-11-23T09:59:00-08:00"}, now=NOW + timedelta(hours=1)))
    assert first["item"] == again["item"]
    assert first["identifier"] == again["identifier"]
    assert (Referral.objects.count(), Submission.objects.count()) == (1, 1)


def test_a_repeat_after_a_denial_is_answered_with_the_denial(orchard: County) -> None:
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["supportingInfo"]
    answer_of(post(bundle))
    referral = Referral.objects.get()
    physician = orchard.person("physician@plan")
    advance(referral.pk, Classify(Opinion.SECOND, About.SPECIALIST_CARE), person=physician, now=NOW)
    advance(referral.pk, ReferUp("Nothing supports it so far."), person=physician, now=NOW)
    words = "We know of no reason on the list that applies, and two calls brought nothing new."
    denial = Deny((Reason("II.C", words),), words, words, words)
    advance(referral.pk, denial, person=physician, now=NOW)
    answered = answer_of(post(bundle), "denied")
    assert decision(answered) == "A3"
    assert "two calls brought nothing new" in notes(answered)
    reviewer = next(e for e in answered["extension"] if e["url"].endswith("claimResponseReviewer"))
    assert {"url": "wasHumanReviewedFlag", "valueBoolean": True} in reviewer["extension"]


def test_the_same_identifiers_for_something_else_are_a_conflict(orchard: County) -> None:
    answer_of(post(b.request()))
    assert issue_of(post(b.saying("Something else altogether")), 409)["code"] == "conflict"
    assert Referral.objects.count() == 1


def test_an_unknown_member_is_answered_with_code_75_and_nothing_is_kept(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.PATIENT)["birthDate"] = "1961-04-10"
    answered = answer_of(post(bundle), "unknown member")
    assert (answered["outcome"], answered["error"][0]["code"]["coding"][0]["code"]) == ("error", "75")
    assert "Nothing was recorded" in notes(answered)
    assert nothing_was_kept()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda p: p.pop("birthDate"), True),
        (lambda p: p.update(name=[{"family": "Quill-Vega", "given": ["Mari"]}]), True),
        (lambda p: p.update(birthDate="1961", name=[{"text": "MARISOL QUILL"}]), True),
        (lambda p: (p.pop("birthDate"), p.update(name=[{"family": "Quill", "given": ["Ana"]}])), False),
        (lambda p: (p.pop("birthDate"), p.pop("name")), False),
    ],
)
def test_two_identifiers_make_a_member(orchard: County, change: Callable[[Json], object], found: bool) -> None:
    bundle = b.request()
    change(b.resource(bundle, b.PATIENT))
    assert (answer_of(post(bundle))["outcome"] == "complete") is found


def test_the_number_alone_is_no_member(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.PATIENT)["identifier"][0]["value"] = "M0000001"
    b.resource(bundle, b.COVERAGE)["subscriberId"] = "M0000001"
    assert answer_of(post(bundle))["outcome"] == "error"


def test_pace_is_refused_with_where_to_go(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.COVERAGE)["type"] = {"text": "PACE"}
    issue = issue_of(post(bundle), 422)
    assert "Orchard County PACE Center" in issue["diagnostics"]
    assert "1-800-555-0149" in issue["diagnostics"]
    assert nothing_was_kept()


def test_a_program_the_member_is_not_in_is_answered_with_an_error(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.COVERAGE)["type"] = {"text": "OneCare"}
    answered = answer_of(post(bundle), "wrong program")
    assert answered["outcome"] == "error"
    assert "enrolled in medi-cal, not in onecare" in notes(answered)
    assert nothing_was_kept()


@pytest.mark.parametrize("certification", ["1", "2"])
def test_an_appeal_makes_no_new_request_and_is_told_where_to_go(orchard: County, certification: str) -> None:
    bundle = b.request()
    item = b.resource(bundle, b.CLAIM)["item"][0]
    item["extension"][1]["valueCodeableConcept"] = b.concept(b.X12 + "1322", certification)
    answered = answer_of(post(bundle), "appeal")
    assert decision(answered) == "CT"
    assert "1-714-555-0190" in notes(answered)
    assert nothing_was_kept()


def cancelling() -> Json:
    bundle = b.request()
    bundle["identifier"]["value"] = "T-78"
    item = b.resource(bundle, b.CLAIM)["item"][0]
    item["extension"][1]["valueCodeableConcept"] = b.concept(b.X12 + "1322", "3")
    return bundle


def test_a_cancellation_withdraws_the_request(orchard: County) -> None:
    answer_of(post(b.request()))
    answered = answer_of(post(cancelling()), "cancelled")
    assert decision(answered) == "C"
    assert Referral.objects.get().state == "withdrawn"
    again = answer_of(post(cancelling()))
    assert decision(again) == "C"
    assert Event.objects.filter(step="withdraw").count() == 1


def test_there_is_nothing_to_cancel_before_a_request(orchard: County) -> None:
    answered = answer_of(post(cancelling()), "nothing to cancel")
    assert answered["outcome"] == "error"
    assert "none to cancel" in notes(answered)
    assert nothing_was_kept()


def test_a_change_of_a_known_request_changes_nothing_and_says_so(orchard: County) -> None:
    answer_of(post(b.request()))
    bundle = b.request()
    bundle["identifier"]["value"] = "T-79"
    item = b.resource(bundle, b.CLAIM)["item"][0]
    item["extension"][1]["valueCodeableConcept"] = b.concept(b.X12 + "1322", "S")
    answered = answer_of(post(bundle), "change")
    assert decision(answered) == "A1"
    assert "nothing was changed" in notes(answered)
    assert Referral.objects.count() == 1


def test_malformed_input_is_refused_with_one_operation_outcome_and_nothing_is_kept(orchard: County) -> None:
    assert issue_of(post(b"{"), 400)["code"] == "structure"
    bundle = b.request()
    del b.resource(bundle, b.CLAIM)["patient"]
    assert issue_of(post(bundle), 400)["expression"] == ["Bundle.entry[0].resource.patient"]
    late = b.request() | {"timestamp": "2026-11-25T09:00:00-08:00"}
    assert issue_of(post(late), 400)["expression"] == ["Bundle.timestamp"]
    assert nothing_was_kept()


def test_a_body_above_the_limit_is_refused_by_its_announced_length_and_by_its_real_one(orchard: County) -> None:
    assert issue_of(post(b" " * 1_000_001), 413)["code"] == "too-long"


def test_other_media_types_and_methods_are_refused(orchard: County) -> None:
    assert issue_of(post(b.request(), content_type="text/plain"), 415)["code"] == "not-supported"
    assert issue_of(post(b.request(), HTTP_ACCEPT="application/fhir+xml"), 406)["code"] == "not-supported"
    refused = views.claim_submit(RequestFactory().get(ADDRESS))
    assert isinstance(refused, HttpResponse)
    assert issue_of(refused, 405)["code"] == "not-supported"
    assert refused["Allow"] == "POST"


@pytest.mark.parametrize("token", ["", "somebody-elses"])
def test_only_a_known_system_may_ask(orchard: County, token: str) -> None:
    refused = post(b.request(), token=token)
    assert issue_of(refused, 401)["code"] == "login"
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert nothing_was_kept()


def test_a_system_switched_off_may_not_ask(orchard: County) -> None:
    ApiClient.objects.update(active=False)
    issue_of(post(b.request()), 401)


def test_a_database_that_does_not_answer_is_a_503_without_operation_outcome(
    orchard: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(views, "submit", gone)
    response = post(b.request())
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert b"OperationOutcome" not in response.content


def test_a_fault_in_the_middle_leaves_nothing_half_written(orchard: County, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OperationalError("killed")

    monkeypatch.setattr(taking.AccessEntry.objects, "create", broken)
    assert post(b.request()).status_code == 503
    monkeypatch.undo()
    assert nothing_was_kept()
    assert decision(answer_of(post(b.request()))) == "A1"


def test_the_metadata_is_open_to_everyone() -> None:
    response = views.metadata(RequestFactory().get("/fhir/pas/2.2.1/metadata"))
    assert isinstance(response, HttpResponse)
    statement = orjson.loads(response.content)
    assert (statement["resourceType"], statement["fhirVersion"]) == ("CapabilityStatement", "4.0.1")


def test_a_letter_that_cannot_be_written_costs_the_authorization_and_not_the_request(
    orchard: County, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lacking(*_: object, **__: object) -> None:
        raise Incomplete("approval_to_member", "the address is missing")

    monkeypatch.setattr(ledger, "freeze", lacking)
    assert decision(answer_of(post(b.request()))) == "A4"
    assert Referral.objects.get().state == "received"
    assert "a letter lacks something" in caplog.text


def test_a_professional_who_is_not_in_the_directory_is_written_down_for_a_person(orchard: County) -> None:
    bundle = b.request()
    b.resource(bundle, b.DOCTOR)["identifier"][0]["value"] = "1003000126"
    answered = answer_of(post(bundle), "certified, nobody chosen")
    assert "The Member chooses one" in notes(answered)
    assert "Adwoa Osei, NPI 1003000126, who is not in the directory" in Referral.objects.get().request_words


@pytest.mark.urls("secondopinion.fhir.urls")
def test_the_door_stands_at_its_address_and_needs_no_cookie(orchard: County) -> None:
    browser = Client(enforce_csrf_checks=True)
    sent = b.request() | {"timestamp": "2026-11-20T09:00:00-08:00"}
    b.resource(sent, b.CLAIM)["created"] = "2026-11-20"
    response = browser.post(
        ADDRESS, b.body(sent), content_type="application/fhir+json", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert decision(answer_of(response)) == "A1"
    assert browser.get("/fhir/pas/2.2.1/metadata").status_code == 200
    assert issue_of(browser.post("/fhir/pas/2.2.1/Claim/$inquire"), 404)["code"] == "not-supported"
    assert getattr(resolve(ADDRESS, "secondopinion.fhir.urls").func, "guard", "") == "api_client"


@pytest.fixture
def busy_orchard(committed: None) -> None:
    with plan_scope(TODAY):
        marisol(county())


def test_two_copies_at_the_same_moment_make_one_referral(busy_orchard: None) -> None:
    answers: list[HttpResponse] = []
    gate = threading.Barrier(4)

    def send() -> None:
        gate.wait()
        try:
            answers.append(post(b.request()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.status_code for a in answers] == [200] * 4
    assert len({answer_of(a)["identifier"][0]["value"] for a in answers}) == 1
    with plan_scope(TODAY):
        assert (Referral.objects.count(), Submission.objects.count()) == (1, 1)

"""Faults at the FHIR door: a clear answer, nothing half written, nothing twice."""

from __future__ import annotations

import threading

import orjson
import pytest
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve

from county import TODAY, TOKEN, County, county
from fhir import bundles as b
from fhir.wire import ADDRESS, answer_of, decision, issue_of, marisol, nothing_was_kept, post
from secondopinion.fhir import taking, views
from secondopinion.fhir.models import Submission
from secondopinion.letters.refusal import Incomplete
from secondopinion.people.models import ApiClient
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import ledger
from secondopinion.referrals.models import Referral


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

    monkeypatch.setattr(taking, "AccessEntry", broken)
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
    assert browser.head("/fhir/pas/2.2.1/metadata").status_code == 200
    assert issue_of(browser.delete("/fhir/pas/2.2.1/metadata"), 405)["code"] == "not-supported"
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

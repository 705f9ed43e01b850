"""Speaking to the FHIR door in a test: send a request at an instant, read the answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
from django.http import HttpResponse
from django.test import RequestFactory

from county import NOW, TOKEN, County, member
from fhir import bundles as b
from fhir.emitted import keep
from secondopinion.fhir import views
from secondopinion.fhir.models import Submission
from secondopinion.referrals.models import Event, Referral

Json = dict[str, Any]
ADDRESS = "/fhir/pas/2.2.1/Claim/$submit"


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

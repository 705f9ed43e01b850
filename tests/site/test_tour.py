"""What the tour tells a reader to type does what the tour says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from county import NOW, TODAY
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.explain import explain_json
from secondopinion.referrals.models import Referral
from secondopinion.site import seeding
from secondopinion.site.seeding import seed

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SUBMIT = "/fhir/pas/2.2.1/Claim/$submit"


@pytest.fixture
def token(as_plan: None, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    monkeypatch.setattr(seeding, "tell_all", lambda now, carrier: 0)
    return seed(NOW).token


def sent(client: Client, token: str, body: bytes) -> tuple[int, dict[str, object]]:
    answer = client.post(
        SUBMIT, body, content_type="application/fhir+json", headers={"Authorization": f"Bearer {token}"}
    )
    set_scope(Scope(None, TODAY))
    return answer.status_code, json.loads(answer.content)


def test_the_request_of_the_tour_is_authorized_at_once(token: str, client: Client) -> None:
    status, answer = sent(client, token, (EXAMPLES / "second-opinion-request.json").read_bytes())
    assert (status, answer["resourceType"]) == (200, "Bundle")
    referral = Referral.objects.get()
    assert (referral.state, referral.channel) == ("authorized", "fhir")
    assert referral.professional is not None
    assert str(referral.professional) == "Camille Archer, MD"


def test_the_case_of_the_tour_is_explained_with_a_yes() -> None:
    told = explain_json((EXAMPLES / "case.json").read_text(encoding="utf-8"))
    assert told["authorize"]["verdict"] == "yes"
    assert told["authorize"]["because"] == ["member_questions_surgery", "opinion_is_second", "surgery_is_recommended"]


@pytest.mark.parametrize(
    ("sample", "state"),
    [
        ("second-opinion-samples/so-request.json", "authorized"),
        ("examples/pas-2.2.1/Bundle-ReferralAuthorizationBundleExample.json", "received"),
    ],
)
def test_the_guides_own_requests_find_their_members(token: str, client: Client, sample: str, state: str) -> None:
    path = settings.SHARED / "fhir" / sample
    if not path.exists():
        pytest.skip(f"The guide's example {path.name} is not here: name its place in SECONDOPINION_SHARED.")
    status, _ = sent(client, token, path.read_bytes())
    assert status == 200
    assert Referral.objects.get().state == state

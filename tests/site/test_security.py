"""What a browser is told about our pages, and what the cookies are bound to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from county import TODAY, County, county, sign_in
from secondopinion.people.rls import plan_scope
from secondopinion.portal.door import cookie_of
from secondopinion.site.security import CONTENT_SECURITY_POLICY

WANTED = (
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "DEBUG",
)  # fmt: skip


@pytest.fixture
def place(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


def settings_with(**environment: str) -> dict[str, Any]:
    """The settings as another process reads them under another environment."""
    said = (
        "import json; from django.conf import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {WANTED!r}}}))"
    )
    got = subprocess.run(
        [sys.executable, "-c", said], check=True, capture_output=True, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "secondopinion.site.settings", "PYTHONPATH": "src", **environment},
    )  # fmt: skip
    return dict(json.loads(got.stdout))


def test_behind_tls_cookies_are_bound_to_this_host_and_to_tls() -> None:
    found = settings_with(SECONDOPINION_HTTPS="1")
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_HTTPONLY"] is found["CSRF_COOKIE_HTTPONLY"] is True
    assert {found["SESSION_COOKIE_SAMESITE"], found["CSRF_COOKIE_SAMESITE"]} <= {"Lax", "Strict"}
    assert found["SECURE_HSTS_SECONDS"] >= 31536000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["DEBUG"] is False


def test_the_members_cookie_is_bound_to_tls_where_there_is_tls(rf: Any) -> None:
    assert cookie_of(rf.get("/")) == "your_choice"
    assert cookie_of(rf.get("/", secure=True)) == "__Secure-your_choice"


@pytest.mark.parametrize("page", ["/", "/sign-in", "/no-such-page", "/health", "/fhir/pas/2.2.1/metadata", "/fhir/x",
                                  "/your-choice/"])  # fmt: skip
def test_every_answer_says_what_a_browser_may_do_with_it(place: County, page: str) -> None:
    client = Client()
    sign_in(client, "nurse@plan")
    answer = client.get(page)
    assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "Server" not in answer


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "testserver:80@evil.example"])
def test_a_host_that_is_not_ours_is_answered_nothing(place: County, host: str) -> None:
    answer = Client(HTTP_HOST=host).get("/sign-in")
    assert answer.status_code == 400
    assert host not in answer.content.decode()

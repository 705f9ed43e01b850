"""What a browser is told about our pages, and what the cookies are bound to."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client

from county import TODAY, County, county, sign_in
from secondopinion.people.rls import plan_scope
from secondopinion.portal.door import cookie_of
from secondopinion.site.security import CONTENT_SECURITY_POLICY

WANTED = (
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "DEBUG", "PASSWORD_HASHERS",
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


@pytest.mark.parametrize("password", ["short", "password1234", "qwertyuiop12", "nurse@plan.org"])
def test_a_short_or_common_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, get_user_model()(username="nurse@plan.org"))


@pytest.mark.parametrize(
    "password", ["a" * 50 + " bc" * 20, "пароль из двенадцати знаков", "only small letters here", "7" * 11 + "x9x"]
)
def test_a_long_password_of_any_characters_is_taken_as_it_is(password: str) -> None:
    validate_password(password)
    kept = make_password(password)
    assert check_password(password, kept)
    assert not check_password(password.upper(), kept)
    assert not check_password(password[:-1], kept)


@pytest.mark.parametrize(
    "password", ["Second-Opinion-2026!", "OrchardCounty26", "orchard county health plan", "0nec@re Member!"]
)
def test_a_password_of_words_of_the_house_is_refused(place: County, password: str) -> None:
    with plan_scope(TODAY), pytest.raises(ValidationError, match="anybody would try"):
        validate_password(password)


def test_a_long_password_may_hold_a_word_of_the_house(place: County) -> None:
    with plan_scope(TODAY):
        validate_password("my second cousin keeps bees")


def test_passwords_are_kept_by_argon2_alone() -> None:
    said = settings_with()["PASSWORD_HASHERS"]
    assert said == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_the_field_of_a_password_is_masked_and_takes_a_managers_word(place: County) -> None:
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', Client().get("/sign-in").content.decode())
    assert 'type="password"' in field
    assert "current-password" in field
    assert "maxlength" not in field


def test_a_session_is_a_row_under_a_key_of_chance(place: County) -> None:
    keys = []
    for _ in range(3):
        client = Client()
        sign_in(client, "nurse@plan")
        keys.append(client.cookies["sessionid"].value)
    assert len(set(keys)) == 3
    assert all(re.fullmatch(r"[a-z0-9]{32}", key) for key in keys)  # 165 bits
    assert Session.objects.filter(session_key__in=keys).count() == 3


def test_signing_in_gives_a_new_session_and_leaving_ends_it(place: County) -> None:
    client = Client()
    client.cookies["sessionid"] = planted = "x" * 32
    sign_in(client, "nurse@plan")
    key = client.cookies["sessionid"].value
    assert key != planted
    assert "Sign out" in client.get("/").content.decode()
    client.post("/sign-out")
    thief = Client()
    thief.cookies["sessionid"] = key
    assert thief.get("/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_an_account_that_is_switched_off_is_out_at_the_next_request(place: County) -> None:
    client = Client()
    sign_in(client, "nurse@plan")
    assert client.get("/").status_code == 200
    get_user_model().objects.filter(username="nurse@plan").update(is_active=False)
    assert client.get("/").status_code == 302

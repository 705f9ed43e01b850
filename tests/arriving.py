"""Somebody on the way in: a browser, a name, an app that shows codes, and the clock in the test's hand."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from django.test import Client

from county import NOW, PASSWORD
from secondopinion.people.models_signing_in import AuthenticatorApp, SignInEntry
from secondopinion.people.sealing import seal
from secondopinion.site import front

SECRET = b"twenty bytes of them"


class Clock:
    """The front door's clock: Monday 2026-11-23 10:00 in California until it is set on."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        clock = self

        class Stopped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return clock.now.astimezone(tz)

        patch.setattr(front, "datetime", Stopped)

    def goes_on(self, **by: float) -> None:
        """Set it on, by minutes, hours or days."""
        self.now += timedelta(**by)


def give_app(name: str, secret: bytes = SECRET, *, made_up: bool = False) -> AuthenticatorApp:
    """An authenticator app for an account, with a secret that the test knows."""
    account = User.objects.get(username=name)
    return AuthenticatorApp.objects.create(
        account=account, name="Phone", sealed=seal(secret), added_at=NOW, made_up=made_up
    )


def code_at(at: datetime, secret: bytes = SECRET, steps: int = 0) -> str:
    """The code that an app with the secret shows at an instant, or some steps of thirty seconds after it."""
    return TOTP(secret, 6, SHA1(), 30).generate(at.timestamp() + 30 * steps).decode()


def type_password(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    """What the sign-in page answers to a name and a password."""
    return client.post("/sign-in", {"username": name, "password": password, **more})


def type_code(client: Client, code: str) -> Any:
    """What the second page answers to a code."""
    return client.post("/sign-in/second", {"code": code})


def come_in(client: Client, name: str, at: datetime) -> None:
    """Both proofs, as a person gives them."""
    assert type_password(client, name)["Location"] == "/sign-in/second"
    assert type_code(client, code_at(at)).status_code == 302


def is_in(client: Client) -> bool:
    """Does a page about Members open to this browser?"""
    return bool(client.get("/delegation/").status_code == 200)


def traced(name: str) -> list[str]:
    """What happened to an account, the first first."""
    return list(SignInEntry.objects.filter(account__username=name).order_by("id").values_list("what", flat=True))


def words(answer: Any) -> str:
    """A page as one line of text."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def read(answer: Any) -> dict[str, Any]:
    """A page's JSON."""
    found: dict[str, Any] = json.loads(answer.content)
    return found

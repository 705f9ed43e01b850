"""The desk's ground: the small county, committed, and a front door whose clock stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import pytest
from django.test import Client

from county import NOW, TODAY, County, county, sign_in
from secondopinion.people.rls import plan_scope
from secondopinion.site import front


@pytest.fixture
def place(committed: None) -> County:
    """The small county, on Monday 2026-11-23. Pages open real transactions, so it is committed."""
    with plan_scope(TODAY):
        return county()


@pytest.fixture(autouse=True)
def front_door_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Pages are asked on Monday 2026-11-23 at 10:00 in California; call it to ask at another instant."""

    def stop(at: datetime) -> None:
        class Stopped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return at.astimezone(tz)

        monkeypatch.setattr(front, "datetime", Stopped)

    stop(NOW)
    return stop


@pytest.fixture
def signed_in_as(place: County) -> Callable[[str], Client]:
    """A browser of somebody of the county, by sign-in name."""

    def browser(name: str) -> Client:
        client = Client()
        sign_in(client, name)
        return client

    return browser

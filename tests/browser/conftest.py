"""The ground of the browser's stories: a live house on real transactions, and people at desks with browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from browser import chromium
from browser.desk import PATIENCE, Desk, SomebodyAt
from browser.house import Clock, Mail, open_the_door
from browser.watch import Watch
from county import NOW, TODAY, County, county, sign_in
from secondopinion.people.rls import plan_scope
from secondopinion.site.seeding import seed

WINDOW = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium: `SECONDOPINION_CHROMIUM`, else the one on the path."""
    found = chromium.where()
    if not found:
        pytest.skip("There is no Chromium on this machine: `apt-get install chromium`, or set SECONDOPINION_CHROMIUM.")
    return {**browser_type_launch_args, "executable_path": found, "args": list(chromium.KEPT_APART)}


@pytest.fixture(scope="session")
def address(django_db_setup: None) -> Iterator[str]:
    """Where the live house is served, on this process's own database and a free port."""
    address, close = open_the_door()
    yield address
    close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The front door's clock: Monday 2026-11-23 10:00 until `clock.shows(...)`."""
    return Clock(monkeypatch)


@pytest.fixture
def place(committed: None) -> County:
    """The small county, committed."""
    with plan_scope(TODAY):
        return county()


@pytest.fixture
def orchard(committed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The made-up county of a first start, with its referrals in every state, committed."""
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    monkeypatch.setattr(settings, "PRINT_HOUSE", tmp_path / "print-house")
    seed(NOW)


@pytest.fixture
def mail(clock: Clock, tmp_path: Path) -> Mail:
    """The worker and an empty print house."""
    return Mail(clock, tmp_path / "print-house")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the story on any console error, lost request or refusal it did not expect."""
    watch = Watch()
    yield watch
    assert not watch.faults, "\n".join(watch.faults)


@pytest.fixture
def stranger(committed: None, clock: Clock, address: str, watch: Watch, browser: Browser) -> Iterator[SomebodyAt]:
    """`stranger()` is a desk with an empty browser; keywords are Playwright's own for a browser context."""
    opened: list[BrowserContext] = []

    def desk(**how: Any) -> Desk:
        context = browser.new_context(**{"base_url": address, "viewport": WINDOW, "locale": "en-US", **how})
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        opened.append(context)
        return Desk(context.new_page())

    yield desk
    for context in opened:
        context.close()


@pytest.fixture
def somebody(stranger: SomebodyAt, address: str) -> SomebodyAt:
    """`somebody("nurse@plan")` is a desk with that person signed in, by the cookie the sign-in page would give."""

    def at_a_desk(name: str, **how: Any) -> Desk:
        desk = stranger(**how)
        sign_in_by_cookie(desk, name, address)
        return desk

    return at_a_desk


def sign_in_by_cookie(desk: Desk, name: str, address: str) -> None:
    """Give a browser the session of a person who has signed in."""
    client = Client()
    sign_in(client, name)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    desk.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])

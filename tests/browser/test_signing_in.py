"""Signing in, as people do it: a newcomer's first proof, a passkey of a real browser, and the end of a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import expect

from arriving import SECRET, code_at, give_app
from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.house import Clock
from county import PASSWORD, County
from secondopinion.people import signing_in_codes

pytestmark = pytest.mark.browser


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


def test_a_newcomer_adds_an_app_and_is_in(
    place: County, stranger: SomebodyAt, clock: Clock, gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in_codes.secrets, "token_bytes", lambda length: SECRET)
    desk = stranger()
    desk.open("/delegation/")
    given_name_and_password(desk, "nurse@plan")
    desk.reads("Add a second proof first")
    gallery.look(desk, "Your sign-in, no second proof")
    desk.follow("Add an authenticator app")
    gallery.look(desk, "Add an authenticator app")
    desk.type("Code", "000000")
    desk.send("Add the app")
    desk.reads("That code does not fit. Type the one shown now.")
    desk.type("Code", code_at(clock.now))
    desk.send("Add the app")
    expect(desk.main.locator(".house-codes li")).to_have_count(10)
    gallery.look(desk, "Recovery codes")
    paper = desk.main.locator(".house-codes code").first.inner_text()
    desk.follow("I have kept them: go on")
    desk.reads("Work list")
    desk.open("/account/")
    desk.reads("10 of your codes on paper are still good", "A second proof was added")
    gallery.look(desk, "Your sign-in")
    desk.page.get_by_role("button", name="Sign out", exact=True).click()
    given_name_and_password(desk, "nurse@plan")
    desk.page.locator("summary", has_text="The device is not at hand").click()
    gallery.look(desk, "The second proof")
    desk.type("Recovery code", paper.lower())
    desk.send("Use the recovery code")
    desk.reads("Work list")
    gallery.found_nothing()


def test_a_passkey_of_the_browser_is_added_and_signs_in(
    place: County, stranger: SomebodyAt, address: str, clock: Clock
) -> None:
    desk = stranger(base_url=address.replace("127.0.0.1", "localhost"))  # a key is bound to a name, never to a number
    given_a_device_that_knows_its_owner(desk)
    desk.open("/")
    given_name_and_password(desk, "physician@plan")
    desk.type("What to call it", "My laptop")
    desk.send("Add a passkey")
    desk.reads("Your recovery codes")
    desk.open("/account/")
    desk.reads("My laptop", "Passkey")
    desk.page.get_by_role("button", name="Sign out", exact=True).click()
    desk.send("Sign in with a passkey")
    desk.reads("Work list")


def test_before_its_end_a_session_says_so_and_lets_one_stay(
    place: County, somebody: SomebodyAt, clock: Clock, monkeypatch: pytest.MonkeyPatch, gallery: Gallery
) -> None:
    monkeypatch.setattr(settings, "SESSION_QUIET", timedelta(minutes=4))
    desk = somebody("nurse@plan")
    desk.open("/delegation/")
    warning = desk.page.get_by_role("dialog", name="You are about to be signed out")
    expect(warning).to_contain_text("This one ends in 4 minutes.")
    gallery.look(desk, "The end of a session is near")
    monkeypatch.setattr(settings, "SESSION_QUIET", timedelta(minutes=30))
    warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    gallery.found_nothing()


def test_without_scripts_the_foot_of_the_page_says_when_the_session_ends(
    place: County, stranger: SomebodyAt, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SESSION_QUIET", timedelta(minutes=30))
    give_app("nurse@plan")
    desk = stranger(java_script_enabled=False)
    desk.open("/delegation/")
    given_name_and_password(desk, "nurse@plan")
    expect(desk.main.get_by_role("button", name="Use your passkey")).to_have_count(0)
    desk.type("Code from your authenticator app", code_at(clock.now))
    desk.send("Go on")
    expect(desk.page.get_by_role("contentinfo")).to_contain_text("If you do nothing, you are signed out at 10:30 AM.")


def given_name_and_password(desk: Desk, name: str) -> None:
    desk.type("Sign-in name", name)
    desk.type("Password", PASSWORD)
    desk.send("Sign in")


def given_a_device_that_knows_its_owner(desk: Desk) -> None:
    """The browser's own authenticator, as a laptop has one, with a finger on it."""
    tools = desk.page.context.new_cdp_session(desk.page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip

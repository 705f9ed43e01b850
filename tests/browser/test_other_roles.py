"""The pages of those who work on no referral: administrators, the call centre, who reads only; wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest

from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from secondopinion.site.seeding import demo_password

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("orchard")]
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


@pytest.mark.parametrize("screen", [{}, SMALL], ids=["wide", "narrow"])
def test_administrators_give_a_new_start_together(
    stranger: SomebodyAt, gallery: Gallery, screen: dict[str, Any]
) -> None:
    one, other = stranger(**screen), stranger(**screen)
    name = "narrow" if screen else "wide"
    come_in(one, "admin@plan", gallery, name)
    come_in(other, "second-admin@plan")
    row = one.main.locator("li", has_text="nurse@plan")
    row.locator("summary").click()
    one.type("How do you know that it is really this person?", "She showed me her badge at my desk.", within=row)
    gallery.look(one, f"Accounts, {name}")
    one.send("Ask for a new start", within=row)
    one.reads("New starts that wait for a second administrator", "Ruth Okafor, RN")
    other.open("/accounts/")
    gallery.look(other, f"Accounts, somebody waits, {name}")
    other.main.get_by_role("button", name="Approve for Ruth Okafor, RN").click()
    other.reads("A new start for Ruth Okafor, RN", "nurse@plan")
    gallery.look(other, f"A start code, {name}")
    code = other.main.locator("code").first.inner_text()
    nurse = stranger(**screen)
    nurse.open("/sign-in/start")
    nurse.type("Sign-in name", "nurse@plan")
    nurse.type("Start code", code)
    nurse.type("New password", "seven green kites over the bay")
    nurse.type("The same password again", "seven green kites over the bay")
    gallery.look(nurse, f"Begin with a start code, {name}")
    nurse.send("Set the password")
    nurse.reads("Add a second proof first")
    gallery.found_nothing()


@pytest.mark.parametrize("screen", [{}, SMALL], ids=["wide", "narrow"])
def test_the_call_centre_reads_aloud(stranger: SomebodyAt, gallery: Gallery, screen: dict[str, Any]) -> None:
    name = "narrow" if screen else "wide"
    agent = stranger(**screen)
    come_in(agent, "calls@plan")
    agent.reads("Read aloud where it stands")
    gallery.look(agent, f"Read aloud, {name}")
    agent.type("Birth date", "1962-02-14")
    agent.type("ID number", "M0000008")
    agent.send("Find the caller")
    agent.reads("Letters to the Member")
    gallery.look(agent, f"Read aloud, found, {name}")
    agent.main.get_by_role("button", name="the Member").first.click()
    agent.reads("was read aloud.")
    gallery.found_nothing()


def test_everybody_reads_who_may_do_what(somebody: SomebodyAt, gallery: Gallery) -> None:
    for screen, name in (({}, "wide"), (SMALL, "narrow")):
        desk = somebody("compliance@plan", **screen)
        desk.open("/who-may/")
        gallery.look(desk, f"Who may do what, {name}")
    gallery.found_nothing()


def come_in(desk: Desk, name: str, gallery: Gallery | None = None, screen: str = "") -> None:
    """Both proofs as a newcomer gives them: the made-up county fills the code in."""
    desk.open("/sign-in")
    if gallery:
        gallery.look(desk, f"Sign in, {screen}")
    desk.type("Sign-in name", name)
    desk.type("Password", demo_password())
    desk.send("Sign in")
    desk.reads("Nobody in this county is real, so the app’s code is shown here")
    if gallery:
        gallery.look(desk, f"The second proof, made up, {screen}")
    desk.send("Go on")

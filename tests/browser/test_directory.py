"""The directory at the desk, in a browser: found by half a name, doubted, the office called, the entry corrected."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.baseline import keeps_the_baseline
from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.test_narrow import SCREENS, STICKING_OUT
from browser.watch import Watch
from county import TODAY
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.rls import plan_scope

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("orchard")]

SAM = "1679576722"


@pytest.fixture
def gallery() -> Gallery:
    return Gallery()


def when_somebody_searches(desk: Desk, **typed: str) -> None:
    desk.follow("Directory")
    for label, words in typed.items():
        desk.type({"name": "Name or NPI", "place": "Place"}[label], words)
    desk.send("Search")


def when_somebody_opens(desk: Desk, words: str) -> None:
    with desk.page.expect_navigation():
        desk.main.get_by_role("link", name=re.compile(words)).click()


def test_a_professional_is_found_doubted_and_put_right(somebody: SomebodyAt, gallery: Gallery, watch: Watch) -> None:
    watch.expected.add(422)
    network, plan = somebody("nurse@citrus"), somebody("nurse@plan")
    network.open("/")
    when_somebody_searches(network, name="specialist sa")
    when_somebody_opens(network, "Sam Specialist")
    network.reads("Can be offered to a Member")
    network.unfold("Something looks wrong?")
    network.choose("What should be asked?", "Does the office take new Members?")
    network.send("Have the office asked")
    network.is_told("The question waits for somebody to call the office.")
    keeps_the_baseline(network.page)

    plan.open(f"/directory/{SAM}/")
    plan.reads("To be verified", "Does the office take new Members?")
    gallery.look(plan, "Professional, to be verified")
    plan.send("Write it down")
    plan.is_refused("Nothing was asked, so nothing can be confirmed.")
    gallery.look(plan, "Professional, refused")
    plan.choose("Does it take new Members?", "No")
    plan.choose("Is the specialty right?", "Yes")
    plan.send("Write it down")
    plan.is_told("The entry was corrected from today.")
    plan.reads("Cannot be offered to a Member", "Memberships")
    gallery.look(plan, "Professional, corrected")
    plan.type("As of", "2026-11-20")
    plan.send("Show this day")
    plan.reads("Can be offered to a Member", "As of Fri, Nov 20, 2026")
    gallery.look(plan, "Professional, on a past day")
    gallery.found_nothing()


def test_the_search_and_the_health_keep_the_baseline(somebody: SomebodyAt, gallery: Gallery) -> None:
    with plan_scope(TODAY):
        everybody = QualifiedProfessional.objects
        everybody.filter(npi__in=list(everybody.values_list("npi", flat=True)[:9])).update(verified_on="2026-02-02")
    desk = somebody("contracting@plan")
    desk.open("/directory/")
    gallery.look(desk, "Directory")
    desk.open("/directory/?place=Orchard+City&contracted=yes")
    gallery.look(desk, "Directory, found")
    when_somebody_searches(desk, name="Watsen")
    desk.reads("Did you mean one of these?", "Susan Watson, MD")
    gallery.look(desk, "Directory, alike")
    when_somebody_searches(desk, name="1234567890")
    desk.reads("This cannot be an NPI")
    gallery.look(desk, "Directory, no NPI")
    desk.open("/directory/?q=watson&language=ko&specialty=cardiology")
    desk.reads("Nobody in the directory fits", "Without the language")
    gallery.look(desk, "Directory, nobody")
    desk.follow("Health of the directory")
    desk.reads("Not confirmed lately")
    gallery.look(desk, "Health of the directory")
    stale = desk.main.locator("tr").filter(has_text="Not confirmed lately").get_by_role("link")
    count = stale.inner_text().split()[0]
    when_somebody_opens(desk, "Not confirmed lately")
    desk.reads(f"{count} professionals", "Only professionals under contract are shown.")
    expect(desk.main.locator(".di-card")).to_have_count(int(count))
    gallery.found_nothing()


def test_the_search_is_done_by_keyboard_alone(somebody: SomebodyAt) -> None:
    desk = somebody("intake@plan")
    desk.open("/directory/")
    keyboard = desk.page.keyboard
    for _ in range(30):
        keyboard.press("Tab")
        if desk.page.evaluate("document.activeElement.id") == "q":
            break
    keyboard.type("watson")
    keyboard.press("Enter")
    link = desk.main.get_by_role("link", name="Susan Watson, MD")
    expect(link).to_be_visible()
    for _ in range(40):
        keyboard.press("Tab")
        if desk.page.evaluate("document.activeElement.getAttribute('href')") == "/directory/1234567893/":
            break
    keyboard.press("Enter")
    expect(desk.main.get_by_role("heading", level=1)).to_have_text("Susan Watson, MD")


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_of_the_directory_scrolls_sideways(somebody: SomebodyAt, gallery: Gallery, screen: str) -> None:
    how: dict[str, Any] = SCREENS[screen]
    desk = somebody("nurse@plan", **how)
    faults = []
    for address in ("/directory/", "/directory/?place=orchard", f"/directory/{SAM}/", "/directory/health/"):
        desk.open(address)
        desk.page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
        faults += [f"{address}: {out}" for out in desk.page.evaluate(STICKING_OUT)]
        gallery.look(desk, f"Narrow {screen} {address.strip('/').replace('/', ' ').partition('?')[0]} {len(address)}")
    assert not faults, "\n".join(faults)
    gallery.found_nothing()


def test_without_javascript_the_search_and_the_forms_work(somebody: SomebodyAt) -> None:
    desk = somebody("nurse@plan", java_script_enabled=False)
    desk.open("/directory/?q=watson")
    desk.page.get_by_role("link", name="Susan Watson, MD").click()
    desk.choose("Does it take new Members?", "Yes")
    desk.main.get_by_role("button", name="Write it down").click()
    desk.is_told("The entry was confirmed.")

"""The pages of time and of decisions beyond yes and no keep the accessibility baseline, wide and narrow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.house import Clock
from browser.watch import Watch
from browser.writing import EXPERTISE
from county import TODAY, County
from desk.life import DENIAL, YES, authorized, received, step, with_a_nurse, with_a_physician
from secondopinion.people.person import SYSTEM
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.told import Answer
from secondopinion.referrals.told_outcomes import Dismiss, Rescind
from secondopinion.referrals.told_time import Deem, Delay, ShowAuthority

pytestmark = pytest.mark.browser
WIDTHS = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
BY_PROXY = {"program": "onecare", "requester": "authorized-representative", "requester_name": "Rosa Smith"}
LATE = datetime(2026, 12, 2, 18, 0, tzinfo=UTC)  # Wednesday 2026-12-02 10:00 in California


def look(desk: Desk, gallery: Gallery, name: str) -> None:
    """Judge a page wide and narrow; nothing of it may be wider than the window."""
    for size in WIDTHS:
        desk.page.set_viewport_size(size)
        gallery.look(desk, f"{name}, {size['width']}")
        over = desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} is {over} pixels wider than a window of {size['width']}"


def test_the_new_states_and_the_strip_of_a_possible_appeal(place: County, somebody: SomebodyAt, clock: Clock) -> None:
    gallery = Gallery()
    waiting = received(place, member=place.joe, **BY_PROXY)
    dismissed = received(place, member=place.joe, condition="gallstones", clinician=place.watson, **BY_PROXY)
    step(place, dismissed, "nurse@plan", Dismiss("not-a-party", "Rosa Smith may not ask for you in this plan."))
    earlier = step(place, with_a_physician(place), "physician@plan", DENIAL)
    suspect = received(place)
    delayed = step(
        place,
        with_a_physician(place, clinician=place.watson),
        "physician@plan",
        Delay(days=14, ground="member-asked", asked_by_name="Member One"),
    )
    rescinded = step(
        place,
        authorized(place, clinician=place.watson),
        "physician@plan",
        Rescind("not-enrolled", "You are with another health plan from January on.", datetime(2026, 12, 4).date()),
    )
    nurse = somebody("nurse@plan")
    nurse.open("/")
    nurse.reads("May be an appeal", "Waits for authority")
    look(nurse, gallery, "Work list with what is held")
    for number, name in (
        (waiting.number, "waits for authority"), (dismissed.number, "dismissed"), (suspect.number, "may be an appeal"),
        (earlier.number, "denied"), (delayed.number, "delayed"), (rescinded.number, "taken back"),
    ):  # fmt: skip
        nurse.open(f"/referrals/{number}/")
        look(nurse, gallery, f"Referral, {name}")
    late = step(place, received(place, member=place.luis, program="onecare"), "nurse@plan", Answer(YES))
    with plan_scope(TODAY):
        advance(late.pk, Deem(), person=SYSTEM, now=LATE)
    clock.now = LATE
    nurse.open(f"/referrals/{late.number}/")
    nurse.reads("Nobody decided in time. By law it counts as denied")
    look(nurse, gallery, "Referral, deemed denied")
    with plan_scope(TODAY):
        advance(waiting.pk, ShowAuthority(LATE, "Form AOR-1696"), person=place.person("nurse@plan"), now=LATE)
    gallery.found_nothing()


def test_the_ways_to_decide_and_the_search(place: County, somebody: SomebodyAt, watch: Watch) -> None:
    watch.expected.add(422)
    gallery = Gallery()
    undecided = with_a_physician(place)
    granted = step(place, with_a_physician(place), "nurse@plan", Answer(YES))
    physician = somebody("physician@plan")
    physician.open(f"/referrals/{granted.number}/decide/")
    look(physician, gallery, "Decide, a yes")
    physician.follow("Keep the choice to the network")
    form = physician.page.locator("#limit")
    physician.type("What was asked, in a few words", "A visit with a doctor in another county", within=form)
    words = "There are doctors in our network near you who can give this opinion."
    physician.type("Why, in words the Member understands", words, within=form)
    if form.get_by_label("What fits you to judge this question?").count():
        physician.type("What fits you to judge this question?", EXPERTISE, within=form)
    physician.send("Show the letter", within=form)
    expect(form.get_by_role("button", name="Sign and authorize within the network")).to_be_visible()
    look(physician, gallery, "Decide, the choice kept to the network")
    physician.follow("Authorize a part")
    look(physician, gallery, "Decide, a part")
    physician.open(f"/referrals/{undecided.number}/decide/?way=delay")
    look(physician, gallery, "Decide, more time")
    physician.send("Take more time and write to the Member")
    physician.is_refused("“How many days more?” is not answered.")
    look(physician, gallery, "Decide, more time refused")
    physician.open(f"/referrals/{undecided.number}/decide/?way=limit")
    physician.reads("Only a yes can be limited")
    look(physician, gallery, "Decide, nothing to limit")
    physician.open(f"/referrals/{undecided.number}/search/")
    look(physician, gallery, "Search the network")
    for field in physician.page.get_by_label("First appointment").all():
        field.fill("2027-03-01")
    physician.send("Search and keep the proof")
    physician.reads("none available")
    look(physician, gallery, "Search the network, kept")
    gallery.found_nothing()


def test_a_nurse_sees_the_forms_of_time(place: County, somebody: SomebodyAt) -> None:
    gallery = Gallery()
    nurse = somebody("nurse@plan")
    nurse.open(f"/referrals/{with_a_nurse(place).number}/")
    for title in ("Make it expedited", "Correct what was written down", "Record what the first practitioner said",
                  "Record further information that came in"):  # fmt: skip
        nurse.step(title)
    look(nurse, gallery, "Referral, the forms of time")
    gallery.found_nothing()

"""The desk on a dark screen, wide and narrow: the same baseline, contrast above all; a letter stays white paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from browser.desk import Desk, SomebodyAt
from browser.gallery import Gallery
from browser.posted import what_the_post_has_to_do
from browser.requests import made_up
from browser.test_every_page import one_letter_of_each_kind
from browser.watch import Watch
from browser.writing import write_a_denial

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("orchard")]

SCREENS: dict[str, dict[str, Any]] = {
    "dark": {"color_scheme": "dark"},
    "dark, narrow": {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}},
}
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.mark.parametrize("screen", SCREENS)
def test_the_desk_keeps_the_baseline_in_the_dark(
    somebody: SomebodyAt, stranger: SomebodyAt, watch: Watch, screen: str
) -> None:
    watch.expected |= {404, 422}
    gallery = Gallery()
    new = stranger(**SCREENS[screen])
    nurse, physician, clerk = (
        somebody(name, **SCREENS[screen]) for name in ("nurse@plan", "physician@plan", "intake@plan")
    )

    def look(desk: Desk, address: str, name: str) -> None:
        desk.open(address)
        gallery.look(desk, f"{screen}, {name}")

    look(new, "/sign-in", "sign in")
    assert darkness_of(new) > 0.85, "The sign-in page is not dark."
    new.type("Sign-in name", "nurse@plan")
    new.type("Password", "not the password")
    new.send("Sign in")
    gallery.look(new, f"{screen}, sign in, refused")
    look(nurse, "/", "work list")
    look(nurse, "/delegation/", "delegation")
    number, letter = what_the_post_has_to_do()
    for state in ("nurse_review", "scheduled", "closed"):
        look(nurse, f"/referrals/{made_up(state)}/", f"referral, {state}")
    look(nurse, f"/referrals/{made_up('authorized')}/choose/", "choose a professional")
    look(nurse, f"/referrals/{made_up('closed')}/consultation/", "consultation")
    look(nurse, "/post/", "post")
    look(nurse, "/post/days/?since=2026-11-01&until=2026-11-30", "post, day by day")
    look(nurse, f"/referrals/{number}/letters/{letter}/", "letter, sent again")
    look(nurse, "/translations/", "translations")
    look(nurse, "/referrals/SO-2020-000001/", "not found")
    look(clerk, "/intake/", "find the member")
    clerk.send("Find the Member")
    gallery.look(clerk, f"{screen}, find the member, refused")
    look(clerk, "/intake/M0000008/", "take in a request")
    clerk.choose("How urgent is it?", "Expedited")
    clerk.send("Check answers")
    gallery.look(clerk, f"{screen}, take in a request, refused")
    write_a_denial(physician, made_up("physician_review"))
    gallery.look(physician, f"{screen}, decide")
    for address, name in (
        ("/directory/", "directory"),
        ("/directory/?specialty=surgery", "directory, found"),
        ("/directory/health/", "directory, health"),
        ("/letters/", "letters"),
        ("/letters/denial_to_member/en/?program=onecare", "letter of the gallery"),
        (one_letter_of_each_kind()["approval_to_member"], "letter"),
    ):
        look(nurse, address, name)
    a_letter_is_white_paper(nurse)
    nurse.open("/directory/?specialty=surgery")
    nurse.main.locator(".di-card h3 a").first.click()
    expect(nurse.main.locator(".di-verdict")).to_be_visible()
    gallery.look(nurse, f"{screen}, directory, a professional")
    gallery.found_nothing()
    what_is_printed_is_light_whatever_the_screen(nurse)


def a_letter_is_white_paper(nurse: Desk) -> None:
    sheet = nurse.main.locator(".ref-page__picture").first
    assert sheet.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert darkness_of(nurse) > 0.85


def what_is_printed_is_light_whatever_the_screen(nurse: Desk) -> None:
    nurse.open(f"/referrals/{made_up('closed')}/")
    assert darkness_of(nurse) > 0.85
    nurse.page.emulate_media(media="print", color_scheme="dark")
    assert darkness_of(nurse) == 0
    assert nurse.main.locator(".ref").evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"


def darkness_of(desk: Desk) -> float:
    """How dark the ground of a page is: 0 is white, 1 is black."""
    red, green, blue, *_ = (int(part) for part in re.findall(r"\d+", desk.page.evaluate(GROUND)))
    return 1 - (red + green + blue) / (3 * 255)

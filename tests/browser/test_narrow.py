"""On a small screen (320 CSS pixels) and at 200% zoom no page scrolls sideways; a wide table has a box of its own."""

from __future__ import annotations

from typing import Any

import pytest

from browser.desk import Desk, SomebodyAt
from browser.posted import what_the_post_has_to_do
from browser.requests import made_up
from browser.watch import Watch
from secondopinion.site.seeding import demo_password

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("orchard")]

SCREENS: dict[str, dict[str, Any]] = {
    "320 pixels wide": {"viewport": {"width": 320, "height": 640}},
    "200% zoom": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
}
# Who sticks out, unless a box of their own lets them be scrolled to.
STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const boxed = (e) => e && e !== document.body &&
    (["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX) || boxed(e.parentElement));
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1 && !boxed(e.parentElement))
    .map((e) => `${e.tagName}.${e.className} to ${Math.round(e.getBoundingClientRect().right)} of ${wide}`);
}"""


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_scrolls_sideways(somebody: SomebodyAt, stranger: SomebodyAt, watch: Watch, screen: str) -> None:
    watch.expected.add(404)
    new = stranger(**SCREENS[screen])
    nurse, physician = (somebody(name, **SCREENS[screen]) for name in ("nurse@plan", "physician@plan"))
    administrator, halfway = (stranger(**SCREENS[screen]) for _ in range(2))
    sign_in_by_form(administrator, "admin@plan")
    halfway.open("/sign-in")
    type_name_and_password(halfway, "physician@plan")
    number, letter = what_the_post_has_to_do()
    pages: list[tuple[Desk, str]] = [
        (new, "/sign-in"),
        (new, "/sign-in/start"),
        (halfway, "/sign-in/second"),
        (administrator, "/account/"),
        (administrator, "/account/app/"),
        (administrator, "/accounts/"),
        (nurse, "/who-may/"),
        (nurse, "/"),
        (nurse, "/delegation/"),
        (nurse, "/intake/"),
        (nurse, "/intake/M0000008/"),
        (nurse, f"/referrals/{made_up('nurse_review')}/"),
        (nurse, f"/referrals/{made_up('closed')}/"),
        (nurse, f"/referrals/{made_up('authorized')}/choose/"),
        (nurse, f"/referrals/{made_up('closed')}/consultation/"),
        (physician, f"/referrals/{made_up('physician_review')}/decide/"),
        (nurse, "/referrals/SO-2020-000001/"),
        (nurse, "/post/"),
        (nurse, "/post/days/?since=2026-11-01&until=2026-11-30"),
        (nurse, "/post/offices/"),
        (nurse, "/post/confidential/M0000003/"),
        (nurse, "/post/formats/M0000003/"),
        (nurse, f"/referrals/{number}/letters/{letter}/"),
    ]
    faults = []
    for desk, address in pages:
        desk.open(address)
        desk.page.evaluate("document.querySelectorAll('details').forEach((d) => d.open = true)")
        faults += [f"{address}: {out}" for out in desk.page.evaluate(STICKING_OUT)]
    assert not faults, "\n".join(faults)


def sign_in_by_form(desk: Desk, name: str) -> None:
    """Both proofs, as a newcomer gives them in the made-up county: the code is filled in."""
    desk.open("/sign-in")
    type_name_and_password(desk, name)
    desk.send("Go on")


def type_name_and_password(desk: Desk, name: str) -> None:
    """The first proof."""
    desk.type("Sign-in name", name)
    desk.type("Password", demo_password())
    desk.send("Sign in")

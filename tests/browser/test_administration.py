"""Two people change a number in their browsers: the baseline, nothing sideways, and the difference as it is seen."""

from __future__ import annotations

import pytest

from administrators import administrators
from browser.desk import SomebodyAt
from browser.gallery import Gallery
from browser.test_narrow import STICKING_OUT
from county import TODAY, County
from secondopinion.people.rls import plan_scope

pytestmark = pytest.mark.browser
NARROW = {"viewport": {"width": 320, "height": 640}}


@pytest.fixture(autouse=True)
def run(place: County) -> None:
    with plan_scope(TODAY):
        administrators(place)


def test_one_proposes_and_another_approves(somebody: SomebodyAt) -> None:
    gallery = Gallery()
    cora, carl = somebody("cora@plan"), somebody("carl@plan", **NARROW)
    cora.open("/")
    cora.follow("Administration")
    gallery.look(cora, "Administration, nothing waits")
    cora.follow("Values the plan sets for itself")
    gallery.look(cora, "Values of the plan")
    cora.follow("Propose a change of How far from home the Member's list looks at first, Distance and search")
    gallery.look(cora, "Propose a change of a value")
    cora.type("From then on", "45")
    cora.type("First day", "2026-11-30")
    cora.type("Why", "In the hills the nearest spine surgeon is 40 miles away.")
    cora.send("Propose it")
    cora.reads("Waits for another person")
    gallery.look(cora, "A proposed change, one's own")

    carl.open("/administration/")
    gallery.look(carl, "Administration, one waits, narrow")
    carl.follow("How far from home the Member's list looks at first")
    gallery.look(carl, "A proposed change, narrow")
    assert carl.page.evaluate(STICKING_OUT) == []
    carl.type("What you say to it", "Agreed.")
    carl.send("Approve")
    carl.reads("Approved by Carl")
    gallery.look(carl, "A proposed change, approved, narrow")
    for kind in ("value", "plan", "equivalence", "delegation", "sub-delegation", "roles"):
        carl.open(f"/administration/{kind}/")
        assert carl.page.evaluate(STICKING_OUT) == [], kind
        gallery.look(carl, f"Administration of {kind}, narrow")
    cora.open("/administration/roles/")
    gallery.look(cora, "Roles")
    cora.open("/administration/equivalence/propose/?of=spine")
    gallery.look(cora, "Propose a change of a set")
    gallery.found_nothing()

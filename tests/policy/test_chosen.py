"""What the plan has chosen goes before what the house brings, from its day on, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from secondopinion.policy.chosen import NOTHING, Chosen, ChosenSet, ChosenValue, choose, chosen
from secondopinion.policy.parameters import load, value
from secondopinion.policy.specialties import Level, equivalence, sets_in_force, version

PLAN = "Orchard County Health Plan"
MONDAY = date(2026, 12, 7)
SUNDAY = MONDAY - timedelta(days=1)
SPINE, NEUROSURGERY, CARDIOLOGY = "207XS0117X", "207T00000X", "207RC0000X"


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    yield
    choose(NOTHING)


def own(name: str, is_: int | bool, from_on: date = MONDAY) -> Chosen:
    each = ChosenValue(name, is_, from_on, "Our roads are long.", date(2026, 11, 23))
    return Chosen("one", {name: (each,)})


def test_a_chosen_value_holds_from_its_day_on_and_says_who_set_it() -> None:
    choose(own("access.offered_within", 45))
    assert value("access.offered_within", SUNDAY).number == 30
    found = value("access.offered_within", MONDAY)
    assert (found.number, found.unit, found.from_on) == (45, "miles", MONDAY)
    assert found.authority == "The plan's own choice: Our roads are long."
    assert found.link == ""


def test_what_law_sets_is_not_the_plans_to_choose() -> None:
    choose(own("decision_time.standard.medi_cal", 30))
    assert value("decision_time.standard.medi_cal", MONDAY).number == 7


def test_of_two_choices_the_later_day_holds_and_of_one_day_the_later_choice() -> None:
    first, second = (ChosenValue("access.offered_within", n, MONDAY, "why", SUNDAY) for n in (40, 50))
    later = ChosenValue("access.offered_within", 60, MONDAY + timedelta(days=1), "why", SUNDAY)
    choose(Chosen("three", {"access.offered_within": (first, second, later)}))
    assert value("access.offered_within", MONDAY).number == 50
    assert value("access.offered_within", MONDAY + timedelta(days=1)).number == 60


def test_every_value_there_ever_was_includes_the_chosen_ones() -> None:
    choose(own("report_time.chase.medi_cal", 3))
    ever = [each.number for each in load("report_time").ever("chase.medi_cal")]
    assert ever[-1] == 3
    assert ever[:-1] == [each.number for each in load("report_time")["chase.medi_cal"].values]


def test_a_chosen_set_makes_specialties_equivalent_from_its_day_on_for_its_plan_alone() -> None:
    each = ChosenSet(
        "spine", frozenset({SPINE, CARDIOLOGY}), "why", MONDAY, PLAN, "Medical Director", date(2026, 11, 23)
    )
    before = version()
    choose(Chosen("two", {}, {"spine": (each,)}))
    assert equivalence(SPINE, CARDIOLOGY, "spine", SUNDAY, PLAN) is Level.E4
    assert equivalence(SPINE, NEUROSURGERY, "spine", SUNDAY, PLAN) is Level.E2
    assert equivalence(SPINE, CARDIOLOGY, "spine", MONDAY, PLAN) is Level.E2
    assert equivalence(SPINE, NEUROSURGERY, "spine", MONDAY, PLAN) is Level.E4
    assert equivalence(SPINE, CARDIOLOGY, "spine", MONDAY, "Another plan") is Level.E4
    assert version() == f"{before}+two"


def test_a_set_of_nothing_ends_its_family() -> None:
    each = ChosenSet("spine", frozenset(), "why", MONDAY, PLAN, "Medical Director", date(2026, 11, 23))
    choose(Chosen("two", {}, {"spine": (each,)}))
    assert [found.codes for found in sets_in_force("spine", MONDAY, PLAN)] == [frozenset()]
    assert equivalence(SPINE, NEUROSURGERY, "spine", MONDAY, PLAN) is Level.E4


def test_nothing_is_chosen_until_somebody_hands_it_in() -> None:
    assert chosen() is NOTHING

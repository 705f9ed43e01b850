"""Available within the network: near by miles or by minutes, soon, and able to serve; unknown is never no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondopinion.policy.availability import (
    FACTS,
    Availability,
    Estimated,
    Needs,
    Place,
    Travel,
    TravelTime,
    facts_of,
    farthest_to_look,
    is_accessible,
    is_within_reach,
    speaks,
)
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions

TODAY = date(2026, 11, 23)  # a Monday
HOME = Place(33.75, -117.87)


@pytest.mark.clause("II.H")
@pytest.mark.parametrize(
    ("miles", "minutes", "reached"),
    [
        (15.0, None, True),
        (15.01, None, False),
        (15.01, 30, True),
        (15.01, 31, False),
        (14.0, 90, True),  # a slow road does not make a near place far: either suffices
        (None, None, None),
        (None, 30, True),
        (None, 31, False),
    ],
)
def test_a_place_is_within_reach_by_miles_or_by_minutes(miles, minutes, reached):
    way = None if minutes is None else Travel(minutes, "a road map", is_estimate=False)
    assert is_within_reach(miles, way, TODAY) is reached


@given(st.floats(0, 200))
def test_the_estimate_neither_admits_nor_refuses_anybody_whom_the_distance_does_not(miles):
    (way,) = Estimated().ways(HOME, [HOME], [miles], TODAY)
    assert way is not None
    assert way.is_estimate
    assert is_within_reach(miles, way, TODAY) is is_within_reach(miles, None, TODAY)


def test_nobody_on_the_fastest_road_within_the_time_is_overlooked():
    assert farthest_to_look(TODAY) == 32.5


class Motorway:
    """A source that knows one fast road."""

    def ways(self, home: Place, places: Sequence[Place], miles: Sequence[float], on: date) -> Sequence[Travel | None]:
        return [Travel(25, "a road map", is_estimate=False) for _ in places]


def test_a_plan_may_bring_a_source_of_travel_times():
    source: TravelTime = Motorway()
    (way,) = source.ways(HOME, [HOME], [24.0], TODAY)
    assert is_within_reach(24.0, way, TODAY)


@pytest.mark.parametrize(
    ("needs", "accessible", "serves"),
    [(True, True, True), (True, False, False), (True, None, None), (False, False, True), (None, None, True)],
)
def test_a_wheelchair_must_get_in_where_one_is_needed(needs, accessible, serves):
    assert is_accessible(Needs("en", needs), accessible) is serves


@pytest.mark.parametrize(
    ("language", "spoken", "said"),
    [("es", ("en", "es"), True), ("es", ("en",), False), ("es", (), None), ("en", (), True)],
)
def test_a_language_is_spoken_or_not_or_it_is_not_known(language, spoken, said):
    assert speaks(Needs(language, None), spoken) is said


YES = Availability(*[True] * 6)


@pytest.mark.clause("II.H")
def test_an_empty_network_opens_the_way_outside():
    assert set(facts_of([]).values()) == {False}
    assert outside(facts_of([])) is Verdict.YES


@pytest.mark.clause("II.G")
def test_one_who_is_shown_to_be_available_closes_it():
    assert set(facts_of([YES]).values()) == {True}
    assert outside(facts_of([YES])) is Verdict.NO


def test_yes_and_no_of_two_people_do_not_make_one_who_is_available():
    near_but_late = Availability(True, True, True, True, False, True)
    early_but_far = Availability(True, True, True, False, True, True)
    found = facts_of([near_but_late, early_but_far])
    assert found["network_professional_is_within_reach"] is True
    assert found["network_professional_can_see_member_in_time"] is False
    assert outside(found) is Verdict.YES


def test_whoever_was_not_looked_at_leaves_the_answer_open():
    late = Availability(True, True, True, True, False, True)
    assert outside(facts_of([late], complete=False)) is Verdict.UNKNOWN


def outside(found: dict[str, bool | None]) -> Verdict:
    """What II.H finds from the facts of a search."""
    edition = questions.edition_on(TODAY)
    yes, no = questions.as_masks(edition, found)
    return edition.law.one("II.H")(yes, no).verdict


value = st.sampled_from([True, False, None])


@given(st.lists(st.builds(Availability, *[value] * 6), max_size=5))
@settings(max_examples=500, deadline=None)
def test_the_facts_are_the_verdict_on_the_best_of_them(tested):
    """Brute force: somebody is available for certain, or nobody can be, or it is not known."""
    rows = [[getattr(each, name) for name, _ in FACTS] for each in tested]
    certain = any(all(row) for row in rows)
    impossible = all(any(x is False for x in row) for row in rows)
    expected = Verdict.NO if certain else Verdict.YES if impossible else Verdict.UNKNOWN
    assert outside(facts_of(tested)) is expected

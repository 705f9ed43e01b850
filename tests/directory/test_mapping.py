"""The map beside the list: true places, pins that never hide one another, and a home that tells no house."""

from __future__ import annotations

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondopinion.directory.find import miles_between
from secondopinion.directory.mapping import APART, PIN, SIDE, Spot, draw, in_words, rounded

HOME = (33.7512, -117.8743)
NEAR = st.tuples(st.floats(33.2, 34.3), st.floats(-118.4, -117.3))


def spots(*places: tuple[float, float]) -> list[Spot]:
    return [Spot(number, *place) for number, place in enumerate(places, 1)]


@given(st.lists(NEAR, min_size=1, max_size=60))
def test_no_pin_hides_another_or_the_home_and_all_stand_within_the_frame(places):
    drawn = draw(HOME, spots(*places))
    middles = [drawn.home, *(pin.stands for pin in drawn.pins)]
    for place, one in enumerate(middles):
        for other in middles[:place]:
            assert hypot(one[0] - other[0], one[1] - other[1]) >= APART - 1e-9
        assert all(PIN - 1e-6 <= value <= SIDE - PIN + 1e-6 for value in one)


@given(NEAR)
def test_a_pin_belongs_where_the_distance_from_the_drawn_home_says(place):
    drawn = draw(HOME, spots(place))
    miles, wide = drawn.rings[-1]
    true = miles_between(*rounded(HOME), *place)
    at = drawn.pins[0].at
    assert hypot(at[0] - drawn.home[0], at[1] - drawn.home[1]) / wide * miles == pytest.approx(true, rel=0.01, abs=0.05)


def test_sixty_in_one_house_fan_out_and_each_keeps_a_line_to_where_it_belongs():
    drawn = draw(HOME, spots(*[(33.80, -117.80)] * 60))
    assert len({pin.stands for pin in drawn.pins}) == 60
    assert sum(pin.moved for pin in drawn.pins) == 59
    assert len({pin.at for pin in drawn.pins}) == 1


def test_the_home_is_drawn_on_a_grid_so_that_neighbours_have_the_same_map():
    place = spots((33.80, -117.80))
    assert draw((33.7512, -117.8743), place) == draw((33.7539, -117.8701), place)
    assert draw((33.7512, -117.8743), place) != draw((33.7712, -117.8743), place)


def test_without_a_home_there_are_pins_and_a_scale_but_no_rings():
    drawn = draw(None, spots((33.80, -117.80), (33.70, -117.90)))
    assert (drawn.home, drawn.rings) == (None, ())
    assert drawn.scale[1] > 0
    assert drawn.bearings == (), "there is nothing to be north of"
    assert [pin.number for pin in drawn.pins] == [1, 2]


def test_without_a_spot_there_is_no_map():
    assert draw(HOME, []) is None


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((33.84, -117.87), "1: about 6 miles north of home"),
        ((33.75, -117.77), "1: about 6 miles east of home"),
        ((33.66, -117.87), "1: about 6 miles south of home"),
        ((33.75, -117.97), "1: about 6 miles west of home"),
        ((33.765, -117.87), "1: about 1 mile north of home"),
        ((33.751, -117.871), "1: less than a mile from home"),
    ],
)
def test_the_map_says_in_words_where_a_pin_is(place, words):
    assert [in_words(bearing) for bearing in draw(HOME, spots(place)).bearings] == [words]


@pytest.mark.parametrize("miles", [0.2, 0.9, 3, 7, 14, 29, 60, 400, 2500])
def test_there_are_one_to_four_rings_whatever_the_distance(miles):
    rings = draw(HOME, spots((HOME[0] - miles / 69.09, HOME[1]))).rings
    assert 1 <= len(rings) <= 4
    assert [m for m, _ in rings] == sorted({m for m, _ in rings})


def test_a_difference_over_the_date_line_is_taken_the_short_way():
    (bearing,) = draw((52.0, 179.9), spots((52.0, -179.9))).bearings
    assert in_words(bearing) == "1: about 9 miles east of home"

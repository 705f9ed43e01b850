"""A small map drawn from coordinates alone: a home, numbered pins, rings with miles, north and a scale. No tiles, no
streets, nothing from outside.

The map stands beside a list and never instead of it: each pin bears the number of its line there. The home is drawn
where a grid of two thirds of a mile puts it, so that the picture does not tell a house; distances in the list are
exact. The same places give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import atan2, ceil, cos, hypot, pi, radians, sin, sqrt
from types import MappingProxyType
from typing import Final

SIDE: Final = 360.0  # of the square, in units of the drawing; the page scales it
MARGIN: Final = 16.0
PIN: Final = 12.0  # radius
APART: Final = 2 * PIN + 2.0  # between the middles of two pins
HOME: Final = 11.0  # half of the home mark
LEADER: Final = 3.0  # how far a pin must have moved before a line shows where it belongs
MILES_IN_A_DEGREE: Final = 69.09  # of latitude, on the sphere that `miles_between` uses
GRID: Final = 0.01  # degrees: the home is drawn at the nearest point of this grid
ROUND: Final = (1, 2, 5, 10, 15, 20, 30, 50, 100, 200, 500, 1000, 3000, 13000)  # miles that a ring may stand for
GOLDEN: Final = pi * (3 - sqrt(5))
WINDS: Final = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
ENGLISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "near": "{number}: less than a mile from home",
        "mile": "{number}: about {miles} mile {wind} of home",
        "miles": "{number}: about {miles} miles {wind} of home",
        **{wind: wind for wind in WINDS},
    }
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to show: the number of its line in the list, and where it is in degrees."""

    number: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Pin:
    """A pin as it is drawn: where it belongs, and where it stands so that none hides another."""

    number: int
    at: tuple[float, float]
    stands: tuple[float, float]

    @property
    def moved(self) -> bool:
        """Did the pin have to give way?"""
        return hypot(self.stands[0] - self.at[0], self.stands[1] - self.at[1]) > LEADER


@dataclass(frozen=True, slots=True)
class Bearing:
    """Where a pin is, seen from home: whole miles, and the wind's name; no wind within a mile."""

    number: int
    miles: int
    wind: str


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the drawing is made of. `bearings` say it without eyes, one a pin; none where no home is known."""

    pins: tuple[Pin, ...]
    home: tuple[float, float] | None
    rings: tuple[tuple[int, float], ...]  # miles, and the radius in units
    scale: tuple[int, float]
    bearings: tuple[Bearing, ...]


def draw(home: tuple[float, float] | None, spots: Sequence[Spot]) -> Map | None:
    """The map of a home (latitude and longitude, None: not known) and spots; None when there is no spot to show."""
    if not spots:
        return None
    middle = rounded(home) if home is not None else _middle(spots)
    places = [(spot.number, *_offset(middle, (spot.latitude, spot.longitude))) for spot in spots]
    far = max(hypot(east, north) for _, east, north in places)
    reach = _round_up(max(far * 1.05, ROUND[0]))
    unit = (SIDE / 2 - MARGIN - PIN) / reach  # of the drawing, a mile
    centre = SIDE / 2
    wanted = [(number, (centre + east * unit, centre - north * unit)) for number, east, north in places]
    taken = [(centre, centre)] if home is not None else []
    pins = tuple(_pins(wanted, taken))
    rings = tuple((miles, miles * unit) for miles in _rings(reach)) if home is not None else ()
    ruler = max((miles for miles in ROUND if miles * unit <= SIDE / 4), default=ROUND[0])
    bearings = tuple(_bearing(*place) for place in places) if home is not None else ()
    return Map(pins, (centre, centre) if home is not None else None, rings, (ruler, ruler * unit), bearings)


def rounded(home: tuple[float, float]) -> tuple[float, float]:
    """The point of the grid that stands for a home."""
    return round(home[0] / GRID) * GRID, round(home[1] / GRID) * GRID


def _middle(spots: Sequence[Spot]) -> tuple[float, float]:
    """The middle of the smallest upright frame around the spots, where no home is known."""
    north = [spot.latitude for spot in spots]
    east = [spots[0].longitude + _turn(spot.longitude - spots[0].longitude) for spot in spots]
    return (min(north) + max(north)) / 2, (min(east) + max(east)) / 2


def _offset(middle: tuple[float, float], place: tuple[float, float]) -> tuple[float, float]:
    """Miles east and north of the middle, on a plane that is true there and good enough for a county."""
    east = _turn(place[1] - middle[1]) * MILES_IN_A_DEGREE * cos(radians(middle[0]))
    return east, (place[0] - middle[0]) * MILES_IN_A_DEGREE


def _turn(degrees: float) -> float:
    """A difference of longitudes the short way round."""
    return (degrees + 180) % 360 - 180


def _round_up(miles: float) -> float:
    """The reach of the drawing: a round number of miles, with no more of it empty than need be."""
    step = next((r for r in ROUND if r * 3 >= miles), ROUND[-1])
    return step * ceil(miles / step)


def _rings(reach: float) -> Iterator[int]:
    """Two to four round distances within the reach, the outermost at its edge."""
    step = next((r for r in ROUND if reach / r <= 4), ROUND[-1])
    last = int(reach // step)
    yield from (step * place for place in range(1, last + 1))


def _pins(wanted: Sequence[tuple[int, tuple[float, float]]], taken: list[tuple[float, float]]) -> Iterator[Pin]:
    """Each pin at its place, or at the nearest free one on a spiral around it that is within the frame."""
    for number, at in wanted:
        stands = next(spot for spot in _around(at) if _is_free(spot, taken))
        taken.append(stands)
        yield Pin(number, at, stands)


def _around(at: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """The place itself, then places ever farther around it, spread evenly over every direction."""
    turn = 0
    while True:
        reach = 4.0 * sqrt(turn)
        x, y = at[0] + reach * cos(turn * GOLDEN), at[1] + reach * sin(turn * GOLDEN)
        # Once the whole frame was tried, a pin may stand outside it rather than nowhere.
        if turn == 0 or reach > 2 * SIDE or (PIN < x < SIDE - PIN and PIN < y < SIDE - PIN):
            yield x, y
        turn += 1


def _is_free(spot: tuple[float, float], taken: Sequence[tuple[float, float]]) -> bool:
    return all(hypot(spot[0] - x, spot[1] - y) >= APART for x, y in taken)


def _bearing(number: int, east: float, north: float) -> Bearing:
    miles = hypot(east, north)
    wind = WINDS[round(atan2(east, north) / (pi / 4)) % 8] if miles >= 1 else ""
    return Bearing(number, round(miles), wind)


def in_words(bearing: Bearing, words: Mapping[str, str] = ENGLISH) -> str:
    """A pin for who does not see it: `2: about 4 miles northeast of home`."""
    if not bearing.wind:
        return words["near"].format(number=bearing.number)
    far = words["mile" if bearing.miles == 1 else "miles"]
    return far.format(number=bearing.number, miles=bearing.miles, wind=words[bearing.wind])

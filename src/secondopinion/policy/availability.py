"""Whether somebody in the network is available (GG.1538 II.G and II.H): near enough, soon enough, and able to serve.

Near enough is a distance or a time, whichever is kept (GG.1600). Time on the road comes from a source behind one
interface; until a plan has one it is estimated from the distance, and every answer says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Final, Protocol

from secondopinion.policy.parameters import value

FACTS: Final = (  # each test of availability in its order, and the fact that says whether anybody is left after it
    ("qualified", "network_has_qualified_professional"),
    ("independent", "network_professional_is_independent"),
    ("accepts", "network_professional_accepts_member"),
    ("within_reach", "network_professional_is_within_reach"),
    ("in_time", "network_professional_can_see_member_in_time"),
    ("accessible", "network_professional_is_accessible"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody lives or practises, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Travel:
    """How long the way takes, in whole minutes, who says so, and whether it is only an estimate."""

    minutes: int
    source: str
    is_estimate: bool


class TravelTime(Protocol):
    """A source of travel times. `miles` holds the great-circle distance to each place."""

    def ways(self, home: Place, places: Sequence[Place], miles: Sequence[float], on: date) -> Sequence[Travel | None]:
        """The way from the home to each place on a day; None where the source cannot say."""


class Estimated:
    """Time estimated from the great-circle distance at a dated speed: the pair of GG.1600, 15 miles for 30 minutes.

    At that speed the estimate can neither admit nor refuse anybody whom the distance does not.
    """

    def ways(self, home: Place, places: Sequence[Place], miles: Sequence[float], on: date) -> Sequence[Travel | None]:
        """The estimate for each place."""
        speed = value("access.speed", on)
        return [Travel(ceil(far * 60 / speed.number - 1e-9), f"{speed} (GG.1600)", is_estimate=True) for far in miles]


@dataclass(frozen=True, slots=True)
class Needs:
    """What the Member needs at the place. None: nobody has asked. `language` is a code such as `es`."""

    language: str
    wheelchair: bool | None


@dataclass(frozen=True, slots=True)
class Availability:
    """One professional by the tests of availability. None: not known."""

    qualified: bool | None
    independent: bool | None
    accepts: bool | None
    within_reach: bool | None
    in_time: bool | None
    accessible: bool | None


def is_within_reach(miles: float | None, travel: Travel | None, on: date) -> bool | None:
    """Whether the way is short enough: by distance or by time, either suffices. None where neither is known."""
    near = None if miles is None else miles <= value("access.distance", on).number
    quick = None if travel is None else travel.minutes <= value("access.travel", on).number
    if near or quick:
        return True
    return None if near is None and quick is None else False


def farthest_to_look(on: date) -> float:
    """Miles beyond which nobody can be within reach, by distance or on the fastest road within the time allowed."""
    by_road = value("access.travel", on).number / 60 * value("access.fastest", on).number
    return max(float(value("access.distance", on).number), by_road)


def is_accessible(needs: Needs, accessible: bool | None) -> bool | None:
    """Whether the place can serve the Member's access needs. None: not known."""
    # Reading: an interpreter is free and always to be had, so a language that is not spoken there fails nobody; it is
    # shown, and those who speak it come first. A wheelchair cannot be interpreted.
    # Reading: who is not known to need a wheelchair needs nothing that would have to be shown.
    return accessible if needs.wheelchair else True


def speaks(needs: Needs, languages: Sequence[str]) -> bool | None:
    """Whether the Member's language is spoken there. None: nobody has told which languages are."""
    if needs.language == "en":
        return True
    return needs.language in languages if languages else None


def facts_of(tested: Iterable[Availability], *, complete: bool = True) -> dict[str, bool | None]:
    """The six facts of II.G and II.H: after each test, is anybody left? Not known where only not-knowing keeps one.

    `complete`: everybody within reach is among `tested`. Otherwise a no is not known, because somebody was not asked.
    An empty network answers the first fact with no, and so opens II.H.
    """
    left, answers = list(tested), dict[str, bool | None]()
    sure = left
    for test, fact in FACTS:
        left = [each for each in left if getattr(each, test) is not False]
        sure = [each for each in sure if getattr(each, test) is True]
        answers[fact] = True if sure else None if left or not complete else False
    return answers

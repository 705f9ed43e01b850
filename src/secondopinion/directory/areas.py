"""Areas: the cities of the plan's Members, each with a middle. Where no Member is placed, those of professionals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import cos, radians
from typing import Any

from django.db.models import Avg, Count, Exists, F, FloatField, Func, Max, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import LessThanOrEqual

from secondopinion.directory.folding import Folded, folded
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.directory.models_dated import Practice
from secondopinion.people.models import Enrollment, Member, Period

MOST = 12
MILES_A_DEGREE = 69.0  # of latitude; a little less than there are, so that a box holds the whole circle


@dataclass(frozen=True, slots=True)
class Area:
    """A city and the middle of those who live there, in degrees."""

    name: str
    latitude: float
    longitude: float


def areas(on: date, most: int = MOST) -> tuple[Area, ...]:
    """The cities with the most Members of a day whom the caller may see, the largest first."""
    enrolled = Enrollment.objects.filter(Period.covering(on)).values("member")
    found = _cities(Member.objects.filter(pk__in=enrolled), most)
    if not found:
        found = _cities(QualifiedProfessional.objects.filter(pk__in=_contracted(on)), most)
    return found


def area_named(name: str, on: date) -> Area | None:
    """The area of this name, or none. Where the caller sees no Member there, the city's professionals make it."""
    called = folded(name)
    found = next((area for area in areas(on, most=1000) if folded(area.name) == called), None)
    if found or not called:
        return found
    of_the_city = QualifiedProfessional.objects.alias(in_city=Folded("city")).filter(in_city=called)
    return next(iter(_cities(of_the_city, 1)), None)


def placed_within(area: Area, miles: float, on: date) -> Q:
    """The condition that a professional has a place within so many miles of the middle of an area."""
    there = Practice.objects.order_by().filter(
        Practice.covering(on), _near("site__latitude", "site__longitude", area, miles), professional=OuterRef("pk")
    )
    return _near("latitude", "longitude", area, miles) | Q(Exists(there))


def _near(latitude: str, longitude: str, area: Area, miles: float) -> Q:
    high = miles / MILES_A_DEGREE
    wide = high / max(cos(radians(area.latitude)), 0.01)
    distance = Func(
        F(latitude), F(longitude), Value(area.latitude), Value(area.longitude),
        function="app.miles", output_field=FloatField(),
    )  # fmt: skip
    box: dict[str, Iterable[float]] = {
        f"{latitude}__range": (area.latitude - high, area.latitude + high),
        f"{longitude}__range": (area.longitude - wide, area.longitude + wide),
    }
    return Q(**box) & Q(LessThanOrEqual(distance, miles))


def _contracted(on: date) -> QuerySet[Contract, Any]:
    return Contract.objects.filter(Period.covering(on)).values("professional")


def _cities(people: QuerySet[Any], most: int) -> tuple[Area, ...]:
    placed = people.order_by().filter(latitude__isnull=False, longitude__isnull=False)
    rows = (
        placed.annotate(folded=Folded("city"))
        .values("folded")
        .annotate(name=Max("city"), many=Count("pk"), up=Avg("latitude"), across=Avg("longitude"))
        .order_by("-many", "name")
    )
    return tuple(Area(row["name"], row["up"], row["across"]) for row in rows[:most])

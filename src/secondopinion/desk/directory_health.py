"""The health of the directory as a picture with its numbers, each leading to the list behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from secondopinion.directory.health import TROUBLES, Health, health_on
from secondopinion.directory.verifying import fresh_within
from secondopinion.people.doors import signed_in
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.policy.specialties import plain_name

WIDE: Final = 600  # of the picture, in its own units
LABEL: Final = 312  # where the bars begin
ROW: Final = 45
NUMBER: Final = 70  # what the number behind a bar needs
ROOM: Final = WIDE - LABEL - NUMBER  # of the longest bar
GRAVE: Final = ("excluded", "dead", "unlicensed")
FEW: Final = 3  # up to so many to choose from, one who declines matters


@dataclass(frozen=True, slots=True)
class Bar:
    """One trouble: its number and share of those under contract, and where its bar stands in the picture."""

    name: str
    words: str
    why: str
    count: int
    share: str
    address: str
    y: int
    length: int
    grave: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of a specialty can be had from an area, and how that looks: none, few, some."""

    area: str
    count: int
    look: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One specialty across the areas."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def nowhere(self) -> bool:
        """Whether it can be had from none of the areas."""
        return not any(cell.count for cell in self.cells)


@signed_in(why="read the health of the directory")
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The picture, the table beside it, and the table of specialties by area."""
    now: datetime = request.now  # type: ignore[attr-defined]
    today = now.astimezone(PACIFIC).date()
    found = health_on(today)
    lines = list(_lines(found))
    context = {
        "health": found,
        "bars": list(_bars(found)),
        "wide": WIDE,
        "label": LABEL,
        "room": ROOM,
        "high": ROW * len(TROUBLES) + 8,
        "lines": [line for line in lines if not line.nowhere],
        "nowhere": [line for line in lines if line.nowhere],
        "uncovered": sum(cell.count == 0 for line in lines for cell in line.cells),
        "pairs": sum(len(line.cells) for line in lines),
        "fresh": fresh_within(today),
        "warning": value("directory.license_warning", today),
        "few": FEW,
        "today": today,
    }
    return render(request, "desk/directory_health.html", context)


def _bars(found: Health) -> Iterator[Bar]:
    longest = max([*found.counts.values(), 1])
    for place, trouble in enumerate(TROUBLES.values()):
        count = found.counts[trouble.name]
        yield Bar(
            name=trouble.name,
            words=trouble.words,
            why=trouble.why,
            count=count,
            share=_share(count, found.contracted),
            address=f"{reverse('directory')}?{urlencode({'trouble': trouble.name})}",
            y=place * ROW + 4,
            length=max(round(ROOM * count / longest), 3) if count else 0,
            grave=trouble.name in GRAVE,
        )


def _share(count: int, of: int) -> str:
    if not of or not count:
        return "–"
    share = 100 * count / of
    return "less than 1%" if share < 1 else f"{share:.0f}%"


def _lines(found: Health) -> Iterator[Line]:
    """Those that are lacking most first."""
    rows = sorted(found.coverage, key=lambda row: (-row.counts.count(0), plain_name(row.code)))
    for row in rows:
        name = plain_name(row.code)
        yield Line(
            name,
            tuple(
                Cell(area.name, count, _look(count), _list_behind(row.code, area.name))
                for area, count in zip(found.areas, row.counts, strict=True)
            ),
        )


def _look(count: int) -> str:
    return "none" if not count else "few" if count <= FEW else "some"


def _list_behind(code: str, area: str) -> str:
    query = {"specialty": code, "near": area, "contracted": "yes", "accepting": "yes", "able": "yes"}
    return f"{reverse('directory')}?{urlencode(query)}"

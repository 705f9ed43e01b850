"""The directory at the desk: one box and filters, all of them in the address, pages by key.

It holds nothing about any Member, so every role may search it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.words import WORDS
from secondopinion.directory.areas import area_named
from secondopinion.directory.folding import folded
from secondopinion.directory.health import TROUBLES, condition
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.search import MANY, PAGE, Asked, Key, Typed, codes_for, find, networks_of, understood
from secondopinion.directory.search import how_many as count_of
from secondopinion.directory.verifying import Task, fresh_within, open_tasks
from secondopinion.people.doors import signed_in
from secondopinion.people.find import health_networks
from secondopinion.people.models import HealthNetwork
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.policy.specialties import named

FIELDS: Final = ("q", "specialty", "place", "language", "network", "contracted", "accepting", "able", "near", "trouble")
LABELS: Final[Mapping[str, str]] = {
    "q": "the name or NPI", "specialty": "the specialty", "place": "the place", "language": "the language",
    "network": "the Health Network", "contracted": "“under contract today”", "accepting": "“takes new Members”",
    "able": "“licensed, not excluded”", "near": "the area", "trouble": "what is wrong",
}  # fmt: skip
PLANS_OWN: Final = "plan"


@dataclass(frozen=True, slots=True)
class Row:
    """One professional in the list."""

    who: QualifiedProfessional
    contracted: bool
    networks: tuple[str, ...]
    languages: tuple[str, ...]
    stale: bool
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Loosened:
    """A search with one filter less, offered where nobody was found: what was left out, where, how many."""

    words: str
    address: str
    count: str


@dataclass(slots=True)
class Search:
    """What the address asks for: the question, and a sentence for each field that cannot be understood."""

    asked: Asked
    wrong: dict[str, str]


@signed_in(why="search the directory")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The first page of those who fit, or the one after the key in the address."""
    now: datetime = request.now  # type: ignore[attr-defined]
    today = now.astimezone(PACIFIC).date()
    typed = {name: request.GET.get(name, "").replace("\x00", "").strip() for name in FIELDS}
    networks = health_networks()
    asks = _read(typed, networks, today)
    after = _key(request.GET.get("after", ""))
    found = None if asks.wrong or asks.asked.is_empty else find(asks.asked, today, after)
    context: dict[str, Any] = {
        "typed": typed,
        "wrong": {name: asks.wrong.get(name, "") for name in FIELDS},
        "faulty": bool(asks.wrong),
        "found": found,
        "rows": _rows(found.rows, today) if found else [],
        "count": _told(found.count) if found else "",
        "one": bool(found and found.count == 1),
        "loosened": list(_loosened(typed, networks, today)) if found and not found.count else [],
        "next": _address({**typed, "after": _written(found.after)}) if found and found.after else "",
        "first": _address(typed) if after else "",
        "page": PAGE,
        "networks": [(str(n.pk), n.name) for n in networks],
        "plans_own": PLANS_OWN,
        "languages": list(WORDS["language"].items()),
        "specialties": [each.name for each in named()],
        "trouble": TROUBLES.get(typed["trouble"]),
        "near_miles": value("access.distance", today).number,
        "filtered": any(typed[name] for name in FIELDS),
        "today": today,
    }
    return render(request, "desk/directory_search.html", context)


def _read(typed: Mapping[str, str], networks: list[HealthNetwork], today: date) -> Search:
    wrong: dict[str, str] = {}
    box = understood(typed["q"]) if typed["q"] else Typed()
    if box.wrong:
        wrong["q"] = box.wrong
    asked = Asked(words=box.words, npi=box.npi, language=typed["language"])
    if typed["specialty"]:
        codes = codes_for(typed["specialty"])
        asked = replace(asked, codes=codes)
        if not codes:
            wrong["specialty"] = "No specialty is called so. Try another word for it, or its taxonomy code."
    asked = _placed(asked, typed, wrong)
    if typed["near"]:
        area = area_named(typed["near"], today)
        asked = replace(asked, near=area, miles=float(value("access.distance", today).number))
        if area is None:
            wrong["near"] = "No Member’s city is called so; search by place instead."
    if typed["network"]:
        asked = _of_network(asked, typed["network"], networks, wrong)
    trouble = condition(typed["trouble"]) if typed["trouble"] else None
    if typed["trouble"] and trouble is None:
        wrong["trouble"] = "There is no such list. Open the health of the directory, and follow a number there."
    ticked = {name: bool(typed[name]) for name in ("contracted", "accepting", "able")}
    return Search(replace(asked, also=trouble, **ticked), wrong)  # type: ignore[arg-type]


def _placed(asked: Asked, typed: Mapping[str, str], wrong: dict[str, str]) -> Asked:
    place = typed["place"]
    digits = place.replace("-", "").replace(" ", "")
    if digits.isascii() and digits.isdigit():
        if len(digits) not in {3, 4, 5, 9}:
            wrong["place"] = "A ZIP code has five digits; three or four find the whole area."
        return replace(asked, zip_code=f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 else digits)
    return replace(asked, city=folded(place))


def _of_network(asked: Asked, chosen: str, networks: list[HealthNetwork], wrong: dict[str, str]) -> Asked:
    if chosen == PLANS_OWN:
        return replace(asked, of_the_plan=True)
    network = next((n for n in networks if str(n.pk) == chosen), None)
    if network is None:
        wrong["network"] = "There is no such Health Network. Choose one from the list."
    return replace(asked, network=network)


def _rows(found: Any, today: date) -> list[Row]:
    people: list[QualifiedProfessional] = list(found)
    ids: list[UUID] = [who.pk for who in people]
    networks, tasks = networks_of(ids, today), open_tasks(ids)
    oldest = today - timedelta(days=fresh_within(today).number)
    return [
        Row(
            who=who,
            contracted=who.contracted_now,  # type: ignore[attr-defined]
            networks=networks.get(who.pk, ()),
            languages=tuple(WORDS["language"].get(code, code) for code in who.languages),
            stale=who.verified_on < oldest,
            tasks=tasks.get(who.pk, ()),
        )
        for who in people
    ]


def _loosened(typed: Mapping[str, str], networks: list[HealthNetwork], today: date) -> Iterator[Loosened]:
    """What to try: each filter left out in turn, where that finds anybody."""
    given = [name for name in FIELDS if typed[name]]
    if len(given) < 2:
        return
    for name in given:
        fewer = {**typed, name: ""}
        found = count_of(_read(fewer, networks, today).asked, today)
        if found:
            yield Loosened(LABELS[name], _address(fewer), _told(found))


def _told(count: int) -> str:
    return f"more than {MANY:,}" if count > MANY else f"{count:,}"


def _address(chosen: Mapping[str, str]) -> str:
    return f"?{urlencode({name: text for name, text in chosen.items() if text})}"


def _written(key: Key) -> str:
    return json.dumps([key.last_name, key.first_name, key.npi], ensure_ascii=False)


def _key(text: str) -> Key | None:
    """The key written in an address; none when it is none, which shows the first page."""
    try:
        parts = json.loads(text.replace("\\u0000", "").replace("\x00", ""))
    except ValueError:
        return None
    if not isinstance(parts, list) or len(parts) != 3 or not all(isinstance(part, str) for part in parts):
        return None
    return Key(*parts)

"""The scorecard: a Health Network's own timeliness, with the referrals behind each number, before the plan sees it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.people.doors import signed_in
from secondopinion.people.find import health_network, health_networks
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.scorecard import score

DAYS: Final = 90
LONGEST: Final = 366
EARLIEST: Final = date(2015, 1, 1)


@signed_in(why="read the scorecard")
@require_safe
def scorecard(request: HttpRequest) -> HttpResponse:
    """The score over the referrals received on some days. A network sees its own; the plan, any."""
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    today = now.astimezone(PACIFIC).date()
    until = min(_day(request.GET.get("until", ""), today), today)
    since = min(_day(request.GET.get("since", ""), until - timedelta(days=DAYS)), until)
    since = max(since, until - timedelta(days=LONGEST))
    network = health_network(_key(request.GET.get("network", ""))) if person.network is None else None
    networks = person.networks or ((network.pk,) if network else ())
    mine = health_network(person.network) if person.network else network
    context = {
        "score": score(networks, since, until, now),
        "whose": mine.name if mine else f"{the_plan().name}: its own direct network",
        "networks": health_networks() if person.network is None else [],
        "network": network,
        "now": now,
    }
    return render(request, "desk/scorecard.html", context)


def _day(text: str, otherwise: date) -> date:
    """The day in an address; another where there is none, or one before anything was kept."""
    try:
        given = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return given if given >= EARLIEST else otherwise


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

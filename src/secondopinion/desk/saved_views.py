"""A person's own views of the work list: filters under a name, in the address, with their count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from secondopinion.desk.outcome import line_of
from secondopinion.people.doors import signed_in
from secondopinion.people.person import Person
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.working import drop_view, save_view, views_of

FILTERS = ("view", "time", "state", "work", "program", "urgency", "decider", "network")


@dataclass(frozen=True, slots=True)
class Saved:
    """One view of a person's own, as a tab."""

    key: int
    words: str
    address: str
    count: str
    chosen: bool


def saved_tabs(person: Person, chosen: Mapping[str, str], counted: Callable[[Mapping[str, str]], str]) -> list[Saved]:
    """A person's views with their counts. `counted` says how many referrals some filters leave."""
    here = {name: value for name, value in chosen.items() if value}
    tabs = []
    for view in views_of(person):
        kept = {name: value for name, value in view.filters.items() if name in chosen}
        every = dict.fromkeys(chosen, "") | kept
        tabs.append(Saved(view.pk, view.name, f"?{urlencode(kept)}", counted(every), kept == here))
    return tabs


@signed_in(why="keep a view of the work list")
@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters that stand in the form under a name."""
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    filters = {name: value for name in FILTERS if (value := _plain(request.POST.get(name, "")))}
    try:
        view = save_view(line_of(request, "name"), filters, person, now)
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"Kept as “{view.name}”.")
    return _back(filters)


@signed_in(why="drop a view of the work list")
@require_POST
def let_go(request: HttpRequest, view_id: int) -> HttpResponse:
    """Drop a view of one's own."""
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    dropped = drop_view(view_id, person, now)
    (messages.success if dropped else messages.error)(
        request,
        "The view is gone; the referrals are where they were." if dropped else "There is no such view of yours.",
    )
    return _back({})


def _plain(word: str) -> str:
    """A filter's value, without what no address of ours holds."""
    return "".join(sign for sign in word if sign.isprintable())[:60]


def _back(filters: Mapping[str, str]) -> HttpResponse:
    query = urlencode(filters)
    response = redirect(reverse("work-list") + (f"?{query}" if query else ""))
    response.status_code = 303
    return response

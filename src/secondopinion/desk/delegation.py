"""The register of delegation as a page: who decides what, as of any day, and what never leaves the plan."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.people.doors import signed_in
from secondopinion.people.register import register_on, sub_delegates_on, successions
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.delegation import never_delegated


@signed_in(why="read the register of delegation")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register as of `?on=YYYY-MM-DD`, or of today. Holds nothing about any Member, so all staff may read it."""
    now: datetime = request.now  # type: ignore[attr-defined]
    today = now.astimezone(PACIFIC).date()
    typed = request.GET.get("on", "").strip()
    on = _day(typed) if typed else today
    shown = on or today
    every = successions()
    context = {
        "on": shown,
        "today": today,
        "typed": typed,
        "wrong": on is None,
        "programs": list(Program),
        "networks": register_on(shown),
        "sub_delegates": sub_delegates_on(shown),
        "successions": [(each, each.from_on <= shown) for each in every],
        "never": never_delegated(shown),
    }
    return render(request, "desk/delegation.html", context, status=422 if on is None else 200)


def _day(text: str) -> date | None:
    """The day that was typed; none when it is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

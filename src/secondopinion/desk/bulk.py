"""Acts on several referrals at once: only such as harm nobody and need no word of their own. Never an adverse one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from secondopinion.people.doors import signed_in
from secondopinion.people.person import Person
from secondopinion.referrals.access import one
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.told import TakeUp, Told

BULK: Final[Mapping[str, Callable[[], Told]]] = MappingProxyType({"take_up": TakeUp})
"""The steps that may be taken on many at once, and what is told. A test keeps every adverse and deciding step out."""
MOST: Final = 50


@signed_in("nurse", "physician", why="take up several referrals")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Take one step on each referral that is ticked; each by itself, so that one refusal stops no other."""
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    told, numbers = BULK.get(request.POST.get("step", "")), request.POST.getlist("number")[:MOST]
    if told is None:
        messages.error(
            request, "This is never done on several referrals at once. Open each one, and decide on it there."
        )
        return _back(request)
    if not numbers:
        messages.error(request, "No referral is ticked, so nothing was done. Tick those that you take up.")
        return _back(request)
    done, refused = [], []
    for number in numbers:
        try:
            with transaction.atomic():
                advance(one(person, number.replace("\x00", "")).pk, told(), person=person, now=now)
            done.append(number)
        except Refused as why:
            refused.append(f"{number[:20]}: {why.sentence}")
    if done:
        messages.success(request, f"Taken up by you: {', '.join(done)}.")
    for sentence in refused:
        messages.error(request, sentence)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Back to the list as it was filtered."""
    there = request.POST.get("here", "/")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/")
    response = redirect(there if safe else "work-list")
    response.status_code = 303
    return response

"""Opening a Member's page: the code, the date of birth, and why a page stays closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from secondopinion.letters.languages import ENGLISH
from secondopinion.letters.translating import in_language
from secondopinion.people.plan import the_plan
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.portal.door import PATH, cookie_of, now_of, to_anybody, trace_try
from secondopinion.portal.words import as_written, words_in
from secondopinion.referrals import pages
from secondopinion.referrals.pages import Closed

LONGEST = 40  # characters of a code as typed


@to_anybody
@require_safe
def enter(request: HttpRequest, code: str = "") -> HttpResponse:
    """Where a Member types the code, or only the date of birth when the address holds the code."""
    return asking(request, code=code)


@to_anybody
@require_POST
def open_page(request: HttpRequest) -> HttpResponse:
    """Open the page with the code and the date of birth; a wrong try is written down, and too many close it."""
    now = now_of(request)
    code = request.POST.get("code", "")[:LONGEST]
    trace_try(code, now)
    secret, why = "", ""
    with transaction.atomic():  # committed either way: a wrong try counts
        try:
            secret = pages.open_page(code, born_on(request), now)
        except Closed as closed:
            why = closed.why
    if why:
        return asking(request, code=code, why=why, status=403)
    response = redirect("member-doctors")
    response.status_code = 303
    response.set_cookie(
        cookie_of(request), secret, path=PATH, httponly=True, samesite="Strict", secure=request.is_secure()
    )
    return response


def asking(request: HttpRequest, *, code: str = "", why: str = "", status: int = 200) -> HttpResponse:
    """The page that asks for code and date of birth, with a sentence why the page did not open."""
    words = words_in(ENGLISH)
    tries = value("choosing.page_tries", now_of(request).astimezone(PACIFIC).date()).number
    context = frame(words) | {
        "code": code,
        "why": words[why].format(tries=tries) if why else "",
        "closed": why in ("locked", "expired", "taken-back"),
    }
    return render(request, "portal/enter.html", context, status=status)


def closed(request: HttpRequest, why: str) -> HttpResponse:
    """What the door shows when a visit is over or the page is closed."""
    return asking(request, why=why, status=403)


def frame(words: Any) -> dict[str, Any]:
    """What every page of a Member shows: its words, and whom to call."""
    plan = the_plan()
    hours = in_language(words["language"], {"hours": plan.hours}, {})["hours"]
    phone, tty = (as_written(number, words["language"]) for number in (plan.phone["medi-cal"], plan.tty))
    line = words["plan_line"].format(phone=phone, tty=tty, hours=hours)
    return {"w": words, "plan": plan, "plan_line": line}


def born_on(request: HttpRequest) -> date | None:
    """The date of birth as typed in three fields; None for what is no day."""
    try:
        year, month, day = (int(request.POST.get(name, "")) for name in ("year", "month", "day"))
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None

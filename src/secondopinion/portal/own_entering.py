"""Opening the Member's own page: the code, the date of birth, and why it stays closed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from secondopinion.letters.languages import ENGLISH, LANGUAGES
from secondopinion.people import own_page
from secondopinion.people.own_page import Closed
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.portal.door import now_of, to_anybody
from secondopinion.portal.entering import LONGEST, born_on, frame
from secondopinion.portal.own_door import COOKIE, PATH, trace_try, words_of
from secondopinion.portal.words import words_in

NOT_SO = 422


@to_anybody
@require_safe
def own_enter(request: HttpRequest, code: str = "") -> HttpResponse:
    """Where the code is typed, or only the date of birth when the address holds the code; in the language asked for."""
    return asking(request, code=code)


@to_anybody
@require_POST
def own_open(request: HttpRequest) -> HttpResponse:
    """Open the page with the code and the date of birth; a wrong try is written down, and too many close it."""
    now, code = now_of(request), request.POST.get("code", "")[:LONGEST]
    trace_try(code, request)
    secret, why = "", ""
    with transaction.atomic():  # committed either way: a wrong try counts
        try:
            secret = own_page.open_page(code, born_on(request), now)
        except Closed as closed:
            why = closed.why
    if why:
        return asking(request, code=code, why=why, status=403)
    response = on_to("own-home")
    response.set_cookie(COOKIE, secret, path=PATH, httponly=True, samesite="Strict", secure=request.is_secure())
    return response


@to_anybody
@require_POST
def own_leave(request: HttpRequest) -> HttpResponse:
    """Close the page, here and wherever its cookie went."""
    with transaction.atomic():
        own_page.leave(request.COOKIES.get(COOKIE, ""), now_of(request))
    response = on_to("own-enter")
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return response


def asking(request: HttpRequest, *, code: str = "", why: str = "", status: int = 200) -> HttpResponse:
    """The page that asks for code and date of birth, with a sentence why the page did not open."""
    words = words_in(language_of(request))
    tries = value("own_page.tries", now_of(request).astimezone(PACIFIC).date()).number
    context = frame(words) | {
        "code": code,
        "why": words["follow_closed"][why].format(tries=tries) if why else "",
        "languages": [(tag, one.own_name) for tag, one in LANGUAGES.items() if tag != words["language"]],
        "closed": why in ("locked", "expired", "taken-back", "may-not-act"),
    }
    return render(request, "portal/own_enter.html", context, status=status)


def closed(request: HttpRequest, why: str) -> HttpResponse:
    """What the door shows when a visit is over or the page is closed."""
    if COOKIE not in request.COOKIES:
        return on_to("own-enter", asked_for(request))
    return asking(request, why=why, status=403)


def gone(request: HttpRequest) -> HttpResponse:
    """What the door shows where the Member has no such request."""
    words = words_of(request)
    return render(request, "portal/own_gone.html", frame(words), status=404)


def language_of(request: HttpRequest) -> str:
    """The language the page is asked for in; English where none of ours is."""
    tag = request.POST.get("language") or request.GET.get("language") or ENGLISH
    return tag if tag in LANGUAGES else ENGLISH


def asked_for(request: HttpRequest) -> str:
    """The query that keeps the language a page was asked for in; empty where none of ours was named."""
    tag = request.GET.get("language", "")
    return f"?{urlencode({'language': tag})}" if tag in LANGUAGES else ""


def on_to(name: str, query: str = "", **kwargs: str) -> HttpResponse:
    """On to a page by GET. `query`: what follows its address, with its question mark."""
    return HttpResponse(status=303, headers={"Location": reverse(name, kwargs=kwargs) + query})

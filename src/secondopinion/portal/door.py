"""The door of a Member's own page: the visit's cookie opens it, for one Member and one referral, and leaves a trace.

A safe method runs in a transaction that PostgreSQL keeps read-only. The transaction sees that Member's rows alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_cache_control

from secondopinion.people.doors import SAFE
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import pages
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.pages import Closed, Visit

View = Callable[..., HttpResponseBase]
COOKIE: Final = "your_choice"
COOKIE_OVER_TLS: Final = f"__Secure-{COOKIE}"  # a browser takes it over TLS only; bound to PATH, so not `__Host-`
PATH: Final = "/your-choice/"


def cookie_of(request: HttpRequest) -> str:
    """What the visit's cookie is called here."""
    return COOKIE_OVER_TLS if request.is_secure() else COOKIE


def private(response: HttpResponseBase) -> HttpResponseBase:
    """The same answer, to be kept by no cache and found by no search engine."""
    # No `no-referrer`: a browser then hides where a form came from, and the guard against forged forms refuses it.
    # `same-origin`, which the house says everywhere, tells no other place anything.
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "same-origin"
    patch_cache_control(response, no_store=True, private=True)
    return response


def now_of(request: HttpRequest) -> datetime:
    """The instant the request came in; the front door put it there."""
    return request.now  # type: ignore[attr-defined,no-any-return]


def to_anybody(view: View) -> View:
    """Open to everyone: where the code is typed. Sees no Member's row until the code and the birth date fit."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return private(view(request, *args, **kwargs))

    door.guard = "members_code"  # type: ignore[attr-defined]
    return door


def opened(closed: Callable[[HttpRequest, str], HttpResponse]) -> Callable[[View], View]:
    """Open while the visit lasts. `closed(request, why)` says in plain words why it does not open."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now, secret = now_of(request), request.COOKIES.get(cookie_of(request), "")
            try:
                with transaction.atomic():
                    number = pages.visit_of(secret, now).referral.number
                trace(view.__name__, number, now)
                with transaction.atomic():
                    if request.method in SAFE:
                        with connection.cursor() as cursor:
                            cursor.execute("SET TRANSACTION READ ONLY")
                    request.visit = pages.visit_of(secret, now)  # type: ignore[attr-defined]
                    return private(view(request, *args, **kwargs))
            except Closed as refused:
                return private(closed(request, "timeout" if refused.why == "wrong" else refused.why))
            except Refused:
                # There is no list any more, as after a correction of what is asked: a person helps on.
                return private(closed(request, "taken-back"))

        door.guard = "members_page"  # type: ignore[attr-defined]
        return door

    return decorate


def trace(what: str, about: str, now: datetime) -> None:
    """Write down a look or a try, in a transaction of its own: what follows may be undone, the trace is not."""
    with plan_scope(now.astimezone(PACIFIC).date()):
        pages.log(what, about, "choose a professional", now)


def trace_try(code: str, now: datetime) -> None:
    """Write down that somebody tries a code; which referral it is for, where it is a code of ours."""
    with plan_scope(now.astimezone(PACIFIC).date()):
        pages.log("try_member_page", pages.number_of(code) or "no page", "choose a professional", now)


def visit_of(request: HttpRequest) -> Visit:
    """The open page that the door found."""
    return request.visit  # type: ignore[attr-defined,no-any-return]

"""The doors of the pages for offices that ask and for the professional who gives the opinion: no account, a trace each.

A safe method runs in a transaction that PostgreSQL keeps read-only. An opened page sees one referral's rows alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, Final

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from secondopinion.people.doors import SAFE
from secondopinion.people.plan import the_plan
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.portal.door import View, now_of, private
from secondopinion.referrals import office_answers, visit_links
from secondopinion.referrals.office_answers import NotOpened, Opened
from secondopinion.referrals.visit_links import Consult, LinkClosed

Closed = Callable[[HttpRequest, str], HttpResponse]
OFFICE_COOKIE: Final = "office_answer"
OFFICE_PATH: Final = "/office/"
VISIT_COOKIE: Final = "visit_link"
VISIT_PATH: Final = "/visit/"
SEE_OTHER: Final = 303


def way_in(guard: str) -> Callable[[View], View]:
    """Open to everyone: where a number or a code is typed, or a request is sent. Sees no row before a proof fits."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return private(view(request, *args, **kwargs))

        door.guard = guard  # type: ignore[attr-defined]
        return door

    return decorate


def office_opened(closed: Closed) -> Callable[[View], View]:
    """Open while an office reads its answer. `closed(request, why)` says in plain words why it does not open."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now, secret = now_of(request), request.COOKIES.get(OFFICE_COOKIE, "")
            try:
                with transaction.atomic():
                    number = office_answers.visit_of(secret, now).number
                trace_office(view.__name__, number, now)
                with transaction.atomic():
                    _keep_safe_methods_reading(request)
                    request.opened = office_answers.visit_of(secret, now)  # type: ignore[attr-defined]
                    return private(view(request, *args, **kwargs))
            except NotOpened as refused:
                return private(closed(request, refused.why))

        door.guard = "office_page"  # type: ignore[attr-defined]
        return door

    return decorate


def visit_opened(closed: Closed) -> Callable[[View], View]:
    """Open while a professional's link is. `closed(request, why)` says in plain words why it does not open."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now, secret = now_of(request), request.COOKIES.get(VISIT_COOKIE, "")
            try:
                with transaction.atomic():
                    number = visit_links.consult_of(secret, now).referral.number
                trace_visit(view.__name__, number, now)
                with transaction.atomic():
                    _keep_safe_methods_reading(request)
                    request.consult = visit_links.consult_of(secret, now)  # type: ignore[attr-defined]
                    return private(view(request, *args, **kwargs))
            except LinkClosed as refused:
                return private(closed(request, refused.why))

        door.guard = "professional_page"  # type: ignore[attr-defined]
        return door

    return decorate


def trace_office(what: str, number: str, now: datetime) -> None:
    """Write down a look or a try of an office, in a transaction of its own."""
    with plan_scope(now.astimezone(PACIFIC).date()):
        office_answers.log(what, number, now)


def trace_visit(what: str, number: str, now: datetime) -> None:
    """Write down a look of a professional, in a transaction of its own."""
    with plan_scope(now.astimezone(PACIFIC).date()):
        visit_links.log(what, number, now)


def trace_code(code: str, now: datetime) -> None:
    """Write down that somebody tries a link; which referral it is for, where it is one of ours."""
    with plan_scope(now.astimezone(PACIFIC).date()):
        visit_links.log("try_visit_link", visit_links.number_of(code) or "no link", now)


def opened_of(request: HttpRequest) -> Opened:
    """The open answer that the door found."""
    return request.opened  # type: ignore[attr-defined,no-any-return]


def consult_of(request: HttpRequest) -> Consult:
    """The open visit that the door found."""
    return request.consult  # type: ignore[attr-defined,no-any-return]


def address_of(request: HttpRequest) -> str:
    """The network address that a request came from, as the front door knows it."""
    return str(getattr(request, "address", None) or request.META.get("REMOTE_ADDR", ""))


def today_of(request: HttpRequest) -> date:
    """The Pacific day of the request."""
    return now_of(request).astimezone(PACIFIC).date()


def frame() -> dict[str, Any]:
    """What every page for offices and professionals shows: whom to call."""
    plan = the_plan()
    return {"plan": plan, "desk_phone": plan.desk["phone"], "desk_fax": plan.desk["fax"]}


def on_to(name: str) -> HttpResponse:
    """On to a page by GET."""
    response = redirect(name)
    response.status_code = SEE_OTHER
    return response


def with_cookie(response: HttpResponse, request: HttpRequest, name: str, secret: str, path: str) -> HttpResponse:
    """The answer, with the secret of a visit as a cookie that no script reads and no other site sends."""
    response.set_cookie(name, secret, path=path, httponly=True, samesite="Strict", secure=request.is_secure())
    return response


def _keep_safe_methods_reading(request: HttpRequest) -> None:
    if request.method in SAFE:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")

"""The door of the Member's own page: its cookie opens it, for one Member's rows alone, and every look leaves a trace.

A safe method runs in a transaction that PostgreSQL keeps read-only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from secondopinion.people import own_page
from secondopinion.people.doors import SAFE
from secondopinion.people.own_page import Closed, Own
from secondopinion.people.person import Person
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.portal.door import View, now_of, private
from secondopinion.portal.words import words_in
from secondopinion.referrals import pages
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.pages import THE_MEMBER, THE_REPRESENTATIVE

COOKIE: Final = "your_page"
PATH: Final = "/your-page/"
WHY: Final = "the Member’s own page"


def mine(
    closed: Callable[[HttpRequest, str], HttpResponse], gone: Callable[[HttpRequest], HttpResponse]
) -> Callable[[View], View]:
    """Open while the visit lasts. `closed(request, why)` says why it does not open, `gone(request)` that there is no
    such request of the Member's."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            now, secret = now_of(request), request.COOKIES.get(COOKIE, "")
            try:
                with transaction.atomic():
                    own = own_page.visit_of(secret, now)
                    own_page.seen(own, now)
                with plan_scope(now.astimezone(PACIFIC).date()):
                    about = str(kwargs.get("number") or own.member.member_id)[:40]
                    pages.log(view.__name__, about, WHY, now, person=acts_as(own))
                with transaction.atomic():
                    if request.method in SAFE:
                        with connection.cursor() as cursor:
                            cursor.execute("SET TRANSACTION READ ONLY")
                    request.own = own_page.visit_of(secret, now)  # type: ignore[attr-defined]
                    return private(view(request, *args, **kwargs))
            except Closed as refused:
                return private(closed(request, "timeout" if refused.why == "wrong" else refused.why))
            except Refused:
                return private(gone(request))

        door.guard = "members_page"  # type: ignore[attr-defined]
        return door

    return decorate


def own_of(request: HttpRequest) -> Own:
    """The open page that the door found."""
    return request.own  # type: ignore[attr-defined,no-any-return]


def words_of(request: HttpRequest) -> Mapping[str, Any]:
    """The words of whoever has the page open: in the Member's language, or in the representative's own."""
    own = own_of(request)
    theirs = own.representative.language if own.representative else ""
    return words_in(theirs or own.member.language)


def acts_as(own: Own) -> Person:
    """Who acts on the page: the Member, or a representative."""
    return THE_REPRESENTATIVE if own.representative else THE_MEMBER


def asker_of(own: Own) -> tuple[str, str]:
    """Who asks, as in `Requester`, and the name."""
    if own.representative:
        return Requester.AUTHORIZED_REPRESENTATIVE.value, own.representative.name
    return Requester.MEMBER.value, str(own.member)


def trace_try(code: str, request: HttpRequest) -> None:
    """Write down that somebody tries a code; whose page it is for, where it is a code of ours."""
    now = now_of(request)
    with plan_scope(now.astimezone(PACIFIC).date()):
        pages.log("try_own_page", own_page.about(code) or "no page", WHY, now)

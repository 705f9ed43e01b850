"""Every route has a door. A door knows who comes, opens the transaction, and writes down who looked.

A safe method (GET, HEAD, OPTIONS) runs in a transaction that PostgreSQL keeps read-only, so reading
cannot write. `request.now` is put there by the house's front door; nothing here reads a clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from secondopinion.people.models import AccessEntry, ApiClient, Staff
from secondopinion.people.person import Person, person_of
from secondopinion.people.prepared import Prepared
from secondopinion.people.rls import within
from secondopinion.policy.calendar import PACIFIC

View = Callable[..., HttpResponseBase]
Leaves = Callable[[Person, Mapping[str, Any], datetime], None]
RECORDS = ("number", "member_id", "forwarded_id")  # how an address names one record about a Member
SAFE = ("GET", "HEAD", "OPTIONS")
CLIENT = Prepared(lambda given: ApiClient.objects.filter(token_sha256=given("digest"), active=True))


def public(view: View) -> View:
    """Open to everyone; sees no Member data, because no scope is ever set."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    door.guard = "public"  # type: ignore[attr-defined]
    return door


def signed_in(*roles: str, why: str = "work on a referral", leaves: Leaves | None = None) -> Callable[[View], View]:
    """Open to staff with any of `roles` (none named: any staff). Views get `request.person`.

    A view that names one record by `number`, `member_id` or `forwarded_id` in its address leaves an `AccessEntry`.
    `leaves(person, kwargs, now)` writes what a look leaves besides, in the same short transaction.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            person = _person(request)
            if roles and not person.is_a(*roles):
                raise PermissionDenied(f"This page is for: {', '.join(roles)}.")
            request.person = person  # type: ignore[attr-defined]
            now = request.now  # type: ignore[attr-defined]
            scope = person.scope(now.astimezone(PACIFIC).date())
            about = next((kwargs[name] for name in RECORDS if kwargs.get(name)), None)
            if about:
                # Its own short transaction: a read-only page must still leave its trace.
                with within(scope):
                    AccessEntry.objects.create(
                        at=now,
                        person=person.name,
                        person_network=person.network,
                        what=view.__name__,
                        about=str(about)[:40],
                        why=why,
                    )
                    if leaves is not None and request.method == "GET":
                        leaves(person, kwargs, now)
            with within(scope, read_only=request.method in SAFE):
                return view(request, *args, **kwargs)

        door.guard = "signed_in"  # type: ignore[attr-defined]
        door.roles = roles  # type: ignore[attr-defined]
        return door

    return decorate


def _person(request: HttpRequest) -> Person:
    staff = Staff.objects.filter(user_id=request.user.pk or 0).first()
    if staff is None:
        raise PermissionDenied("This account belongs to no staff member. Ask your administrator.")
    return person_of(staff, request.now.astimezone(PACIFIC).date())  # type: ignore[attr-defined]


def api_client(refuse: Callable[[str], HttpResponse]) -> Callable[[View], View]:
    """Open to a system with a bearer token we know. `refuse(sentence)` builds the 401 in the wire's own form."""

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not token:
                return refuse("No bearer token came with the request. Send the header Authorization: Bearer <token>.")
            digest = hashlib.sha256(token.strip().encode()).hexdigest()
            client = CLIENT.first(digest=digest)
            if client is None:
                return refuse("The bearer token is not known here. Ask the plan for a new one.")
            request.client = client  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        door.guard = "api_client"  # type: ignore[attr-defined]
        return door

    return decorate

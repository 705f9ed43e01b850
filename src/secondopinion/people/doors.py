"""Every route has a door. A door knows who comes, opens the transaction, and writes down who looked.

A safe method (GET, HEAD, OPTIONS) runs in a transaction that PostgreSQL keeps read-only, so reading
cannot write. `request.now` is put there by the house's front door; nothing here reads a clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from secondopinion.people.models import AccessEntry, ApiClient, Role, SignInEntry, Staff
from secondopinion.people.person import Person, person_of
from secondopinion.people.prepared import Prepared, insert
from secondopinion.people.rls import within
from secondopinion.people.sessions import ends_at, is_proven_twice, mark_seen, why_over
from secondopinion.people.signing_in import Visitor, has_second_proof, trace
from secondopinion.policy.calendar import PACIFIC

View = Callable[..., HttpResponseBase]
Leaves = Callable[[Person, Mapping[str, Any], datetime], None]
RECORDS = ("number", "member_id", "forwarded_id")  # how an address names one record about a Member
SAFE = ("GET", "HEAD", "OPTIONS")
CLIENT = Prepared(lambda given: ApiClient.objects.filter(token_sha256=given("digest"), active=True))

WORK: Final = (Role.INTAKE, Role.NURSE, Role.PHYSICIAN, Role.CONTRACTING, Role.APPEALS)
"""The roles that work on referrals: they read and write."""
READ: Final = (Role.OVERSIGHT, Role.COMPLIANCE)
"""The roles that read what those have done, and write nothing."""
EVERYBODY: Final = tuple(Role)


def public(view: View) -> View:
    """Open to everyone; sees no Member data, because no scope is ever set."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    door.guard = "public"  # type: ignore[attr-defined]
    return door


def signed_in(*roles: str, why: str = "work on a referral", leaves: Leaves | None = None) -> Callable[[View], View]:
    """Open to staff with any of `roles` and a second proof. Views get `request.person`.

    No role named: those who work on referrals read and write, those who oversee them read.
    A view that names one record by `number`, `member_id` or `forwarded_id` in its address leaves an `AccessEntry`.
    `leaves(person, kwargs, now)` writes what a look leaves besides, in the same short transaction.
    """
    writers = frozenset(map(str, roles or WORK))
    readers = frozenset(map(str, roles or (*WORK, *READ)))

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            elsewhere = _not_yet(request)
            if elsewhere is not None:
                return elsewhere
            person = _person(request)
            request.person = person  # type: ignore[attr-defined]
            allowed = readers if request.method in SAFE else writers
            if not person.roles & allowed:
                raise PermissionDenied(f"This page is for: {', '.join(words_of(allowed))}.")
            now = request.now  # type: ignore[attr-defined]
            scope = person.scope(now.astimezone(PACIFIC).date())
            about = next((kwargs[name] for name in RECORDS if kwargs.get(name)), None)
            if about:
                # Its own short transaction: a read-only page must still leave its trace.
                with within(scope):
                    insert(
                        AccessEntry(
                            at=now,
                            person=person.name,
                            person_network=person.network,
                            what=view.__name__,
                            about=str(about)[:40],
                            why=why,
                        )
                    )
                    if leaves is not None and request.method == "GET":
                        leaves(person, kwargs, now)
            with within(scope, read_only=request.method in SAFE):
                return view(request, *args, **kwargs)

        door.guard = "signed_in"  # type: ignore[attr-defined]
        door.readers, door.writers = readers, writers  # type: ignore[attr-defined]
        return door

    return decorate


def own_account(view: View) -> View:
    """Open to staff for their own sign-in, also before there is a second proof. No scope: it sees no Member's row."""

    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        elsewhere = _not_yet(request, to_add=True)
        if elsewhere is not None:
            return elsewhere
        request.person = _person(request)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    door.guard = "own_account"  # type: ignore[attr-defined]
    return door


def words_of(roles: frozenset[str]) -> list[str]:
    """Roles in plain words, in the order of `Role`."""
    return [role.label.lower() for role in Role if role.value in roles]


def visitor_of(request: HttpRequest, name: str = "") -> Visitor:
    """Whoever is at the door: the name given or signed in under, the address, the instant."""
    return Visitor(name or request.user.get_username(), request.address, request.now)  # type: ignore[attr-defined]


def _not_yet(request: HttpRequest, *, to_add: bool = False) -> HttpResponseBase | None:
    """Where the browser is sent first; None when the person may come in. `to_add`: to add the first second proof."""
    if not request.user.is_authenticated:
        return _sent(request, reverse("sign-in"))
    now = request.now  # type: ignore[attr-defined]
    why = why_over(request.session, request.user, now)
    if why:
        trace(SignInEntry.What.ENDED, visitor_of(request), request.user, how=why)
        logout(request)
        return _sent(request, reverse("sign-in"), over=why)
    if not is_proven_twice(request.session):
        if has_second_proof(request.user):
            return _sent(request, reverse("sign-in-second"))
        if not to_add:
            return _sent(request, reverse("account"))
    mark_seen(request.session, now)
    ends = ends_at(request.session, now)
    request.session_ends_at, request.session_seconds = ends, int((ends - now).total_seconds())  # type: ignore[attr-defined]
    return None


def _sent(request: HttpRequest, where: str, **told: str) -> HttpResponseBase:
    """A whole page goes there; a part of one asks htmx to take the whole page there."""
    is_part = request.headers.get("HX-Request") == "true"
    back = request.get_full_path() if request.method in SAFE and not is_part else ""
    query = urlencode({**({"next": back} if back else {}), **told}, safe="/")
    address = f"{where}?{query}" if query else where
    return HttpResponse(headers={"HX-Redirect": address}) if is_part else HttpResponseRedirect(address)


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

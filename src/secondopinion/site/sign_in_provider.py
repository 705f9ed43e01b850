"""Signing in by the provider of one's own place, and linking an account to it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from secondopinion.people import sessions
from secondopinion.people.doors import own_account, public, visitor_of
from secondopinion.people.models_signing_in import SignInEntry
from secondopinion.people.own_proofs import account_linked_to, link_to
from secondopinion.people.person import place_of
from secondopinion.people.signing_in import Stopped, refuse_closed, trace
from secondopinion.people.signing_in_provider import Begun, Known, NotProven, Provider, back_from, leave_for
from secondopinion.site.own_account import not_fresh
from secondopinion.site.providers import provider_called
from secondopinion.site.sign_in import HALF_LASTS, first_proof_given, let_in, next_of, said

AWAY = "away"  # in the session: what must be remembered while the browser is at the provider
NOT_LINKED: Final = (
    "The provider knows you, but nobody here is linked to that identity. Sign in with your password once, and link it "
    "under Your sign-in; or ask your administrator for a new start."
)
NOT_THIS_PLACE: Final = (
    "That provider speaks for the staff of another place, so it does not sign you in. Use the one of your own."
)


@public
@require_safe
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Off to the provider. A link and no form: our pages may send forms to nobody but us."""
    return _leave(request, key, linking=False)


@own_account
@require_safe
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Off to the provider, to link the account that is signed in here."""
    if not sessions.is_proven_twice(request.session) or not_fresh(request):
        return redirect("account")
    return _leave(request, key, linking=True)


@public
@require_safe
def back(request: HttpRequest, key: str) -> HttpResponse:
    """Back from the provider."""
    provider, kept = _provider(key), request.session.pop(AWAY, None)
    now: datetime = request.now  # type: ignore[attr-defined]
    try:
        if kept is None or kept["key"] != key or now > datetime.fromtimestamp(kept["since"], UTC) + HALF_LASTS:
            raise NotProven("This sign-in was not begun in this browser, or it is over already.")
        known = back_from(provider, Begun(**kept["begun"]), _back(request, key), request.GET.dict(), now)
        return _link(request, provider, known) if kept["linking"] else _come_in(request, provider, known, kept["next"])
    except NotProven as why:
        trace(SignInEntry.What.REFUSED, visitor_of(request, f"{key} from {request.address}"), None, how=f"by {key}")  # type: ignore[attr-defined]
        sentence = (
            f"{why} Nobody was signed in. Begin again from the sign-in page; if it comes again, call your help desk."
        )
        return _refused(request, sentence)


def _come_in(request: HttpRequest, provider: Provider, known: Known, going: str) -> HttpResponse:
    account = account_linked_to(provider.issuer, known.subject)
    if account is None:
        trace(
            SignInEntry.What.REFUSED,
            visitor_of(request, f"{provider.key} {known.subject}"),
            None,
            how=f"by {provider.key}",
        )
        return _refused(request, NOT_LINKED)
    visitor = visitor_of(request, account.get_username())
    if not _is_of(provider, account):
        trace(SignInEntry.What.REFUSED, visitor, account, how=f"by {provider.key}, of another place")
        return _refused(request, NOT_THIS_PLACE)
    try:
        with transaction.atomic():
            refuse_closed(visitor, f"by {provider.key}")
    except Stopped as stopped:
        return _refused(request, said(stopped))
    how = f"by {provider.key}"
    if known.two_factors:
        request.session.flush()
        return let_in(request, account, how=f"{how} with two factors", second=True, back=going)
    return first_proof_given(request, account, how, going)


def _link(request: HttpRequest, provider: Provider, known: Known) -> HttpResponse:
    # The browser may have been signed out while it was away: then there is nobody to link.
    if not request.user.is_authenticated or not sessions.is_proven_twice(request.session):
        return redirect("sign-in")
    account: User = request.user
    if not _is_of(provider, account):
        return _refused(request, NOT_THIS_PLACE)
    if not link_to(account, provider.issuer, known.subject, request.now):  # type: ignore[attr-defined]
        return _refused(request, "That identity is linked to an account here already, so it was not linked again.")
    trace(SignInEntry.What.LINKED, visitor_of(request), account, how=f"by {provider.key}")
    return redirect("account")


def _is_of(provider: Provider, account: User) -> bool:
    """Is the account's staff member of the very place that the provider speaks for, today?"""
    return place_of(account) == provider.network


def _leave(request: HttpRequest, key: str, *, linking: bool) -> HttpResponse:
    provider, begun = _provider(key), Begun.by_chance()
    try:
        address = leave_for(provider, begun, _back(request, key))
    except NotProven as why:
        return _refused(request, f"{why} Sign in another way, or try again in a while.")
    request.session[AWAY] = {
        "key": key, "begun": asdict(begun), "linking": linking, "next": next_of(request),
        "since": request.now.timestamp(),  # type: ignore[attr-defined]
    }  # fmt: skip
    return redirect(address)


def _provider(key: str) -> Provider:
    found = provider_called(key)
    if found is None:
        raise Http404("There is no such provider.")
    return found


def _back(request: HttpRequest, key: str) -> str:
    return request.build_absolute_uri(reverse("sign-in-back", kwargs={"key": key}))


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "site/provider_refused.html", {"sentence": sentence}, status=403)

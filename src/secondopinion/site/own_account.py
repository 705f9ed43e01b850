"""Your sign-in: what proves that it is you, what has happened to it, and how it is changed."""

from __future__ import annotations

from datetime import datetime

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from secondopinion.people import new_starts, sessions, signing_in_codes, signing_in_passkeys
from secondopinion.people.doors import own_account, visitor_of
from secondopinion.people.models_signing_in import SignInEntry
from secondopinion.people.own_proofs import proofs_of, take_away
from secondopinion.people.person import place_of
from secondopinion.people.sealing import seal, unseal
from secondopinion.people.signing_in import Stopped, refuse_closed, trace
from secondopinion.people.signing_in_codes import AppSecret, add_app, make_recovery_codes
from secondopinion.people.signing_in_passkeys import Unproven
from secondopinion.site.providers import providers
from secondopinion.site.sign_in import LONGEST, remember, remembered, site_of

ADDING = "adding"  # in the session: the sealed secret of the app that is being added
What = SignInEntry.What


@own_account
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Everything there is about one's own sign-in."""
    return _show(request)


@own_account
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Add an authenticator app: the square code, and one code of the app to prove that it holds the secret."""
    account, now = _account(request), _now(request)
    if not_fresh(request):
        return redirect("account")
    if request.method == "POST" and ADDING in request.session:
        secret = unseal(request.session[ADDING])
        name = request.POST.get("name", "").strip()[:60] or "Authenticator app"
        with transaction.atomic():
            added = add_app(account, name, secret, request.POST.get("code", "")[:LONGEST], now)
            if added is not None:
                del request.session[ADDING]
                return _added(request, "authenticator app")
        return _app(
            request, AppSecret(secret, account.get_username()), "That code does not fit. Type the one shown now."
        )
    made = signing_in_codes.made_secret(account)
    request.session[ADDING] = seal(made.secret)
    return _app(request, made)


@own_account
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser asks the device to make."""
    if not_fresh(request):
        return JsonResponse({}, status=403)
    asked = signing_in_passkeys.ask_to_add(site_of(request), _account(request))
    remember(request, asked.state)
    return JsonResponse(asked.options)


@own_account
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Keep the passkey that the device made."""
    if not_fresh(request):
        return redirect("account")
    name = request.POST.get("name", "").strip()[:60] or "Passkey"
    try:
        with transaction.atomic():
            signing_in_passkeys.add(
                site_of(request),
                remembered(request),
                request.POST.get("answer", ""),
                _account(request),
                name,
                _now(request),
            )
    except Unproven:
        return _show(request, "The passkey was not added: the device did not answer, or it has one already. Try again.")
    return _added(request, "passkey")


@own_account
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones open nothing any more."""
    if not_fresh(request) or not sessions.is_proven_twice(request.session):
        return redirect("account")
    with transaction.atomic():
        made = make_recovery_codes(_account(request), _now(request))
        trace(What.CODES, visitor_of(request), _account(request))
    return render(request, "site/codes.html", {"codes": made, "first": False})


@own_account
@sensitive_post_parameters("old", "password", "again")
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    """Another password. Every other session of the account ends."""
    account, given = _account(request), {n: request.POST.get(n, "")[:LONGEST] for n in ("old", "password", "again")}
    if not sessions.is_proven_twice(request.session):
        return redirect("account")
    visitor, stopped = visitor_of(request), ""
    with transaction.atomic():
        try:
            refuse_closed(visitor, "password change")
            if account.has_usable_password() and not account.check_password(given["old"]):
                trace(What.REFUSED, visitor, account, how="password change")
                raise Stopped("The present password is not that one. Nothing was changed.")
            if given["password"] != given["again"]:
                raise Stopped("The two new passwords differ. Nothing was changed.")
            new_starts.set_password(account, given["password"])
            entry = trace(What.PASSWORD, visitor, account)
        except Stopped as why:
            stopped = why.sentence
    if stopped:
        return _show(request, stopped)
    sessions.begin(
        request, account, entry, how=request.session.get(sessions.PROVEN, "password"), second=True, now=_now(request)
    )
    return redirect("account")


@own_account
@require_POST
def remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take away an app, a passkey or a link. Every other session of the account ends."""
    if not_fresh(request) or not sessions.is_proven_twice(request.session):
        return redirect("account")
    account = _account(request)
    try:
        with transaction.atomic():
            if not take_away(account, kind, pk, _now(request)):
                raise Http404("There is no such proof.")
            sessions.outlast(request.session, trace(What.REMOVED, visitor_of(request), account, how=kind))
    except Stopped as why:
        return _show(request, why.sentence)
    return redirect("account")


@own_account
@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out on every other browser and device."""
    sessions.outlast(request.session, trace(What.EVERYWHERE, visitor_of(request), _account(request)))
    return _show(request, told="Every other session of yours is over.")


@own_account
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Somebody is still there: the session goes on. Says for how many seconds."""
    ends = sessions.ends_at(request.session, _now(request))
    return JsonResponse({"seconds": int((ends - _now(request)).total_seconds())})


def not_fresh(request: HttpRequest) -> bool:
    """Was the sign-in too long ago to change what proves it?"""
    return not sessions.is_fresh(request.session, _now(request))


def _added(request: HttpRequest, how: str) -> HttpResponse:
    """The first second proof brings recovery codes with it, and opens the rest of the house."""
    account = _account(request)
    is_first = not sessions.is_proven_twice(request.session)
    trace(What.ADDED, visitor_of(request), account, how=how)
    if not is_first:
        return redirect("account")
    sessions.prove_twice(request.session, how)
    made = make_recovery_codes(account, _now(request))
    trace(What.CODES, visitor_of(request), account)
    return render(request, "site/codes.html", {"codes": made, "first": True})


def _app(request: HttpRequest, secret: AppSecret, stopped: str = "") -> HttpResponse:
    square = segno.make(secret.uri, error="m").svg_inline(
        scale=5, border=2, omitsize=True, title="Square code for the app"
    )
    context = {"square": mark_safe(square), "secret": secret, "stopped": stopped}  # noqa: S308 - drawn by us
    return render(request, "site/add_app.html", context)


def _show(request: HttpRequest, stopped: str = "", told: str = "") -> HttpResponse:
    account = _account(request)
    proofs, place = proofs_of(account), place_of(account)
    context = {
        "stopped": stopped,
        "told": told,
        "apps": proofs.apps,
        "passkeys": proofs.passkeys,
        "links": [(p, proofs.links.get(p.issuer)) for p in providers() if p.network == place],
        "codes_left": signing_in_codes.codes_left(account),
        "twice": sessions.is_proven_twice(request.session),
        "fresh": not not_fresh(request),
        "has_password": account.has_usable_password(),
        "entries": proofs.entries,
    }
    return render(request, "site/account.html", context)


def _account(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _now(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined,no-any-return]

"""Signing in: name and password, then a second proof; or a passkey, which is both in one. And signing out.

A wrong try counts whatever comes after it, so each is committed before the page is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from secondopinion.people import new_starts, sessions, signing_in_codes, signing_in_passkeys
from secondopinion.people.doors import public, visitor_of
from secondopinion.people.models_signing_in import Passkey, SignInEntry
from secondopinion.people.own_proofs import account_with
from secondopinion.people.person import home_of
from secondopinion.people.signing_in import (
    Stopped,
    Visitor,
    by_password,
    has_second_proof,
    refuse_closed,
    trace,
)
from secondopinion.people.signing_in_passkeys import Site, Unproven
from secondopinion.policy.calendar import PACIFIC
from secondopinion.site.providers import providers
from secondopinion.site.state import is_for_trying_out

HALF, ASKED = "half", "asked"  # in the session: who has shown a password, and what a device was asked
HALF_LASTS: Final = timedelta(minutes=10)
LONGEST: Final = 200  # characters of anything typed here
What = SignInEntry.What

OVER: Final = {
    "quiet": "You were signed out, because nobody had done anything for a while. What you had sent was kept.",
    "long": "You were signed out: a session lasts no longer than a working day. What you had sent was kept.",
    "ended": "You were signed out here, because your sign-in was changed or signed out everywhere.",
}


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has shown the first proof and not the second: nothing is open to them but that question."""

    account: User
    how: str
    next: str


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; other ways in beside them."""
    back = next_of(request)
    if request.method != "POST":
        if _is_in(request):
            return redirect(back)
        return _door(request, back, told=OVER.get(request.GET.get("over", ""), ""))
    visitor = visitor_of(request, request.POST.get("username", "")[:LONGEST] or "-")
    stopped: Stopped | None = None
    with transaction.atomic():
        try:
            account = by_password(visitor, request.POST.get("password", "")[:LONGEST])
        except Stopped as why:
            stopped = why
    if stopped is not None:
        return _door(request, back, stopped=stopped)
    return first_proof_given(request, account, "password", back)


def first_proof_given(request: HttpRequest, account: User, how: str, back: str) -> HttpResponse:
    """Go on to the second proof; without one, in as far as the page that adds it."""
    request.session.flush()  # nothing that was in this browser before comes along
    if has_second_proof(account):
        now = _now(request)
        request.session[HALF] = {"account": account.pk, "how": how, "next": back, "since": now.timestamp()}
        return redirect("sign-in-second")
    return let_in(request, account, how=how, second=False, back=back)


def let_in(request: HttpRequest, account: User, *, how: str, second: bool, back: str) -> HttpResponse:
    """Begin the session, and write down how it was proven."""
    now = _now(request)
    entry = trace(What.SIGNED_IN, visitor_of(request, account.get_username()), account, how=how)
    sessions.begin(request, account, entry, how=how, second=second, now=now)
    if not second:
        return redirect("account")
    return redirect(home_of(account, now.astimezone(PACIFIC).date()) if back == "/" else back)


@public
@sensitive_post_parameters("code", "recovery")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second proof: the code of an app, a passkey, or a code on paper."""
    half = half_of(request)
    if half is None:
        return redirect("sign-in")
    if request.method != "POST":
        return _second(request, half)
    visitor = visitor_of(request, half.account.get_username())
    typed, paper = request.POST.get("code", "")[:LONGEST], request.POST.get("recovery", "")[:LONGEST]
    stopped: Stopped | None = None
    with transaction.atomic():
        try:
            how = _second_proof(visitor, half.account, typed, paper)
        except Stopped as why:
            stopped = why
    if stopped is not None:
        return _second(request, half, stopped)
    return let_in(request, half.account, how=f"{half.how}, {how}", second=True, back=half.next)


def _second_proof(visitor: Visitor, account: User, typed: str, paper: str) -> str:
    """How the second proof was given. Raises Stopped."""
    how = "recovery code" if paper.strip() else "code"
    refuse_closed(visitor, how)
    if how == "recovery code" and signing_in_codes.take_recovery_code(account, paper, visitor.now):
        return how
    if how == "code" and signing_in_codes.take_code(account, typed, visitor.now, made_up=is_for_trying_out()):
        return how
    trace(What.REFUSED, visitor, account, how=how)
    raise Stopped(
        "That recovery code is not one of yours, or it was used before. Check each sign, or take the next one."
        if how == "recovery code"
        else "That code does not fit. A code is good for half a minute and for one time: wait for the next one."
    )


@public
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser asks the device: for one account's key after its password, for any of ours before."""
    half = half_of(request)
    asked = signing_in_passkeys.ask_to_prove(site_of(request), half.account if half else None)
    remember(request, asked.state)
    return JsonResponse(asked.options)


@public
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """The device's answer. A key that knows its owner is password and second proof in one."""
    half, back = half_of(request), next_of(request)
    name = half.account.get_username() if half else f"a passkey from {request.address}"  # type: ignore[attr-defined]
    visitor = visitor_of(request, name)
    stopped: Stopped | None = None
    with transaction.atomic():
        try:
            key = _passkey(request, visitor, half)
        except Stopped as why:
            stopped = why
    if stopped is not None:
        return _second(request, half, stopped) if half else _door(request, back, stopped=stopped)
    if half:
        return let_in(request, half.account, how=f"{half.how}, passkey", second=True, back=half.next)
    request.session.flush()
    return let_in(request, key.account, how="passkey", second=True, back=back)


def _passkey(request: HttpRequest, visitor: Visitor, half: Half | None) -> Passkey:
    refuse_closed(visitor, "passkey")
    account = half.account if half else None
    try:
        state = remembered(request)
        return signing_in_passkeys.prove(site_of(request), state, request.POST.get("answer", ""), visitor.now, account)
    except Unproven:
        trace(What.REFUSED, visitor, account, how="passkey")
        raise Stopped(
            "The passkey was not taken. Try again, and choose the key that you added here; or sign in another way."
        ) from None


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, on this browser."""
    if request.user.is_authenticated:
        trace(What.SIGNED_OUT, visitor_of(request), request.user)
    logout(request)
    return redirect_to_sign_in(request.POST.get("next", ""))


@public
@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A new start: the code that an administrator gave in person, and a password of one's own."""
    if request.method != "POST":
        return render(request, "site/start.html", {"username": ""})
    given = {name: request.POST.get(name, "")[:LONGEST] for name in ("username", "code", "password", "again")}
    visitor = visitor_of(request, given["username"] or "-")
    stopped: Stopped | None = None
    with transaction.atomic():
        try:
            if given["password"] != given["again"]:
                raise Stopped("The two passwords differ. Type the same one twice.")
            account = new_starts.begin_anew(visitor, given["code"], given["password"])
        except Stopped as why:
            stopped = why
    if stopped is not None:
        return render(
            request,
            "site/start.html",
            {"stopped": said(stopped), "username": given["username"]},
            status=_status(stopped),
        )
    return first_proof_given(request, account, "start code", "/")


def redirect_to_sign_in(back: str) -> HttpResponse:
    """To the sign-in page, and from there to one of our own pages again."""
    answer = redirect("sign-in")
    if back.startswith("/") and not back.startswith("//"):
        answer = HttpResponseRedirect(f"{answer.headers['Location']}?next={back}")
    return answer


def next_of(request: HttpRequest) -> str:
    """Where one was going: an address of ours, never another site's."""
    given = request.POST.get("next") or request.GET.get("next") or "/"
    ours = url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure())
    return given if ours else "/"


def half_of(request: HttpRequest) -> Half | None:
    """Whoever has shown the first proof a short while ago; also a session that began before there was a second."""
    kept = request.session.get(HALF)
    if kept is None:
        if request.user.is_authenticated and not sessions.is_proven_twice(request.session):
            return Half(request.user, "password", next_of(request))
        return None
    since = datetime.fromtimestamp(kept["since"], UTC)
    account = account_with(kept["account"])
    return Half(account, kept["how"], kept["next"]) if account and _now(request) < since + HALF_LASTS else None


def site_of(request: HttpRequest) -> Site:
    """Where this browser is, as a device sees it."""
    return Site(f"{request.scheme}://{request.get_host()}")


def remember(request: HttpRequest, state: dict[str, Any]) -> None:
    """Keep what a device was asked until it answers."""
    request.session[ASKED] = {"state": state, "since": _now(request).timestamp()}


def remembered(request: HttpRequest) -> dict[str, Any]:
    """What the device was asked, for one answer only. Raises Unproven when nothing was, or long ago."""
    kept = request.session.pop(ASKED, None)
    if kept is None or _now(request) > datetime.fromtimestamp(kept["since"], UTC) + HALF_LASTS:
        raise Unproven("Nothing was asked, or too long ago.")
    state: dict[str, Any] = kept["state"]
    return state


def said(stopped: Stopped) -> str:
    """Why nobody came in and how to go on, in plain words: the same for names that exist and names that do not."""
    if stopped.until is None:
        return stopped.sentence
    at = stopped.until.astimezone(PACIFIC)
    return (
        f"{stopped.sentence} For your protection nobody can sign in this way before {at:%-I:%M %p}. "
        "Wait until then; or, if you cannot, ask your administrator for a new start."
    )


def _is_in(request: HttpRequest) -> bool:
    now = _now(request)
    return (
        request.user.is_authenticated
        and sessions.is_proven_twice(request.session)
        and not sessions.why_over(request.session, request.user, now)
    )


def _door(request: HttpRequest, back: str, *, stopped: Stopped | None = None, told: str = "") -> HttpResponse:
    context = {
        "next": back,
        "told": told,
        "stopped": said(stopped) if stopped else "",
        "username": request.POST.get("username", "")[:LONGEST],
        "providers": providers(),
    }
    return render(request, "site/sign_in.html", context, status=_status(stopped))


def _second(request: HttpRequest, half: Half, stopped: Stopped | None = None) -> HttpResponse:
    account = half.account
    context = {
        "stopped": said(stopped) if stopped else "",
        "has_app": account.apps.filter(removed_at=None).exists(),
        "has_passkey": account.passkeys.filter(removed_at=None).exists(),
        "shown_code": signing_in_codes.shown_code(account, _now(request)) if is_for_trying_out() else "",
    }
    return render(request, "site/second.html", context, status=_status(stopped))


def _status(stopped: Stopped | None) -> int:
    return 429 if stopped and stopped.until else 200


def _now(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined,no-any-return]

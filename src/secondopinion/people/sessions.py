"""A session: how it was proven, how long it lasts, and what ends it before its time.

It ends when nobody has done anything for a while, at the latest after a working day (45 CFR 164.312(a)(2)(iii)),
and at once when the account is signed out everywhere, its password changed or a proof taken away.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from secondopinion.people.models_signing_in import SignInEntry
from secondopinion.people.signing_in import SESSIONS_END

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
TOUCHED_EACH: Final = timedelta(minutes=1)  # a write for each look would cost more than it says
FRESH: Final = timedelta(minutes=10)  # how old a proof may be that changes the proofs
BEGAN, SEEN, ENTRY, PROVEN, SECOND = "began", "seen", "entry", "proven", "second"


def begin(request: HttpRequest, account: User, entry: SignInEntry, *, how: str, second: bool, now: datetime) -> None:
    """Sign in: a session with a new id, so that nobody can have put one into the browser before."""
    login(request, account, backend=BACKEND)
    request.session.cycle_key()
    request.session.update(
        {BEGAN: now.timestamp(), SEEN: now.timestamp(), ENTRY: entry.pk, PROVEN: how, SECOND: second}
    )


def mark_seen(session: SessionBase, now: datetime) -> None:
    """Somebody did something: the quiet time begins anew. Written at most once a minute."""
    if now - _at(session, SEEN) >= TOUCHED_EACH:
        session[SEEN] = now.timestamp()


def why_over(session: SessionBase, account: User, now: datetime) -> str:
    """Why the session is over: `quiet`, `long`, `ended` or, while it goes on, nothing."""
    if BEGAN not in session or now >= _at(session, BEGAN) + settings.SESSION_LONGEST:
        return "long"
    if now >= _at(session, SEEN) + settings.SESSION_QUIET:
        return "quiet"
    entries = SignInEntry.objects.filter(account=account, what__in=SESSIONS_END, id__gt=session.get(ENTRY, 0))
    return "ended" if entries.exists() else ""


def ends_at(session: SessionBase, now: datetime) -> datetime:
    """When the session ends if nobody does anything from now on."""
    return min(now + settings.SESSION_QUIET, _at(session, BEGAN) + settings.SESSION_LONGEST)


def is_proven_twice(session: SessionBase) -> bool:
    """Was more shown than a password?"""
    return bool(session.get(SECOND))


def is_fresh(session: SessionBase, now: datetime) -> bool:
    """Was the proof given a short while ago, so that it may change the proofs themselves?"""
    return BEGAN in session and now - _at(session, BEGAN) < FRESH


def outlast(session: SessionBase, entry: SignInEntry) -> None:
    """Let this one session go on after an entry that ends the account's others."""
    session[ENTRY] = entry.pk


def prove_twice(session: SessionBase, how: str) -> None:
    """The session's account has just shown its second proof. The session gets a new id."""
    session[SECOND] = True
    session[PROVEN] = f"{session.get(PROVEN, '')}, {how}"
    session.cycle_key()


def _at(session: SessionBase, name: str) -> datetime:
    return datetime.fromtimestamp(session.get(name, 0), UTC)

"""A try to come in: counted before it is looked at, answered alike for names that exist and names that do not.

Nothing is counted in a table of its own: the write-once trace says how many wrong tries there were, so nobody can
set a count back. Every answer costs one password hash, whoever is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Max, Q

from secondopinion.people.models_signing_in import AuthenticatorApp, Passkey, SignInEntry
from secondopinion.people.sealing import keyed

What = SignInEntry.What
TRIES: Final = 5  # wrong ones in a row that close a name; NIST SP 800-63B allows up to a hundred
ADDRESS_TRIES: Final = 30  # wrong ones from one address, whatever the names: an office shares one
WINDOW: Final = timedelta(minutes=15)
SESSIONS_END: Final = (What.EVERYWHERE, What.PASSWORD, What.REMOVED, What.RESET_APPROVED)
"""After any of these, every session of the account that began before is over."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever tries: the name as typed, from which address, at which instant."""

    name: str
    address: str | None
    now: datetime

    @property
    def typed(self) -> str:
        """The name as the trace keeps it."""
        return keyed(self.name)


class Stopped(Exception):
    """Why nobody came in. `until` is set where too many tries have closed the door, and says until when."""

    def __init__(self, sentence: str, until: datetime | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.until = sentence, until


NOT_TOGETHER: Final = "That name and password do not belong together. Check both; the password minds capital letters."


def by_password(visitor: Visitor, password: str) -> User:
    """The account that name and password belong to. Raises Stopped. Nobody is signed in by this alone.

    Call it in a transaction that is committed either way: a wrong try counts.
    """
    refuse_closed(visitor, "password")
    account = authenticate(None, username=visitor.name.strip(), password=password)
    if account is None:
        trace(What.REFUSED, visitor, _known(visitor), how="password")
        raise Stopped(NOT_TOGETHER)
    return account


def refuse_closed(visitor: Visitor, how: str) -> None:
    """Let one try of a name go on at a time; raise Stopped where too many were wrong, for the name or the address."""
    with connection.cursor() as cursor:
        # Tries of one name queue here until the one before is committed: side by side, all of them would count none.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [visitor.typed])
    until = max(filter(None, (_name_closed(visitor), _address_closed(visitor))), default=None)
    if until is not None and until > visitor.now:
        trace(What.LOCKED, visitor, _known(visitor), how=how)
        raise Stopped("There were too many wrong tries.", until)


def _name_closed(visitor: Visitor) -> datetime | None:
    of_name = SignInEntry.objects.filter(typed=visitor.typed, at__gt=visitor.now - WINDOW)
    last = of_name.filter(what__in=(What.SIGNED_IN, What.RESET_APPROVED)).aggregate(last=Max("id"))["last"] or 0
    wrong = of_name.filter(what=What.REFUSED, id__gt=last).order_by("-id").values_list("at", flat=True)[:TRIES]
    return wrong[0] + WINDOW if len(wrong) >= TRIES else None


def _address_closed(visitor: Visitor) -> datetime | None:
    # A right password does not open an address again: whoever sprays may well have one of their own.
    if visitor.address is None:
        return None
    rows = SignInEntry.objects.filter(address=visitor.address, what=What.REFUSED, at__gt=visitor.now - WINDOW)
    wrong = rows.order_by("-id").values_list("at", flat=True)[:ADDRESS_TRIES]
    return wrong[0] + WINDOW if len(wrong) >= ADDRESS_TRIES else None


def trace(
    what: SignInEntry.What, visitor: Visitor, account: User | None, *, how: str = "", by: str = ""
) -> SignInEntry:
    """Write down what happened at the door. `account` is None for a name that belongs to nobody."""
    return SignInEntry.objects.create(
        at=visitor.now, what=what, account=account, typed=visitor.typed, address=visitor.address, how=how[:80], by=by
    )


def has_second_proof(account: User) -> bool:
    """Has the account an authenticator app or a passkey, that proves more than a password does?"""
    given = Q(account_id=account.pk, removed_at__isnull=True)
    return AuthenticatorApp.objects.filter(given).exists() or Passkey.objects.filter(given).exists()


def _known(visitor: Visitor) -> User | None:
    return User.objects.filter(username=visitor.name.strip()).first()

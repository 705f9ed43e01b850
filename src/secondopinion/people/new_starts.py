"""A new start for somebody who can prove nothing any more, and for somebody new: two administrators, never a mail.

One administrator asks, after knowing the person; another approves. Approval takes every proof away, ends every
session and shows a start code, to be told in person. With it the person sets a password, and proofs after that.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from secondopinion.people.models import Staff
from secondopinion.people.models_signing_in import (
    AuthenticatorApp,
    NewStart,
    Passkey,
    ProviderLink,
    RecoveryCode,
    SignInEntry,
)
from secondopinion.people.person import Person
from secondopinion.people.sealing import digest, made_code
from secondopinion.people.signing_in import Stopped, Visitor, refuse_closed, trace

GOOD_FOR: Final = timedelta(hours=24)
What = SignInEntry.What


class NotSo(Exception):
    """What may not be done with an account: what happened, and what to do instead."""


def ask(whose: Staff, why: str, person: Person, visitor: Visitor) -> NewStart:
    """Ask for a new start for somebody; another administrator has to approve it. Raises NotSo."""
    _refuse_oneself(whose, person)
    if len(why.strip()) < 10:
        raise NotSo("Say how you know that it is really this person: on the phone, face to face, by whom.")
    if NewStart.objects.filter(account=whose.user, answered_at=None).exists():
        raise NotSo("A new start waits for this account already. Another administrator approves or refuses it.")
    trace(What.RESET_ASKED, visitor, whose.user, by=person.name)
    start = NewStart(account=whose.user, why=why.strip()[:200], asked_at=visitor.now)
    start.asked_by_id = person.staff_id  # type: ignore[assignment]
    start.save(force_insert=True)
    return start


def answer(start: NewStart, approved: bool, person: Person, visitor: Visitor) -> str:
    """Approve or refuse. Returns the start code, shown this once and kept nowhere; empty after a no. Raises NotSo."""
    locked = NewStart.objects.select_for_update().get(pk=start.pk)
    if locked.answered_at is not None:
        raise NotSo("Somebody has answered this already. Open the page again.")
    if locked.asked_by_id == person.staff_id and approved:
        raise NotSo("You asked for this new start yourself: another administrator has to approve it.")
    _refuse_oneself(locked.account.staff, person)
    code = made_code() if approved else ""
    locked.answered_by_id, locked.answered_at, locked.approved = person.staff_id, visitor.now, approved
    if not approved and locked.asked_by_id == person.staff_id:
        locked.answered_by_id = None  # taken back by whoever asked: the one answer that needs no second person
    if approved:
        locked.code_sha256, locked.ends_at = digest(code), visitor.now + GOOD_FOR
        _take_away_everything(locked.account, visitor.now)
    locked.save()
    trace(What.RESET_APPROVED if approved else What.RESET_REFUSED, visitor, locked.account, by=person.name)
    return code


def begin_anew(visitor: Visitor, code: str, password: str) -> User:
    """Set the first password of a new start. Raises Stopped, in the same words for every wrong name and code."""
    refuse_closed(visitor, "start code")
    starts = NewStart.objects.select_for_update(of=("self",)).filter(
        account__username=visitor.name.strip(), account__is_active=True, approved=True, used_at=None,
        ends_at__gt=visitor.now, code_sha256=digest(code),
    )  # fmt: skip
    start = starts.select_related("account").first()
    if start is None:
        account = User.objects.filter(username=visitor.name.strip()).first()
        trace(What.REFUSED, visitor, account, how="start code")
        raise Stopped(
            "That name and start code do not belong together, or the code is used or older than a day. Check both; "
            "ask your administrator for another one."
        )
    set_password(start.account, password)
    start.used_at = visitor.now
    start.save(update_fields=["used_at"])
    trace(What.PASSWORD, visitor, start.account, how="start code")
    return start.account


def set_password(account: User, password: str) -> None:
    """Give the account a password. Raises Stopped with what is wrong with it."""
    try:
        validate_password(password, account)
    except ValidationError as fault:
        raise Stopped(" ".join(fault.messages)) from None
    account.set_password(password)
    account.save(update_fields=["password"])


def _refuse_oneself(whose: Staff, person: Person) -> None:
    if whose.pk == person.staff_id:
        raise NotSo("Nobody gives a new start to their own account: two other administrators do.")


def _take_away_everything(account: User, now: datetime) -> None:
    for table in (AuthenticatorApp, Passkey, ProviderLink):
        table.objects.filter(account=account, removed_at=None).update(removed_at=now)
    RecoveryCode.objects.filter(account=account, used_at=None, replaced_at=None).update(replaced_at=now)
    account.set_unusable_password()
    account.save(update_fields=["password"])

"""What proves who an account is: its apps, passkeys and links to a provider, and how one is added or taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from secondopinion.people.models_signing_in import AuthenticatorApp, Passkey, ProviderLink, SignInEntry
from secondopinion.people.signing_in import Stopped, has_second_proof

LAST: Final = 12  # entries of the trace that a person is shown
KINDS: Final[Mapping[str, type[AuthenticatorApp] | type[Passkey] | type[ProviderLink]]] = MappingProxyType(
    {"app": AuthenticatorApp, "passkey": Passkey, "link": ProviderLink}
)


@dataclass(frozen=True, slots=True)
class Proofs:
    """What proves an account today, and what happened to its sign-in lately, the newest first."""

    apps: Sequence[AuthenticatorApp]
    passkeys: Sequence[Passkey]
    links: Mapping[str, ProviderLink]  # by issuer
    entries: Sequence[SignInEntry]


def proofs_of(account: User) -> Proofs:
    """Everything that proves an account."""
    return Proofs(
        list(AuthenticatorApp.objects.filter(account=account, removed_at=None)),
        list(Passkey.objects.filter(account=account, removed_at=None)),
        {link.issuer: link for link in ProviderLink.objects.filter(account=account, removed_at=None)},
        list(SignInEntry.objects.filter(account=account)[:LAST]),
    )


def take_away(account: User, kind: str, pk: int, now: datetime) -> bool:
    """Take a proof of a `kind` away from an account; false where it has no such proof.

    Raises Stopped for the only second proof. Call it in a transaction.
    """
    if kind not in KINDS:
        return False
    User.objects.select_for_update().get(pk=account.pk)  # two at once must not take away the last two
    rows = KINDS[kind].objects.filter(account=account, removed_at=None, pk=pk)
    if rows.update(removed_at=now) == 0:
        return False
    if not has_second_proof(account):
        raise Stopped("This is the only second proof of your account. Add another one first, then remove it.")
    return True


def account_with(pk: int) -> User | None:
    """The account of a key, if it may come in at all."""
    return User.objects.filter(pk=pk, is_active=True).first()


def account_linked_to(issuer: str, subject: str) -> User | None:
    """The account that a provider's identity is linked to, if it may come in at all."""
    link = ProviderLink.objects.filter(issuer=issuer, subject=subject, removed_at=None).first()
    return link.account if link is not None and link.account.is_active else None


def link_to(account: User, issuer: str, subject: str, now: datetime) -> bool:
    """Link an account to a provider's identity; false where that identity is an account's already."""
    try:
        with transaction.atomic():
            ProviderLink.objects.create(account=account, issuer=issuer, subject=subject, added_at=now)
    except IntegrityError:
        return False
    return True

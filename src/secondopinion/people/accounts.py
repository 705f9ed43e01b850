"""Accounts as an administrator sees them: who, what they may be, what proves them. Nothing of any Member."""

from __future__ import annotations

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from secondopinion.people.models import Staff
from secondopinion.people.models_signing_in import AuthenticatorApp, NewStart, Passkey, SignInEntry
from secondopinion.people.person import Person


def accounts_of(person: Person) -> QuerySet[Staff]:
    """The staff of the administrator's place, each with `has_second` and `last_in_at`, their last sign-in."""
    given = Q(account=OuterRef("user"), removed_at=None)
    came = Q(user__sign_in_entries__what=SignInEntry.What.SIGNED_IN)
    return _of(person).annotate(
        has_second=Exists(AuthenticatorApp.objects.filter(given)) | Exists(Passkey.objects.filter(given)),
        last_in_at=Max("user__sign_in_entries__at", filter=came),
    )


def one_account(person: Person, pk: int) -> Staff | None:
    """One of them; None for nobody, and for somebody of another place."""
    return _of(person).filter(pk=pk).first()


def waiting_new_starts(person: Person) -> QuerySet[NewStart]:
    """The new starts that wait for a second administrator."""
    return _starts(person).filter(answered_at=None)


def one_new_start(person: Person, pk: int) -> NewStart | None:
    """One new start of the administrator's place."""
    return _starts(person).filter(pk=pk).first()


def _of(person: Person) -> QuerySet[Staff]:
    staff = Staff.objects.select_related("user", "network").order_by("network__name", "name")
    return staff if person.network is None else staff.filter(network_id=person.network)


def _starts(person: Person) -> QuerySet[NewStart]:
    return NewStart.objects.select_related("account__staff", "asked_by").filter(account__staff__in=_of(person))

"""How an account proves who comes: authenticator apps, passkeys, recovery codes, links to a provider, and the trace.

No row here holds a Member's data. The application's role may delete none of them, so what is taken away is marked.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class SignInEntry(models.Model):
    """One thing that happened to an account: who, what, when, from where. Write-once (45 CFR 164.308(a)(5)(ii)(C)).

    `typed` is the keyed hash of the name as typed, for names that belong to nobody too: what was typed into the field
    of a name is sometimes a password, so it is never kept itself.
    """

    class What(models.TextChoices):
        SIGNED_IN = "signed-in", "Signed in"
        REFUSED = "refused", "A wrong try"
        LOCKED = "locked", "A try while it was closed"
        SIGNED_OUT = "signed-out", "Signed out"
        ENDED = "ended", "The session came to its end"
        EVERYWHERE = "everywhere", "Signed out everywhere"
        ADDED = "added", "A second proof was added"
        REMOVED = "removed", "A second proof was removed"
        CODES = "codes", "Recovery codes were made"
        PASSWORD = "password", "The password was changed"
        LINKED = "linked", "The account was linked to a provider"
        RESET_ASKED = "reset-asked", "A new start was asked for"
        RESET_REFUSED = "reset-refused", "A new start was refused"
        RESET_APPROVED = "reset-approved", "A new start was approved"
        ROLES = "roles", "The roles were changed"

    at = models.DateTimeField()
    what = models.CharField(max_length=16, choices=What.choices)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="sign_in_entries")
    typed = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    how = models.CharField(max_length=80, blank=True)
    by = models.CharField(max_length=120, blank=True, help_text="Who did it, where it was not the account itself")

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("typed", "at")),
            models.Index(fields=("address", "at")),
            models.Index(fields=("account", "id")),
        )
        verbose_name_plural = "sign-in entries"

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.what}"


class AuthenticatorApp(models.Model):
    """An app that shows a new code every thirty seconds (RFC 6238). Its secret is kept sealed with the house's key.

    A made-up app belongs to the made-up county: its code is shown on the page, and it opens nothing anywhere else.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="apps")
    name = models.CharField(max_length=60)
    sealed = models.TextField()
    made_up = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    last_step = models.BigIntegerField(default=0, help_text="The thirty seconds whose code was taken last")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Passkey(models.Model):
    """A key pair on a person's device (WebAuthn). Only the public half is here."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="passkeys")
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField(unique=True)
    credential = models.BinaryField(help_text="Attested credential data, with the public key")
    sign_count = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code for the day the device is lost, good for once. Only its SHA-256 is kept: it has eighty bits of chance."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recovery_codes")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"Made {self.made_at:%F}"


class ProviderLink(models.Model):
    """Who a staff member is at an OpenID provider: its name for them, which never changes, under its issuer."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="provider_links")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="one_account_per_subject",
                fields=("issuer", "subject"),
                condition=Q(removed_at__isnull=True),
                violation_error_message="This identity is linked to an account already.",
            ),
        )

    def __str__(self) -> str:
        return self.issuer


class NewStart(models.Model):
    """A person who can prove nothing any more begins anew: one administrator asks, another one approves.

    Approval takes every proof and link of the account away and gives a start code, told in person and good for once.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="new_starts")
    why = models.CharField(max_length=200)
    asked_by = models.ForeignKey("people.Staff", models.PROTECT, related_name="new_starts_asked")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey("people.Staff", models.PROTECT, null=True, related_name="new_starts_answered")
    answered_at = models.DateTimeField(null=True)
    approved = models.BooleanField(null=True)
    code_sha256 = models.CharField(max_length=64, blank=True)
    ends_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="a_new_start_needs_two",
                condition=~Q(approved=True) | (Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by"))),
                violation_error_message="Whoever asks for a new start does not approve it: another administrator does.",
            ),
            models.UniqueConstraint(
                name="one_new_start_waits",
                fields=("account",),
                condition=Q(answered_at__isnull=True),
                violation_error_message="A new start waits for this account already.",
            ),
        )

    def __str__(self) -> str:
        return f"New start asked {self.asked_at:%F}"

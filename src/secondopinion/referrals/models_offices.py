"""What the house keeps of the doors for offices and consulting professionals: what opens them, and what came in.

A code is told once and kept as its SHA-256, and a file is sealed. Rows about a Member are seen by the plan and the
referral's own network, and by whoever brings the secret of one row.
"""

from __future__ import annotations

import uuid

from django.db import models

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.kept.rows import KeptFile
from secondopinion.people.models import HealthNetwork, Member


class OfficeRequest(models.Model):
    """A request as an office sent it, before and after a record of the Member was found. Its number never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True, help_text="The number told to the office")
    entry = models.UUIDField(unique=True, help_text="The one-time mark of the form")
    received_at = models.DateTimeField()
    card = models.CharField(max_length=20, help_text="The Member's number as the office typed it")
    birth_date = models.DateField()
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    told = models.JSONField(help_text="The rest of the form, by field")
    paper_name = models.CharField(max_length=120, blank=True, help_text="Of the record that came along")
    referral = models.OneToOneField("referrals.Referral", models.PROTECT, null=True, related_name="office_request")
    held_at = models.DateTimeField(null=True, help_text="Since when it waits for a person")
    held_why = models.CharField(max_length=400, blank=True)
    ended_at = models.DateTimeField(null=True, help_text="When a person found that it cannot be taken in")
    ended_by = models.CharField(max_length=120, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "referrals"
        ordering = ("received_at", "id")
        indexes = (
            models.Index(
                name="office_request_waits",
                fields=("received_at",),
                condition=models.Q(referral__isnull=True, ended_at__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="office_request_taken_in_or_ended",
                condition=models.Q(referral__isnull=True) | models.Q(ended_at__isnull=True),
                violation_error_message="A request is taken in, or ended by a person; never both.",
            ),
        )

    def __str__(self) -> str:
        return self.number


class OfficePaper(KeptFile):
    """The record that came along with a request, until it is filed or the request is ended. Sealed; then deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(OfficeRequest, models.PROTECT, related_name="+")

    class Meta:
        app_label = "referrals"

    def __str__(self) -> str:
        return f"The record of {self.request_id}"


class OfficeKey(models.Model):
    """A code that opens the whole answer to the office that asked, once a person has made sure who it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, db_index=True, help_text="The number that it belongs to")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    code_sha256 = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, help_text="Since when it opens more than the status")
    confirmed_by = models.CharField(max_length=120, blank=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=120, blank=True)

    class Meta:
        app_label = "referrals"
        ordering = ("given_at",)

    def __str__(self) -> str:
        return f"A code given on {self.given_at:%F %T}"


class OfficeVisit(models.Model):
    """An office reads an answer: since when, by which proof, and on which number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, null=True, related_name="+")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    key = models.ForeignKey(OfficeKey, models.PROTECT, null=True, related_name="visits", help_text="None: status only")
    visit_sha256 = models.CharField(max_length=64, unique=True, help_text="Of its cookie")
    opened_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "referrals"
        ordering = ("opened_at",)

    def __str__(self) -> str:
        return f"Opened {self.opened_at:%F %T}"


class VisitLink(models.Model):
    """The link of one professional to one authorized visit. Bound to both: where either changes, it opens nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="visit_links")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    professional = models.ForeignKey(QualifiedProfessional, models.PROTECT, related_name="+")
    authorization_number = models.CharField(max_length=20)
    code_sha256 = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0, help_text="Wrong second proofs since it was last opened")
    locked_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=120, blank=True)
    visit_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True, help_text="Of its cookie")
    opened_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True, help_text="When the professional said yes to the visit")

    class Meta:
        app_label = "referrals"
        ordering = ("given_at",)

    def __str__(self) -> str:
        return f"A link given on {self.given_at:%F %T}"


class DoorTry(models.Model):
    """Wrong tries at a door that needs no account, by number or by address. A row names nobody: its key is a hash."""

    key = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of what is counted")
    tries = models.SmallIntegerField(default=0)
    since_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        app_label = "referrals"
        verbose_name_plural = "door tries"

    def __str__(self) -> str:
        return f"{self.tries} since {self.since_at:%F %T}"

"""What is heard against an entry of the directory, and how healthy the whole of it is. No Member is in here."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

WHO = "directory.QualifiedProfessional"


class Doubt(models.Model):
    """Something heard that speaks against an entry: a decline, or what a person noticed.

    One that asks for verification stays open until somebody has asked the office; the others are kept as history.
    It names no referral and no Member, and holds no words of anybody: only which of the known reasons it was.
    """

    class Asks(models.TextChoices):
        ACCEPTS = "accepts", "Does the office take new Members?"
        PLACE = "place", "Does the professional still practise there?"
        FIELD = "field", "Is the specialty on record the right one?"
        ENTRY = "entry", "Is the whole entry right?"

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", "The entry was right"
        CORRECTED = "corrected", "The entry was corrected"

    professional = models.ForeignKey(WHO, models.PROTECT, related_name="doubts")
    asks = models.CharField(max_length=8, choices=Asks.choices, blank=True, help_text="Empty: nothing to verify")
    reason = models.CharField(max_length=20, help_text="A reason to decline, or remark")
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=120)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        app_label = "directory"
        ordering = ("-raised_at", "-id")
        indexes = (
            models.Index(name="doubt_of_whom", fields=("professional", "-raised_at")),
            models.Index(name="doubt_open", fields=("raised_at",), condition=Q(settled_at__isnull=True) & ~Q(asks="")),
        )
        constraints = (
            models.CheckConstraint(
                name="doubt_settled_in_full",
                condition=Q(settled_at__isnull=True, settled_by="", outcome="")
                | (Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(outcome="") & ~Q(asks="")),
                violation_error_message="A verification is settled by somebody, with an outcome, or it is open.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.professional_id}: {self.reason} on {self.raised_at:%F}"


class HealthReport(models.Model):
    """How healthy the directory was on a day, counted at night, since a large one takes too long for a page."""

    on_day = models.DateField(unique=True)
    counted_at = models.DateTimeField()
    figures = models.JSONField()

    class Meta:
        app_label = "directory"
        ordering = ("-on_day",)

    def __str__(self) -> str:
        return f"{self.on_day}"

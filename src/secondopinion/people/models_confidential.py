"""Where a Member asked to be written to in confidence, and since when."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ConfidentialRequest(models.Model):
    """A Member's standing request for confidential communications (Civil Code 56.107; HH.3024). It needs no reason.

    It stands from a day on, until the Member takes it back or replaces it (`ended_at`).
    """

    class How(models.TextChoices):
        ELECTRONIC = "electronic", "By phone or electronically"
        BY_MAIL = "by_mail", "By mail"

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="confidential_requests")
    how = models.CharField(max_length=12, choices=How.choices)
    received_on = models.DateField()
    honor_by = models.DateField(help_text="The last day by which the law lets the plan begin")
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)
    address_lines = ArrayField(models.CharField(max_length=120))
    phone = models.CharField(max_length=20, blank=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    recorded_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("member", "from_on", "id")
        constraints = (
            models.CheckConstraint(
                name="confidential_ends_after_it_starts",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")),
                violation_error_message="The last day lies before the first day.",
            ),
            models.CheckConstraint(
                name="confidential_is_honored_in_time",
                condition=Q(from_on__lte=models.F("honor_by")),
                violation_error_message="The request must hold by the last day that the law allows.",
            ),
            models.UniqueConstraint(
                name="one_standing_request_per_member",
                fields=("member",),
                condition=Q(ended_at__isnull=True),
                violation_error_message="The Member has a standing request already: it ends before another begins.",
            ),
        )

    def __str__(self) -> str:
        return f"Confidential communications from {self.from_on}"

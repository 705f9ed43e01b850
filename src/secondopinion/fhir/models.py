"""What came in at the FHIR door, kept as it came: a repeat is known by it, an answer is written from it."""

from __future__ import annotations

import uuid

from django.db import models

from secondopinion.people.models import ApiClient, HealthNetwork
from secondopinion.referrals.models import Referral


class Submission(models.Model):
    """One PAS request that became a referral. Never changed: a correction is another submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="submissions")
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="submissions")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    bundle_key = models.CharField(max_length=420, help_text="Bundle.identifier: system, bar, value")
    claim_key = models.CharField(max_length=420, help_text="Claim.identifier: system, bar, value")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was asked")
    body = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("-received_at",)
        constraints = (
            models.UniqueConstraint(
                name="one_submission_per_request",
                fields=("client", "bundle_key", "claim_key"),
                violation_error_message="This request was received already.",
            ),
        )
        indexes = (models.Index(name="submission_by_claim", fields=("client", "claim_key")),)

    def __str__(self) -> str:
        return f"{self.client_id}: {self.claim_key}"

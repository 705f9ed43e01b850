"""What somebody said of a referral: that it is sensitive, or that it is not."""

from __future__ import annotations

from django.db import models

from secondopinion.policy.privacy import Segment


class SensitiveMark(models.Model):
    """One word on whether a referral belongs to a sensitive part of medicine. The last one counts. Write-once.

    Where nobody has said anything, the code of the condition tells.
    """

    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="sensitive_marks")
    network = models.ForeignKey("people.HealthNetwork", models.PROTECT, null=True, related_name="+")
    segment = models.CharField(max_length=20, choices=[(s.key, s.words) for s in Segment])
    holds = models.BooleanField()
    why = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        ordering = ("referral", "at", "id")

    def __str__(self) -> str:
        return f"{self.segment}: {self.holds}"

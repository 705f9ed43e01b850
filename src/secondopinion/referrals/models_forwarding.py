"""A request that reached the wrong door, on its way to the right one. Its clock runs from the first door."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from secondopinion.people.models import HealthNetwork
from secondopinion.policy.asked import Urgency


class Forwarded(models.Model):
    """One hop of a misdirected request, from one entity to another. Write-once, but for what became of it.

    No network means the plan. It names the Member only in the words that came with the request: nobody has found
    a record yet. A request that was sent on again is another row, with the one before as its `earlier`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    to_network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    earlier = models.OneToOneField("self", models.PROTECT, null=True, related_name="later")
    hops = models.IntegerField(default=1, help_text="How often the request has been sent on, this time included")
    received_at = models.DateTimeField(help_text="First arrival anywhere, by the channel's own clock")
    channel = models.CharField(max_length=8)
    urgency = models.CharField(max_length=10, choices=[(u.value, u.value) for u in Urgency])
    who = models.CharField(max_length=200, help_text="The Member as the request names him or her")
    asked_by = models.CharField(max_length=200, help_text="Who asks, and how to reach them")
    words = models.TextField(help_text="What is asked, in the asker's words")
    forwarded_at = models.DateTimeField()
    forwarded_by = models.CharField(max_length=120)
    sent_on_at = models.DateTimeField(null=True, help_text="When the target sent it on in turn")
    taken_by = models.ForeignKey("referrals.Referral", models.PROTECT, null=True, related_name="forwarded")
    taken_at = models.DateTimeField(null=True)
    taken_in_by = models.CharField(max_length=120, blank=True)

    class Meta:
        app_label = "referrals"
        ordering = ("received_at", "id")
        verbose_name_plural = "forwarded requests"
        indexes = (
            models.Index(
                name="forwarded_waiting",
                fields=("to_network", "received_at"),
                condition=Q(taken_by__isnull=True, sent_on_at__isnull=True),
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="forwarded_to_somebody_else",
                condition=Q(from_network__isnull=True, to_network__isnull=False)
                | Q(from_network__isnull=False, to_network__isnull=True)
                | (Q(from_network__isnull=False, to_network__isnull=False) & ~Q(from_network=F("to_network"))),
                violation_error_message="A request is forwarded to somebody else.",
            ),
            models.CheckConstraint(
                name="forwarded_after_receipt",
                condition=Q(received_at__lte=F("forwarded_at")),
                violation_error_message="A request cannot be forwarded before it was received.",
            ),
            models.CheckConstraint(
                name="forwarded_counts_its_hops",
                condition=Q(hops=1, earlier__isnull=True) | Q(hops__gt=1, earlier__isnull=False),
                violation_error_message="A first hop has none before it; every other one has.",
            ),
            models.CheckConstraint(
                name="taken_in_or_sent_on",
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False, sent_on_at__isnull=True),
                violation_error_message="A request is taken in by a referral at an instant, or sent on; never both.",
            ),
        )

    def __str__(self) -> str:
        return f"Forwarded {self.forwarded_at:%F %T}, hop {self.hops}"

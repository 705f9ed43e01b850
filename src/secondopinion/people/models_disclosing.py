"""What left the house about a Member and is not in its letters: written down by whoever let it go."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from secondopinion.policy.privacy import Purpose


class Disclosure(models.Model):
    """One disclosure: to whom, when, what and why (45 CFR 164.528(b)). Write-once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey("people.Member", models.PROTECT, related_name="disclosures")
    about = models.CharField(max_length=40, blank=True, help_text="Referral number, where it was about one")
    on = models.DateField()
    to_name = models.CharField(max_length=160)
    to_address = models.CharField(max_length=300, blank=True, help_text="If known")
    what = models.CharField(max_length=300)
    purpose = models.CharField(max_length=16, choices=[(p.key, p.words) for p in Purpose])
    why = models.CharField(max_length=300, help_text="The purpose in a sentence, or the request in writing it answers")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("-on", "-recorded_at")
        constraints = (
            models.CheckConstraint(
                name="a_disclosure_says_to_whom_what_and_why",
                condition=~(Q(to_name="") | Q(what="") | Q(why="")),
                violation_error_message="A disclosure says to whom, what and why.",
            ),
        )

    def __str__(self) -> str:
        return f"Disclosure of {self.on}"

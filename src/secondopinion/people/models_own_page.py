"""A Member's own page, for all of the Member's referrals: who was given a code to it, how, and until when.

The house keeps the code's SHA-256 alone. A representative has a code of their own, which opens the page only on days on
which they may act. Only the tries, what opened the page and its end ever change.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class OwnPage(models.Model):
    """One code to a Member's own page. `representative`: who holds it; none, the Member."""

    class How(models.TextChoices):
        """How the code was told."""

        PHONE = "phone", "Read out on the phone"
        LETTER = "letter", "In a letter to the address on record"
        IN_PERSON = "in-person", "Handed over in person"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey("people.Member", models.PROTECT, related_name="own_pages")
    representative = models.ForeignKey("people.AuthorizedRepresentative", models.PROTECT, null=True, related_name="+")
    code_sha256 = models.CharField(max_length=64, unique=True)
    how = models.CharField(max_length=10, choices=How.choices)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=120, blank=True, db_default="", default="")
    taken_back_why = models.CharField(max_length=200, blank=True, db_default="", default="")

    tries = models.SmallIntegerField(default=0, help_text="Wrong dates of birth since the page was last opened")
    locked_at = models.DateTimeField(null=True)
    visit_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True, help_text="Of its cookie")
    opened_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="When the open page was last used")
    choosing_sha256 = models.CharField(
        max_length=64, blank=True, default="", db_index=True, help_text="Of the cookie of the list of doctors"
    )
    choosing_referral_id = models.UUIDField(null=True, help_text="The referral whose list of doctors is open")
    choosing_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("given_at",)
        constraints = (
            models.CheckConstraint(
                name="own_page_taken_back_by_somebody",
                condition=Q(taken_back_at__isnull=True) | ~(Q(taken_back_by="") | Q(taken_back_why="")),
                violation_error_message="Say who took the page back, and why.",
            ),
        )

    def __str__(self) -> str:
        return f"A page of a Member's own, given on {self.given_at:%F %T}"

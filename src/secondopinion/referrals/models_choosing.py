"""What the house keeps of a Member's choice: columns of the referral's own row, and the page a Member may choose on.

A page is opened with a code that only the Member was told; the house keeps the code's SHA-256. Which page is open
stands on the referral, so that giving another closes the one before and history rebuilds it.
"""

from __future__ import annotations

import uuid

from django.db import models

from secondopinion.people.models import HealthNetwork, Member


class Choosing(models.Model):
    """What a referral's row says of the choice."""

    choice_page_id = models.UUIDField(null=True, help_text="The Member's page to choose on; none: no page is open")
    search_asked_at = models.DateTimeField(null=True, help_text="When the Member said that nobody on the list suits")

    class Meta:
        abstract = True


class ChoicePage(models.Model):
    """A Member's own page to choose a professional on. Only the tries and what opened it ever change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="choice_pages")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    code_sha256 = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0, help_text="Wrong dates of birth since the page was last opened")
    locked_at = models.DateTimeField(null=True)
    visit_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True, help_text="Of its cookie")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("given_at",)

    def __str__(self) -> str:
        return f"A page given on {self.given_at:%F %T}"

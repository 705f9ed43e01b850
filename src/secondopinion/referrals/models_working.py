"""What the desk keeps of how people work: the views they saved, and which papers each has opened."""

from __future__ import annotations

from django.db import models

from secondopinion.people.models import HealthNetwork, Staff


class SavedView(models.Model):
    """Filters of the work list under a person's own name for them. The filters are those of the address."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="saved_views")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=40)
    filters = models.JSONField(help_text="Filter to value, as in the address")
    saved_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "referrals"
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                name="one_saved_view_of_a_name",
                fields=("staff", "name"),
                condition=models.Q(dropped_at__isnull=True),
                violation_error_message="There is a view of this name already.",
            ),
        )

    def __str__(self) -> str:
        return self.name


class PaperRead(models.Model):
    """A person has opened a paper: once is enough, and the first time counts."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    paper = models.ForeignKey("referrals.Paper", models.PROTECT, related_name="readings")
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="+")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        app_label = "referrals"
        ordering = ("read_at",)
        constraints = (models.UniqueConstraint(name="one_reading_a_person_and_paper", fields=("staff", "paper")),)

    def __str__(self) -> str:
        return f"Read {self.read_at:%F %T}"

"""In which format a Member, or who may act for a Member, reads what the plan writes; since when, and who was told."""

from __future__ import annotations

from django.db import models

from secondopinion.policy.formats import IN_WORDS, Format


class FormatPreference(models.Model):
    """A standing choice of a format (45 CFR 92.102; APL 22-002; DD.2002 III.H). The last one written down stands.

    Rows are written once: a change of mind, and the way back to standard print, are rows of their own.
    `representative`: whose choice it is, where it is not the Member's.
    """

    class Told(models.TextChoices):
        PHONE = "phone", "By phone"
        WRITING = "writing", "In writing"
        IN_PERSON = "in_person", "In person"
        STATE_FILE = "state_file", "In the State’s weekly file"

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="format_preferences")
    representative = models.ForeignKey(
        "people.AuthorizedRepresentative", models.PROTECT, null=True, related_name="format_preferences"
    )
    format = models.CharField(max_length=12, choices=[(each.value, IN_WORDS[each]) for each in Format])
    told = models.CharField(max_length=12, choices=Told.choices)
    from_on = models.DateField(help_text="The day the plan was told: the choice holds from then on")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("recorded_at", "id")
        indexes = (models.Index(name="format_of_a_member", fields=("member", "representative")),)

    def __str__(self) -> str:
        return f"{self.format} from {self.from_on}"

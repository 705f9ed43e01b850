"""A letter's other formats: the files that were made of its frozen data, each once."""

from __future__ import annotations

from django.db import models

from secondopinion.people.models import HealthNetwork
from secondopinion.policy.formats import IN_WORDS, Format


class LetterFile(models.Model):
    """One letter in one format other than its sealed print. Written once, and kept as long as the letter."""

    letter = models.ForeignKey("letters.Letter", models.PROTECT, related_name="files")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    format = models.CharField(
        max_length=12, choices=[(each.value, IN_WORDS[each]) for each in Format if each is not Format.STANDARD]
    )
    name = models.CharField(max_length=40, help_text="The end of the file's name; nothing of what it says")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("made_at", "id")
        constraints = (
            models.UniqueConstraint(
                name="one_file_per_letter_and_format",
                fields=("letter", "format"),
                violation_error_message="The letter was made in this format already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.format} of {self.letter_id}"

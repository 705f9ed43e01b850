"""What a letter in another language still needs: words to translate, or somebody who reads it out."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from secondopinion.letters.models import Letter
from secondopinion.people.models import HealthNetwork


class Translation(models.Model):
    """Words that a person wrote for one letter, and what they are in its language.

    The row is made when the letter is owed. One person enters the translation and another approves it; from then on
    the database refuses every change. The letter waits while a row of it is not approved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="translations")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="translations")
    field = models.CharField(max_length=200, help_text="Where the words stand in its data, as reasons.0.reason")
    original = models.TextField()
    original_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    owed_at = models.DateTimeField()
    text = models.TextField(blank=True, db_default="", default="")
    translator = models.CharField(
        max_length=120, blank=True, db_default="", default="", help_text="The qualified translator, or the agency"
    )
    entered_by = models.CharField(max_length=120, blank=True, db_default="", default="")
    entered_staff = models.IntegerField(null=True)
    entered_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=120, blank=True, db_default="", default="")
    approved_staff = models.IntegerField(null=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("owed_at", "letter", "field")
        indexes = (
            models.Index(name="translation_waiting", fields=("referral",), condition=Q(approved_at__isnull=True)),
            models.Index(name="translation_known", fields=("referral", "language", "original_sha256")),
        )
        constraints = (
            models.UniqueConstraint(
                name="words_of_a_letter_once",
                fields=("letter", "original_sha256"),
                violation_error_message="These words of the letter are waiting for a translation already.",
            ),
            models.CheckConstraint(
                name="translation_is_entered_by_somebody",
                condition=Q(entered_at__isnull=True, entered_staff__isnull=True, text="")
                | (Q(entered_at__isnull=False, entered_staff__isnull=False) & ~Q(text="") & ~Q(entered_by="")),
                violation_error_message="A translation has its words, and the person who entered them.",
            ),
            models.CheckConstraint(
                name="translation_is_approved_by_another",
                condition=Q(approved_at__isnull=True, approved_staff__isnull=True)
                | (
                    Q(approved_at__isnull=False, approved_staff__isnull=False, entered_staff__isnull=False)
                    & ~Q(approved_staff=F("entered_staff"))
                ),
                violation_error_message="Whoever enters a translation does not approve it.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.field} of {self.letter_id}"


class ReadingAloud(models.Model):
    """A letter in English to a reader of another language, in which letters are not written: somebody reads it out.

    `language` is the enrolment file's code, or `und` where nobody has said what the reader speaks: then ask first.
    """

    class Outcome(models.TextChoices):
        READ = "read", "Read out in full"
        DECLINED = "declined", "The reader did not want it read out"
        NOT_REACHED = "not-reached", "The reader could not be reached, on several days"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("referrals.Referral", models.PROTECT, related_name="readings_aloud")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    letter = models.OneToOneField(Letter, models.PROTECT, related_name="reading_aloud")
    language = models.CharField(max_length=8, blank=True)
    owed_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True, db_default="", default="")
    interpreter = models.CharField(max_length=120, blank=True, db_default="", default="")
    done_by = models.CharField(max_length=120, blank=True, db_default="", default="")
    done_staff = models.IntegerField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("owed_at", "letter")
        indexes = (models.Index(name="reading_aloud_waiting", fields=("referral",), condition=Q(done_at__isnull=True)),)
        constraints = (
            models.CheckConstraint(
                name="reading_aloud_has_its_outcome",
                condition=Q(done_at__isnull=True, outcome="")
                | (Q(done_at__isnull=False, done_staff__isnull=False) & ~Q(outcome="") & ~Q(done_by="")),
                violation_error_message="A letter that was read out has its outcome and the person who did it.",
            ),
            models.CheckConstraint(
                name="reading_aloud_names_the_interpreter",
                condition=~Q(outcome="read") | ~Q(interpreter=""),
                violation_error_message="Say who interpreted.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter_id} in {self.language or 'a language not known'}"

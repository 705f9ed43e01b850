"""Who is owed a statement of the right to a second opinion, and how and when each Member was told (GG.1538 II.A)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from secondopinion.letters.models import Letter
from secondopinion.people.models import PROGRAMS, Member


class RightStatement(models.Model):
    """One statement owed to one Member, and the proof that it was made. Once told, the database refuses any change.

    `counts_from`: the day the plan received the enrollment, or the day from which the year counts. `due_on`: the last
    day in time. `told_on` is the day the letter left, or the day of the evidence that another system brought.
    """

    class Occasion(models.TextChoices):
        WELCOME = "welcome", "New in the program"
        YEARLY = "yearly", "Once a year"

    class Way(models.TextChoices):
        LETTER = "letter", "By a letter of ours"
        HANDBOOK = "handbook", "With the Member Handbook"
        PACKET = "packet", "In the welcome packet"
        NOTICE = "notice", "By a notice where the handbook is"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="right_statements")
    program = models.CharField(max_length=10, choices=PROGRAMS)
    occasion = models.CharField(max_length=8, choices=Occasion.choices)
    counts_from = models.DateField()
    due_on = models.DateField()
    owed_at = models.DateTimeField()
    letter = models.OneToOneField(Letter, models.PROTECT, null=True, related_name="right_statement")
    told_on = models.DateField(null=True)
    told_by = models.CharField(max_length=8, choices=Way.choices, blank=True)
    evidence = models.CharField(
        max_length=200, blank=True, help_text="The receipt of our letter, or the file that said"
    )
    tries = models.IntegerField(default=0, help_text="How often mailing has failed")
    why = models.CharField(max_length=300, blank=True, help_text="Why it was not mailed at the last try")

    class Meta:
        ordering = ("due_on", "id")
        indexes = (
            models.Index(name="right_owed", fields=("due_on",), condition=Q(told_on__isnull=True)),
            models.Index(name="right_told", fields=("member", "program", "told_on")),
        )
        constraints = (
            models.UniqueConstraint(
                name="one_right_statement_each_time",
                fields=("member", "program", "occasion", "counts_from"),
                violation_error_message="This statement is owed to the Member already.",
            ),
            models.CheckConstraint(
                name="told_says_how",
                condition=Q(told_on__isnull=True, told_by="", evidence="")
                | (Q(told_on__isnull=False) & ~Q(told_by="") & ~Q(evidence="")),
                violation_error_message="That a Member was told needs the day, the way and the evidence.",
            ),
            models.CheckConstraint(
                name="told_by_letter_has_it", condition=~Q(told_by="letter") | Q(letter__isnull=False)
            ),
            models.CheckConstraint(name="right_due_after_it_counts", condition=Q(due_on__gte=F("counts_from"))),
        )

    def __str__(self) -> str:
        return f"{self.occasion} statement to {self.member_id}, due {self.due_on}"


class EnrollmentFile(models.Model):
    """One enrollment file that was read: what became of its rows. Holds nothing about any Member."""

    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    on_day = models.DateField(help_text="The day the plan received it")
    loaded_at = models.DateTimeField()
    rows = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    refused = models.JSONField(default=dict, help_text="How many rows for each reason")
    owed = models.IntegerField(default=0, help_text="How many statements of the right it made the plan owe")

    class Meta:
        ordering = ("-loaded_at",)

    def __str__(self) -> str:
        return f"{self.file_name} of {self.on_day}"

    @property
    def refused_rows(self) -> int:
        """How many rows were left out."""
        return sum(self.refused.values())

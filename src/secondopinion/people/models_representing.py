"""What belongs to a representative's authority: the paper that proves it, and how it came to an end."""

from __future__ import annotations

import uuid

from django.db import models

from secondopinion.people.kept.rows import KeptFile


class Scope(models.TextChoices):
    """What a representative may do for the Member."""

    ASK = "ask", "Ask for an opinion"
    CHOOSE = "choose", "Choose who gives it"
    WITHDRAW = "withdraw", "Take a request back"
    OBJECT = "object", "Appeal and complain"
    LETTERS = "letters", "Get copies of letters, and hear where things stand"
    SENSITIVE = "sensitive", "All of this for sensitive care as well"


def every_scope() -> list[str]:
    """All that a representative may do, but for what must be named by itself."""
    return [scope.value for scope in Scope if scope is not Scope.SENSITIVE]


class RepresentativePaper(KeptFile):
    """The paper that proves a representative's authority. Sealed; write-once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey("people.Member", models.PROTECT, related_name="+")
    representative = models.ForeignKey("people.AuthorizedRepresentative", models.PROTECT, related_name="papers")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, help_text="Told by its content, as in `Kind`")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("representative", "added_at")

    def __str__(self) -> str:
        return self.name


class RepresentativeEnd(models.Model):
    """From which day somebody may not act for the Member any more: who said so, and why. Write-once.

    A refusal is the plan's own: whoever may have harmed the Member is not treated as a representative
    (45 CFR 164.502(g)(5)). Who may act again gets a new record of authority; this one stays.
    """

    class How(models.TextChoices):
        REVOKED = "revoked", "The Member took it back"
        ENDED = "ended", "The authority is over"
        REFUSED = "refused", "Refused: the Member may be in danger"

    member = models.ForeignKey("people.Member", models.PROTECT, related_name="+")
    representative = models.ForeignKey("people.AuthorizedRepresentative", models.PROTECT, related_name="ends")
    how = models.CharField(max_length=8, choices=How.choices)
    from_on = models.DateField(help_text="The first day without authority")
    why = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("representative", "recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                name="an_end_says_why",
                condition=~models.Q(why=""),
                violation_error_message="An end of authority says why.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.how} from {self.from_on}"

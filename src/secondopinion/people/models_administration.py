"""What two people decide about the running of the house: a proposal by one, the answer of another. Both write-once."""

from __future__ import annotations

import uuid

from django.db import models


class Proposal(models.Model):
    """A change that somebody proposes: of what, from which day, what held then, what shall hold, and why.

    `before` is what held on `from_on` when it was proposed, `after` what shall hold from then on, both in the form of
    their kind. Neither holds anything about a Member.
    """

    class Kind(models.TextChoices):
        VALUE = "value", "Value"
        PLAN = "plan", "Contact of the plan"
        EQUIVALENCE = "equivalence", "Equivalence set"
        DELEGATION = "delegation", "Delegation"
        SUB_DELEGATION = "sub-delegation", "Sub-delegation"
        ROLES = "roles", "Roles of staff"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    subject = models.CharField(max_length=240, help_text="Which value, contact, set, delegation or person")
    from_on = models.DateField(help_text="The first day on which it shall hold")
    before = models.JSONField()
    after = models.JSONField()
    why = models.CharField(max_length=400)
    proposed_by = models.ForeignKey("people.Staff", models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ("-proposed_at",)
        indexes = (models.Index(fields=("kind", "subject")),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject} from {self.from_on}"


class Answer(models.Model):
    """What another person said to a proposal. A refusal by whoever proposed it takes it back.

    The database refuses that one person proposes and approves, that anybody approves a change of their own roles, and
    that a change begins in the past. `mark` names the state of everything approved up to this answer.
    """

    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="answer")
    mark = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    approved = models.BooleanField()
    words = models.CharField(max_length=400, blank=True)
    answered_by = models.ForeignKey("people.Staff", models.PROTECT, related_name="answers_to_proposals")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="a_refusal_says_why",
                condition=models.Q(approved=True) | ~models.Q(words=""),
                violation_error_message="Whoever refuses says why.",
            ),
        )
        indexes = (
            models.Index(name="answer_approved", fields=("id",), condition=models.Q(approved=True), include=("mark",)),
        )

    def __str__(self) -> str:
        return f"{'Approved' if self.approved else 'Refused'} {self.answered_at:%F}"

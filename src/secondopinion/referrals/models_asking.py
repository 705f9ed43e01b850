"""What a Member has answered so far of a request that is not sent yet. Nobody but the Member's own page sees it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from secondopinion.people.models import AuthorizedRepresentative, Member


class Draft(models.Model):
    """The answers to an unfinished request, of the Member or of one representative.

    Once sent it keeps the number alone, so that a second press makes no second referral. It is deleted after `gone_on`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    representative = models.ForeignKey(AuthorizedRepresentative, models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    gone_on = models.DateField(help_text="The day after which it is deleted")
    sent_number = models.CharField(max_length=20, blank=True, db_default="", default="")

    class Meta:
        ordering = ("begun_at",)
        constraints = (
            models.UniqueConstraint(
                name="one_unsent_draft_each",
                fields=("member", "representative"),
                condition=Q(sent_number=""),
                nulls_distinct=False,
                violation_error_message="There is an unfinished request already.",
            ),
            models.CheckConstraint(
                name="a_sent_draft_keeps_no_answers",
                condition=Q(sent_number="") | Q(answers={}),
                violation_error_message="Once a request is sent, its referral keeps the answers, and the draft none.",
            ),
        )

    def __str__(self) -> str:
        return f"A draft of {self.begun_at:%F %T}"

"""Who approved the wording of a letter in a language: bound to the very files that it is printed from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class WordingApproval(models.Model):
    """One wording of a kind of letter in a language: proposed by one person, approved by another.

    `wording_sha256` is that of every file with words in it (`approving.wording_sha256`), so a change of any of them
    is a wording that nobody has approved. The database refuses the same person twice, and any change of what was said.
    """

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    wording_sha256 = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=120)
    proposed_role = models.CharField(max_length=80, help_text="What the person is, as their card says it")
    proposed_staff = models.IntegerField()
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=120, blank=True)
    approved_role = models.CharField(max_length=80, blank=True)
    approved_staff = models.IntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it was withdrawn")

    class Meta:
        ordering = ("kind", "language", "proposed_at")
        constraints = (
            models.UniqueConstraint(
                name="one_approval_for_each_wording",
                fields=("kind", "language", "wording_sha256"),
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message="This wording is proposed already.",
            ),
            models.CheckConstraint(
                name="wording_approved_by_another",
                condition=Q(approved_at__isnull=True, approved_staff__isnull=True)
                | (Q(approved_at__isnull=False, approved_staff__isnull=False) & ~Q(approved_staff=F("proposed_staff"))),
                violation_error_message="Whoever proposes a wording does not approve it.",
            ),
            models.CheckConstraint(
                name="wording_withdrawn_for_a_reason",
                condition=Q(withdrawn_at__isnull=True) | (~Q(withdrawn_by="") & ~Q(why="")),
                violation_error_message="A wording is withdrawn by a person, for a reason.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} in {self.language}"

"""How much somebody has asked of the house lately. A row names nobody: its key is a hash."""

from __future__ import annotations

from django.db import models


class Pace(models.Model):
    """One bucket: it is full until `spent_until` less what it holds. Kept in memory by PostgreSQL, lost in a crash."""

    key = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of the rule and of who asks")
    spent_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "paces"

    def __str__(self) -> str:
        return f"Until {self.spent_until:%F %T}"

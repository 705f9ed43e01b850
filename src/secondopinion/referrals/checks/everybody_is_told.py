"""Every Member is told of the right to a second opinion in time."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from secondopinion.referrals.checks.case import Case, Check, Difference
from secondopinion.referrals.right_owed import lapsed, late


class EverybodyIsTold(Check):
    """No statement of the right is overdue, and no Member's year is over without a new one owed (II.A)."""

    name = "told"
    sentence = "Every Member was told of the right to a second opinion in time, at enrollment and once a year."

    def look(self, case: Case) -> Iterator[Difference]:
        """Nothing: this is not about one referral."""
        return iter(())

    def look_around(self) -> Iterator[Difference]:
        """Every statement that is overdue. For whom there is no row at all, the night's own task owes one before."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT app.today()")
            (today,) = cursor.fetchone()
        for debt in late(today):
            yield Difference("right", f"the {debt.occasion} statement {debt.pk} was due on {debt.due_on}", self.name)
        if count := lapsed(today):
            yield Difference(
                "right", f"{count:,} Members were last told more than a year ago, and are owed none", self.name
            )

"""A letter that is owed leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from secondopinion.referrals.checks.case import Case, Check, Difference

LONGEST = timedelta(days=1)


class LettersLeaveWithinADay(Check):
    """No letter waits longer than a day."""

    name = "waiting"
    sentence = "No letter has waited longer than a day: else the worker or the print house wants looking at."

    def look(self, case: Case) -> Iterator[Difference]:
        """Letters that wait too long."""
        for owing in case.owed:
            late = case.now is not None and owing.owed_at is not None and case.now - owing.owed_at > LONGEST
            if late and owing.mailed_at is None:
                yield self.found(case, f"the letter {owing.letter_id} ({owing.kind.replace('_', ' ')}) was not mailed")

"""The answers on the row are those of the history."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference


class AnswersAreTheLastEvents(Check):
    """The row's answers are those that the last event carries."""

    name = "answers"
    sentence = "The recorded answers are those of the last event, so the policy judges what was really said."

    def look(self, case: Case) -> Iterator[Difference]:
        """Answers that differ."""
        if not case.events:
            return
        last, row = case.events[-1], case.row
        if (row.yes, row.no) != (last.yes, last.no):
            yield self.found(case, f"the answers are {(row.yes, row.no)}, the history says {(last.yes, last.no)}")

"""What was mailed stands in the history, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference


class MailingIsProven(Check):
    """A letter is mailed exactly when the history has the event that says so."""

    name = "mailed"
    sentence = "Every mailed letter has its proof in the history, and every proof its mailed letter."

    def look(self, case: Case) -> Iterator[Difference]:
        """Mailed letters without an event, and events without a mailed letter."""
        told = {e.details.get("letter") for e in case.events if e.step == "mailed"}
        mailed = {str(o.letter_id) for o in case.owed if o.mailed_at is not None}
        for letter in sorted(mailed - told):
            yield self.found(case, f"the letter {letter} was mailed, and the history does not say so")
        for letter in sorted(str(x) for x in told - mailed):
            yield self.found(case, f"the history says that the letter {letter} was mailed, and it was not")

"""Each letter is owed by one event and mailed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference


class LettersAreOwedOnce(Check):
    """No letter is mailed twice, no notice lacks its letter, and notices are those that the events name."""

    name = "letters"
    sentence = "Every letter belongs to the one event that owed it, and none was mailed twice."

    def look(self, case: Case) -> Iterator[Difference]:
        """Letters mailed twice, notices without a letter, and letters that no event, or no notice, knows."""
        mailed = Counter(e.details.get("letter") for e in case.events if e.step == "mailed")
        for letter, times in mailed.items():
            if times > 1:
                yield self.found(case, f"the letter {letter} was mailed {times} times")
        told = {(e.position, letter) for e in case.events for letter in e.details.get("letters", ())}
        held = {(o.position, str(o.letter_id)) for o in case.owed}
        for position, letter in sorted(told - held):
            yield self.found(case, f"event {position} owed the letter {letter}, and there is no notice of it")
        for position, letter in sorted(held - told):
            yield self.found(case, f"the letter {letter} has a notice for event {position}, which did not owe it")
        for owing in case.owed:
            if owing.owed_at is None:
                yield self.found(case, f"the notice {owing.kind.replace('_', ' ')} has no letter")

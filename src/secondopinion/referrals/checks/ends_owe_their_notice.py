"""Nobody was refused without a letter."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference
from secondopinion.referrals.lifecycle import STEPS


class EndsOweTheirNotice(Check):
    """Every event owes the letters that its step never goes without; an adverse end its notice to the Member."""

    name = "notices"
    sentence = "Every decision and every other step owed the letters that the law orders with it, the Member's first."

    def look(self, case: Case) -> Iterator[Difference]:
        """Events without a letter that their step always owes."""
        kinds: dict[int, set[str]] = {}
        for owing in case.owed:
            kinds.setdefault(owing.position, set()).add(owing.kind)
        for event in case.events:
            step = STEPS.get(event.step)
            for kind in step.always if step else ():
                if kind not in kinds.get(event.position, ()):
                    yield self.found(case, f"event {event.position} ({event.step}) owed no {kind.replace('_', ' ')}")

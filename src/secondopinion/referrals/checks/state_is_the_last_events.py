"""The row stands where its history leads."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference


class StateIsTheLastEvents(Check):
    """Each event starts where the one before ended, and the row stands where the last one ended."""

    name = "state"
    sentence = "Every referral stands where its last event left it, and every event began where the one before ended."

    def look(self, case: Case) -> Iterator[Difference]:
        """Breaks in the history, and what the row copies wrongly."""
        state = ""
        for event in case.events:
            if event.source != state:
                yield self.found(case, f"event {event.position} starts from {event.source}, not from {state}")
            state = event.target
        if not case.events:
            return
        last, row = case.events[-1], case.row
        for name, copy, truth in (
            ("state", row.state, last.target),
            ("position", row.position, last.position),
            ("hash", row.head_hash, last.hash),
        ):
            if copy != truth:
                yield self.found(case, f"the {name} is {copy}, the history says {truth}")

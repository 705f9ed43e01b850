"""No event is missing."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference


class HistoryHasNoGap(Check):
    """Events are numbered from one on, without a gap."""

    name = "history"
    sentence = "Every history is whole: its events are numbered from 1 on, and none is missing."

    def look(self, case: Case) -> Iterator[Difference]:
        """The first event that is missing."""
        for position, event in enumerate(case.events, start=1):
            if event.position != position:
                yield self.found(case, f"event {position} is missing")
                return
        if not case.events:
            yield self.found(case, "event 1 is missing")

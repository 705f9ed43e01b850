"""The clocks that run are those that the law makes of the row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from secondopinion.policy.clocks import instant
from secondopinion.referrals import clockwork
from secondopinion.referrals.checks.case import Case, Check, Difference


class ClocksAreComputed(Check):
    """Computed again from the row, the same clocks run from the same instants to the same instants."""

    name = "clocks"
    sentence = "Every clock that runs is one the law makes of the referral, with the same start, end and pause."

    def look(self, case: Case) -> Iterator[Difference]:
        """Clocks that are missing, that should not run, or that run from or to another instant."""
        held = {(c.kind, c.rule): c for c in case.clocks}
        for clock in clockwork.running(case.row):
            other = held.pop((clock.kind, clock.rule), None)
            if other is None:
                yield self.found(case, f"the clock {clock.kind} by {clock.rule} does not run, and should")
                continue
            for name in ("started_at", "due_at", "paused_at"):
                ours, law = getattr(other, name), getattr(clock, name)
                if _utc(ours) != _utc(law):
                    which = f"the clock {clock.kind} by {clock.rule}"
                    yield self.found(case, f"{which} has {name} {_said(ours)}; the law gives {_said(law)}")
        for kind, rule in held:
            yield self.found(case, f"the clock {kind} by {rule} runs, and should not")


def _utc(at: datetime | None) -> datetime | None:
    # Two zones never compare equal within the hour that the clocks repeat.
    return None if at is None else instant(at)


def _said(at: datetime | None) -> str:
    return "none" if at is None else instant(at).isoformat()

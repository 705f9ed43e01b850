"""What is finished stays finished, but for a step that the table allows."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference
from secondopinion.referrals.lifecycle import STEPS, target_of
from secondopinion.referrals.states import State


class StepsAreTheTables(Check):
    """Every event is a step of the table: from where it may be taken, to where it leads, by somebody who may."""

    name = "steps"
    sentence = "Every step is one that the table allows from there, so nothing finished was moved by something late."

    def look(self, case: Case) -> Iterator[Difference]:
        """Events that are no step of the table."""
        for event in case.events:
            step = STEPS.get(event.step)
            if step is None:
                yield self.found(case, f"event {event.position} is “{event.step}”, which is no step")
                continue
            began = event.position == 1
            allowed = not step.sources if began else event.source in step.sources
            leads = step.target if began else target_of(step, State(event.source)) if allowed else None
            if not allowed or event.target != leads:
                went = f"from {event.source or 'nothing'} to {event.target}"
                yield self.found(case, f"event {event.position} ({event.step}) led {went}; the table has no such step")
            if event.role not in step.by:
                yield self.found(case, f"event {event.position} ({event.step}) was taken by the role {event.role}")

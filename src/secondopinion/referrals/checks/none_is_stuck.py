"""No open referral waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from secondopinion.referrals.checks.case import Case, Check, Difference
from secondopinion.referrals.states import FINISHED, UNDECIDED, State

# Reading: three things lawfully keep a referral open without a clock that ends: a time to decide that has not started,
# because information or a paper is missing and is shown as missing; a letter that waits for the print house; and a
# finished consultation in the moment before the house closes it.
MOMENT = timedelta(hours=1)


class NoneIsStuck(Check):
    """Every open referral has a clock that ends, or a reason to wait that anybody can see."""

    name = "stuck"
    sentence = "Every open referral has a clock that ends or a visible reason to wait: none is forgotten."

    def look(self, case: Case) -> Iterator[Difference]:
        """Open referrals with neither."""
        row = case.row
        if row.state in FINISHED or any(clock.due_at is not None for clock in case.clocks):
            return
        before_decision = row.stands in UNDECIDED or row.stands is State.VISIT_REVIEW
        if before_decision and any(clock.kind == "decision" for clock in case.clocks):
            return
        if any(owing.mailed_at is None for owing in case.owed):
            return
        if row.stands is State.REPORT_RECEIVED and self._is_fresh(case):
            return
        yield self.found(case, f"it is {row.state} without a clock that ends, and waits for nothing that can be seen")

    def _is_fresh(self, case: Case) -> bool:
        return case.now is None or not case.events or case.now - case.events[-1].at <= MOMENT

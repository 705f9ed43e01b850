"""The work list sorts by the clock that ends first."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.policy.clocks import instant
from secondopinion.referrals.checks.case import Case, Check, Difference


class DueIsTheEarliest(Check):
    """The row shows the earliest of its running clocks, and which it is."""

    name = "due"
    sentence = "Every referral shows the clock that ends first: no deadline on the work list is later than its clocks."

    def look(self, case: Case) -> Iterator[Difference]:
        """A due instant, or its kind, that is not the earliest clock's."""
        ends = [(instant(c.due_at), c.kind) for c in case.clocks if c.due_at is not None]
        due_at, kind = min(ends, default=(None, ""))
        row = case.row
        if row.due_at != due_at:
            yield self.found(case, f"it is due {row.due_at or 'never'}, and its earliest clock {due_at or 'never'}")
        elif row.due_kind != kind and (due_at, row.due_kind) not in ends:
            yield self.found(case, f"it is due for {row.due_kind or 'nothing'}, and its earliest clock is {kind}")

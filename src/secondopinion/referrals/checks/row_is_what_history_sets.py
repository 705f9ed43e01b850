"""Every column of the row was set by an event."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from secondopinion.referrals.checks.case import Case, Check, Difference
from secondopinion.referrals.ledger import EMPTY, TOLD_ONCE, plain


class RowIsWhatHistorySets(Check):
    """Folded one after the other, the columns that the events set give the row."""

    name = "row"
    sentence = "Every row can be rebuilt from its history: no column holds what no event has set."

    def look(self, case: Case) -> Iterator[Difference]:
        """The columns that differ, by name; never what they hold, which may be a name or a condition."""
        told: dict[str, Any] = {}
        for event in case.events:
            if "set" not in event.details:
                return  # written before histories kept the columns: there is nothing to rebuild from
            told.update(event.details["set"])
        row = case.row
        for column in TOLD_ONCE:
            held = getattr(row, column)
            if plain(held) != told[column] if column in told else held not in EMPTY:
                yield self.found(case, f"the column {column} is not what the history sets")

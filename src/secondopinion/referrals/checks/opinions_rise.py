"""Opinions follow one another in one direction."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference


class OpinionsRise(Check):
    """An opinion follows one of the same Member with the number before its own; so no chain runs in a circle."""

    name = "chain"
    sentence = "Every further opinion follows the one before it, of the same Member; no chain runs in a circle."

    def look(self, case: Case) -> Iterator[Difference]:
        """Links that lead nowhere, to somebody else, or not to the opinion before."""
        row, earlier = case.row, case.earlier
        if row.follows_id is None:
            return
        if earlier is None:
            yield self.found(case, "the opinion that it follows is not there")
            return
        if earlier.member_id != row.member_id:
            yield self.found(case, f"it follows {earlier.number}, which is another Member's")
        # Where every link rises by one, no chain can come back to where it began.
        if row.opinion_number != earlier.opinion_number + 1:
            numbers = f"opinion {row.opinion_number} follows opinion {earlier.opinion_number}"
            yield self.found(case, f"{numbers} ({earlier.number})")

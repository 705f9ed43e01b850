"""Whoever may be found is found where the periods say."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.directory.flattening import strays
from secondopinion.referrals.checks.case import Case, Check, Difference

SAMPLE = 500  # professionals looked at by lot each night


class CandidatesAreFlat(Check):
    """The flat rows of candidates are what the directory's periods say; looked at by lot, once a night."""

    name = "candidates"
    sentence = "The rows in which candidates are found are what the periods of the directory say."

    def look(self, case: Case) -> Iterator[Difference]:
        """Nothing: this is not about one referral."""
        return iter(())

    def look_around(self) -> Iterator[Difference]:
        """Every professional of the sample whose rows are others."""
        for key in strays(SAMPLE):
            yield Difference("directory", f"the rows of professional {key} are not what the periods say", self.name)

"""What was handed over is acknowledged."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.letters.reconciling import is_late
from secondopinion.referrals.checks.case import Case, Check, Difference


class WhatWasHandedOverIsAcknowledged(Check):
    """The print house answers for every letter, in the time that the dated value gives it."""

    name = "acknowledged"
    sentence = "What the print house took it acknowledges within two business days: else ask it for the letter."

    def look(self, case: Case) -> Iterator[Difference]:
        """Letters about which the print house keeps silent."""
        if case.now is None:
            return
        for sent in case.sent:
            if is_late(sent.carrier, sent.stands, sent.handed_over_at, case.now):
                yield self.found(case, f"the letter {sent.letter_id} was handed over and never acknowledged")

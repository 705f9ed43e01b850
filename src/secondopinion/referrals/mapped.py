"""No letter is owed that the matrix of letters does not know: an unmapped one stops the whole step, by its name."""

from __future__ import annotations

from secondopinion.policy.asked import Program
from secondopinion.policy.gg1538.matrix import Unmapped, stop_unmapped
from secondopinion.referrals.change import Owed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import Snapshot


def mapped(before: Snapshot, owes: tuple[Owed, ...]) -> tuple[Owed, ...]:
    """The letters of a step, each owed to its reader by some decision. Raises Refused by the first that none owes.

    It comes before the first statement, so that a step with such a letter leaves nothing behind.
    """
    for owed in owes:
        try:
            stop_unmapped(before.edition_in_force, owed.kind, Program(before.program), owed.recipient_role)
        except Unmapped as unmapped:
            raise Refused(str(unmapped)) from None
    return owes

"""Yes, no, or not yet known; what settled it; what to ask next.

Three-valued logic after Kleene: `|` is yes when either side is yes, `&` is no when either side is no, and
otherwise a side that is not known leaves the whole not known. Learning more can settle a finding and can
never turn a settled one round.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn


class Verdict(StrEnum):
    """What a clause answers. Not yet known is an answer of its own and is never read as no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_OPPOSITE = {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES, Verdict.UNKNOWN: Verdict.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of a clause.

    `because`: the facts that settled it; empty while it is not known. `needs`: the facts that could still
    settle it; empty once it is settled. `cites`: the clauses that were applied to get there.
    """

    verdict: Verdict
    because: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    cites: frozenset[str] = frozenset()

    def __or__(self, other: Finding) -> Finding:
        """Yes as soon as one side is; only the sides that made it so are remembered."""
        return _combine(Verdict.YES, self, other)

    def __and__(self, other: Finding) -> Finding:
        """No as soon as one side is; only the sides that made it so are remembered."""
        return _combine(Verdict.NO, self, other)

    def __invert__(self) -> Finding:
        """Yes for no and no for yes, settled by the same facts."""
        return Finding(_OPPOSITE[self.verdict], self.because, self.needs, self.cites)

    def __bool__(self) -> NoReturn:
        """Refused: a finding has three answers."""
        raise TypeError("A Finding may be not yet known, so it is neither true nor false: compare its verdict.")

    def citing(self, clause: str) -> Finding:
        """The same finding, reached by way of one clause more."""
        return Finding(self.verdict, self.because, self.needs, self.cites | {clause})


def _combine(dominant: Verdict, left: Finding, right: Finding) -> Finding:
    """The Kleene connective in which one verdict outweighs the rest, remembering only what decided."""
    verdicts = {left.verdict, right.verdict}
    if dominant in verdicts:
        verdict = dominant
    elif Verdict.UNKNOWN in verdicts:
        verdict = Verdict.UNKNOWN
    else:
        verdict = _OPPOSITE[dominant]
    return _merge(verdict, (side for side in (left, right) if side.verdict is verdict))


def _merge(verdict: Verdict, sides: Iterable[Finding]) -> Finding:
    because: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    cites: frozenset[str] = frozenset()
    for side in sides:
        because |= side.because
        needs |= side.needs
        cites |= side.cites
    return Finding(verdict, because, needs, cites)

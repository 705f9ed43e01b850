"""What two practitioners say of the need for a procedure, and whether they differ (GG.1538 II.D)."""

from __future__ import annotations

from enum import StrEnum

from secondopinion.policy.findings import Verdict


class Need(StrEnum):
    """What a practitioner says of the procedure in question."""

    NEEDED = "needed"
    NOT_NEEDED = "not-needed"
    ALTERNATIVE = "alternative"
    DEFER = "defer"
    UNDETERMINED = "undetermined"
    NO_PROCEDURE = "no-procedure"


SAYS_NO = frozenset({Need.NOT_NEEDED, Need.NO_PROCEDURE})


def differ(first: Need | None, second: Need | None) -> Verdict:
    """Whether two opinions differ on the need for a medical procedure: yes, no, or not yet known.

    None says that nobody has recorded what the practitioner said.
    """
    # Reading: advising another procedure, or to wait, differs from advising this one and from advising none; the
    # Member then has a right to a third opinion. Two who each advise something else may mean the same thing or
    # not: a person must say. An opinion without a procedure agrees with one that finds none needed.
    if first is None or second is None or Need.UNDETERMINED in (first, second):
        return Verdict.UNKNOWN
    if first is second is Need.ALTERNATIVE:
        return Verdict.UNKNOWN
    if first is second or {first, second} <= SAYS_NO:
        return Verdict.NO
    return Verdict.YES

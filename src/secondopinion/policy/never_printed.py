"""What no letter of a program may print on a day: the words of a review that its Members do not have (W&I 14087.95)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from secondopinion.policy.asked import Program
from secondopinion.policy.parameters import raw, value


@dataclass(frozen=True, slots=True)
class NeverPrinted:
    """`words` are refused as whole words, `phrases` spacing and case aside."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]


NOTHING = NeverPrinted((), ())


def never_printed(program: Program, on: date) -> NeverPrinted:
    """What the letters of a program may not say on a day; nothing once the dated setting opens the review."""
    # Reading: a letter that told of a review which is not open would send a Member to the wrong door while the time
    # for the right one runs; so the words are refused in every letter, whoever reads it.
    if value(f"settings.external_review.{program.value.replace('-', '_')}", on).truth:
        return NOTHING
    return _all()


@cache
def _all() -> NeverPrinted:
    table = raw("never_printed")
    return NeverPrinted(tuple(table["words"]), tuple(table["phrases"]))

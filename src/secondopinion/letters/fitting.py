"""What must fit together inside one letter: a ground and its particulars, a limited choice and its choices.

The examples say which values a letter has; they cannot say that one value calls for another. These few
rules can, and are asked when the letter is owed, so that no letter waits that says half of what it must.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from secondopinion.letters.refusal import Incomplete

DELAY_GROUNDS: Final = ("member-asked", "provider-asked", "information", "expert", "examination")
DISMISSAL_GROUNDS: Final = ("no-authority", "not-a-party", "invalid", "died")
CHANGES: Final = ("limited", "partial")
FOUND_BY: Final = ("claim", "call", "request")
MONEY: Final = re.compile(r"\$|\bUSD\b|\bdollars?\b", re.IGNORECASE)

Data = Mapping[str, Any]


def check_fit(kind: str, data: Data) -> None:
    """Refuse a letter whose parts do not fit each other. Raises Incomplete, naming the part."""
    if rule := FITTING.get(kind):
        rule(kind, data)


def _delay(kind: str, data: Data) -> None:
    """The notice names what is missing, which expert or which examination (HSC 1367.01(h)(5))."""
    delay = data["delay"]
    ground = _one_of(kind, "ground, in delay,", delay["ground"], DELAY_GROUNDS)
    named = {"information": "missing", "expert": "expert", "examination": "examination"}.get(ground)
    if named and not delay[named]:
        raise Incomplete(kind, f"{named}, in delay, is missing, and the ground is {ground} (HSC 1367.01(h)(5))")
    # A delay that nobody asked for must be in the Member's interest (42 CFR 438.210(d)(1)(ii)).
    if named and not delay["interest"]:
        raise Incomplete(kind, "interest, in delay, is missing, and nobody asked for the delay (42 CFR 438.210(d))")
    if delay["decision_expected_on"] < delay["first_due_on"]:
        raise Incomplete(kind, "decision expected on, in delay, is before first due on")


def _modification(kind: str, data: Data) -> None:
    """A choice kept to the network leaves somebody to choose (GG.1538 II.G)."""
    how = _one_of(kind, "how, in change,", data["change"]["how"], CHANGES)
    if how == "limited" and not data["candidates"] and data["professional"] is None:
        raise Incomplete(kind, "candidates is an empty list, and the choice is limited to them (GG.1538 II.G)")


def _dismissal(kind: str, data: Data) -> None:
    """A dismissal for want of authority tells what was done to get it (MA.6042 III.E)."""
    ground = _one_of(kind, "ground, in dismissal,", data["dismissal"]["ground"], DISMISSAL_GROUNDS)
    if ground == "no-authority" and not data["dismissal"]["outreach"]:
        raise Incomplete(kind, "outreach, in dismissal, is an empty list, and nobody was asked for the authority")


def _visit(kind: str, data: Data) -> None:
    """How the visit came to light, and never an amount: what a Member may owe is not ours to compute (III.D.1)."""
    _one_of(kind, "found by, in visit,", data["visit"]["found_by"], FOUND_BY)
    for said in [r["reason"] for r in data.get("reasons", ())] + [data.get("why", "")]:
        if MONEY.search(said):
            raise Incomplete(kind, "its words speak of an amount of money; this letter never does")


def _rescission(kind: str, data: Data) -> None:
    """An approval ends only after the day on which the Member may still ask to keep it (42 CFR 438.420)."""
    if data["ends_on"] < data["dated_on"] or data["continuation_by"] < data["dated_on"]:
        raise Incomplete(kind, "ends on or continuation by is before the day of the letter")


def _one_of(kind: str, where: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Incomplete(kind, f"{where} is “{value}”, which is none of {', '.join(known)}")
    return value


FITTING: Final[Mapping[str, Callable[[str, Data], None]]] = MappingProxyType(
    {
        "delay_to_member": _delay,
        "delay_to_requester": _delay,
        "modification_to_member": _modification,
        "modification_to_requester": _modification,
        "modification_to_pcp": _modification,
        "dismissal_to_member": _dismissal,
        "dismissal_to_requester": _dismissal,
        "cost_notice_to_member": _visit,
        "visit_excused_to_member": _visit,
        "rescission_to_member": _rescission,
    }
)

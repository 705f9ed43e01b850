"""The gates between a professional and the Member's list: each a named test with a sentence, in a fixed order.

A gate answers yes, no, or not known. Nobody who fails one is ever offered. Not known keeps nobody off the list, and
is said there, except at the gates that guard the Member and the money (`must_be_known`): an unconfirmed licence is
no reason to say that nobody can be found, and none to send a Member there either.

Ties to the clinician questioned are no gates: they are shown, and preferred against.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from secondopinion.policy.specialties import Level

GROWN_UP: Final = 21
"""The age from which California Children's Services covers nobody (Health and Safety Code 123840)."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What the referral asks for.

    `ccs`: whether the condition is one that California Children's Services covers; None: nobody has said.
    `specialists_only`: III.B, a Specialist Physician. `same_license`: II.F, the licence of the clinician questioned.
    """

    age: int
    ccs: bool | None
    specialists_only: bool
    same_license: bool
    excludes_pcp: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of one professional on the day, at the place in question. None: not known.

    `level` is None where no specialty is compared. `related`: the background for the condition, as the map says.
    `attested`: a Medical Director has vouched for training and expertise. `panel_is_ccs`: paneled by CCS.
    """

    licensed: bool | None
    npi_is_alive: bool | None
    contracted: bool | None
    excluded: bool | None
    accepts: bool | None
    age_from: int | None
    age_to: int | None
    panel_is_ccs: bool | None
    is_questioned: bool
    gave_an_opinion: bool
    is_the_pcp: bool
    is_physician: bool
    serves_as_pcp: bool
    has_same_license: bool | None
    level: Level | None
    related: bool | None
    attested: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate. `fails` and `unknown` complete the sentence “This professional …”; `instead` says what to do."""

    name: str
    passes: Callable[[Held, Sought], bool | None]
    fails: str
    unknown: str = ""
    instead: str = "Choose another professional."
    must_be_known: bool = False

    def refuses(self, held: Held, sought: Sought) -> bool:
        """Whether the gate keeps the professional off the list."""
        passes = self.passes(held, sought)
        return passes is False or (passes is None and self.must_be_known)


@dataclass(frozen=True, slots=True)
class Passed:
    """How a professional came through the gates: the first that refused, and those where something is not known."""

    refused_by: Gate | None
    is_no: bool  # refused by a no, not by what is not known
    open: tuple[Gate, ...]

    @property
    def against(self) -> str:
        """What speaks against the professional, to follow “This professional”; empty: nothing."""
        if self.refused_by is None:
            return ""
        return self.refused_by.fails if self.is_no else self.refused_by.unknown


def through_the_gates(held: Held, sought: Sought) -> Passed:
    """Send a professional through every gate, in order."""
    unknown: list[Gate] = []
    for gate in GATES:
        passes = gate.passes(held, sought)
        if passes is False:
            # A no further on weighs more than what is not known before it.
            return Passed(gate, True, tuple(unknown))
        if passes is None:
            unknown.append(gate)
    unsure = next((gate for gate in unknown if gate.must_be_known), None)
    return Passed(unsure, False, tuple(unknown))


def age_on(birth_on: date, day: date) -> int:
    """Age in whole years; who is born on 29 February is a year older on 1 March of a common year."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def _not(known: bool | None) -> bool | None:
    return None if known is None else not known


def _age(held: Held, sought: Sought) -> bool | None:
    # Reading: a panel that tells no ages is open to all, and not "unknown": most directories tell ages only where
    # there is a limit.
    youngest = 0 if held.age_from is None else held.age_from
    return youngest <= sought.age and (held.age_to is None or sought.age <= held.age_to)


def _ccs(held: Held, sought: Sought) -> bool | None:
    if sought.age >= GROWN_UP or sought.ccs is False:
        return True
    # Who is paneled may see the child whatever the condition turns out to be.
    if held.panel_is_ccs is True:
        return True
    # Reading: while nobody has said that CCS covers the condition, a missing panel keeps nobody off the list.
    return None if sought.ccs is None else held.panel_is_ccs


def _specialty(held: Held, sought: Sought) -> bool | None:
    if held.level is None:
        # Reading: no relation on the map is a no that a Medical Director's word turns into a yes (glossary).
        return True if held.attested or sought.same_license else held.related if not sought.specialists_only else True
    return held.level <= Level.E2 or (held.level is Level.E3 and held.attested)


def _physician(held: Held, sought: Sought) -> bool:
    return not sought.specialists_only or (held.is_physician and not held.serves_as_pcp)


GATES: Final[tuple[Gate, ...]] = (
    Gate(
        "licence", lambda held, _: held.licensed,
        "has no active, unrestricted licence on record for the day",
        "has a licence that nobody but the holder has confirmed",
        "Check the licence with the board, or choose another professional.", must_be_known=True,
    ),
    Gate(
        "npi", lambda held, _: held.npi_is_alive,
        "has an NPI that was deactivated", "has an NPI that nobody has checked", must_be_known=True,
    ),
    Gate(
        "contract", lambda held, _: held.contracted,
        "has no contract with the plan or a Health Network on the day",
        "has a contract that nobody has confirmed",
        "Choose one from the list; going outside needs proof that nobody inside is available (II.H).",
        must_be_known=True,
    ),
    Gate(
        "exclusion", lambda held, _: _not(held.excluded),
        "is on an exclusion list and may not be paid", "was not looked up in the exclusion lists", must_be_known=True,
    ),
    Gate("age", _age, "sees nobody of the Member's age"),
    Gate(
        "ccs", _ccs,
        "is not on the panel of California Children's Services, which covers this condition of a Member under 21",
        "may need to be on the panel of California Children's Services: nobody has said whether it covers the "
        "condition, or whether the professional is on it",
    ),
    Gate(
        "questioned", lambda held, _: not held.is_questioned,
        "is the clinician whose opinion is questioned",
    ),
    Gate(
        "earlier", lambda held, _: not held.gave_an_opinion,
        "has given one of the opinions already",
    ),
    Gate(
        "pcp", lambda held, sought: not (sought.excludes_pcp and held.is_the_pcp),
        "is the Member's own PCP, whose care is questioned (III.A)",
    ),
    Gate(
        "physician", _physician,
        "is no Specialist Physician, and an opinion about a specialist's care comes from one (III.B)",
    ),
    Gate(
        "same_licence", lambda held, sought: not sought.same_license or held.has_same_license,
        "does not hold the same licence as the clinician questioned, who is no physician (II.F)",
        "may not hold the same licence as the clinician questioned, whose own is not on record (II.F)",
        "Choose a professional of the same licence.",
    ),
    Gate(
        "specialty", _specialty,
        "has a specialty that is neither the same nor equivalent, nor related to the condition (III.A, III.B)",
        "has a specialty of which nobody has said whether it has the background for the condition",
        "Choose from the list, or have a Medical Director attest the training.",
    ),
)  # fmt: skip
"""Every gate, in the order in which a professional meets them."""
ACCEPTS: Final = Gate(
    "accepts", lambda held, _: held.accepts,
    "takes no new Members now", "may not take new Members: the office was not asked",
)  # fmt: skip
"""Not a gate of who may give the opinion, but of who can: part of availability (II.G, II.H), and of the list."""

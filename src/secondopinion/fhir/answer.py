"""What the house has to say about a request, before it is put into FHIR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["certified", "partial", "pended", "denied", "withdrawn", "contact", "error"]
GRANTED = ("certified", "partial")  # the kinds that carry an authorization


@dataclass(frozen=True, slots=True)
class Professional:
    """Who is authorized to give the opinion. `family` alone for an organization."""

    npi: str
    family: str
    given: str = ""
    is_person: bool = True


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The licensed clinician who decided. `taxonomy` is a NUCC code, or ""."""

    npi: str
    taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a request cannot be answered: an X12 reject reason and follow-up action, and a FHIRPath."""

    reason: str
    follow_up: str
    expression: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state of a request at the aware instant `at`.

    `kind`: "certified" (authorized), "partial" (authorized with a limit), "pended" (a decision is still to
    come), "denied", "withdrawn", "contact" (not decided here, or over: the notes say what to do) or "error"
    (cannot be answered). `notes` are sentences for the requester; `missing` are plain questions that would settle a
    pended request. `codes` are the CPT codes the authorization covers; none means the ones asked for.
    `by_lapse`: nobody decided in time, so the law counts it as denied, and nobody reviewed it.
    Raises ValueError when a granted Outcome lacks its number or dates, a limited one what is limited and who signed,
    a denied one its reason and either its reviewer or the lapse, or an error its fault: such an answer cannot exist.
    """

    kind: Kind
    at: datetime
    referral_number: str = ""
    authorization_number: str = ""
    decided_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    professional: Professional | None = None
    codes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    reviewer: Reviewer | None = None
    by_lapse: bool = False
    fault: Fault | None = None

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("An Outcome needs an instant with an offset from UTC.")
        if self.kind in GRANTED and not (
            self.authorization_number and self.decided_on and self.valid_from and self.valid_until
        ):
            raise ValueError("A certified Outcome needs its authorization number and its three days.")
        if self.kind == "partial" and not (self.notes and self.reviewer):
            raise ValueError("A limited Outcome needs what is limited, in words, and its reviewer.")
        if self.kind == "denied" and not (self.notes and self.reasons):
            raise ValueError("A denied Outcome needs its reason, in words and in code.")
        if self.kind == "denied" and (self.reviewer is None) is not self.by_lapse:
            raise ValueError("A denied Outcome needs its reviewer, unless nobody decided in time; never both.")
        if self.kind == "error" and not (self.fault and self.notes):
            raise ValueError("An error Outcome needs its fault and a sentence about it.")

"""What a person, or the house itself, tells after a yes: one dataclass a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from secondopinion.referrals.told import Told


@dataclass(frozen=True, slots=True)
class Search(Told):
    """Search the network now and freeze what was found as proof (II.G, II.H).

    `first_openings` are the first appointments that offices gave on asking, by NPI.
    """

    step: ClassVar[str] = "search"
    first_openings: tuple[tuple[str, date], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class AgreeOutside(Told):
    """The Medical Director agrees that the Member is seen by this Non-Contracted Provider, and why (II.H)."""

    step: ClassVar[str] = "agree_outside"
    professional_id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class AttestTraining(Told):
    """A Medical Director vouches for a professional of the wider specialty, or of one the map does not relate (E3).

    `training`: in a sentence, the training and expertise in the condition, and how it was found out.
    """

    step: ClassVar[str] = "attest_training"
    professional_id: UUID
    training: str


@dataclass(frozen=True, slots=True)
class DraftAgreement(Told):
    """The letter of agreement goes out: the rate in words (EE.1141). Who pays follows from who decides."""

    step: ClassVar[str] = "draft_agreement"
    rate: str


@dataclass(frozen=True, slots=True)
class SignAgreement(Told):
    """The Non-Contracted Provider signed the letter of agreement."""

    step: ClassVar[str] = "sign_agreement"
    signed_on: date
    by_name: str


@dataclass(frozen=True, slots=True)
class DropAgreement(Told):
    """No agreement came about: another professional is needed."""

    step: ClassVar[str] = "drop_agreement"
    why: str


@dataclass(frozen=True, slots=True)
class Decline(Told):
    """The chosen professional will not see the Member: a reason of `DECLINES`, and in words."""

    step: ClassVar[str] = "decline"
    reason: str
    words: str = ""


DECLINES = {
    "no-appointment": "No appointment in time",
    "not-accepting": "Takes no new Members",
    "not-my-field": "The condition is not in the professional's field",
    "affiliated": "Works with the clinician whose opinion is questioned",
    "not-at-this-place": "No longer practises there",
    "other": "Another reason",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One test or procedure that was asked for under the authorization: in words, and its code where one came."""

    words: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class ReturnTests(Told):
    """Tests or procedures were asked for under the authorization of one consultation (III.G)."""

    step: ClassVar[str] = "return_tests"
    tests: tuple[Asked, ...]
    by_name: str


@dataclass(frozen=True, slots=True)
class Remind(Told):
    """The time to an appointment has passed and none is made."""

    step: ClassVar[str] = "remind"


@dataclass(frozen=True, slots=True)
class Chase(Told):
    """The report is late. `rung` 1 asks the professional, 2 and more the Health Network too."""

    step: ClassVar[str] = "chase"
    rung: int


@dataclass(frozen=True, slots=True)
class Lapse(Told):
    """The last day of the authorization is over and no visit took place."""

    step: ClassVar[str] = "lapse"


@dataclass(frozen=True, slots=True)
class AskFurther(Told):
    """A third or further opinion was asked for: the number of the referral that carries it."""

    step: ClassVar[str] = "ask_further"
    number: str
    by_name: str


@dataclass(frozen=True, slots=True)
class ParentDecided(Told):
    """The request for whose sake the plan asked was decided: how, and on which day."""

    step: ClassVar[str] = "parent_decided"
    decided_on: date
    outcome: str

"""What a person tells the house when taking a step: one dataclass a step, named as the step is.

Nothing here is checked; the verb that receives it refuses what is missing, in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals.shown import Shown


class Told:
    """What a person tells the house when taking a step. `step` names it in the lifecycle table."""

    step: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Classify(Told):
    """What kind of opinion is asked, and whose care it is about."""

    step: ClassVar[str] = "classify"
    opinion: Opinion
    about: About
    clinician_id: UUID | None = None
    clinician_name: str = ""
    clinician_taxonomy: str = ""


@dataclass(frozen=True, slots=True)
class HandOver(Told):
    """The request is no second opinion: to whom it was handed, so that nothing is lost."""

    step: ClassVar[str] = "hand_over"
    to: str


@dataclass(frozen=True, slots=True)
class Answer(Told):
    """Answers by fact: yes, no, or None to say “not known after all”."""

    step: ClassVar[str] = "answer"
    answers: Mapping[str, bool | None]
    source: str = ""


@dataclass(frozen=True, slots=True)
class FileRecord(Told):
    """A medical record, as a PDF, put with the referral."""

    step: ClassVar[str] = "file_record"
    file_name: str
    content: bytes
    note: str = ""


@dataclass(frozen=True, slots=True)
class TakeUp(Told):
    """A nurse takes the review. `complete`: everything reasonably necessary was in hand at receipt."""

    step: ClassVar[str] = "take_up"
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is missing: in plain words, the fact it would settle, and the clause that needs it."""

    words: str
    clause: str
    fact: str = ""
    holder: str = ""  # who has it and was asked for it too


@dataclass(frozen=True, slots=True)
class Ask(Told):
    """Ask the Member and the requester for named information."""

    step: ClassVar[str] = "ask"
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Supply(Told):
    """Information arrived at `at` by the channel's own clock; `complete` when nothing more is needed."""

    step: ClassVar[str] = "supply"
    at: datetime
    complete: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReferUp(Told):
    """The nurse's summary for the physician."""

    step: ClassVar[str] = "refer_up"
    note: str


@dataclass(frozen=True, slots=True)
class SendBack(Told):
    """What the physician wants the nurse to find out."""

    step: ClassVar[str] = "send_back"
    note: str


@dataclass(frozen=True, slots=True)
class Authorize(Told):
    """Authorize one consultation. `note` is for the history only."""

    step: ClassVar[str] = "authorize"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a denial: the clause it rests on, and why, in words the Member understands."""

    clause: str
    words: str


@dataclass(frozen=True, slots=True)
class Deny(Told):
    """Deny the request: every part is required (HSC 1367.01(h)(4); 42 CFR 438.404(b); GG.1538 II.K.1)."""

    step: ClassVar[str] = "deny"
    reasons: tuple[Reason, ...]
    clinical_reason: str
    why_not_otherwise: str  # why no other good reason (II.C), validation (II.E) or further opinion (II.I) applies
    would_change: str  # what would lead to a yes, a line each
    medicare_reason: str = ""  # OneCare only: why Medicare's rules do not cover it
    medi_cal_reason: str = ""  # OneCare only: why Medi-Cal's rules do not cover it
    considered: tuple[UUID, ...] = ()  # the papers that the physician has read: every one there is
    expertise: str = ""  # where the licence is for another field: what fits the physician for this question


@dataclass(frozen=True, slots=True)
class Withdraw(Told):
    """The requester no longer wants the opinion."""

    step: ClassVar[str] = "withdraw"
    by: str  # a requester, as in `Requester`
    by_name: str
    words: str
    how: str = ""  # how it reached us, as in `choosing.Way`; empty: nobody said


@dataclass(frozen=True, slots=True)
class TellRequester(Told):
    """The requester was told of the decision: by phone, fax, portal or the wire."""

    step: ClassVar[str] = "tell_requester"
    how: str
    whom: str


@dataclass(frozen=True, slots=True)
class Choose(Told):
    """The Member's choice of professional: whose word it was, how and when it reached us, and from which list.

    `knowing`: the Member knows what ties the professional to the doctor in question, and chooses all the same.
    """

    step: ClassVar[str] = "choose"
    professional_id: UUID
    by: str
    how: str
    by_name: str = ""
    said_at: datetime | None = None  # None: just now
    shown: Shown | None = None  # None: from no list of ours
    knowing: bool = False


@dataclass(frozen=True, slots=True)
class Schedule(Told):
    """When the one visit will be."""

    step: ClassVar[str] = "schedule"
    appointment_at: datetime
    how: str = ""


@dataclass(frozen=True, slots=True)
class Miss(Told):
    """The visit did not take place; the unit is kept."""

    step: ClassVar[str] = "miss"
    reason: str


@dataclass(frozen=True, slots=True)
class See(Told):
    """The visit took place."""

    step: ClassVar[str] = "see"
    visited_on: date


@dataclass(frozen=True, slots=True)
class Report(Told):
    """The written consultation report: its structured outcome and the file itself (III.F.1)."""

    step: ClassVar[str] = "report"
    need: str
    summary: str
    recommended: str
    signed_on: date
    file_name: str
    content: bytes
    differs: bool | None = None  # a person's word on the need, where the two outcomes leave it open
    differs_why: str = ""
    other_disparity: str = ""  # a difference of another kind, such as the diagnosis (II.I)


@dataclass(frozen=True, slots=True)
class Mailed(Told):
    """A letter left the house: the house's own step, with the proof."""

    step: ClassVar[str] = "mailed"
    letter_id: UUID
    kind: str
    recipient_role: str
    batch: str
    enclosures: tuple[str, ...] = ()  # the seals of what went into the same envelope
    by: str = "print"
    confidential: bool = False  # to the address at which the Member asked to be written to
    format: str = "standard"


@dataclass(frozen=True, slots=True)
class Close(Told):
    """Nothing is open any more: computed, never chosen."""

    step: ClassVar[str] = "close"

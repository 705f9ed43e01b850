"""What a person tells when a Member objects, and what comes back from the appeals team: one dataclass a step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from secondopinion.referrals.told import Told


@dataclass(frozen=True, slots=True)
class Contact(Told):
    """A Member, or somebody for the Member, is not content: opened as an appeal, a complaint, or both.

    `appeal` and `complaint` may be None for “not sure”. What may be a complaint is one (glossary: Complaint).
    `received_at` is the instant it reached the plan or any network. `late_because`: good cause for an appeal
    after its last day.
    """

    step: ClassVar[str] = "dispute"
    received_at: datetime
    by: str  # a requester, as in `Requester`
    by_name: str
    words: str
    appeal: bool | None
    complaint: bool | None
    expedited: bool = False
    supported: bool = False  # a physician asks for the fast way: it is fast without more
    consent: bool = False  # the Member's written consent is on file (Medi-Cal, when somebody else appeals)
    continue_care: bool = False  # asked that an authorization taken back goes on
    late_because: str = ""
    how: str = ""  # how it reached us, as in `choosing.Way`; empty: nobody said
    moved_from: str = ""  # the number of the request that turned out to be this appeal; its papers belong to it


@dataclass(frozen=True, slots=True)
class Acknowledge(Told):
    """The appeals team has acknowledged the appeal or the complaint in writing. `which`: appeal or complaint."""

    step: ClassVar[str] = "acknowledge"
    which: str


@dataclass(frozen=True, slots=True)
class Uphold(Told):
    """The appeal left the decision as it was: by whom it was decided, and why. `told_at`: when the Member heard it."""

    step: ClassVar[str] = "uphold"
    by_name: str
    why: str
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overturn(Told):
    """The appeal, or a State Hearing, turned a no into a yes. `level`: appeal, hearing or reviewer.

    `told_at`: when the Member was told of the plan's own answer; of another level, when its notice reached the plan.
    """

    step: ClassVar[str] = "overturn"
    by_name: str
    why: str
    level: str = "appeal"
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lift(Told):
    """The appeal lifted a limit: the Member may go where the Member asked to go, or the rest is authorized too.

    `level` and `told_at` as in `Overturn`.
    """

    step: ClassVar[str] = "lift"
    by_name: str
    why: str
    level: str = "appeal"
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnswerComplaint(Told):
    """The complaint was answered in writing."""

    step: ClassVar[str] = "answer_complaint"
    by_name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class IsNew(Told):
    """A person has looked: this is a new request, not an appeal of the earlier decision."""

    step: ClassVar[str] = "is_new"
    why: str


@dataclass(frozen=True, slots=True)
class IsAppeal(Told):
    """A person has looked: this is an appeal. It goes on there, from the same receipt."""

    step: ClassVar[str] = "is_appeal"
    earlier: str  # the number of the referral whose decision is appealed
    why: str

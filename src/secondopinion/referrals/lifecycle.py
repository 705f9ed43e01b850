"""The life of a referral as one pure table. Permissions, drawings and the staff manual are read from it.

A `Step` says from which states it may be taken, where it leads, who may take it, which letters it owes,
and what the policy must have found. Nothing here touches a database or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a referral stands. `words` is what a person reads."""

    RECEIVED = "received"
    AWAITING_INFORMATION = "awaiting_information"
    NURSE_REVIEW = "nurse_review"
    PHYSICIAN_REVIEW = "physician_review"
    AUTHORIZED = "authorized"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    SCHEDULED = "scheduled"
    SEEN = "seen"
    REPORT_RECEIVED = "report_received"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """The state in plain words."""
        return WORDS[self]


WORDS: Mapping[State, str] = MappingProxyType(
    {
        State.RECEIVED: "Received",
        State.AWAITING_INFORMATION: "Waiting for information",
        State.NURSE_REVIEW: "With a nurse",
        State.PHYSICIAN_REVIEW: "With a physician",
        State.AUTHORIZED: "Authorized",
        State.DENIED: "Denied",
        State.WITHDRAWN: "Withdrawn",
        State.SCHEDULED: "Visit scheduled",
        State.SEEN: "Visit done, report due",
        State.REPORT_RECEIVED: "Report received",
        State.CLOSED: "Closed",
    }
)

UNDECIDED = (State.RECEIVED, State.AWAITING_INFORMATION, State.NURSE_REVIEW, State.PHYSICIAN_REVIEW)
FINISHED = (State.DENIED.value, State.WITHDRAWN.value, State.CLOSED.value)


class By(StrEnum):
    """Who may take a step: the roles of the desk, the policy itself, or the house (`system`)."""

    INTAKE = "intake"
    NURSE = "nurse"
    PHYSICIAN = "physician"
    POLICY = "policy"
    SYSTEM = "system"


DESK = frozenset({By.INTAKE, By.NURSE, By.PHYSICIAN})
LICENSED = frozenset({By.NURSE, By.PHYSICIAN})


@dataclass(frozen=True, slots=True)
class Step:
    """One move. `target` None means the state stays as it is. `finds` is what the policy must answer."""

    name: str
    words: str
    sources: tuple[State, ...]
    target: State | None
    by: frozenset[By]
    owes: tuple[str, ...] = ()
    finds: str = ""
    clause: str = ""
    decider_only: bool = True


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        s.name: s
        for s in (
            Step("receive", "Received the request", (), State.RECEIVED, DESK | {By.POLICY, By.SYSTEM},
                 clause="II.B", decider_only=False),
            Step("classify", "Said what kind of opinion is asked", (State.RECEIVED,), None, DESK, clause="II.J",
                 decider_only=False),
            Step("hand_over", "Handed over: not a second opinion", (State.RECEIVED,), State.CLOSED, DESK,
                 clause="II.J", decider_only=False),
            Step("answer", "Recorded answers", UNDECIDED, None, DESK, clause="II.C", decider_only=False),
            Step("file_record", "Filed a medical record", (*UNDECIDED, State.AUTHORIZED, State.SCHEDULED), None, DESK,
                 clause="II.J", decider_only=False),
            Step("take_up", "Took up the review", (State.RECEIVED,), State.NURSE_REVIEW, LICENSED, clause="II.J"),
            Step("ask", "Asked for information", (State.RECEIVED, State.NURSE_REVIEW, State.PHYSICIAN_REVIEW),
                 State.AWAITING_INFORMATION, DESK,
                 owes=("information_needed_to_member", "information_needed_to_requester"), clause="II.J"),
            Step("supply", "Received the information", (State.AWAITING_INFORMATION,), State.NURSE_REVIEW, DESK,
                 clause="II.J", decider_only=False),
            Step("refer_up", "Sent to a physician",
                 (State.RECEIVED, State.AWAITING_INFORMATION, State.NURSE_REVIEW),
                 State.PHYSICIAN_REVIEW, DESK, clause="II.J"),
            Step("send_back", "Sent back to the nurse", (State.PHYSICIAN_REVIEW,), State.NURSE_REVIEW,
                 frozenset({By.PHYSICIAN}), clause="II.J"),
            Step("authorize", "Authorized", UNDECIDED, State.AUTHORIZED, DESK | {By.POLICY},
                 owes=("approval_to_member", "approval_to_requester", "authorization_to_professional"),
                 finds="authorize", clause="II.C"),
            Step("deny", "Denied", (State.PHYSICIAN_REVIEW,), State.DENIED, frozenset({By.PHYSICIAN}),
                 owes=("denial_to_member", "denial_to_requester"), clause="II.K"),
            Step("withdraw", "Withdrawn by the requester",
                 (*UNDECIDED, State.AUTHORIZED, State.SCHEDULED), State.WITHDRAWN, DESK,
                 owes=("withdrawal_to_member",), clause="II.J", decider_only=False),
            Step("choose", "Recorded the Member's choice", (*UNDECIDED, State.AUTHORIZED), None,
                 DESK | {By.POLICY}, owes=("authorization_to_professional", "approval_to_member"),
                 clause="III.A, III.B", decider_only=False),
            Step("tell_requester", "Told the requester", (State.AUTHORIZED, State.DENIED, State.SCHEDULED), None,
                 DESK | {By.POLICY}, clause="II.J", decider_only=False),
            Step("schedule", "Scheduled the visit", (State.AUTHORIZED, State.SCHEDULED), State.SCHEDULED, DESK,
                 clause="III.G", decider_only=False),
            Step("miss", "Visit did not take place", (State.SCHEDULED,), State.AUTHORIZED, DESK, clause="III.G",
                 decider_only=False),
            Step("see", "Recorded the visit", (State.AUTHORIZED, State.SCHEDULED), State.SEEN, DESK,
                 clause="III.G", decider_only=False),
            Step("report", "Received the consultation report", (State.SEEN,), State.REPORT_RECEIVED, DESK,
                 owes=("report_to_member", "report_to_professional"), clause="III.F.1", decider_only=False),
            Step("mailed", "Mailed a letter", tuple(s for s in State), None, frozenset({By.SYSTEM}), clause="II.K",
                 decider_only=False),
            Step("close", "Closed", (State.REPORT_RECEIVED,), State.CLOSED, frozenset({By.SYSTEM}),
                 clause="III.F.1", decider_only=False),
        )
    }
)  # fmt: skip


class Refused(Exception):
    """A step that may not be taken: what happened, why, what to do instead. Holds no name, no condition."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def steps_from(state: State, roles: frozenset[str]) -> tuple[Step, ...]:
    """The steps that a person with these roles may take from a state, in the table's order."""
    return tuple(s for s in STEPS.values() if state in s.sources and s.by & roles)


def check(name: str, state: State, roles: frozenset[str]) -> Step:
    """The step `name` if it may be taken from `state` by someone with `roles`; else `Refused`."""
    step = STEPS.get(name)
    if step is None:
        raise Refused(f"There is no step called “{name}”. The steps are: {', '.join(STEPS)}.")
    if state not in step.sources:
        instead = [s.words.lower() for s in steps_from(state, roles)] or ["nothing more: it is finished"]
        raise Refused(
            f"“{step.words}” cannot follow while the referral is “{state.words}”. "
            f"From here it can go on with: {', '.join(instead)}."
        )
    if not step.by & roles:
        raise Refused(
            f"“{step.words}” is not yours to do: it needs {' or '.join(sorted(step.by))}. "
            f"Pass the referral to someone who may."
        )
    return step


def target_of(step: Step, state: State) -> State:
    """Where a referral stands after a step."""
    return step.target or state

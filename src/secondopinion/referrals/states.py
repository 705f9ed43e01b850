"""Where a referral can stand, and who may move it. Pure: the words of the lifecycle table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where a referral stands. `words` is what a person reads."""

    RECEIVED = "received"
    AWAITING_INFORMATION = "awaiting_information"
    NURSE_REVIEW = "nurse_review"
    PHYSICIAN_REVIEW = "physician_review"
    VISIT_REVIEW = "visit_review"
    AUTHORIZED = "authorized"
    DENIED = "denied"
    DEEMED_DENIED = "deemed_denied"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    NOT_COVERED = "not_covered"
    SCHEDULED = "scheduled"
    SEEN = "seen"
    REPORT_RECEIVED = "report_received"
    EXPIRED = "expired"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """The state in plain words."""
        return WORDS[self]


WORDS: Final[Mapping[State, str]] = MappingProxyType(
    {
        State.RECEIVED: "Received",
        State.AWAITING_INFORMATION: "Waiting for information",
        State.NURSE_REVIEW: "With a nurse",
        State.PHYSICIAN_REVIEW: "With a physician",
        State.VISIT_REVIEW: "Visit without authorization, being looked at",
        State.AUTHORIZED: "Authorized",
        State.DENIED: "Denied",
        State.DEEMED_DENIED: "Not decided in time: counts as denied",
        State.DISMISSED: "Dismissed",
        State.WITHDRAWN: "Withdrawn",
        State.NOT_COVERED: "Visit not covered",
        State.SCHEDULED: "Visit scheduled",
        State.SEEN: "Visit done, report due",
        State.REPORT_RECEIVED: "Report received",
        State.EXPIRED: "Authorization ended, no visit",
        State.CLOSED: "Closed",
    }
)

UNDECIDED: Final = (State.RECEIVED, State.AWAITING_INFORMATION, State.NURSE_REVIEW, State.PHYSICIAN_REVIEW)
GOING_ON: Final = (State.AUTHORIZED, State.SCHEDULED, State.SEEN, State.REPORT_RECEIVED)
ADVERSE_ENDS: Final = (State.DENIED, State.DEEMED_DENIED, State.DISMISSED, State.NOT_COVERED)
ENDS: Final = (*ADVERSE_ENDS, State.WITHDRAWN, State.EXPIRED, State.CLOSED)
FINISHED: Final = tuple(state.value for state in ENDS)
EVERY: Final = tuple(State)


class By(StrEnum):
    """Who may take a step: the roles of the desk, the Member, the policy itself, or the house (`system`)."""

    INTAKE = "intake"
    NURSE = "nurse"
    PHYSICIAN = "physician"
    CONTRACTING = "contracting"
    APPEALS = "appeals"
    MEMBER = "member"  # on the page of the Member's own
    OFFICE = "office"  # the office that asked, on the page for offices
    PROFESSIONAL = "professional"  # the consulting professional, by the link to the visit
    POLICY = "policy"
    SYSTEM = "system"


DESK: Final = frozenset({By.INTAKE, By.NURSE, By.PHYSICIAN})
LICENSED: Final = frozenset({By.NURSE, By.PHYSICIAN})
PHYSICIAN: Final = frozenset({By.PHYSICIAN})
MEMBER: Final = frozenset({By.MEMBER})
OFFICE: Final = frozenset({By.OFFICE})
PROFESSIONAL: Final = frozenset({By.PROFESSIONAL})
HOUSE: Final = frozenset({By.SYSTEM})
APPEALS: Final = frozenset({By.APPEALS})

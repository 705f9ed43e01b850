"""A referral as it stood when its row was locked, with what the policy needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.clauses import Edition
from secondopinion.policy.findings import Finding
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.states import State


@dataclass(frozen=True, slots=True)
class Running:
    """One clock that has not stopped yet, as the database holds it."""

    kind: str
    rule: str
    due_at: datetime | None
    started_at: datetime | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The columns of a locked referral. Field names are the columns' names; see `Referral`."""

    id: UUID
    number: str
    member_id: UUID
    network_id: UUID | None
    program: str
    decider: str
    edition: str
    channel: str
    received_at: datetime
    entered_at: datetime
    requester: str
    requester_name: str
    requester_phone: str
    requester_npi: str
    requester_address: str
    request_words: str
    opinion: str
    about: str
    urgency: str
    urgency_reason: str
    condition: str
    condition_code: str
    procedure: str
    clinician_id: UUID | None
    clinician_name: str
    clinician_taxonomy: str
    information_complete_at: datetime | None
    state: str
    position: int
    head_hash: str
    yes: int
    no: int
    due_at: datetime | None
    due_kind: str
    professional_id: UUID | None
    authorization_number: str | None
    authorized_on: date | None
    valid_until: date | None
    appointment_at: datetime | None
    visited_on: date | None
    decided_at: datetime | None = None
    provider_told_at: datetime | None = None
    member_notice_at: datetime | None = None
    report_received_at: datetime | None = None
    member_told_at: datetime | None = None
    decision: str = ""
    expedite_asked_at: datetime | None = None
    expedite_supported: bool = False
    expedite_settled_at: datetime | None = None
    expedite_refused: bool = False
    expedite_told_at: datetime | None = None
    expedite_mailed_at: datetime | None = None
    upgraded_at: datetime | None = None
    information_asked_at: datetime | None = None
    delayed_at: datetime | None = None
    extension_days: int = 0
    representative_needed: bool = False
    representative_valid_at: datetime | None = None
    reopened_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal_notice_at: datetime | None = None
    first_need: str = ""
    follows_id: UUID | None = None
    opinion_number: int = 2
    parent_reference: str = ""
    parent_service: str = ""
    parent_due_at: datetime | None = None
    parent_decided_at: datetime | None = None
    carried_to: str = ""
    maybe_appeal_of_id: UUID | None = None
    outside_professional_id: UUID | None = None
    outside_agreed_at: datetime | None = None
    agreement: str = ""
    agreement_rate: str = ""
    agreement_payer: str = ""
    agreement_signed_on: date | None = None
    member_pays: int = 0
    found_by: str = ""
    outside_name: str = ""
    appointment_from_at: datetime | None = None
    reminded_at: datetime | None = None
    chased: int = 0
    chased_on: date | None = None
    rescinded_at: datetime | None = None
    valid_before: date | None = None
    report_delivered_at: datetime | None = None
    appeal_received_at: datetime | None = None
    appeal_expedited: bool = False
    appeal_supported: bool = False
    appeal_fast_refused_at: datetime | None = None
    appeal_refusal_told_at: datetime | None = None
    appeal_refusal_written_on: date | None = None
    appeal_extension_days: int = 0
    appeal_acknowledged_at: datetime | None = None
    appeal_resolved_at: datetime | None = None
    appeal_outcome: str = ""
    appeal_told_at: datetime | None = None
    appeal_written_on: date | None = None
    appeal_forwarded_at: datetime | None = None
    reviewer_answered_at: datetime | None = None
    overturned_at: datetime | None = None
    overturned_by: str = ""
    effectuated_at: datetime | None = None
    hearing_asked_at: datetime | None = None
    hearing_expedited: bool = False
    hearing_on: date | None = None
    hearing_packet_at: datetime | None = None
    hearing_resolved_at: datetime | None = None
    complaint_received_at: datetime | None = None
    complaint_expedited: bool = False
    complaint_acknowledged_at: datetime | None = None
    complaint_resolved_at: datetime | None = None
    peer_asked_at: datetime | None = None
    peer_emergency: bool = False
    peer_answered_at: datetime | None = None
    choice_page_id: UUID | None = None
    search_asked_at: datetime | None = None

    def after(self, columns: Mapping[str, Any]) -> Snapshot:
        """The row as it would stand with these columns."""
        return replace(self, **columns)

    @property
    def stands(self) -> State:
        """The state as the table's own value."""
        return State(self.state)

    @property
    def edition_in_force(self) -> Edition:
        """The edition of the policy that the request was received under."""
        return questions.edition_named(self.edition)

    @property
    def asked(self) -> Asked:
        """The head of the request, for the policy. Refused while nobody has said what kind of opinion it is."""
        if not self.opinion or not self.about:
            raise Refused(
                "Nobody has said yet what kind of opinion this is. "
                "Choose second, third or additional, and whose care it is about; then go on."
            )
        return Asked(
            program=Program(self.program),
            received_at=self.received_at,
            information_complete_at=self.information_complete_at,
            urgency=Urgency(self.urgency),
            requester=Requester(self.requester),
            opinion=Opinion(self.opinion),
            about=About(self.about),
        )

    @property
    def answers(self) -> dict[str, bool | None]:
        """The recorded answers by fact."""
        return questions.from_masks(self.edition_in_force, self.yes, self.no)

    def finding(self, answers: Mapping[str, bool | None] | None = None) -> Finding:
        """What the policy finds on the question “shall we authorize?” from the recorded answers."""
        return questions.shall_we_authorize(
            self.edition_in_force, self.asked, self.answers if answers is None else answers
        )


COLUMNS = tuple(Snapshot.__dataclass_fields__)

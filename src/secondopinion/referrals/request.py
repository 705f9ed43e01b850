"""A request as it was taken down at a door, before the house has made anything of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import Member
from secondopinion.policy.asked import Urgency
from secondopinion.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Parent:
    """A request that the plan has not decided and wants an opinion on: its number, what it is for, when it is due.

    `expert`: the kind of doctor who is to look, as the Member reads it (HSC 1367.01(h)(5)).
    """

    reference: str
    service: str
    due_at: datetime
    expert: str = "specialist"


@dataclass(frozen=True, slots=True)
class FoundVisit:
    """A visit outside the network that nobody had authorized: how it came to light, when it was, and with whom."""

    by: str
    visited_on: date
    professional_name: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request for an opinion, as it was taken down at a door. Empty opinion or about: a person must classify it."""

    member: Member
    program: str
    channel: str
    received_at: datetime | None
    requester: str
    requester_name: str
    urgency: str = Urgency.STANDARD.value
    urgency_reason: str = ""
    opinion: str = ""
    about: str = ""
    requester_phone: str = ""
    requester_npi: str = ""
    requester_address: str = ""
    request_words: str = ""
    condition: str = ""
    condition_code: str = ""
    procedure: str = ""
    clinician: QualifiedProfessional | None = None
    clinician_name: str = ""
    clinician_taxonomy: str = ""
    answers: Mapping[str, bool | None] = field(default_factory=dict)
    wishes: QualifiedProfessional | None = None  # the professional that the requester names
    marks: tuple[str, ...] = ()  # what told the wire door that this is a second opinion
    first_need: str = ""  # what the first practitioner said of the procedure, as in `Need`
    follows: Referral | None = None  # the opinion before this one
    parent: Parent | None = None  # the request for whose sake the plan itself asks (II.E)
    found: FoundVisit | None = None  # a visit that took place without authorization (III.D)
    number: str = ""  # the number already told to the office that asks; empty: the next one is drawn

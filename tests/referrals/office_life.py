"""Requests as offices send them, and answers as they open them: what the tests of both doors share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from county import NOW, TODAY, County
from referrals.life import PDF, YES
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import office_answers as answers
from secondopinion.referrals import offices
from secondopinion.referrals.models import OfficeRequest, Referral
from secondopinion.referrals.office_answers import NotOpened
from secondopinion.referrals.offices import OfficeForm, Sent

HERE = "198.51.100.7"
BORN = date(1970, 1, 1)  # Member One
NPI, PHONE = "1234567893", "1-714-555-0177"


def form(there: County, **other: Any) -> OfficeForm:
    """The form of Dr. Watson's office for Member One."""
    told = {
        "requester": "physician", "requester_name": "Susan Watson, MD", "requester_npi": NPI,
        "requester_phone": PHONE, "requester_address": "8 Mill Road\nOrchard, CA 92000", "program": "",
        "opinion": "second", "about": "specialist-care", "urgency": "standard", "urgency_reason": "",
        "condition": "surgery on the lower back", "procedure": "back surgery", "request_words": "Please look.",
        "clinician_name": "", "clinician_npi": there.first.npi,
    }  # fmt: skip
    told |= other.pop("told", {})
    said: dict[str, Any] = {
        "entry": uuid4(), "card": "M0000001", "birth_date": BORN, "first_name": "Member", "last_name": "One",
        "told": told, "answers": YES, "paper_name": "scan.pdf", "paper": PDF,
    }  # fmt: skip
    return OfficeForm(**{**said, **other})


def sent(there: County, now: datetime = NOW, **other: Any) -> Sent:
    """A request of an office, kept; nobody has taken it in yet."""
    with plan_scope(TODAY):
        return offices.send(form(there, **other), HERE, now)


def taken_in(there: County, now: datetime = NOW, **other: Any) -> tuple[Sent, str]:
    """A request of an office, and what became of it when the job ran."""
    told = sent(there, now, **other)
    with plan_scope(TODAY):
        key = OfficeRequest.objects.get(number=told.number).pk
    return told, offices.take_in(key, now)


def confirmed(there: County, number: str) -> None:
    """The office was called back."""
    with plan_scope(TODAY):
        offices.confirm_office(Referral.objects.get(number=number), there.person("intake@plan"), NOW)


def opened(number: str, proof: str, born_on: date | None = BORN, *, address: str = HERE, now: datetime = NOW) -> str:
    """The secret of a visit; or why the answer stays closed. Committed either way, as the page does."""
    with transaction.atomic():
        try:
            return answers.enter(answers.Said(number, born_on, proof), address, now)
        except NotOpened as closed:
            return closed.why

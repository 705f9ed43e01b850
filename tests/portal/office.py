"""Offices and professionals at their pages: what the tests of both fill in, and how they read an answer."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from county import NOW, TODAY, County
from desk.life import PDF
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import offices
from secondopinion.referrals.models import OfficeRequest, Referral

ADDRESS = "8 Mill Road\nOrchard, CA 92000"
NPI, PHONE = "1234567893", "714-555-0177"


def typed(place: County, **other: Any) -> dict[str, Any]:
    """A form filled in for Member One, whose surgery is in doubt."""
    return {
        "entry": str(uuid4()), "requester": "physician", "requester_name": "Susan Watson, MD", "requester_npi": NPI,
        "requester_phone": PHONE, "requester_address": ADDRESS, "card": "M0000001", "birth_date": "1970-01-01",
        "first_name": "Member", "last_name": "One", "program": "medi-cal", "opinion": "second",
        "about": "specialist-care", "clinician_npi": place.first.npi, "condition": "surgery on the lower back",
        "procedure": "back surgery", "urgency": "standard", "fact_surgery_is_recommended": "yes",
        "fact_member_questions_surgery": "yes", **other,
    }  # fmt: skip


def file(name: str = "scan.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, "application/pdf")


def text(response: HttpResponse) -> str:
    """The words of the main part of a page."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.S)
    assert main
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main[0])))


def told_on(response: HttpResponse) -> tuple[str, str]:
    """The number and the code that a page tells."""
    number, code = re.findall(r"<dd>([^<]+)</dd>", response.content.decode())[:2]
    return number, code


def asked(place: County, *, known: bool = True, **other: Any) -> tuple[str, str]:
    """A request sent on the page and taken in by the job: its number and code. `known`: the office was called back."""
    response = Client().post("/office/ask/", typed(place, **other))
    assert response.status_code == 200, text(response)
    number, code = told_on(response)
    with plan_scope(TODAY):
        key = OfficeRequest.objects.get(number=number).pk
    offices.take_in(key, NOW)
    if known:
        with plan_scope(TODAY):
            offices.confirm_office(Referral.objects.get(number=number), place.person("intake@plan"), NOW)
    return number, code


def enter(number: str, proof: str, client: Client | None = None, birth_date: str = "1970-01-01") -> HttpResponse:
    """What the page says to whoever opens an answer."""
    said = {"number": number, "birth_date": birth_date, "proof": proof}
    return (client or Client()).post("/office/status/", said)

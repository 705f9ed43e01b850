"""What a Member answers on the pages that ask for a second opinion, and the requests that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.test import Client

from county import TODAY
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral

ASK = "/your-page/ask/"
ALL: Mapping[str, Mapping[str, Any]] = {
    "urgent": {"choice": "no"},
    "doctor": {"choice": "other", "doctor_name": "Dr. Holm"},
    "which": {"choice": ""},
    "condition": {"condition": "pain in my lower back"},
    "surgery": {"choice": "yes", "procedure": "back surgery"},
    "doubts": {"marked": ["member_questions_surgery", "member_questions_diagnosis"]},
    "tried": {"marked": ["member_consulted_initial_provider"]},
    "harm": {"marked": ["unsure"]},
    "lasting": {"marked": ["none"]},
    "reach": {"request_words": "I would like to hear another doctor.", "phone": "714-555-0100"},
}


def answer(client: Client, pages: Sequence[str] = tuple(ALL), **other: Mapping[str, Any]) -> HttpResponse:
    """Answer pages in order; the last page's answer comes back. `which` takes the first doctor found."""
    for page in pages:
        said = dict(other.get(page, ALL.get(page, {})))
        if page == "which" and not said["choice"]:
            shown = client.get(f"{ASK}which/").content.decode()
            said["choice"] = shown.split('name="choice" value="')[1].split('"')[0]
        response = client.post(f"{ASK}{page}/", said)
    return response


def draft_on(client: Client) -> str:
    """The draft that the page to check would send."""
    return client.get(f"{ASK}check/").content.decode().split('name="draft" value="')[1].split('"')[0]


def sent(client: Client, **more: str) -> Referral:
    """The referral that the answers make."""
    response = client.post(f"{ASK}send/", {"draft": draft_on(client), **more})
    assert response.status_code == 303, response.content.decode()
    with plan_scope(TODAY):
        return Referral.objects.get(number=response.headers["Location"].split("/")[3])

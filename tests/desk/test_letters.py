"""A letter's page shows the very PDF, what it had to say, and the proof of mailing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import NOW, TODAY, County
from desk.life import DENIAL, again, authorized, step, with_a_physician
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.posting import post

Browser = Callable[[str], Client]


def text(response: HttpResponse) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def letter_of(referral: Referral, kind: str) -> Letter:
    with plan_scope(TODAY):
        return Notice.objects.select_related("letter").get(referral=referral, kind=kind).letter


def test_a_letter_is_shown_before_it_is_mailed(place: County, signed_in_as: Browser) -> None:
    referral = authorized(place)
    letter = letter_of(referral, "approval_to_member")
    client = signed_in_as("intake@plan")
    page = client.get(reverse("letter", args=[referral.number, letter.pk]))
    said = text(page)
    assert page.status_code == 200
    assert "Not mailed yet" in said
    assert "GG.1538 II.F" in said
    assert 'src="data:image/png;base64,' in page.content.decode()
    pdf = client.get(reverse("letter-pdf", args=[referral.number, letter.pk]))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"].startswith("inline")
    assert pdf.content.startswith(b"%PDF-")


def test_a_mailed_letter_is_shown_from_its_sealed_bytes_with_the_proof(
    place: County, signed_in_as: Browser, tmp_path: Path
) -> None:
    referral = step(place, with_a_physician(place), "physician@plan", DENIAL)
    letter = letter_of(referral, "denial_to_member")
    client = signed_in_as("nurse@plan")
    before = client.get(reverse("letter-pdf", args=[referral.number, letter.pk])).content
    assert post(letter.pk, now=NOW + timedelta(minutes=1), carrier=PrintHouse(tmp_path))
    letter = letter_of(referral, "denial_to_member")
    assert letter.pdf is not None
    assert client.get(reverse("letter-pdf", args=[referral.number, letter.pk])).content == bytes(letter.pdf) == before
    said = text(client.get(reverse("letter", args=[referral.number, letter.pk])))
    assert "Mailed Mon, Nov 23, 2026, 10:01 AM PT" in said
    assert letter.pdf_sha256 in said
    assert letter.batch_line in said
    assert "GG.1538 II.K.2" in said
    history = text(client.get(reverse("referral", args=[referral.number])))
    assert "mailed the letter “Denial to the Member” to the Member" in history
    assert again(referral).position == referral.position + 1


def test_another_network_and_an_unknown_letter_are_the_same_page(place: County, signed_in_as: Browser) -> None:
    referral = authorized(place)
    letter = letter_of(referral, "approval_to_member")
    sierra, plan = signed_in_as("nurse@sierra"), signed_in_as("nurse@plan")
    for name in ("letter", "letter-pdf"):
        assert sierra.get(reverse(name, args=[referral.number, letter.pk])).status_code == 404
        assert plan.get(reverse(name, args=[referral.number, uuid4()])).status_code == 404


def test_a_letter_is_reached_only_through_its_own_referral(place: County, signed_in_as: Browser) -> None:
    one, other = authorized(place), authorized(place)
    letter = letter_of(one, "approval_to_member")
    assert signed_in_as("nurse@plan").get(reverse("letter", args=[other.number, letter.pk])).status_code == 404

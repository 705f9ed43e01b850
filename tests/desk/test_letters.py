"""A letter's page shows the very PDF, what it had to say, and the proof of mailing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import NOW, TODAY, County
from desk.life import DENIAL, again, authorized, step, with_a_physician
from secondopinion.desk import letters
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


def test_each_ordered_sentence_is_shown_with_its_clause_and_its_place(place: County, signed_in_as: Browser) -> None:
    referral = step(place, with_a_physician(place), "physician@plan", DENIAL)
    letter = letter_of(referral, "denial_to_member")
    page = signed_in_as("nurse@plan").get(reverse("letter", args=[referral.number, letter.pk]))
    said, source = text(page), page.content.decode()
    assert "Nothing lacks: it can be sealed." in said
    assert "Right to appeal GG.1538 II.K.2 What is ordered" in said
    assert "That the decision can be appealed, within how many days, and until which day." in said
    assert "The clause as a whole: " in said
    wanted = re.findall(r'<a class="usa-link lt-said__where" href="#([\w-]+)">', source)
    assert len(wanted) > 10
    assert all(f'<g id="{anchor}">' in source for anchor in wanted)


def test_an_unsendable_letter_says_which_element_is_missing_and_what_to_do(
    place: County, signed_in_as: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = authorized(place)
    letter = letter_of(referral, "approval_to_member")
    ordered = letters.required_marks
    monkeypatch.setattr(letters, "required_marks", lambda *told: ordered(*told) | {"GG.1538 II.D"})
    said = text(signed_in_as("nurse@plan").get(reverse("letter", args=[referral.number, letter.pk])))
    assert "This letter cannot leave" in said
    assert "The finished paper does not say: Third opinion GG.1538 II.D Where the two opinions differ" in said
    assert "must be mended by whoever keeps the letters" in said
    assert "Nothing lacks" not in said


def test_a_letter_that_tells_of_a_closed_review_says_so_before_the_press_refuses_it(
    place: County, signed_in_as: Browser
) -> None:
    told = replace(DENIAL, clinical_reason="You may also ask the DMHC about this.")
    referral = step(place, with_a_physician(place), "physician@plan", told)
    letter = letter_of(referral, "denial_to_member")
    page = signed_in_as("nurse@plan").get(reverse("letter", args=[referral.number, letter.pk]))
    assert page.status_code == 200
    assert "It tells of “DMHC”, which is not open to Members of medi-cal." in text(page)
    assert "Take the step that owes it again with the value put right" in text(page)


def test_a_letter_whose_kind_was_worded_anew_is_shown_as_it_was_sealed(
    place: County, signed_in_as: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = step(place, with_a_physician(place), "physician@plan", DENIAL)
    letter = letter_of(referral, "denial_to_member")
    assert post(letter.pk, now=NOW + timedelta(minutes=1), carrier=PrintHouse(tmp_path))
    monkeypatch.setattr(letters, "template_sha256", lambda *told: "another")
    page = signed_in_as("nurse@plan").get(reverse("letter", args=[referral.number, letter.pk]))
    assert "have changed since it was sealed" in text(page)
    assert "GG.1538 II.K.2" in text(page)
    assert 'src="data:image/png;base64,' in page.content.decode()

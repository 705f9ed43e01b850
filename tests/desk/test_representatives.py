"""At the desk a representative is recorded with the paper, ended, and what is missing is said in words."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from county import TODAY, County
from desk.ways import Browser, text
from people.test_file_kinds import PDF
from secondopinion.people.find import representatives_of
from secondopinion.people.models import AuthorizedRepresentative, RepresentativePaper
from secondopinion.people.rls import plan_scope

SAID = {
    "name": "Rosa Reyes", "basis": "appointment", "scopes": ["choose", "letters"], "signed_on": "2026-11-02",
    "address": "9 Lemon Terrace, Valencia Park, CA 92997",
}  # fmt: skip
PAGE = reverse("representatives", args=["M0000003"])


def paper(content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("appointment.pdf", content)


def on_record(place: County) -> tuple[AuthorizedRepresentative, ...]:
    with plan_scope(TODAY):
        return representatives_of(place.maria.pk, TODAY)


def test_a_representative_is_recorded_with_the_paper_and_it_can_be_opened(place: County, signed_in_as: Browser):
    client = signed_in_as("nurse@citrus")
    assert "Nobody is on record." in text(client.get(PAGE))
    answer = client.post(PAGE, {**SAID, "paper": paper()})
    assert answer.status_code == 303
    page = client.get(PAGE)
    said = text(page)
    assert "Rosa Reyes May act today" in said
    assert "Choose who gives it; Get copies of letters" in said
    with plan_scope(TODAY):
        kept = RepresentativePaper.objects.get()
    opened = client.get(reverse("representative-paper", args=["M0000003", kept.pk]))
    assert opened.content == PDF
    assert opened["Content-Disposition"] == 'attachment; filename="authority.pdf"'
    assert opened["Content-Security-Policy"].startswith("sandbox")
    other = client.get(reverse("representative-paper", args=["M0000001", kept.pk]))
    assert other.status_code == 404


def test_what_is_missing_is_said_all_at_once_and_what_was_typed_stays(place: County, signed_in_as: Browser):
    refused = signed_in_as("intake@plan").post(PAGE, {"name": "Rosa Reyes", "basis": "appointment"})
    assert refused.status_code == 422
    said = text(refused)
    for sentence in ("The paper is missing: the appointment that the Member signed.", "The day on the paper is missing",
                     "Say what the Member appointed the person for"):  # fmt: skip
        assert sentence in said
    assert 'value="Rosa Reyes"' in refused.content.decode()
    assert on_record(place) == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ a program", "something else at the same time"),
        (b"x" * (11 * 1024 * 1024), "The file has 11 MB; the most is 10 MB."),
        (PDF.replace(b"/Type", b"/OpenAction<</S/JavaScript/JS(1)>>/Type", 1), "found a script in the file"),
    ],
)
def test_a_paper_that_may_not_be_kept_is_refused_in_words(place: County, signed_in_as: Browser, content, sentence):
    refused = signed_in_as("intake@plan").post(PAGE, {**SAID, "paper": paper(content)})
    assert refused.status_code == 422
    assert sentence in text(refused) or "whatever its name says" in text(refused)
    assert on_record(place) == ()


def test_an_authority_ends_and_stays_on_the_page_with_who_and_why(place: County, signed_in_as: Browser):
    client = signed_in_as("intake@plan")
    client.post(PAGE, {**SAID, "paper": paper()})
    (made,) = on_record(place)
    address = reverse("representative-end", args=["M0000003", made.pk])
    lacking = client.post(address, {"how": "revoked", "from_on": "2026-11-23"})
    assert lacking.status_code == 422
    assert "“Why” is missing." in text(lacking)
    refused = client.post(address, {"how": "refused", "from_on": "2026-11-23", "why": "She is afraid of him."})
    assert "A nurse or a physician refuses a representative" in text(refused)
    assert on_record(place) == (made,)
    ended = client.post(address, {"how": "revoked", "from_on": "2026-11-23", "why": "Mrs. Reyes called."})
    assert ended.status_code == 303
    said = text(client.get(PAGE))
    assert "Rosa Reyes Ended" in said
    assert "from Monday, November 23, 2026: Mrs. Reyes called." in said or "Mrs. Reyes called." in said
    assert on_record(place) == ()


def test_nobody_ends_the_authority_of_another_members_representative(place: County, signed_in_as: Browser):
    client = signed_in_as("intake@plan")
    client.post(PAGE, {**SAID, "paper": paper()})
    (made,) = on_record(place)
    wrong = reverse("representative-end", args=["M0000001", made.pk])
    assert client.post(wrong, {"how": "revoked", "from_on": "2026-11-23", "why": "x"}).status_code == 404
    assert on_record(place) == (made,)


def test_another_network_finds_neither_the_member_nor_the_paper(place: County, signed_in_as: Browser):
    signed_in_as("nurse@citrus").post(PAGE, {**SAID, "paper": paper()})
    with plan_scope(TODAY):
        kept = RepresentativePaper.objects.get()
    client = signed_in_as("nurse@sierra")
    assert client.get(PAGE).status_code == 404
    assert client.get(reverse("representative-paper", args=["M0000003", kept.pk])).status_code == 404
    assert client.post(PAGE, {**SAID, "paper": paper()}).status_code == 404


def test_a_onecare_appointment_shows_the_end_of_its_year(place: County, signed_in_as: Browser):
    client = signed_in_as("intake@plan")
    page = reverse("representatives", args=["1122334455"])
    client.post(page, {**SAID, "paper": paper()})
    with plan_scope(TODAY):
        assert AuthorizedRepresentative.objects.get().to_on == date(2027, 11, 2)  # Tuesday
    assert "Nov 2, 2027" in text(client.get(page))

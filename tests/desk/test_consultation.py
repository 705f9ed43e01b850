"""From authorization to report: choosing, scheduling, visiting, and the report that reaches everyone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from county import NOW, TODAY, County
from desk.life import PDF, again, authorized, received, scheduled, step, visited
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import ConsultationReport, Notice, Paper, Referral
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Choose

Browser = Callable[[str], Client]
REPORT = {
    "signed_on": "2026-11-23",
    "need": "not-needed",
    "summary": "I examined the Member. An operation would not help now.",
    "recommended": "Six more weeks of exercise",
}


def take(client: Client, referral: Referral, name: str, page: str = "consultation", **said: object) -> HttpResponse:
    address = reverse("take-step", args=[referral.number, name])
    if name == "choose":
        chooser = client.get(reverse("choose-professional", args=[referral.number])).content.decode()
        said["shown"] = unescape(chooser.split('id="choose-shown" value="', 1)[1].split('"', 1)[0])
    return client.post(address, {"seen": referral.position, "page": page, **said})


def text(response: HttpResponse) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def upload(content: bytes = PDF, name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def papers() -> int:
    with plan_scope(TODAY):
        return Paper.objects.count()


def test_the_list_says_why_each_professional_is_on_it(place: County, signed_in_as: Browser) -> None:
    referral = received(place)
    said = text(signed_in_as("intake@plan").get(reverse("choose-professional", args=[referral.number])))
    assert "Sam Specialist, MD" in said
    assert "Has the same specialty: " in said
    assert "Noor Haddad, MD" in said
    assert "Has an equivalent specialty: " in said
    for not_offered in ("Susan Watson", "Nora Pike", "Ed Bar", "Fay Gone", "Otto Far"):
        assert not_offered not in said


def test_the_choice_is_recorded_with_who_chose_and_how(place: County, signed_in_as: Browser) -> None:
    referral = authorized(place)
    client = signed_in_as("intake@plan")
    lacking = take(client, referral, "choose", professional=str(place.sam.pk), by="", how="")
    assert lacking.status_code == 422
    assert re.search(rf'value="{place.sam.pk}" checked', lacking.content.decode())
    nobody = take(client, referral, "choose", by="member", how="phone")
    assert "Choose a professional from the list." in text(nobody)
    done = take(client, referral, "choose", professional=str(place.sam.pk), by="member", how="phone")
    assert done.status_code == 303
    said = text(client.get(reverse("referral", args=[referral.number])))
    assert "recorded the choice of Sam Specialist, MD" in said
    assert "Authorization to the professional" in said


def test_the_clinician_questioned_may_not_be_chosen(place: County, signed_in_as: Browser) -> None:
    referral = authorized(place)
    refused = take(signed_in_as("intake@plan"), referral, "choose", professional=str(place.first.pk),
                   by="member", how="phone")  # fmt: skip
    assert refused.status_code == 422
    assert "the clinician whose opinion is questioned" in text(refused)


def test_a_request_nobody_has_classified_offers_no_list_yet(place: County, signed_in_as: Browser) -> None:
    referral = received(place, opinion="", about="")
    page = signed_in_as("intake@plan").get(reverse("choose-professional", args=[referral.number]))
    assert page.status_code == 200
    assert "Nobody has said yet what kind of opinion this is" in text(page)


def test_the_visit_is_scheduled_moved_missed_and_kept(place: County, signed_in_as: Browser) -> None:
    referral = step(place, authorized(place), "intake@plan", Choose(place.sam.pk, "The Member", "by phone"))
    client = signed_in_as("intake@plan")
    past = take(client, referral, "schedule", day="2026-11-20", time="10:00")
    assert past.status_code == 422
    assert "The appointment lies in the past" in text(past)
    assert take(client, referral, "schedule", day="2026-12-01", time="10:00").status_code == 303
    said = text(client.get(reverse("consultation", args=[referral.number])))
    assert "Tue, Dec 1, 2026, 10:00 AM PT" in said
    assert take(client, again(referral), "schedule", day="2026-12-02", time="09:00").status_code == 303
    assert take(client, again(referral), "miss", reason="The Member was ill").status_code == 303
    assert again(referral).state == State.AUTHORIZED
    assert again(referral).authorization_number is not None


def test_a_visit_is_recorded_on_the_day_it_took_place(place: County, signed_in_as: Browser) -> None:
    referral = scheduled(place)
    client = signed_in_as("intake@plan")
    ahead = take(client, referral, "see", visited_on="2026-11-30")
    assert ahead.status_code == 422
    assert "The visit lies in the future" in text(ahead)
    assert take(client, referral, "see", visited_on="2026-11-23").status_code == 303
    said = text(client.get(reverse("consultation", args=[referral.number])))
    assert "Report to come in" in said


def test_the_report_reaches_the_member_the_pcp_and_the_clinician(place: County, signed_in_as: Browser) -> None:
    referral = visited(place)
    client = signed_in_as("intake@plan")
    assert take(client, referral, "report", file=upload(), **REPORT).status_code == 303
    page = client.get(reverse("consultation", args=[referral.number]))
    said = text(page)
    assert "The procedure is not needed" in said
    assert "differs from the first opinion on the need" in said
    assert "Six more weeks of exercise" in said
    assert said.count("Owed, not mailed yet") == 3
    with plan_scope(TODAY):
        roles = set(Notice.objects.filter(referral=referral, kind__startswith="report").values_list(
            "recipient_role", flat=True))  # fmt: skip
        kept = Paper.objects.get(referral=referral)
    assert roles == {"member", "pcp", "treating"}
    opened = client.get(reverse("paper-pdf", args=[referral.number, kept.pk]))
    assert opened.content == PDF
    assert opened["Content-Type"] == "application/pdf"
    assert opened["Content-Disposition"].startswith("attachment")
    assert opened["Content-Security-Policy"].startswith("sandbox")
    assert opened["X-Content-Type-Options"] == "nosniff"


def test_an_upload_of_30_megabytes_is_refused_with_its_size(place: County, signed_in_as: Browser) -> None:
    referral = visited(place)
    large = upload(PDF + b"\0" * (30 * 1024 * 1024))
    refused = take(signed_in_as("intake@plan"), referral, "report", file=large, **REPORT)
    assert refused.status_code == 422
    assert "The file has 30 MB; the most is 25 MB." in text(refused)
    assert REPORT["summary"] in text(refused)
    assert papers() == 0
    assert again(referral).state == State.SEEN


def test_an_upload_of_40_megabytes_is_not_even_read(place: County, signed_in_as: Browser) -> None:
    referral = visited(place)
    large = upload(PDF + b"\0" * (40 * 1024 * 1024))
    refused = take(signed_in_as("intake@plan"), referral, "report", file=large, **REPORT)
    assert refused.status_code == 413
    assert "What the browser sent is larger than 32 MB, so it was not read." in text(refused)
    assert papers() == 0
    assert again(referral).state == State.SEEN


@pytest.mark.parametrize(("content", "sentence"), [
    (b"PK\x03\x04 a text document", "The file is not a PDF, whatever its name says."),
    (b"%PDF-1.7 and then nothing", "The PDF is cut off, damaged"),
    (b"%PDF-1.7 and then nothing %%EOF", "The PDF cannot be opened"),
    (b"", "The file is empty. Choose the file again."),
])  # fmt: skip
def test_an_upload_that_is_no_pdf_is_refused(
    place: County, signed_in_as: Browser, content: bytes, sentence: str
) -> None:
    referral = visited(place)
    refused = take(signed_in_as("intake@plan"), referral, "report", file=upload(content), **REPORT)
    assert refused.status_code == 422
    assert sentence in text(refused)
    assert papers() == 0
    with plan_scope(TODAY):
        assert not ConsultationReport.objects.exists()


@pytest.mark.parametrize("stage", [received, authorized, scheduled])
def test_a_report_for_a_visit_that_nobody_recorded_is_refused(
    place: County, signed_in_as: Browser, stage: Callable[[County], Referral]
) -> None:
    referral = stage(place)
    refused = take(signed_in_as("intake@plan"), referral, "report", file=upload(), **REPORT)
    assert refused.status_code == 422
    assert "cannot follow while the referral is" in text(refused)
    assert REPORT["summary"] not in text(refused)
    assert papers() == 0


def test_a_report_signed_before_the_visit_is_refused(place: County, signed_in_as: Browser) -> None:
    referral = visited(place)
    early = {**REPORT, "signed_on": (date(2026, 11, 23) - timedelta(days=3)).isoformat()}
    refused = take(signed_in_as("intake@plan"), referral, "report", file=upload(), **early)
    assert refused.status_code == 422
    assert "cannot be signed before the visit" in text(refused)


def test_a_report_pressed_twice_is_kept_once(place: County, signed_in_as: Browser) -> None:
    referral = visited(place)
    client = signed_in_as("intake@plan")
    assert take(client, referral, "report", file=upload(), **REPORT).status_code == 303
    assert take(client, referral, "report", file=upload(), **REPORT).status_code == 409
    assert papers() == 1


def test_another_network_reaches_neither_consultation_nor_paper(place: County, signed_in_as: Browser) -> None:
    referral = visited(place)
    assert take(signed_in_as("intake@plan"), referral, "report", file=upload(), **REPORT).status_code == 303
    with plan_scope(TODAY):
        kept = Paper.objects.get(referral=referral)
    sierra = signed_in_as("nurse@sierra")
    for name in ("consultation", "choose-professional"):
        assert sierra.get(reverse(name, args=[referral.number])).status_code == 404
    assert sierra.get(reverse("paper-pdf", args=[referral.number, kept.pk])).status_code == 404
    assert NOW.date() == TODAY

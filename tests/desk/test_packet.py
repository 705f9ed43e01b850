"""The packet is read at the desk by those who work on the referral, and by nobody of another network."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import FileResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from county import NOW, TODAY, County
from desk.life import DENIAL, authorized, step, with_a_physician
from secondopinion.people.models import AccessEntry, Staff
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.packet import packets_of
from secondopinion.referrals.told_objections import Contact

Browser = Callable[[str], Client]
ROUTES = ("packet-pdf", "packet-zip")


def objected(place: County, referral: Referral, *, appeal: bool) -> Referral:
    """Somebody objects on Monday 2026-11-23 at 10:00 in California."""
    told = Contact(NOW, "member", "Member One", "I want somebody else to look at it.", appeal, not appeal)
    return step(place, referral, "intake@plan", told)


def denied(place: County) -> Referral:
    told = replace(DENIAL, expertise="Fifteen years of joint and back care in family practice.")
    return step(place, with_a_physician(place), "physician@plan", told)


def content_of(client: Client, name: str, referral: Referral, opened: str = "") -> tuple[bytes, FileResponse]:
    response = client.get(reverse(name, args=[referral.number]), {"opened": opened} if opened else None)
    assert response.status_code == 200
    assert isinstance(response, FileResponse)
    return b"".join(response.streaming_content), response  # type: ignore[arg-type]


def test_the_packet_comes_as_a_pdf_and_as_an_archive_named_by_the_number_alone(
    place: County, signed_in_as: Browser
) -> None:
    referral = objected(place, denied(place), appeal=True)
    for name in ("intake@plan", "nurse@plan", "physician@plan"):
        client = signed_in_as(name)
        pdf, response = content_of(client, "packet-pdf", referral)
        assert pdf.startswith(b"%PDF-")
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"] == f'inline; filename="{referral.number}-packet.pdf"'
    archive, response = content_of(client, "packet-zip", referral)
    assert response["Content-Disposition"] == f'attachment; filename="{referral.number}-packet.zip"'
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        assert file.testzip() is None
        assert file.read("packet.pdf") == pdf


def test_the_appeals_team_may_read_it_and_other_roles_may_not(place: County, signed_in_as: Browser) -> None:
    referral = objected(place, denied(place), appeal=True)
    client = signed_in_as("intake@plan")
    for roles, status in ((["appeals"], 200), (["contracting"], 403)):
        with plan_scope(TODAY):
            Staff.objects.filter(user__username="intake@plan").update(roles=roles)
        for name in ROUTES:
            response = client.get(reverse(name, args=[referral.number]))
            assert response.status_code == status
            response.close()


def test_every_reading_is_written_down(place: County, signed_in_as: Browser) -> None:
    referral = objected(place, denied(place), appeal=True)
    for name in ROUTES:
        content_of(signed_in_as("nurse@plan"), name, referral)
    with plan_scope(TODAY):
        seen = AccessEntry.objects.filter(about=referral.number).order_by("pk").values_list("what", "why")
        why = "read the packet of an appeal or complaint"
        assert list(seen) == [("packet_pdf", why), ("packet_zip", why)]


@pytest.mark.parametrize("name", ROUTES)
def test_another_network_and_an_unknown_number_are_the_same_page(
    place: County, signed_in_as: Browser, name: str
) -> None:
    referral = objected(place, denied(place), appeal=True)
    sierra, plan = signed_in_as("nurse@sierra"), signed_in_as("nurse@plan")
    assert sierra.get(reverse(name, args=[referral.number])).status_code == 404
    assert plan.get(reverse(name, args=["SO-2026-999999"])).status_code == 404


@pytest.mark.parametrize("name", ROUTES)
def test_without_an_objection_there_is_no_packet(place: County, signed_in_as: Browser, name: str) -> None:
    assert signed_in_as("nurse@plan").get(reverse(name, args=[authorized(place).number])).status_code == 404


@pytest.mark.parametrize("name", ROUTES)
def test_the_packet_is_only_read(place: County, signed_in_as: Browser, name: str) -> None:
    referral = objected(place, denied(place), appeal=True)
    assert signed_in_as("nurse@plan").post(reverse(name, args=[referral.number])).status_code == 405


def test_each_objection_has_a_packet_of_its_own_and_its_links_say_which(place: County, signed_in_as: Browser) -> None:
    referral = objected(place, objected(place, denied(place), appeal=True), appeal=False)
    with plan_scope(TODAY):
        first, last = Event.objects.filter(referral=referral, step="dispute").order_by("position")
    client = signed_in_as("nurse@plan")
    appeal, _ = content_of(client, "packet-pdf", referral, str(first.position))
    complaint, _ = content_of(client, "packet-pdf", referral, str(last.position))
    assert appeal != complaint == content_of(client, "packet-pdf", referral)[0]
    assert client.get(reverse("packet-pdf", args=[referral.number]), {"opened": "1"}).status_code == 404
    with plan_scope(TODAY):
        page = render_to_string("desk/packet_links.html", {"referral": referral, "packets": packets_of(referral)})
    number = referral.number.removeprefix("SO-")
    for event, what in ((first, "appeal"), (last, "complaint")):
        assert f"/referrals/{referral.number}/packet.pdf?opened={event.position}" in page
        assert f"/referrals/{referral.number}/packet.zip?opened={event.position}" in page
        assert f"Packet for {what} D-{number}-{event.position} of Monday, November 23, 2026 (PDF)" in page


def test_a_referral_that_nobody_objects_to_shows_no_packet(place: County, signed_in_as: Browser) -> None:
    page = signed_in_as("nurse@plan").get(reverse("referral", args=[authorized(place).number])).content.decode()
    assert "Packet for" not in page

"""The health of the directory as a page: a picture, its numbers, and the list behind each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from county import NOW, SIGN_INS, TODAY, County
from secondopinion.directory import health
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.doors import READ, WORK
from secondopinion.people.rls import plan_scope

Browser = Callable[[str], Client]


def show(client: Client) -> str:
    answer = client.get("/directory/health/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def behind(client: Client, page: str, link: str) -> int:
    """Follow a number; how many are in the list behind it."""
    found = re.search(link, page)
    assert found is not None, link
    listed = client.get(found[1].replace("&amp;", "&")).content.decode()
    return len(re.findall(r'<li class="di-card">', listed))


@pytest.mark.parametrize("name", [name for name, roles in SIGN_INS.items() if {*roles} & {*WORK, *READ}])
def test_every_role_that_reads_referrals_may_read_it(place: County, signed_in_as: Browser, name: str) -> None:
    page = show(signed_in_as(name))
    assert "7 professionals under contract, as of <strong>Mon, Nov 23, 2026</strong>, just now" in page


def test_each_number_leads_to_the_list_behind_it(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        everybody = QualifiedProfessional.objects
        everybody.filter(pk__in=[place.sam.pk, place.watson.pk]).update(verified_on=date(2026, 1, 5))
    client = signed_in_as("contracting@plan")
    page = show(client)
    assert behind(client, page, r'href="([^"]*trouble=stale)">2<') == 2
    assert behind(client, page, r'href="([^"]*trouble=excluded)">1<') == 1
    assert "29%" in page  # two of seven
    assert "trouble=dead" not in page  # nobody: no list to open


def test_the_number_of_each_cell_is_the_number_of_its_list(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        type(place.maria).objects.filter(pk=place.maria.pk).update(city="Far Hills", latitude=36.5)
    client = signed_in_as("nurse@plan")
    cells = re.findall(r'<td class="di-heat--(\w+)"><a href="([^"]+)">(\d+)<', show(client))
    assert {look for look, _, _ in cells} == {"none", "few"}
    for look, address, count in cells:
        assert (look == "none") == (count == "0")
        listed = client.get(address.replace("&amp;", "&")).content.decode()
        assert len(re.findall(r'<li class="di-card">', listed)) == int(count), address


def test_a_specialty_that_nobody_has_anywhere_is_named_apart(place: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("nurse@plan"))
    apart = page.split("Nobody in any of these cities")[1].split("</ul>")[0]
    assert "<li>Skin care (dermatology)</li>" in apart
    assert "spine surgery" not in apart
    counts = [int(n) for n in re.findall(r'<td class="di-heat--\w+"><a href="[^"]+">(\d+)<', page)]
    assert counts == [1, 1, 2]  # cardiology, neurosurgery, spine surgery
    lacking = apart.count("<li>")
    assert f"<strong>{lacking} of {lacking + 3}</strong> have nobody" in page


def test_a_large_directory_says_as_of_when_it_was_counted(
    place: County, signed_in_as: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with plan_scope(TODAY):
        health.keep(NOW)
    monkeypatch.setattr(health, "SMALL", -1)
    assert "as counted Mon, Nov 23, 2026, 10:00 AM PT" in show(signed_in_as("nurse@plan"))


def test_an_empty_directory_is_shown_as_such(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        QualifiedProfessional.objects.update(latitude=None, longitude=None)
        type(place.one).objects.update(latitude=None, longitude=None)
    assert "no distance can be told" in show(signed_in_as("nurse@plan"))


def test_the_numbers_of_the_picture_are_those_of_the_table(place: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("nurse@plan"))
    drawn = re.findall(r'class="di-bars__number">(\d+)<', page)
    told = re.findall(r'data-label="How many">(?:<a [^>]*>)?(\d+)', page)
    assert drawn == told
    assert len(drawn) == len(health.TROUBLES)

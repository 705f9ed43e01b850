"""A professional's page: as of any day, in words, with the tasks that a call to the office closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from county import NOW, SIGN_INS, TODAY, County
from directory.files import contract, doctor, national, number, order, table
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.runs import ONE_AT_A_TIME
from secondopinion.directory.models import Doubt, QualifiedProfessional
from secondopinion.directory.models_dated import Membership
from secondopinion.directory.verifying import open_tasks, raise_doubt
from secondopinion.people.doors import READ, WORK
from secondopinion.people.rls import plan_scope

Browser = Callable[[str], Client]
OCTOBER = date(2026, 10, 5)  # a Monday
TOLD = {"on_day": "2026-11-23", "how": "phone", "accepts": "unasked", "places": "unasked", "field": "unasked"}


def read(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def show(client: Client, npi: str, **query: str) -> str:
    answer = client.get(f"/directory/{npi}/", query)
    assert answer.status_code == 200
    return read(answer)


def hear(client: Client, who: QualifiedProfessional, **said: object) -> object:
    return client.post(f"/directory/{who.npi}/heard/", {**TOLD, **said})


@pytest.fixture
def loaded(place: County, tmp_path: Path) -> QualifiedProfessional:
    """Known from the plan's file of October and from the national file of today, which disagree on the phone."""
    address = contract(1)["address"]
    load(order("plain", table(tmp_path / "c.csv", [contract(1, panel="ccs", age_from="18")]), OCTOBER))
    load(order("national", national(tmp_path / "n.csv", [doctor(1, address=address, phone="7145550999")])))
    with plan_scope(TODAY):
        return QualifiedProfessional.objects.get(npi=number(1))


@pytest.mark.parametrize("name", [name for name, roles in SIGN_INS.items() if {*roles} & {*WORK, *READ}])
def test_every_role_that_reads_referrals_may_read_it(place: County, signed_in_as: Browser, name: str) -> None:
    page = show(signed_in_as(name), place.sam.npi)
    assert "Sam Specialist, MD" in page
    assert "Can be offered to a Member" in page


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("excluded", "Marked by hand as standing on an exclusion list."),
        ("former", "With nobody: a Non-Contracted Provider"),
        ("outside", "With nobody: a Non-Contracted Provider"),
    ],
)
def test_why_a_professional_cannot_be_offered_is_said_in_words(
    place: County, signed_in_as: Browser, who: str, sentence: str
) -> None:
    page = show(signed_in_as("intake@plan"), getattr(place, who).npi)
    assert "Cannot be offered to a Member" in page
    assert sentence in page


def test_a_past_day_is_answered_as_it_was(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("intake@plan")
    page = show(client, place.former.npi, on="2026-06-30")
    assert "Can be offered to a Member" in page
    assert "As of Tue, Jun 30, 2026" in page
    assert "With Citrus Valley Medical Group." in page
    assert "What does the office say?" not in page  # only today can be written to
    assert "Never. Listed after those who are confirmed." in page  # confirmed on October 1 only


@pytest.mark.parametrize("typed", ["tomorrow", "2026-02-30", "<b>"])
def test_what_is_no_day_is_refused_in_a_sentence(place: County, signed_in_as: Browser, typed: str) -> None:
    answer = signed_in_as("intake@plan").get(f"/directory/{place.sam.npi}/", {"on": typed})
    assert answer.status_code == 422
    assert "This is no day." in read(answer)
    assert "<b>" not in read(answer)


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "2015-01-01"])
def test_any_day_there_is_can_be_asked_for(place: County, signed_in_as: Browser, on: str) -> None:
    answer = signed_in_as("intake@plan").get(f"/directory/{place.sam.npi}/", {"on": on})
    assert answer.status_code == 200


def test_an_unknown_npi_is_not_found(place: County, signed_in_as: Browser) -> None:
    for npi in ("1000000000", "nobody", "%00"):
        assert signed_in_as("intake@plan").get(f"/directory/{npi}/").status_code == 404


def test_everything_that_is_known_stands_on_the_page(loaded: QualifiedProfessional, signed_in_as: Browser) -> None:
    page = show(signed_in_as("intake@plan"), loaded.npi)
    for words in (
        "1 Clinic Way", "33.7500, -117.8700", "English, Spanish", "wheelchair access not known",
        "CCS, 18 and older", "The plan’s own network", "Since Mon, Jan 1, 2024", "CA A1", "207XS0117X",
        "Phone at 1 Clinic Way", "The plan&#x27;s own file: 1-714-555-0150", "The national NPI file: 7145550999",
        "believed", "Mon, Jan 5, 2026", "Everything that was ever told", "Main specialty",
    ):  # fmt: skip
        assert words in page, words


def test_a_doubt_is_raised_by_anybody_and_waits(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@citrus")
    answer = client.post(f"/directory/{place.sam.npi}/doubt/", {"asks": "place"}, follow=True)
    assert "Does the professional still practise there?" in read(answer)
    assert "Something was heard against it that nobody has checked." in read(answer)
    with plan_scope(TODAY):
        assert [task.asks for task in open_tasks([place.sam.pk])[place.sam.pk]] == ["place"]
    refused = client.post(f"/directory/{place.sam.npi}/doubt/", {"asks": "why"})
    assert refused.status_code == 422
    assert "Choose one of the answers." in read(refused)


def test_a_call_that_confirms_closes_the_task(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        raise_doubt(place.sam, Doubt.Asks.ACCEPTS, "Nina Nurse", NOW)
    answer = signed_in_as("contracting@plan").post(
        f"/directory/{place.sam.npi}/heard/", {**TOLD, "accepts": "yes"}, follow=True
    )
    page = read(answer)
    assert "The entry was confirmed." in page
    assert "The entry was right" in page
    assert "On November 23, 2026." in page
    with plan_scope(TODAY):
        assert open_tasks([place.sam.pk]) == {}
        assert QualifiedProfessional.objects.get(pk=place.sam.pk).verified_on == TODAY


def test_a_call_that_corrects_says_so_and_keeps_the_past(loaded: QualifiedProfessional, signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@plan")
    hear(client, loaded, accepts="no", field="other", specialties="207T00000X")
    page = show(client, loaded.npi)
    assert "The entry was corrected from today." in page
    assert "Cannot be offered to a Member" in page
    assert "Neurosurgery" in page or "neurosurgery" in page
    assert "Can be offered to a Member" in show(client, loaded.npi, on="2026-11-22")
    with plan_scope(TODAY):
        assert list(Membership.objects.order_by("from_on").values_list("accepts", flat=True)) == [True, False]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Nothing was asked, so nothing can be confirmed."),
        ({"accepts": "yes", "on_day": "2026-11-24"}, "The day lies in the future."),
        ({"accepts": "yes", "on_day": "x"}, "This is no day."),
        ({"places": "gone"}, "Tick each place where the professional does not practise any more."),
        ({"places": "gone", "gone": "7"}, "This place is not on record any more."),
        ({"field": "other"}, "Enter taxonomy codes of ten characters"),
        ({"field": "other", "specialties": "hearts"}, "Enter taxonomy codes of ten characters"),
        ({"accepts": "perhaps"}, "Choose one of the answers."),
        ({"how": ""}, "“How?” is not answered."),
    ],
)
def test_what_the_office_cannot_have_said_is_refused_and_nothing_is_written(
    place: County, signed_in_as: Browser, said: dict[str, str], sentence: str
) -> None:
    answer = hear(signed_in_as("contracting@plan"), place.sam, **said)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert sentence in read(answer)
    with plan_scope(TODAY):
        assert not place.sam.verifications.exists()


@pytest.mark.parametrize("name", ["nurse@citrus", "appeals@plan"])
def test_only_the_plans_people_write_the_plans_word(place: County, signed_in_as: Browser, name: str) -> None:
    client = signed_in_as(name)
    assert "What does the office say?" not in show(client, place.sam.npi)
    assert hear(client, place.sam, accepts="no").status_code == 403  # type: ignore[attr-defined]
    with plan_scope(TODAY):
        assert not Membership.objects.exists()


def test_a_file_that_is_being_loaded_is_waited_for_in_a_sentence(place: County, signed_in_as: Browser) -> None:
    client, loading = signed_in_as("contracting@plan"), connection.copy()
    with loading.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    answer = hear(client, place.sam, accepts="no")
    loading.close()
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "A file is being loaded into the directory." in read(answer)
    with plan_scope(TODAY):
        assert not Membership.objects.exists()
    assert hear(client, place.sam, accepts="no").status_code == 302  # type: ignore[attr-defined]

"""The directory at the desk: filters in the address, plain sentences, nothing about any Member, open to every role."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from county import NOW, SIGN_INS, SPINE, TODAY, County, npi
from secondopinion.directory.models import Doubt, QualifiedProfessional
from secondopinion.directory.verifying import raise_doubt
from secondopinion.people.doors import READ, WORK
from secondopinion.people.rls import plan_scope

Browser = Callable[[str], Client]


def show(client: Client, **query: str) -> str:
    answer = client.get("/directory/", query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def names(page: str) -> list[str]:
    return re.findall(r'<h3><a class="usa-link" href="/directory/\d{10}/">([^<]+)<', page)


def change(who: QualifiedProfessional, **columns: object) -> None:
    with plan_scope(TODAY):
        QualifiedProfessional.objects.filter(pk=who.pk).update(**columns)


def many(count: int) -> None:
    """Fill the directory with people called Crowd."""
    with plan_scope(TODAY):
        QualifiedProfessional.objects.bulk_create(
            QualifiedProfessional(
                npi=npi(f"15{n:07d}"), first_name="Ada", last_name=f"Crowd {n:04d}", credential="MD", taxonomy=SPINE,
                license_number="A1", license_to_on=TODAY, verified_on=TODAY, city="Far", zip_code="90001",
            )
            for n in range(count)
        )  # fmt: skip


@pytest.mark.parametrize("name", [name for name, roles in SIGN_INS.items() if {*roles} & {*WORK, *READ}])
def test_every_role_that_reads_referrals_may_search(place: County, signed_in_as: Browser, name: str) -> None:
    assert names(show(signed_in_as(name), q="watson")) == ["Susan Watson, MD"]


def test_nothing_is_listed_before_anything_is_asked(place: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("nurse@plan"))
    assert names(page) == []
    assert "Type a name in any order" in page


def test_every_page_leads_to_the_directory_and_who_is_not_signed_in_is_sent_away(
    place: County, signed_in_as: Browser
) -> None:
    assert '<a href="/directory/">Directory</a>' in signed_in_as("nurse@plan").get("/").content.decode()
    assert Client().get("/directory/").status_code == 302
    assert Client().get("/directory/health/").status_code == 302
    assert Client().get(f"/directory/{place.sam.npi}/").status_code == 302


def test_the_list_says_of_each_what_matters(place: County, signed_in_as: Browser) -> None:
    with plan_scope(TODAY):
        raise_doubt(place.sam, Doubt.Asks.ACCEPTS, "Nina Nurse", NOW)
    page = show(signed_in_as("intake@plan"), specialty="spine surgery")
    cards = dict(zip(names(page), page.split('<li class="di-card">')[1:], strict=True))
    assert "To be verified" in cards["Sam Specialist, MD"]
    assert "Sierra Oak Health" in cards["Sam Specialist, MD"]
    assert "Excluded" in cards["Ed Bar, MD"]
    assert "No contract" in cards["Otto Far, MD"]
    assert "No contract" in cards["Fay Gone, MD"]
    assert "Under contract" in cards["Peter Holm, MD"]
    assert "urgery" in cards["Peter Holm, MD"]


def test_filters_stand_in_the_address_and_in_the_form(place: County, signed_in_as: Browser) -> None:
    query = {"specialty": SPINE, "network": str(place.sierra.pk), "contracted": "yes", "language": "en", "place": "929"}
    page = show(signed_in_as("intake@plan"), **query)
    assert names(page) == ["Sam Specialist, MD"]
    assert f'value="{SPINE}"' in page
    assert f'<option value="{place.sierra.pk}" selected>' in page
    assert '<option value="en" selected>' in page
    assert re.search(r'name="contracted" value="yes" checked', page)
    assert "1 professional<" in page.replace("1 professional <", "1 professional<")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"q": "1679576723"}, "its last digit does not fit the others"),
        ({"q": "16795767"}, "An NPI has ten digits; this has 8."),
        ({"specialty": "basket weaving"}, "No specialty is called so."),
        ({"place": "92"}, "A ZIP code has five digits"),
        ({"network": "nobody"}, "There is no such Health Network."),
        ({"network": "00000000-0000-0000-0000-000000000000"}, "There is no such Health Network."),
        ({"near": "Atlantis"}, "No Member’s city is called so"),
        ({"trouble": "boredom"}, "There is no such list."),
    ],
)
def test_what_cannot_be_searched_for_is_said_at_its_place(
    place: County, signed_in_as: Browser, query: dict[str, str], sentence: str
) -> None:
    page = show(signed_in_as("intake@plan"), **query)
    assert sentence in page
    assert "<title>Error: Directory" in page
    assert names(page) == []


def test_a_name_alike_is_offered_as_such(place: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("intake@plan"), q="susan wattson")
    assert names(page) == ["Susan Watson, MD"]
    assert "Nobody called so fits. Did you mean one of these?" in page


def test_where_nobody_fits_the_page_says_what_to_leave_out(place: County, signed_in_as: Browser) -> None:
    page = show(signed_in_as("intake@plan"), q="watson", language="ko", specialty="cardiology")
    assert "Nobody in the directory fits" in page
    assert '<a class="usa-link" href="?q=watson&amp;specialty=cardiology">Without the language</a>' in page
    assert "Without the name or NPI" not in page  # nobody speaks Korean, whatever the name
    page = show(signed_in_as("intake@plan"), q="qqqqqqzz")
    assert "Check the spelling with whoever gave the name" in page


def test_pages_are_cut_by_key_and_counts_stop(place: County, signed_in_as: Browser) -> None:
    many(1030)
    client = signed_in_as("intake@plan")
    page, seen = show(client, q="crowd"), []
    assert "More than 1,000 professionals" in page
    for _ in range(3):
        seen += names(page)
        link = re.search(r'href="([^"]+)" rel="next"', page)
        assert link is not None
        page = " ".join(client.get("/directory/" + link[1].replace("&amp;", "&")).content.decode().split())
        assert "First page" in page
    assert seen == [f"Ada Crowd {n:04d}, MD" for n in range(75)]


@pytest.mark.parametrize(
    "after", ["", "x", "[]", '["a"]', "[1,2,3]", '{"a": 1}', '["\\u0000", "b", "c"]', "[" * 50, '["\x00","b","c"]']
)
def test_a_key_that_is_none_shows_the_first_page(place: County, signed_in_as: Browser, after: str) -> None:
    assert names(show(signed_in_as("intake@plan"), q="wat", after=after)) == ["Susan Watson, MD"]


@pytest.mark.parametrize("typed", ["%", "_", "'", "\\", "a%' OR 1=1 --", "💉💉", "\x00", "ﷺ" * 40, "x" * 500])
def test_whatever_is_typed_is_answered(place: County, signed_in_as: Browser, typed: str) -> None:
    for field in ("q", "specialty", "place", "language", "near", "network", "trouble"):
        show(signed_in_as("intake@plan"), **{field: typed})


def test_the_pages_hold_no_member(place: County, signed_in_as: Browser) -> None:
    client = signed_in_as("nurse@citrus")
    pages = show(client, specialty="spine") + client.get("/directory/health/").content.decode()
    pages += client.get(f"/directory/{place.pcp.npi}/").content.decode()
    assert not [word for word in ("Reyes", "Ortega", "M0000003", "Smith") if word in pages]

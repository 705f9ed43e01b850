"""A Member is found by two identifiers that agree, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from county import TODAY, County
from secondopinion.people.find import NotMatched, decides_itself, match_member, standing
from secondopinion.people.models import AccessEntry, Member
from secondopinion.people.rls import network_scope, plan_scope

Browser = Callable[[str], Client]


def found(client: Client, **typed: str) -> str:
    return client.post(reverse("intake-start"), typed).content.decode()


def test_the_page_asks_for_two_identifiers_and_offers_no_list(signed_in_as: Browser) -> None:
    page = signed_in_as("intake@plan").get(reverse("intake-start")).content.decode()
    assert "two identifiers" in page
    assert "datalist" not in page


def test_id_number_and_birth_date_find_the_member_and_ask_to_confirm(signed_in_as: Browser) -> None:
    page = found(signed_in_as("intake@plan"), birth_date="1985-05-17", card="M0000003")
    assert "Is this the Member?" in page
    for words in ("Maria Reyes", "May 17, 1985", "M0000003", "Medi-Cal", "Citrus Valley", "Spanish", "Grace Lind, MD"):
        assert words in page
    assert reverse("intake", args=["M0000003"]) in page


def test_full_name_and_birth_date_find_the_member_whatever_the_capitals(signed_in_as: Browser) -> None:
    page = found(signed_in_as("intake@plan"), birth_date="1985-05-17", first_name="maria", last_name="REYES")
    assert "Maria Reyes" in page


@pytest.mark.parametrize(
    "typed",
    [
        {"birth_date": "1985-05-18", "card": "M0000003"},
        {"birth_date": "1985-05-17", "card": "M0000004"},
        {"birth_date": "1985-05-17", "card": "M0000003", "last_name": "Ortega"},
    ],
)
def test_one_identifier_that_disagrees_finds_nobody(signed_in_as: Browser, typed: dict[str, str]) -> None:
    page = found(signed_in_as("intake@plan"), **typed)
    assert "No Member here agrees with everything you entered" in page
    assert "Maria" not in page


@pytest.mark.parametrize("typed", [{"birth_date": "1985-05-17"}, {"birth_date": "1985-05-17", "last_name": "Reyes"}])
def test_one_identifier_is_not_enough(signed_in_as: Browser, typed: dict[str, str]) -> None:
    assert "Two identifiers are needed" in found(signed_in_as("intake@plan"), **typed)


def test_without_a_birth_date_the_field_says_so(signed_in_as: Browser) -> None:
    page = found(signed_in_as("intake@plan"), card="M0000003")
    assert '<a href="#id_birth_date">Enter the Member’s birth date.</a>' in page


def test_two_members_alike_are_not_listed_but_told_apart_by_the_card(place: County) -> None:
    with plan_scope(TODAY):
        Member.objects.create(
            member_id="M0000009", first_name="Maria", last_name="Reyes", birth_date=date(1985, 5, 17),
            address="9 Grove Street", city="Orchard City", zip_code="92999",
        )  # fmt: skip
        with pytest.raises(NotMatched, match="More than one Member"):
            match_member(birth_date=date(1985, 5, 17), first_name="Maria", last_name="Reyes")
        assert match_member(birth_date=date(1985, 5, 17), card="M0000009").member_id == "M0000009"


def test_a_health_network_finds_only_its_own_members(place: County, signed_in_as: Browser) -> None:
    page = found(signed_in_as("nurse@sierra"), birth_date="1985-05-17", card="M0000003")
    assert "No Member here agrees" in page
    assert "Joe Smith" in found(signed_in_as("nurse@sierra"), birth_date="1960-02-03", card="1122334455")
    with network_scope(place.sierra.pk, on=TODAY), pytest.raises(NotMatched):
        match_member(birth_date=date(1985, 5, 17), card="M0000003")


def test_the_number_on_the_medi_cal_card_is_read_as_the_cin_it_holds(place: County) -> None:
    with plan_scope(TODAY):
        Member.objects.filter(pk=place.maria.pk).update(cin="91234567A")
        assert match_member(birth_date=date(1985, 5, 17), card="91234567A").pk == place.maria.pk
        assert match_member(birth_date=date(1985, 5, 17), card="91234567A96042").pk == place.maria.pk


def test_a_member_stands_with_the_network_of_the_day(place: County) -> None:
    with plan_scope(TODAY):
        assert standing(place.luis, date(2026, 6, 30)).network == place.citrus  # a Tuesday, the last day
        assert standing(place.luis, date(2026, 7, 1)).network == place.sierra  # the Wednesday after
        assert decides_itself(place.citrus, "medi-cal", TODAY)
        assert not decides_itself(place.sierra, "onecare", TODAY)
        assert not decides_itself(place.citrus, "medi-cal", date(2023, 12, 31))  # the Sunday before the delegation


def test_a_stranger_is_asked_to_sign_in(place: County) -> None:
    answer = Client().get(reverse("intake-start"))
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


def test_an_unknown_number_in_the_address_leads_back_to_the_search(signed_in_as: Browser) -> None:
    answer = signed_in_as("intake@plan").get(reverse("intake", args=["M7777777"]), follow=True)
    assert answer.redirect_chain == [(reverse("intake-start"), 302)]
    assert "There is no such Member here" in answer.content.decode()


def test_who_was_shown_a_member_is_written_down(signed_in_as: Browser) -> None:
    found(signed_in_as("intake@plan"), birth_date="1985-05-17", card="M0000003")
    with plan_scope(TODAY):
        entry = AccessEntry.objects.get()
    assert (entry.what, entry.about, entry.why) == ("find", "M0000003", "find a Member for a request")


def test_a_search_that_finds_nobody_is_nobodys_record(signed_in_as: Browser) -> None:
    found(signed_in_as("intake@plan"), birth_date="1985-05-17", card="M0000004")
    with plan_scope(TODAY):
        assert not AccessEntry.objects.exists()

"""A professional is in the network by a contract in force on the day, a licence, and no exclusion."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from county import TODAY, County, county
from secondopinion.directory.find import in_network_on, miles_between, network_name_of
from secondopinion.directory.models import Contract, PcpAssignment, QualifiedProfessional
from secondopinion.people.rls import Scope, set_scope


@pytest.fixture
def place(as_plan: None) -> County:
    return county()


def test_a_contract_counts_on_its_first_and_last_day_and_on_no_other(place: County) -> None:
    assert place.former in in_network_on(date(2020, 1, 1))  # a Wednesday, the first day
    assert place.former in in_network_on(date(2026, 6, 30))  # a Tuesday, the last day
    assert place.former not in in_network_on(date(2019, 12, 31))  # the Tuesday before
    assert place.former not in in_network_on(date(2026, 7, 1))  # the Wednesday after


def test_who_never_had_a_contract_is_not_in_network(place: County) -> None:
    assert place.outside not in in_network_on(TODAY)


def test_who_is_excluded_is_not_in_network_whatever_the_contract(place: County) -> None:
    assert place.excluded not in in_network_on(TODAY)


def test_a_licence_that_ends_takes_a_professional_out(place: County) -> None:
    QualifiedProfessional.objects.filter(pk=place.sam.pk).update(license_to_on=date(2026, 11, 22))  # Sunday
    assert place.sam in in_network_on(date(2026, 11, 22))
    assert place.sam not in in_network_on(TODAY)


def test_two_contracts_make_one_candidate(place: County) -> None:
    assert list(in_network_on(TODAY)).count(place.sam) == 1


def test_a_contract_with_the_plan_alone_has_no_network_name(place: County) -> None:
    assert network_name_of(place.first, TODAY) == "Citrus Valley Medical Group"
    assert network_name_of(place.outside, TODAY) == ""
    Contract.objects.create(professional=place.outside, from_on=TODAY)
    assert network_name_of(place.outside, TODAY) == ""
    assert place.outside in in_network_on(TODAY)


def test_a_member_has_one_pcp_at_a_time(place: County) -> None:
    with pytest.raises(DatabaseError, match="one_pcp_at_a_time"), transaction.atomic():
        PcpAssignment.objects.create(member=place.one, professional=place.nurse_practitioner, from_on=TODAY)


def test_a_network_does_not_see_whose_pcp_anybody_else_is(place: County) -> None:
    set_scope(Scope((place.citrus.pk,), TODAY))
    assert set(PcpAssignment.objects.values_list("member__first_name", flat=True)) == {"Maria"}


def test_miles_are_great_circle_miles() -> None:
    assert miles_between(33.75, -117.87, 33.75, -117.87) == 0
    # One degree of latitude is 69.1 miles on a sphere of 3,958.8 miles.
    assert miles_between(33.0, -117.0, 34.0, -117.0) == pytest.approx(69.09, abs=0.01)

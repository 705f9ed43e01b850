"""Who decides, by date: delegations, mergers and ends of delegation at their midnights in California."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from county import County, county
from secondopinion.people.delegation import (
    Responsible,
    is_delegated,
    predecessors_of,
    responsible_for,
    successor_of,
)
from secondopinion.people.find import network_of
from secondopinion.people.models import Delegation, HealthNetwork, SubDelegation, Succession
from secondopinion.people.person import person_of
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538.questions import Decider

MERGED_ON = date(2026, 12, 1)  # a Tuesday
EVE = date(2026, 11, 30)  # the Monday before it
ENDS_ON = date(2026, 12, 31)  # a Thursday
DAY_AFTER = date(2027, 1, 1)  # the Friday after it
PLAN = Responsible(Decider.PLAN, None)


@pytest.fixture
def place(as_plan: None) -> County:
    return county()


def network(name: str, *programs: str, from_on: date = date(2024, 1, 1)) -> HealthNetwork:
    made = HealthNetwork.objects.create(name=name, kind="phc", phone="1-714-555-0140")
    for program in programs:
        Delegation.objects.create(network=made, program=program, from_on=from_on)
    return made


def merge(predecessor: HealthNetwork, successor: HealthNetwork, on: date = MERGED_ON) -> Succession:
    return Succession.objects.create(predecessor=predecessor, successor=successor, from_on=on, why="Merged")


def at(network: HealthNetwork) -> Responsible:
    return Responsible(Decider.NETWORK, network.pk)


def test_without_a_succession_a_network_stands_in_its_own_place(place: County) -> None:
    assert successor_of(place.citrus.pk, MERGED_ON) == place.citrus.pk
    assert predecessors_of(place.citrus.pk, MERGED_ON) == ()


def test_a_successor_stands_in_the_place_from_its_tuesday_and_not_on_the_monday_before(place: County) -> None:
    grove = network("Grove United")
    merge(place.citrus, grove)
    assert successor_of(place.citrus.pk, EVE) == place.citrus.pk
    assert successor_of(place.citrus.pk, MERGED_ON) == grove.pk
    assert predecessors_of(grove.pk, EVE) == ()
    assert predecessors_of(grove.pk, MERGED_ON) == (place.citrus.pk,)


def test_a_chain_of_mergers_is_followed_as_far_as_it_had_come_by_the_day(place: County) -> None:
    grove, valley = network("Grove United"), network("Valley United")
    merge(place.citrus, grove, date(2024, 1, 1))  # a Monday
    merge(grove, valley)
    assert successor_of(place.citrus.pk, EVE) == grove.pk
    assert successor_of(place.citrus.pk, MERGED_ON) == valley.pk
    assert predecessors_of(valley.pk, MERGED_ON) == (place.citrus.pk, grove.pk)
    assert predecessors_of(grove.pk, MERGED_ON) == ()


def test_a_network_cannot_come_after_itself(place: County) -> None:
    with pytest.raises(IntegrityError, match="cannot come after itself"), transaction.atomic():
        merge(place.citrus, place.citrus)
    merge(place.citrus, place.sierra)
    with pytest.raises(IntegrityError, match="cannot come after itself"), transaction.atomic():
        merge(place.sierra, place.citrus)


def test_a_network_cannot_come_after_itself_by_way_of_others(place: County) -> None:
    grove = network("Grove United")
    merge(place.citrus, grove, date(2024, 1, 1))
    later = merge(place.sierra, place.citrus)
    with pytest.raises(IntegrityError, match="cannot come after itself"), transaction.atomic():
        merge(grove, place.sierra)
    later.successor = grove  # a correction that makes no circle is taken
    later.save()


def test_a_network_has_one_successor(place: County) -> None:
    merge(place.citrus, place.sierra)
    with pytest.raises(IntegrityError), transaction.atomic():
        merge(place.citrus, network("Grove United"))


def test_the_entity_responsible_at_receipt_decides_while_nothing_changes(place: County) -> None:
    assert responsible_for(place.citrus.pk, "medi-cal", "network", MERGED_ON) == at(place.citrus)
    assert responsible_for(place.citrus.pk, "medi-cal", "plan", MERGED_ON) == PLAN
    assert responsible_for(None, "medi-cal", "plan", MERGED_ON) == PLAN


@pytest.mark.clause("II.L")
def test_after_a_merger_the_successor_decides_from_the_midnight_before_its_tuesday(place: County) -> None:
    grove = network("Grove United", "medi-cal")
    merge(place.citrus, grove)
    assert responsible_for(place.citrus.pk, "medi-cal", "network", EVE) == at(place.citrus)
    assert responsible_for(place.citrus.pk, "medi-cal", "network", MERGED_ON) == at(grove)


def test_a_merger_does_not_hand_over_a_delegation_that_the_successor_has_not(place: County) -> None:
    grove = network("Grove United", "medi-cal")
    merge(place.citrus, grove)
    assert responsible_for(place.citrus.pk, "onecare", "network", EVE) == at(place.citrus)
    assert responsible_for(place.citrus.pk, "onecare", "network", MERGED_ON) == PLAN


@pytest.mark.clause("II.L")
def test_when_a_delegation_ends_on_a_thursday_the_plan_decides_from_the_friday(place: County) -> None:
    Delegation.objects.filter(network=place.citrus, program="medi-cal").update(to_on=ENDS_ON)
    assert responsible_for(place.citrus.pk, "medi-cal", "network", ENDS_ON) == at(place.citrus)
    assert responsible_for(place.citrus.pk, "medi-cal", "network", DAY_AFTER) == PLAN
    assert responsible_for(place.citrus.pk, "onecare", "network", DAY_AFTER) == at(place.citrus)


@pytest.mark.clause("II.L")
def test_a_network_without_onecare_delegation_cannot_decide_onecare(place: County) -> None:
    grove = network("Grove United", "medi-cal")
    assert responsible_for(grove.pk, "medi-cal", "network", EVE) == at(grove)
    assert responsible_for(grove.pk, "onecare", "network", EVE) == PLAN


def test_out_of_area_a_network_decides_medi_cal_but_never_onecare(place: County) -> None:
    assert responsible_for(place.citrus.pk, "medi-cal", "network", EVE, out_of_area=True) == at(place.citrus)
    assert responsible_for(place.citrus.pk, "onecare", "network", EVE, out_of_area=True) == PLAN


def test_letters_may_be_delegated_without_the_decision(place: County) -> None:
    Delegation.objects.create(
        network=place.sierra, program="medi-cal", function=Delegation.Function.MEMBER_NOTICES, from_on=MERGED_ON
    )
    assert not is_delegated(place.sierra.pk, "medi-cal", EVE, Delegation.Function.MEMBER_NOTICES)
    assert is_delegated(place.sierra.pk, "medi-cal", MERGED_ON, Delegation.Function.MEMBER_NOTICES)
    assert not is_delegated(place.sierra.pk, "medi-cal", MERGED_ON)


def test_an_instant_belongs_to_the_pacific_day_whose_midnight_has_struck(place: County) -> None:
    grove = network("Grove United", "medi-cal")
    merge(place.citrus, grove)
    midnight = datetime(2026, 12, 1, tzinfo=PACIFIC)  # between Monday and Tuesday
    for instant, who in ((midnight - timedelta(seconds=1), place.citrus), (midnight, grove)):
        assert responsible_for(place.citrus.pk, "medi-cal", "network", instant.date()) == at(who)


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), False),  # up to the Sunday before
        (date(2023, 1, 1), date(2024, 1, 1), True),  # the Monday on which the other begins
        (date(2030, 1, 1), None, True),
    ],
)
def test_a_function_is_delegated_to_a_network_once_at_a_time(
    place: County, first: date, last: date | None, refused: bool
) -> None:
    again = Delegation(network=place.citrus, program="medi-cal", from_on=first, to_on=last)
    if not refused:
        again.save()
        return
    with pytest.raises(IntegrityError, match="delegation_one_at_a_time"), transaction.atomic():
        again.save()


def test_another_function_or_program_or_network_is_no_overlap(place: County) -> None:
    Delegation.objects.create(network=place.citrus, program="medi-cal", function="provider-notices", from_on=EVE)
    Delegation.objects.create(network=place.sierra, program="medi-cal", from_on=EVE)
    assert Delegation.objects.count() == 4


def sub_delegation(place: County, **other: object) -> SubDelegation:
    whole = Delegation.objects.get(network=place.citrus, program="medi-cal")
    said = {"delegation": whole, "entity": "Blossom Review Associates", "approval": "SD-2026-03",
            "approved_on": date(2026, 2, 2), "from_on": date(2026, 3, 1), "to_on": None}  # fmt: skip
    return SubDelegation(**{**said, **other})


def test_a_sub_delegate_keeps_inside_the_days_of_the_delegation(place: County) -> None:
    sub_delegation(place).save()
    Delegation.objects.filter(network=place.citrus, program="onecare").update(to_on=ENDS_ON)
    onecare = Delegation.objects.get(network=place.citrus, program="onecare")
    sub_delegation(place, delegation=onecare, to_on=ENDS_ON).save()
    for wrong in (
        {"from_on": date(2023, 12, 31), "approved_on": date(2023, 1, 1), "entity": "Another"},
        {"delegation": onecare, "to_on": DAY_AFTER, "entity": "Another"},
        {"delegation": onecare, "to_on": None, "entity": "Another"},
    ):
        with pytest.raises(IntegrityError, match="inside those of the delegation"), transaction.atomic():
            sub_delegation(place, **wrong).save()


def test_a_delegation_does_not_end_before_its_sub_delegate(place: County) -> None:
    handed_on = sub_delegation(place)
    handed_on.save()
    whole = Delegation.objects.get(pk=handed_on.delegation_id)
    whole.to_on = ENDS_ON
    with pytest.raises(IntegrityError, match="end the sub-delegation first"), transaction.atomic():
        whole.save()
    handed_on.to_on = ENDS_ON
    handed_on.save()
    whole.save()


@pytest.mark.parametrize("wrong", [{"approval": ""}, {"approved_on": date(2026, 3, 2)}])
def test_a_sub_delegate_is_approved_in_writing_before_it_begins(place: County, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="subdelegation_is_approved"), transaction.atomic():
        sub_delegation(place, **wrong).save()


def test_the_staff_of_a_successor_see_the_rows_of_the_predecessor_from_its_first_day(place: County) -> None:
    merge(place.citrus, place.sierra)
    nurse = place.staff["nurse@sierra"]
    assert person_of(nurse, EVE).scope(EVE).networks == (place.sierra.pk,)
    assert person_of(nurse, MERGED_ON).scope(MERGED_ON).networks == (place.sierra.pk, place.citrus.pk)
    assert person_of(place.staff["nurse@plan"], MERGED_ON).scope(MERGED_ON).networks is None
    assert person_of(place.staff["nurse@citrus"], MERGED_ON).networks == (place.citrus.pk,)


def test_a_member_of_the_predecessor_belongs_to_the_successor_from_its_first_day(place: County) -> None:
    merge(place.citrus, place.sierra)
    assert network_of(place.maria, EVE) == place.citrus
    assert network_of(place.maria, MERGED_ON) == place.sierra
    assert network_of(place.one, MERGED_ON) is None

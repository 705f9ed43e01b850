"""Doubts about an entry: raised, read by the rank, settled by a call; a correction closes a period and opens one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from county import NOW, TODAY, County, county
from directory.files import contract, number, order, table
from secondopinion.directory.amending import ADDRESS_ON_RECORD, CannotAmend, Heard
from secondopinion.directory.as_of import in_network_as_of, standing_of
from secondopinion.directory.find import in_network_on, is_contracted
from secondopinion.directory.loading.load import load
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.directory.models_dated import Membership, Practice, Source, SpecialtyHeld
from secondopinion.directory.models_verifying import Doubt
from secondopinion.directory.nearest import Near, Question, nearest
from secondopinion.directory.verifying import doubt_of, open_tasks, raise_doubt, settle

YESTERDAY = TODAY - timedelta(days=1)  # a Sunday
LATER = NOW + timedelta(days=1)  # Tuesday 10:00
CARDIOLOGY, SPINE, NEUROSURGERY = "207RC0000X", "207XS0117X", "207T00000X"
LISTED = {"NPI": number(1), "SubNetwork": "", "Taxonomy": SPINE, "Address": "1 Clinic Way", "City": "Orchard City",
          "ZipCode": "92999"}  # fmt: skip


@pytest.fixture
def place(as_plan: None) -> County:
    return county()


def now(who: QualifiedProfessional) -> QualifiedProfessional:
    return QualifiedProfessional.objects.get(pk=who.pk)


def loaded(tmp_path: Path, *rows: dict[str, str]) -> QualifiedProfessional:
    load(order("plain", table(tmp_path / "c.csv", rows or [contract(1)]), date(2026, 10, 5)))  # a Monday
    return QualifiedProfessional.objects.get(npi=number(1))


def listed(tmp_path: Path, *more: dict[str, str]) -> QualifiedProfessional:
    """A professional whom the listing knows, since October, and the plan's own file only by licence."""
    own = contract(1, network="", address="", from_on="")
    load(order("plain", table(tmp_path / "c.csv", [own]), date(2026, 10, 5)))
    load(order("listing", table(tmp_path / "l.csv", [LISTED, *more]), date(2026, 10, 5)))
    return QualifiedProfessional.objects.get(npi=number(1))


def periods(model: type[Membership] | type[Practice]) -> list[tuple[str, date, date | None]]:
    return list(model.objects.order_by("from_on", "pk").values_list("said_by", "from_on", "to_on"))


def test_two_declines_of_one_kind_are_one_task_and_a_remark_is_another(place: County) -> None:
    for hours in (0, 1):
        doubt_of(place.sam.pk, "not-accepting", "Nina Nurse", NOW + timedelta(hours=hours)).save()
    doubt_of(place.sam.pk, "no-appointment", "Nina Nurse", NOW).save()
    raise_doubt(place.sam, Doubt.Asks.PLACE, "Ines Intake", NOW + timedelta(hours=2))
    accepts, where = open_tasks([place.sam.pk, place.watson.pk])[place.sam.pk]
    assert (accepts.asks, accepts.times, accepts.since, accepts.raised_by) == ("accepts", 2, NOW, "Nina Nurse")
    assert (where.asks, where.reasons) == ("place", ("remark",))
    assert set(open_tasks([place.sam.pk, place.watson.pk])) == {place.sam.pk}


def test_a_confirmation_changes_nothing_but_the_day_it_was_confirmed(place: County) -> None:
    raise_doubt(place.sam, Doubt.Asks.ACCEPTS, "Nina Nurse", NOW)
    raise_doubt(place.sam, Doubt.Asks.FIELD, "Nina Nurse", NOW)
    raise_doubt(place.sam, Doubt.Asks.ENTRY, "Nina Nurse", NOW)
    before = now(place.sam).__dict__ | {"_state": None, "verified_on": TODAY}
    assert not settle(place.sam, Heard(TODAY, "phone", accepts=True), "Carla Contracting", LATER)
    assert now(place.sam).__dict__ | {"_state": None} == before
    assert [task.asks for task in open_tasks([place.sam.pk])[place.sam.pk]] == ["field"]
    settled = Doubt.objects.get(asks="accepts")
    assert (settled.outcome, settled.settled_by, settled.settled_at) == ("confirmed", "Carla Contracting", LATER)
    assert not Membership.objects.exists()
    assert [each.by for each in place.sam.verifications.all()] == ["phone"]


def test_who_takes_no_new_members_any_more_took_them_until_yesterday(tmp_path: Path, as_plan: None) -> None:
    who = loaded(tmp_path)
    doubt_of(who.pk, "not-accepting", "Nina Nurse", NOW).save()
    assert settle(who, Heard(TODAY, "phone", accepts=False), "Carla Contracting", NOW)
    assert periods(Membership) == [("plan", date(2024, 1, 1), YESTERDAY), ("plan", TODAY, None)]
    assert [m.accepts for m in standing_of(who, YESTERDAY).memberships] == [True]
    assert [m.accepts for m in standing_of(who, TODAY).memberships] == [False]
    assert (now(who).accepts_new_members, Contract.objects.get().from_on) == (False, date(2024, 1, 1))
    assert (open_tasks([who.pk]), Doubt.objects.get().outcome) == ({}, "corrected")


def test_the_plans_next_file_of_the_same_facts_changes_nothing(tmp_path: Path, as_plan: None) -> None:
    who = loaded(tmp_path)
    settle(who, Heard(TODAY, "phone", accepts=False), "Carla Contracting", NOW)
    run = load(order("plain", table(tmp_path / "c2.csv", [contract(1, accepting="no")]), TODAY))
    assert (run.unchanged, run.changed) == (1, 0)


def test_where_only_a_listing_is_believed_the_plan_takes_its_past_over(tmp_path: Path, as_plan: None) -> None:
    who = listed(tmp_path, {**LISTED, "Address": "2 Other St"})
    began = date(2026, 10, 5)  # a Monday
    Membership.objects.update(accepts=True)
    assert settle(who, Heard(TODAY, "phone", accepts=False), "Carla Contracting", NOW)
    assert {m.said_by for m in standing_of(who, TODAY).memberships} == {Source.PLAN}
    assert [m.accepts for m in standing_of(who, began).memberships] == [True, True]
    assert [m.accepts for m in standing_of(who, TODAY).memberships] == [False, False]
    assert is_contracted(who, TODAY)
    assert Membership.objects.filter(said_by=Source.LISTING, to_on__isnull=True).count() == 2  # it says what it said


def test_an_office_that_is_left_ends_there_and_the_other_goes_on(tmp_path: Path, as_plan: None) -> None:
    who = loaded(tmp_path, contract(1), contract(1, address="2 Other St", phone="1-714-555-0199"))
    gone = Practice.objects.get(site__address="1 Clinic Way").site_id
    assert settle(who, Heard(TODAY, "phone", places_right=False, gone=(gone,)), "Carla Contracting", NOW)
    assert [p.site.address for p in standing_of(who, TODAY).practices] == ["2 Other St"]
    assert [m.site.address for m in standing_of(who, TODAY).memberships] == ["2 Other St"]
    assert len(standing_of(who, YESTERDAY).memberships) == 2
    assert now(who).address == "2 Other St"
    assert is_contracted(who, TODAY)


def test_an_office_left_that_a_listing_still_names_is_not_believed_any_more(tmp_path: Path, as_plan: None) -> None:
    who = listed(tmp_path, {**LISTED, "Address": "2 Other St"})
    gone = Practice.objects.get(site__address="1 Clinic Way").site_id
    settle(who, Heard(TODAY, "phone", places_right=False, gone=(gone,)), "Carla Contracting", NOW)
    assert [m.site.address for m in standing_of(who, TODAY).memberships] == ["2 Other St"]
    assert in_network_as_of(TODAY).filter(pk=who.pk).exists()


def test_the_last_office_left_ends_the_contract(tmp_path: Path, as_plan: None) -> None:
    who = loaded(tmp_path)
    gone = Practice.objects.get().site_id
    settle(who, Heard(TODAY, "visit", places_right=False, gone=(gone,)), "Carla Contracting", NOW)
    assert not is_contracted(who, TODAY)
    assert is_contracted(who, YESTERDAY)


def test_an_entry_put_in_by_hand_keeps_its_contract_of_years(place: County) -> None:
    assert settle(place.sam, Heard(TODAY, "phone", accepts=False), "Carla Contracting", NOW)
    who = now(place.sam)
    assert (who.accepts_new_members, who.address, who.languages, who.phone) == (
        False, place.sam.address, ["en"], "1-714-555-0150")  # fmt: skip
    assert sorted(who.contracts.values_list("from_on", "to_on")) == [(date(2020, 1, 1), None)] * 2
    assert in_network_on(TODAY).filter(pk=who.pk).exists()
    assert {m.accepts for m in standing_of(who, YESTERDAY).memberships} == {True}


def test_an_office_left_of_an_entry_put_in_by_hand_ends_its_contract(place: County) -> None:
    settle(place.sam, Heard(TODAY, "phone", places_right=False, gone=(ADDRESS_ON_RECORD,)), "Carla Contracting", NOW)
    assert not is_contracted(place.sam, TODAY)
    assert is_contracted(place.sam, YESTERDAY)
    assert not Practice.objects.exists()


def test_the_specialty_that_the_office_names_comes_first_from_today(tmp_path: Path, as_plan: None) -> None:
    who = loaded(tmp_path)
    assert settle(who, Heard(TODAY, "phone", specialties=(NEUROSURGERY,)), "Carla Contracting", NOW)
    assert (now(who).taxonomy, now(who).other_taxonomies) == (NEUROSURGERY, [])
    assert [s.code for s in standing_of(who, YESTERDAY).specialties] == [SPINE]
    assert SpecialtyHeld.objects.get(code=SPINE).to_on == YESTERDAY
    assert not settle(who, Heard(TODAY, "letter", specialties=(NEUROSURGERY,)), "Carla Contracting", NOW)


def test_a_correction_and_another_on_the_same_day_leave_the_last_word(tmp_path: Path, as_plan: None) -> None:
    who = loaded(tmp_path)
    settle(who, Heard(TODAY, "phone", accepts=False), "Carla Contracting", NOW)
    settle(who, Heard(TODAY, "phone", accepts=True), "Carla Contracting", NOW + timedelta(minutes=5))
    assert [m.accepts for m in standing_of(who, TODAY).memberships] == [True]
    assert Contract.objects.get().to_on is None


def test_a_day_in_the_future_is_refused(place: County) -> None:
    with pytest.raises(CannotAmend, match="The day lies in the future"):
        settle(place.sam, Heard(TODAY + timedelta(days=1), "phone", accepts=True), "Carla Contracting", NOW)


def test_while_a_file_is_loaded_nothing_is_written(place: County, committed_lock: None) -> None:
    raise_doubt(place.sam, Doubt.Asks.ACCEPTS, "Nina Nurse", NOW)
    with pytest.raises(CannotAmend, match="A file is being loaded"):
        settle(place.sam, Heard(TODAY, "phone", accepts=True), "Carla Contracting", NOW)
    assert open_tasks([place.sam.pk])


@pytest.fixture
def committed_lock(as_plan: None) -> object:
    """Another session holds the lock of the loads."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1539)")
    yield
    other.close()


HALF = (
    {"settled_at": NOW},
    {"outcome": "confirmed"},
    {"settled_at": NOW, "settled_by": "x", "outcome": "confirmed", "asks": ""},
)


@pytest.mark.parametrize("half", HALF)
def test_the_database_refuses_a_doubt_half_settled(place: County, half: dict[str, datetime | str]) -> None:
    doubt = raise_doubt(place.sam, Doubt.Asks.ACCEPTS, "Nina Nurse", NOW)
    with pytest.raises(IntegrityError, match="doubt_settled_in_full"), transaction.atomic():
        Doubt.objects.filter(pk=doubt.pk).update(**half)


def test_what_was_corrected_is_what_the_nearest_candidates_are_found_by(tmp_path: Path, as_plan: None) -> None:
    who = loaded(tmp_path, contract(1), contract(1, address="2 Other St"))
    gone = Practice.objects.get(site__address="1 Clinic Way").site_id
    settle(who, Heard(TODAY, "phone", places_right=False, gone=(gone,), specialties=(NEUROSURGERY,)), "Carla", NOW)
    assert {each.site_id for each in found_near(SPINE, YESTERDAY)} == {gone}
    (found,) = found_near(NEUROSURGERY, TODAY)
    assert (found.professional_id, found.site_id == gone) == (who.pk, False)
    assert not found_near(SPINE, TODAY)


def found_near(code: str, on: date) -> tuple[Near, ...]:
    return nearest(Question(on=on, latitude=33.75, longitude=-117.87, codes=(code,)))

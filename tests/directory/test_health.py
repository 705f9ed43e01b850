"""The health of the directory: every trouble is counted, leads to its list, and is kept at night."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from county import NOW, TODAY, County, county
from directory.files import contract, doctor, national, number, order, table
from secondopinion.directory import health
from secondopinion.directory.health import TROUBLES, condition, health_on, keep
from secondopinion.directory.loading.load import load
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_dated import LoadRun, NpiDeactivation
from secondopinion.directory.models_verifying import Doubt, HealthReport
from secondopinion.directory.search import Asked, find
from secondopinion.directory.verifying import raise_doubt
from secondopinion.people.rls import Scope, set_scope

CARDIOLOGY, SPINE = "207RC0000X", "207XS0117X"


@pytest.fixture
def place(as_plan: None) -> County:
    return county()


def behind(name: str, on: date = TODAY) -> set[str]:
    """The last names in the list behind a number."""
    return {who.last_name for who in find(Asked(also=condition(name)), on).rows}


def change(who: QualifiedProfessional, **columns: object) -> None:
    QualifiedProfessional.objects.filter(pk=who.pk).update(**columns)


def test_a_healthy_entry_is_in_no_trouble_and_who_has_no_contract_is_not_looked_at(place: County) -> None:
    change(place.outside, excluded=True, latitude=None, verified_on=date(2020, 1, 6))
    found = health_on(TODAY)
    assert found.counts == {**dict.fromkeys(TROUBLES, 0), "excluded": 1}  # the county's own planted one
    assert behind("excluded") == {"Bar"}
    assert found.contracted == 7


def test_each_trouble_counts_the_entry_that_has_it_and_no_other(place: County) -> None:
    change(place.sam, verified_on=date(2026, 8, 24))  # the Monday 91 days before
    change(place.watson, verified_on=date(2026, 8, 25))  # the Tuesday 90 days before
    assert behind("stale") == {"Specialist"}
    change(place.watson, license_to_on=date(2027, 1, 22))  # the Friday 60 days on
    change(place.neuro, license_to_on=date(2027, 1, 23))
    assert behind("ending") == {"Watson"}
    change(place.first, license_to_on=date(2026, 11, 22))  # yesterday, a Sunday
    assert (behind("unlicensed"), behind("ending")) == ({"Holm"}, {"Watson"})
    change(place.neuro, latitude=None)
    assert behind("unplaced") == {"Haddad"}
    run = LoadRun.objects.create(kind="national", on_day=TODAY, state="done")
    NpiDeactivation.objects.create(
        professional=place.sam, said_by="national", said_from_on=TODAY, run=run, from_on=TODAY
    )
    assert behind("dead") == {"Specialist"}
    raise_doubt(place.pcp, Doubt.Asks.ENTRY, "Ines Intake", NOW)
    assert behind("tasks") == {"Lind"}
    found = health_on(TODAY)
    assert found.counts == dict.fromkeys(TROUBLES, 1) | {"conflicting": 0}


def test_sources_disagree_on_new_members_or_on_whether_a_membership_runs(as_plan: None, tmp_path: Path) -> None:
    row = {"NPI": number(1), "SubNetwork": "", "Taxonomy": SPINE, "Address": "1 Clinic Way", "City": "Orchard City",
           "ZipCode": "92999"}  # fmt: skip
    load(order("plain", table(tmp_path / "c.csv", [contract(1), contract(2)])))
    load(order("listing", table(tmp_path / "l.csv", [row])))
    assert behind("conflicting") == set()
    load(order("plain", table(tmp_path / "c2.csv", [contract(1, to_on="2026-11-20", license_to_on="2030-12-31")])))
    # The plan's word ended the contract, so it is in no list of those under contract any more.
    assert behind("conflicting") == set()
    assert QualifiedProfessional.objects.filter(TROUBLES["conflicting"].wrong(TODAY)).get().npi == number(1)


def test_a_licence_that_one_source_calls_suspended_is_a_conflict(as_plan: None, tmp_path: Path) -> None:
    load(order("plain", table(tmp_path / "c.csv", [contract(1) | {"license_status": "active"}])))
    load(order("national", national(tmp_path / "n.csv", [doctor(1)])))
    assert behind("conflicting") == set()  # what the holder once reported contradicts nobody


def test_where_a_specialty_cannot_be_had_within_reach_is_told_by_area(place: County) -> None:
    found = health_on(TODAY)
    assert [area.name for area in found.areas] == ["Orchard City"]
    counts = {row.code: row.counts for row in found.coverage}
    # Sam and Peter Holm; the excluded one, the former one and the one without a contract do not count.
    assert counts[SPINE] == (2,)
    assert counts["207T00000X"] == (1,)
    assert counts["207K00000X"] == (0,)
    assert "207Q00000X" not in counts  # primary care is no specialty to be had
    assert found.uncovered == sum(row.counts == (0,) for row in found.coverage)
    change(place.sam, latitude=34.0)
    change(place.first, accepts_new_members=False)
    assert {row.code: row.counts for row in health_on(TODAY).coverage}[SPINE] == (0,)


def test_a_second_site_within_reach_counts(place: County, tmp_path: Path) -> None:
    far = contract(1, latitude="35.5", address="1 Far Rd", city="Far", taxonomy="207K00000X")
    near = contract(1, address="2 Near Rd", taxonomy="207K00000X")
    load(order("plain", table(tmp_path / "c.csv", [far])))
    assert {row.code: row.counts for row in health_on(TODAY).coverage}["207K00000X"] == (0,)
    load(order("plain", table(tmp_path / "c2.csv", [far, near])))
    assert {row.code: row.counts for row in health_on(TODAY).coverage}["207K00000X"] == (1,)


def test_a_large_directory_is_counted_at_night_and_says_as_of_when(
    place: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep(NOW)
    change(place.sam, latitude=None)
    assert health_on(TODAY).counts["unplaced"] == 1
    monkeypatch.setattr(health, "SMALL", -1)
    told = health_on(TODAY)
    assert (told.on_day, told.counted_at) == (TODAY, NOW)
    assert told.counts["unplaced"] == 0
    assert (told.areas, told.coverage, told.contracted) == (kept.areas, kept.coverage, kept.contracted)
    keep(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))  # the same Monday again
    assert HealthReport.objects.get().figures["counts"]["unplaced"] == 1


def test_before_the_first_night_a_large_directory_is_counted_all_the_same(
    place: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "SMALL", -1)
    assert health_on(TODAY).counted_at is None


def test_a_network_sees_the_areas_of_its_own_members_only(place: County) -> None:
    type(place.maria).objects.filter(pk=place.maria.pk).update(city="Blossom")
    assert {area.name for area in health_on(TODAY).areas} == {"Orchard City", "Blossom"}
    set_scope(Scope((place.sierra.pk,), TODAY))
    assert {area.name for area in health_on(TODAY).areas} == {"Orchard City"}

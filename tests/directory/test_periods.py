"""Nothing is overwritten: a change closes a period and opens one, and any past day can be asked."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from county import county
from directory.files import TODAY, contract, doctor, national, number, order, table
from secondopinion.directory.as_of import in_network_as_of, standing_of
from secondopinion.directory.find import in_network_on, is_contracted
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.merging import MERGES
from secondopinion.directory.loading.reading import FileFault
from secondopinion.directory.loading.refreshing import refresh
from secondopinion.directory.models import Contract, LoadRun, QualifiedProfessional
from secondopinion.directory.models_dated import LicenseHeld, Membership, Practice, Source
from secondopinion.people.models import HealthNetwork

pytestmark = pytest.mark.usefixtures("as_plan")

OCTOBER = date(2026, 10, 5)  # a Monday
NOVEMBER = date(2026, 11, 2)  # a Monday


def who(at: int = 1) -> QualifiedProfessional:
    return QualifiedProfessional.objects.get(npi=number(at))


def tell(folder: Path, on_day: date, *rows: dict[str, str]) -> LoadRun:
    """Load these rows as the plan's own file of a day."""
    return load(order("plain", table(folder / "plain.csv", rows), on_day))


def days(held: type[Membership] | type[Practice] | type[LicenseHeld]) -> list[tuple[date, date | None]]:
    return list(held.objects.order_by("from_on", "pk").values_list("from_on", "to_on"))


def test_a_contract_that_ended_is_closed_and_its_past_stays(tmp_path: Path) -> None:
    tell(tmp_path, OCTOBER, contract(1))
    tell(tmp_path, NOVEMBER, contract(1, to_on="2026-10-31"))
    assert days(Membership) == [(date(2024, 1, 1), date(2026, 10, 31))]
    assert is_contracted(who(), date(2026, 10, 31))
    assert not is_contracted(who(), date(2026, 11, 1))
    assert not in_network_as_of(date(2026, 11, 1)).exists()
    assert list(in_network_as_of(date(2025, 6, 1))) == [who()]
    assert days(Practice) == [(OCTOBER, date(2026, 10, 31))]


def test_who_stops_accepting_is_still_known_to_have_accepted(tmp_path: Path) -> None:
    tell(tmp_path, OCTOBER, contract(1))
    tell(tmp_path, NOVEMBER, contract(1, accepting="no"))
    before = NOVEMBER - timedelta(days=1)
    assert days(Membership) == [(date(2024, 1, 1), before), (NOVEMBER, None)]
    assert [m.accepts for m in standing_of(who(), before).memberships] == [True]
    assert [m.accepts for m in standing_of(who(), NOVEMBER).memberships] == [False]
    assert not who().accepts_new_members
    assert Contract.objects.get().from_on == date(2024, 1, 1)  # one contract all the while
    assert tell(tmp_path, TODAY, contract(1, accepting="no")).unchanged == 1


def test_a_contract_ended_for_a_day_long_past_takes_back_what_came_after(tmp_path: Path) -> None:
    tell(tmp_path, OCTOBER, contract(1))
    tell(tmp_path, NOVEMBER, contract(1, accepting="no"))
    tell(tmp_path, TODAY, contract(1, to_on="2026-06-30"))
    assert not in_network_as_of(NOVEMBER).exists()
    assert not is_contracted(who(), NOVEMBER)
    assert is_contracted(who(), date(2026, 6, 30))
    assert Membership.objects.count() == 2  # the one that was never in force is kept


def test_a_moved_office_closes_the_old_site(tmp_path: Path) -> None:
    load(order("national", national(tmp_path / "1.csv", [doctor(1)]), OCTOBER))
    load(order("national", national(tmp_path / "2.csv", [doctor(1, address="9 NEW ROAD")]), NOVEMBER))
    assert days(Practice) == [(OCTOBER, NOVEMBER - timedelta(days=1)), (NOVEMBER, None)]
    assert [p.site.address for p in standing_of(who(), OCTOBER).practices] == ["1 GROVE ST"]
    assert (who().address, standing_of(who(), TODAY).practices[0].site.address) == ("9 NEW ROAD", "9 NEW ROAD")


def test_a_specialty_that_the_national_file_no_longer_names_ends(tmp_path: Path) -> None:
    load(order("national", national(tmp_path / "1.csv", [doctor(1)]), OCTOBER))
    load(order("national", national(tmp_path / "2.csv", [doctor(1, taxonomy_1="")]), NOVEMBER))
    assert [s.code for s in standing_of(who(), OCTOBER).specialties] == ["207R00000X", "207RC0000X"]
    assert [s.code for s in standing_of(who(), NOVEMBER).specialties] == ["207RC0000X"]
    assert who().other_taxonomies == []


def test_an_older_file_that_comes_too_late_is_not_loaded(tmp_path: Path) -> None:
    load(order("national", national(tmp_path / "2.csv", [doctor(1, address="9 NEW ROAD")]), NOVEMBER))
    with pytest.raises(FileFault, match=r"of 2026-11-02 is loaded already, so 1.csv of 2026-10-05 came too late"):
        load(order("national", national(tmp_path / "1.csv", [doctor(1)]), OCTOBER))
    assert days(Practice) == [(NOVEMBER, None)]


def test_a_row_that_runs_into_a_period_of_later_days_is_told(tmp_path: Path) -> None:
    tell(tmp_path, NOVEMBER, contract(1, from_on="2027-01-01"))
    run = tell(tmp_path, TODAY, contract(1, from_on="2026-01-01"))
    assert run.refused == {"runs into a period that the directory holds for later days": 1}
    assert days(Membership) == [(date(2027, 1, 1), None)]


def test_two_changes_on_one_day_leave_an_empty_period_and_one_truth(tmp_path: Path) -> None:
    for accepting in ("yes", "no", "yes"):
        tell(tmp_path, TODAY, contract(1, from_on="2026-11-23", accepting=accepting))
    assert Membership.objects.count() == 3
    assert [m.accepts for m in standing_of(who(), TODAY).memberships] == [True]
    assert Contract.objects.get().to_on is None


def test_a_suspended_licence_counts_until_the_day_before(tmp_path: Path) -> None:
    tell(tmp_path, OCTOBER, contract(1) | {"license_status": "active"})
    tell(tmp_path, NOVEMBER, contract(1) | {"license_status": "suspended"})
    assert standing_of(who(), NOVEMBER - timedelta(days=1)).is_licensed
    assert not standing_of(who(), NOVEMBER).is_licensed
    assert not in_network_on(NOVEMBER).exists()


def test_an_exclusion_holds_from_its_day_to_its_last(tmp_path: Path) -> None:
    tell(tmp_path, TODAY, contract(1, excluded_by="OIG", excluded_from_on="2026-11-01"))
    assert who().excluded
    assert in_network_as_of(date(2026, 10, 31)).exists()
    assert not in_network_as_of(date(2026, 11, 1)).exists()
    tell(
        tmp_path,
        TODAY,
        contract(1, excluded_by="OIG", excluded_from_on="2026-11-01") | {"excluded_to_on": "11/20/2026"},
    )
    assert not who().excluded
    assert [e.register for e in standing_of(who(), date(2026, 11, 20)).exclusions] == ["oig"]


def test_the_last_verification_up_to_a_day_is_the_one_that_counts(tmp_path: Path) -> None:
    tell(tmp_path, OCTOBER, contract(1, verified_on="2026-09-07"))
    tell(tmp_path, TODAY, contract(1, verified_on="2026-11-16", verified_by="visit"))
    past, now = standing_of(who(), OCTOBER).verification, standing_of(who(), TODAY).verification
    assert (past and past.on_day, now and now.by) == (date(2026, 9, 7), "visit")
    assert who().verified_on == date(2026, 11, 16)


def test_membership_of_one_network_is_told_from_that_of_another(tmp_path: Path) -> None:
    small = county()
    tell(tmp_path, TODAY, contract(1, network="citrus valley medical group"), contract(2))
    assert list(in_network_as_of(TODAY, [small.citrus])) == [who(1)]
    assert list(in_network_as_of(TODAY, [None])) == [who(2)]
    assert set(in_network_as_of(TODAY, [None, small.citrus])) == {who(1), who(2)}


def test_the_plans_word_that_a_contract_ended_outweighs_a_listing(tmp_path: Path) -> None:
    row = {"NPI": number(1), "SubNetwork": "", "Taxonomy": "207XS0117X", "Address": "1 Clinic Way",
           "City": "Orchard City", "ZipCode": "92999"}  # fmt: skip
    tell(tmp_path, OCTOBER, contract(1, to_on="2026-09-30"))
    load(order("listing", table(tmp_path / "l.csv", [row]), NOVEMBER))
    assert set(Membership.objects.values_list("said_by", flat=True)) == {Source.PLAN, Source.LISTING}
    assert not in_network_as_of(NOVEMBER).exists()
    assert not is_contracted(who(), NOVEMBER)


def test_an_entry_put_in_by_hand_keeps_what_no_file_tells(tmp_path: Path) -> None:
    sam = county().sam
    load(order("national", national(tmp_path / "n.csv", [doctor(1, npi=sam.npi, last_name="Specialist")])))
    now = QualifiedProfessional.objects.get(pk=sam.pk)
    assert (now.license_to_on, now.languages, now.verified_on) == (sam.license_to_on, ["en"], sam.verified_on)
    assert now.address == "1 GROVE ST"
    assert in_network_on(TODAY).filter(pk=sam.pk).exists()


def test_what_begins_or_ends_by_itself_reaches_todays_columns_on_its_day(tmp_path: Path) -> None:
    told = {"excluded_by": "sam", "excluded_from_on": "2026-11-25"}
    tell(tmp_path, TODAY, contract(1, **told) | {"excluded_to_on": "2026-11-26"}, contract(2))
    seen = []
    for later in range(5):
        day = TODAY + timedelta(days=later)
        people = refresh(day, day - timedelta(days=1))
        seen.append((people, who().excluded))
    # Monday, when the file began most of its periods, to Friday: on the list on Wednesday and Thursday.
    assert seen == [(2, False), (0, False), (1, True), (0, True), (1, False)]


def test_the_database_refuses_two_running_periods_of_one_thing(tmp_path: Path) -> None:
    tell(tmp_path, TODAY, contract(1))
    one = Membership.objects.get()
    one.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save()


FACTS = st.tuples(
    st.sampled_from(["yes", "no", ""]), st.sampled_from(["", "ccs"]), st.sampled_from(["1 A St", "2 B St"])
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTS, min_size=1, max_size=5))
def test_what_each_days_file_said_is_what_that_day_answers(tmp_path: Path, told: list[tuple[str, str, str]]) -> None:
    with transaction.atomic():
        first = date(2026, 1, 5)  # a Monday
        for week, (accepting, panel, address) in enumerate(told):
            row = contract(1, from_on="", accepting=accepting, panel=panel, address=address)
            tell(tmp_path, first + timedelta(weeks=week), row)
        for week, (accepting, panel, address) in enumerate(told):
            held = standing_of(who(), first + timedelta(weeks=week, days=3)).memberships
            said = [m for m in held if m.site and m.site.address == address]
            assert [(m.accepts, m.panel) for m in said] == [({"yes": True, "no": False, "": None}[accepting], panel)]
        for kind in MERGES:
            assert overlaps(kind.table, ("professional_id", "said_by", *kind.key)) == 0
        transaction.set_rollback(True)


def overlaps(table_name: str, key: tuple[str, ...]) -> int:
    """How many pairs of periods of one thing have a day in common."""
    same = " AND ".join(f"a.{c} IS NOT DISTINCT FROM b.{c}" for c in key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*) FROM {table_name} a JOIN {table_name} b ON a.id < b.id AND {same}
                 WHERE daterange(a.from_on, a.to_on + 1) && daterange(b.from_on, b.to_on + 1)"""
        )
        return int(cursor.fetchone()[0])


def test_a_network_is_found_by_its_name_whatever_its_capitals(tmp_path: Path) -> None:
    HealthNetwork.objects.create(name="Sierra Oak Health", kind="hmo", phone="1-714-555-0130")
    tell(tmp_path, TODAY, contract(1, network="SIERRA OAK HEALTH"))
    assert str(Membership.objects.get().network) == "Sierra Oak Health"

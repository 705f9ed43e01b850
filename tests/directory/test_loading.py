"""Files into the directory: what is right comes in, what is wrong is told, and a load can be killed."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import psycopg
import pytest

from directory.files import TODAY, contract, doctor, national, national_header, number, order, table
from secondopinion.directory.find import in_network_on, is_contracted
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.reading import FileFault
from secondopinion.directory.loading.runs import ONE_AT_A_TIME
from secondopinion.directory.models import Contract, LoadRun, QualifiedProfessional
from secondopinion.directory.models_dated import LicenseHeld, NpiDeactivation, Practice, Site, SpecialtyHeld
from secondopinion.people.rls import plan_scope
from secondopinion.site.database import Address


@pytest.fixture(autouse=True)
def grounded(request: pytest.FixtureRequest) -> None:
    """Every test but the committed one runs in plan scope, in a transaction of its own."""
    if "committed" not in request.fixturenames:
        request.getfixturevalue("as_plan")


def who(at: int) -> QualifiedProfessional:
    return QualifiedProfessional.objects.get(npi=number(at))


def counts(run: LoadRun) -> tuple[int, int, int]:
    return run.new, run.changed, run.unchanged


def test_the_national_file_brings_in_people_with_specialties_licences_and_a_site(tmp_path: Path) -> None:
    run = load(order("national", national(tmp_path / "n.csv", [doctor(1), doctor(2)])))
    one = who(1)
    assert counts(run) == (2, 0, 0)
    assert (one.full_name, one.taxonomy, one.other_taxonomies) == ("Ada Made-Up1, MD", "207RC0000X", ["207R00000X"])
    assert (one.address_lines, one.phone) == (["1 GROVE ST", "ORCHARD CITY, CA 92999"], "7145550100")
    assert (one.latitude, one.license_number) == (None, "A1")
    assert LicenseHeld.objects.get(professional=one).status == "reported"


def test_a_licence_that_only_the_holder_told_of_makes_nobody_licensed(tmp_path: Path) -> None:
    load(order("national", national(tmp_path / "n.csv", [doctor(1)])))
    load(
        order(
            "plain", table(tmp_path / "c.csv", [contract(1, license_number="", license_from_on="", license_to_on="")])
        )
    )
    assert is_contracted(who(1), TODAY)
    assert not in_network_on(TODAY).exists()


def test_organizations_are_passed_over(tmp_path: Path) -> None:
    run = load(order("national", national(tmp_path / "n.csv", [doctor(1), doctor(2, entity="2")])))
    assert (run.new, run.passed_over, run.refused) == (1, 1, {})


def test_the_plans_own_file_fills_todays_columns_and_contracts(tmp_path: Path) -> None:
    load(order("plain", table(tmp_path / "c.csv", [contract(1)])))
    one = in_network_on(TODAY).get()
    assert (one.npi, one.languages, one.accepts_new_members) == (number(1), ["en", "es"], True)
    assert (one.license_to_on, one.verified_on, one.latitude) == (date(2030, 12, 31), date(2026, 1, 5), 33.75)
    assert Contract.objects.get().from_on == date(2024, 1, 1)


@pytest.mark.parametrize("kind", ["national", "plain"])
def test_the_same_file_twice_changes_nothing(kind: str, tmp_path: Path) -> None:
    made = {"national": (national, doctor), "plain": (table, contract)}[kind]
    path = made[0](tmp_path / "f.csv", [made[1](n) for n in range(20)])  # type: ignore[operator]
    load(order(kind, path))
    before = everything()
    again = load(order(kind, path))
    assert counts(again) == (0, 0, 20)
    assert everything() == before


def everything() -> list[list[dict[str, object]]]:
    tables = (QualifiedProfessional, Contract, SpecialtyHeld, LicenseHeld, Practice, Site, NpiDeactivation)
    return [list(t.objects.order_by("pk").values()) for t in tables]  # type: ignore[attr-defined]


def test_one_broken_row_in_ten_is_told_with_line_field_value_and_reason(tmp_path: Path) -> None:
    people = [doctor(n, **({"npi": "1234567890"} if n % 10 == 0 else {})) for n in range(100)]
    errors = tmp_path / "errors.csv"
    run = load(order("national", national(tmp_path / "n.csv", people), errors=errors), batch=7)
    told = list(csv.DictReader(errors.read_text(encoding="utf-8").splitlines()))
    assert (run.new, sum(run.refused.values()), run.rows_done) == (90, 10, 100)
    assert told[1] == {
        "line": "12", "field": "NPI", "value": "1234567890", "reason": "not an NPI: ten digits with a check digit",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zip", "9299"), ("state", "Calif"), ("taxonomy_1", "cardiology"), ("deactivated_on", "31/31/2020"),
        ("last_name", ""), ("last_name", "X" * 61), ("entity", ""),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_right_leaves_its_row_out_and_no_other(field: str, value: str, tmp_path: Path) -> None:
    run = load(order("national", national(tmp_path / "n.csv", [doctor(1, **{field: value}), doctor(2)])))
    assert (run.new, sum(run.refused.values())) == (1, 1)


def test_an_npi_that_stands_twice_in_one_national_file_is_taken_once(tmp_path: Path) -> None:
    people = [doctor(1), doctor(2), doctor(1, last_name="Other")]
    run = load(order("national", national(tmp_path / "n.csv", people)), batch=1)
    assert (run.new, run.refused) == (2, {"stands in this file already": 1})
    assert who(1).last_name == "Made-Up1"


def test_two_rows_of_one_file_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    rows = [contract(1), contract(1, accepting="no")]
    for size in (10, 1):
        path = table(tmp_path / f"{size}.csv", [dict(r, npi=number(size)) for r in rows])
        run = load(order("plain", path), batch=size)
        assert run.refused == {"contradicts an earlier row of this file": 1}


def test_a_dead_npi_is_in_no_network_and_comes_back_with_its_day(tmp_path: Path) -> None:
    load(order("plain", table(tmp_path / "c.csv", [contract(1)])))
    dead = table(tmp_path / "d.csv", [{"NPI": number(n), "NPPES Deactivation Date": "06/30/2026"} for n in (1, 99)])
    run = load(order("deactivated", dead))
    assert (run.changed, run.passed_over) == (1, 1)
    assert not in_network_on(TODAY).exists()
    back = doctor(1, deactivated_on="06/30/2026", reactivated_on="11/01/2026")
    load(order("national", national(tmp_path / "n.csv", [back])))
    assert in_network_on(TODAY).exists()
    assert NpiDeactivation.objects.get().to_on == date(2026, 10, 31)


def test_an_emptied_row_of_a_dead_npi_leaves_what_was_known(tmp_path: Path) -> None:
    load(order("national", national(tmp_path / "n.csv", [doctor(1)]), date(2026, 11, 2)))
    gone = {"npi": number(1), "deactivated_on": "11/10/2026"}
    assert counts(load(order("national", national(tmp_path / "m.csv", [gone])))) == (0, 1, 0)
    assert (who(1).last_name, Practice.objects.get().to_on) == ("Made-Up1", None)


def test_nobody_comes_in_without_a_name(tmp_path: Path) -> None:
    run = load(order("plain", table(tmp_path / "c.csv", [contract(1, last_name="")])))
    assert run.refused == {"nobody of this NPI is in the directory, and the row tells no name": 1}


def test_a_network_that_nobody_entered_is_told(tmp_path: Path) -> None:
    run = load(order("plain", table(tmp_path / "c.csv", [contract(1, network="Nowhere Medical")])))
    assert list(run.refused) == ["no Health Network bears this name: enter it first, or write it as it is entered"]


def test_a_wrong_encoding_stops_the_load_with_a_sentence(tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", [contract(1, last_name="Núñez")], encoding="cp1252")
    with pytest.raises(FileFault, match=r"c.csv is not written in utf-8: save it in UTF-8"):
        load(order("plain", path))
    assert not QualifiedProfessional.objects.exists()
    assert counts(load(order("plain", path, encoding="cp1252"))) == (1, 0, 0)
    assert who(1).last_name == "Núñez"


def test_a_missing_column_stops_the_load_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "n.csv"
    path.write_text(",".join(national_header()).replace("Entity Type Code", "Kind") + "\n")
    with pytest.raises(FileFault, match="has no column 'Entity Type Code'"):
        load(order("national", path))
    assert LoadRun.objects.get().state == "stopped"


def test_a_column_of_the_plain_file_that_nobody_knows_stops_the_load(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="has a column 'accepts' that nobody knows"):
        load(order("plain", table(tmp_path / "c.csv", [{"npi": number(1), "accepts": "yes"}])))


def test_a_truncated_archive_keeps_whole_batches_and_no_half_of_one(tmp_path: Path) -> None:
    whole = gzip.compress(national(tmp_path / "n.csv", [doctor(n) for n in range(3000)]).read_bytes())
    path = tmp_path / "n.csv.gz"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(FileFault, match=r"n.csv.gz is a damaged or truncated archive: fetch it again"):
        load(order("national", path), batch=500)
    run = LoadRun.objects.get()
    assert run.state == "stopped"
    assert 0 < run.rows_done == QualifiedProfessional.objects.count() < 3000
    assert run.rows_done % 500 == 0
    path.write_bytes(whole)
    assert counts(load(order("national", path))) == (3000 - run.rows_done, 0, run.rows_done)


def test_a_file_that_is_not_there_or_empty_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="cannot be opened"):
        load(order("plain", tmp_path / "none.csv"))
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FileFault, match="is empty"):
        load(order("plain", tmp_path / "empty.csv"))


def test_two_loads_do_not_run_at_once(tmp_path: Path, test_owner: Address) -> None:
    path = table(tmp_path / "c.csv", [contract(1)])
    with psycopg.connect(**test_owner.for_psycopg()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        with pytest.raises(FileFault, match="Another load is running"):
            load(order("plain", path))
        other.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
    assert load(order("plain", path)).new == 1


class Killed(Exception):
    """Stands for the power going off."""


def test_a_load_that_is_killed_half_way_goes_on_where_it_stopped(tmp_path: Path, committed: None) -> None:
    people = [doctor(n) for n in range(40)]
    path = national(tmp_path / "n.csv", [*people, doctor(3)])

    def kill(run: LoadRun, share: float) -> None:
        if run.rows_done == 20:
            raise Killed

    with pytest.raises(Killed):
        load(order("national", path), kill, batch=10)
    with plan_scope(TODAY):
        assert QualifiedProfessional.objects.count() == 20
    read: list[int] = []
    run = load(order("national", path), lambda run, share: read.append(run.rows_done), batch=10)
    assert read == [30, 40, 41]
    assert (run.new, run.refused, run.state) == (40, {"stands in this file already": 1}, "done")
    with plan_scope(TODAY):
        assert LoadRun.objects.count() == 1
        assert QualifiedProfessional.objects.count() == SpecialtyHeld.objects.count() / 2 == 40

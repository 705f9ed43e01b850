"""People whom nobody knew are written straight: what comes of it is what the longer way makes of the same files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.files import TODAY, contract, doctor, national, number, order, table
from secondopinion.directory.loading import load as loading
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.newcomers import key_of
from secondopinion.directory.models import LoadRun, QualifiedProfessional

pytestmark = pytest.mark.usefixtures("as_plan")

OCTOBER = date(2026, 10, 5)  # a Monday
TABLES = ("specialtyheld", "licenseheld", "practice", "membership", "exclusion", "npideactivation", "verification")
NOT_COMPARED = {"id", "professional_id", "site_id", "run_id", "started_at", "ended_at"}
Person = Mapping[str, str]


def everything() -> dict[str, list[str]]:
    """All rows of the directory by what tells them apart, without the keys that each load makes anew."""
    found = {}
    with connection.cursor() as cursor:
        for name in TABLES:
            site = "(SELECT place FROM directory_site g WHERE g.id = t.site_id)" if name in TABLES[2:4] else "NULL"
            cursor.execute(
                f"""SELECT q.npi, {site} AS place, r.file_name, t.* FROM directory_{name} t
                      JOIN directory_qualifiedprofessional q ON q.id = t.professional_id
                      JOIN directory_loadrun r ON r.id = t.run_id"""
            )
            found[name] = rows(cursor)
        for name in ("site", "qualifiedprofessional", "contract", "loadrun"):
            cursor.execute(f"SELECT * FROM directory_{name}")
            found[name] = rows(cursor)
    return found


def rows(cursor: Any) -> list[str]:
    names = [column.name for column in cursor.description]
    return sorted(str({n: v for n, v in zip(names, row, strict=True) if n not in NOT_COMPARED}) for row in cursor)


CODES = st.lists(
    st.tuples(st.sampled_from(["207R00000X", "207RC0000X", "207XS0117X", "363L00000X", "bad"]), st.sampled_from("YN ")),
    max_size=3,
)
LICENSES = st.lists(
    st.tuples(st.sampled_from(["A1", "A2", "b\\3", " ", "a 9"]), st.sampled_from(["CA", "NV", "AZ", ""])), max_size=3
)
STREETS = st.sampled_from(
    ["1 Grove St", "1 GROVE ST.", "1 Grove\tSt", "2 B\\n Ave, Ste 4", "{3},C", "", '4 "D" St', "5 É St"]
)
DEATHS = st.sampled_from([("", ""), ("06/30/2024", ""), ("06/30/2024", "06/30/2024"), ("06/30/2024", "12/31/2026"),
                          ("01/01/1900", ""), ("12/01/2026", ""), ("02/30/2024", "")])  # fmt: skip


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Somebody of the national file, right or wrong."""
    told = {
        "entity": draw(st.sampled_from(["1", "1", "1", "1", "2", ""])),
        "first_name": draw(st.sampled_from(["Ada", "A\\.", " Bo  B ", ""])),
        "last_name": draw(st.sampled_from(["Made-Up", "O'Mäde", "\\N", ""])),
        "credential": draw(st.sampled_from(["M.D.", "", "MD, PH\\D"])),
        "address": draw(STREETS),
        "address_more": draw(st.sampled_from(["", "Floor 2"])),
        "zip": draw(st.sampled_from(["92999", "929991234", "9"])),
        "country": draw(st.sampled_from(["US", "", "MX"])),
        "fax": draw(st.sampled_from(["", "7145550199"])),
        "taxonomy_1": "", "taxonomy_2": "", "license_1": "",
    }  # fmt: skip
    told["deactivated_on"], told["reactivated_on"] = draw(DEATHS)
    for at, (code, primary) in enumerate(draw(CODES), start=1):
        told |= {f"taxonomy_{at}": code, f"is_primary_{at}": primary}
    for at, (license, state) in enumerate(draw(LICENSES), start=1):
        told |= {f"license_{at}": license, f"license_state_{at}": state}
    return told


FILES = st.lists(st.lists(st.tuples(st.integers(1, 6), people()), min_size=1, max_size=7), min_size=1, max_size=3)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES, known=st.sets(st.integers(1, 6), max_size=3), size=st.sampled_from([1, 2, 99]), aside=st.booleans())
def test_either_way_the_same_files_give_the_same_rows(
    files: list[list[tuple[int, Person]]],
    known: set[int],
    size: int,
    aside: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(loading, "LARGE", 0 if aside else 1 << 30)
        assert come_of(tmp_path, files, known, size, straight=True) == come_of(
            tmp_path, files, known, size, straight=False
        )


def come_of(
    folder: Path, files: Sequence[Sequence[tuple[int, Person]]], known: set[int], size: int, *, straight: bool
) -> dict[str, list[str]]:
    """What comes of these files after each other in a directory that knows some people by the plan's word."""
    with transaction.atomic():
        if known:
            load(order("plain", table(folder / "plan.csv", [contract(n) for n in sorted(known)]), OCTOBER))
        for at, told in enumerate(files):
            path = national(folder / f"{at}.csv", [doctor(n, **person) for n, person in told])
            load(order("national", path, date(2026, 11, 2 + 7 * at)), batch=size, straight=straight)
        found = everything()
        transaction.set_rollback(True)
    return found


PLACED = contract(9, address="1 Grove St.", city="ORCHARD CITY")
DEAD_SINCE_EVER = doctor(1, deactivated_on="01/01/1900") | {"license_1": ""}


@pytest.mark.parametrize("person", [doctor(1), DEAD_SINCE_EVER])
def test_either_way_a_site_that_is_known_gives_its_position_and_a_dead_npi_its_day(
    person: Person, tmp_path: Path
) -> None:
    found = []
    for straight in (True, False):
        with transaction.atomic():
            load(order("plain", table(tmp_path / "plan.csv", [PLACED]), OCTOBER))
            load(order("national", national(tmp_path / "n.csv", [person])), straight=straight)
            one = QualifiedProfessional.objects.get(npi=number(1))
            assert (one.latitude, one.address) == (33.75, "1 Grove St.")
            assert one.license_to_on == date(1899, 12, 31) if person is DEAD_SINCE_EVER else date(1900, 1, 1)
            found.append(everything())
            transaction.set_rollback(True)
    assert found[0] == found[1]


def test_a_file_of_a_day_to_come_is_not_yet_true_of_today_either_way(tmp_path: Path) -> None:
    later = date(2027, 1, 4)  # a Monday
    for straight in (True, False):
        with transaction.atomic():
            load(order("national", national(tmp_path / "n.csv", [doctor(1)]), later), straight=straight)
            one = QualifiedProfessional.objects.get()
            assert (one.npi, one.taxonomy, one.address) == (number(1), "", "")
            transaction.set_rollback(True)


def test_who_reads_the_file_may_be_a_process_of_its_own_whose_faults_are_told_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "LARGE", 0)
    people = [doctor(n, **({"zip": "9"} if n == 3 else {})) for n in range(20)]
    run = load(order("national", national(tmp_path / "n.csv", people)), batch=4)
    assert (run.new, run.refused, run.rows_done) == (19, {"not a zip code: five digits, or nine": 1}, 20)
    path = table(tmp_path / "c.csv", [{"npi": "Núñez"}], encoding="cp1252")
    with pytest.raises(loading.FileFault, match="not written in utf-8"):
        load(order("plain", path))
    assert LoadRun.objects.filter(state="stopped").count() == 1


def test_keys_grow_with_run_and_line_and_are_never_the_same() -> None:
    keys = [key_of(run, line) for run in (1, 2, 4000) for line in (1, 2, 90_000_000)]
    assert keys == sorted(keys)
    assert len({key_of(1, 1) for _ in range(1000)}) == 1000


def test_what_is_told_of_today_does_not_depend_on_the_batch(tmp_path: Path) -> None:
    load(order("national", national(tmp_path / "n.csv", [doctor(n) for n in range(5)])), batch=2)
    assert QualifiedProfessional.objects.filter(address__endswith="GROVE ST", license_to_on__lt=TODAY).count() == 5

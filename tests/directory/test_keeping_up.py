"""After every load, however it ends, the flat rows of candidates are what the periods say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from county import SPINE
from directory.files import TODAY, contract, doctor, national, number, order, table
from secondopinion.directory.flattening import flatten_all, has_rows, strays
from secondopinion.directory.loading import keeping_up
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.reading import FileFault
from secondopinion.directory.loading.refreshing import refresh
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_dated import Membership
from secondopinion.directory.nearest import Question, nearest

pytestmark = pytest.mark.usefixtures("as_plan")

OCTOBER = date(2026, 10, 5)  # a Monday
NOVEMBER = date(2026, 11, 2)  # a Monday


def found(day: date = TODAY, *, outside: bool = False) -> set[str]:
    """The NPIs of the spine surgeons near the middle of the county."""
    near = nearest(Question(day, 33.75, -117.87, (SPINE,), outside=outside))
    keys = [each.professional_id for each in near]
    return set(QualifiedProfessional.objects.filter(pk__in=keys).values_list("npi", flat=True))


def test_a_first_load_fills_the_rows_at_its_end_and_later_ones_batch_by_batch(tmp_path: Path) -> None:
    people = [contract(n, from_on="2024-01-01") for n in range(1, 8)]
    load(order("plain", table(tmp_path / "1.csv", people), OCTOBER), batch=3)
    assert found() == {number(n) for n in range(1, 8)}
    assert strays(1000) == ()
    seen: list[set[str]] = []
    more = [contract(n, from_on="2024-01-01") for n in range(1, 12)]
    load(order("plain", table(tmp_path / "2.csv", more), NOVEMBER), lambda *told: seen.append(found()), batch=9)
    assert len(seen[0]) == 9  # the batch after which it was asked has been flattened with it
    assert found() == {number(n) for n in range(1, 12)}
    assert strays(1000) == ()


def test_a_large_load_waits_with_the_rows_until_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_up, "LARGE", 4)
    load(order("plain", table(tmp_path / "1.csv", [contract(99)]), OCTOBER))
    seen: list[int] = []
    people = [contract(n) for n in range(1, 10)]
    load(order("plain", table(tmp_path / "2.csv", people), NOVEMBER), lambda *told: seen.append(len(found())), batch=3)
    assert seen == [4, 7, 7]  # two batches, after which more had come than are moved one by one
    assert len(found()) == 10
    assert strays(1000) == ()


def test_a_load_that_a_fault_stops_leaves_rows_for_what_it_has_written(tmp_path: Path) -> None:
    path = table(tmp_path / "1.csv", [contract(n) for n in range(1, 8)])
    path.write_bytes(path.read_bytes().replace(number(7).encode(), b"\xff\xfe"))
    with pytest.raises(FileFault):
        load(order("plain", path, OCTOBER), batch=2)
    assert QualifiedProfessional.objects.exists() == has_rows()
    assert strays(1000) == ()


def test_who_is_not_in_a_complete_file_any_more_is_outside(tmp_path: Path) -> None:
    load(order("plain", table(tmp_path / "1.csv", [contract(1), contract(2)]), OCTOBER))
    load(order("plain", table(tmp_path / "2.csv", [contract(1)]), NOVEMBER, complete=True))
    assert (found(), found(OCTOBER)) == ({number(1)}, {number(1), number(2)})
    assert not Membership.objects.filter(to_on=None, professional__npi=number(2)).exists()
    assert strays(1000) == ()


def test_strangers_of_the_national_file_are_outside_until_a_contract_comes(tmp_path: Path) -> None:
    load(order("national", national(tmp_path / "1.csv", [doctor(n, taxonomy_1=SPINE) for n in (1, 2)]), OCTOBER))
    assert strays(1000) == ()
    load(order("plain", table(tmp_path / "2.csv", [contract(1)]), NOVEMBER))
    assert found() == {number(1)}
    assert strays(1000) == ()


def test_a_place_that_a_later_file_tells_of_is_found(tmp_path: Path) -> None:
    load(order("plain", table(tmp_path / "1.csv", [contract(1, latitude="", longitude="")]), OCTOBER))
    assert found() == set()
    at_the_same_site = contract(2, address="1 Clinic Way")
    load(order("plain", table(tmp_path / "2.csv", [at_the_same_site]), NOVEMBER))
    assert found() == {number(1), number(2)}
    assert strays(1000) == ()


def test_a_midnight_changes_no_row_and_a_killed_rebuild_is_made_up_for(tmp_path: Path) -> None:
    load(order("plain", table(tmp_path / "1.csv", [contract(1, to_on="2026-11-30")]), OCTOBER))
    refresh(date(2026, 12, 1), TODAY)  # a Tuesday
    assert strays(1000) == ()
    assert (found(date(2026, 11, 30)), found(date(2026, 12, 1))) == ({number(1)}, set())
    assert found(date(2026, 12, 1), outside=True) == {number(1)}
    assert flatten_all() > 0

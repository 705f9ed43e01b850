"""The lists of people who may not be paid: by day, by register, and with those who come back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from county import TODAY
from directory.files import contract, number, order, table
from secondopinion.directory.loading.load import load
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_dated import Exclusion
from secondopinion.people.models import HealthNetwork

pytestmark = pytest.mark.usefixtures("as_plan")

EARLIER = date(2026, 11, 2)  # a Monday


@pytest.fixture(autouse=True)
def people(as_plan: None, tmp_path: Path) -> None:
    """Four professionals of the plan's own file."""
    HealthNetwork.objects.create(name="Citrus Valley Medical Group", kind="shared-risk", phone="1-714-555-0110")
    load(order("plain", table(tmp_path / "people.csv", [contract(at) for at in range(1, 5)]), EARLIER))


def federal(at: int, **changed: str) -> dict[str, str]:
    """A row of the federal list."""
    return {
        "LASTNAME": f"MADE-UP{at}", "FIRSTNAME": "DORA", "MIDNAME": "", "BUSNAME": "", "GENERAL": "", "SPECIALTY": "",
        "UPIN": "", "NPI": number(at), "DOB": "", "ADDRESS": "1 ROAD", "CITY": "ORCHARD CITY", "STATE": "CA",
        "ZIP": "92999", "EXCLTYPE": "1128a1", "EXCLDATE": "20260119", "REINDATE": "00000000",
        "WAIVERDATE": "00000000", "WVRSTATE": "", **changed,
    }  # fmt: skip


def barred() -> set[str]:
    """Who is on a list today, by NPI."""
    return set(QualifiedProfessional.objects.filter(excluded=True).values_list("npi", flat=True))


def test_the_federal_list_excludes_from_its_day_and_passes_over_who_has_no_number(tmp_path: Path) -> None:
    rows = [federal(1), federal(2, NPI="0000000000"), federal(99), federal(3, REINDATE="20260501")]
    run = load(order("oig", table(tmp_path / "UPDATED.csv", rows)))
    assert barred() == {number(1)}
    assert run.passed_over == 2, "one without a number, one whom the directory does not know"
    assert run.refused == {}
    held = {e.professional.npi: (e.register, e.from_on, e.to_on) for e in Exclusion.objects.all()}
    assert held == {
        number(1): ("oig", date(2026, 1, 19), None),  # a Monday
        number(3): ("oig", date(2026, 1, 19), date(2026, 4, 30)),  # until the Thursday before the reinstatement
    }


def test_who_is_not_on_the_whole_list_any_more_may_be_paid_again_and_only_that_register_ends(tmp_path: Path) -> None:
    state = [{"NPI": number(2), "Date of Suspension": "3/2/2026"}]
    load(order("suspended", table(tmp_path / "s.csv", state), EARLIER, complete=True))
    load(order("oig", table(tmp_path / "1.csv", [federal(1), federal(2), federal(3)]), EARLIER, complete=True))
    assert barred() == {number(1), number(2), number(3)}
    run = load(order("oig", table(tmp_path / "2.csv", [federal(1)]), complete=True))
    assert run.ended == 2
    assert barred() == {number(1), number(2)}, "the second stays on the State's list"
    gone = Exclusion.objects.get(professional__npi=number(3))
    assert gone.to_on == TODAY - timedelta(days=1)


def test_a_complete_list_with_a_broken_row_brings_nobody_back(tmp_path: Path) -> None:
    load(order("oig", table(tmp_path / "1.csv", [federal(1), federal(2)]), EARLIER, complete=True))
    run = load(order("oig", table(tmp_path / "2.csv", [federal(1, EXCLDATE="20261399")]), complete=True))
    assert run.ended == 0
    assert "Nothing was ended" in run.why
    assert barred() == {number(1), number(2)}


def test_the_same_list_twice_changes_nothing(tmp_path: Path) -> None:
    rows = [federal(1), federal(2)]
    load(order("oig", table(tmp_path / "1.csv", rows), EARLIER))
    run = load(order("oig", table(tmp_path / "2.csv", rows)))
    assert (run.new, run.changed, run.unchanged) == (0, 0, 2)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"NPI": "1234567890"}, "not an NPI"),
        ({"EXCLDATE": "00000000"}, "no day of exclusion"),
        ({"EXCLDATE": "soon"}, "not a day"),
        ({"REINDATE": "20260119"}, "not after the day of exclusion"),
    ],
)
def test_a_row_that_cannot_be_right_is_told(changed: dict[str, str], says: str, tmp_path: Path) -> None:
    run = load(order("oig", table(tmp_path / "1.csv", [federal(1, **changed)])))
    assert [reason for reason in run.refused if says in reason]
    assert barred() == set()

"""Loading a file at the command line, in the operator's words."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from directory.files import contract, doctor, national, table
from secondopinion.directory.models import LoadRun
from secondopinion.site import loading
from secondopinion.site.refusal import Refusal

pytestmark = pytest.mark.usefixtures("as_plan")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's clock stands at Monday 2026-11-23 23:30 in California, a Tuesday in Greenwich."""

    class Clock:
        @staticmethod
        def now(zone: object) -> datetime:
            return datetime(2026, 11, 24, 7, 30, tzinfo=UTC)

    monkeypatch.setattr(loading, "datetime", Clock)


def test_a_load_ends_with_what_became_of_the_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = [doctor(1), doctor(2, entity="2"), doctor(3, npi="1234567890"), doctor(1)]
    path, errors = national(tmp_path / "n.csv", people), tmp_path / "errors.csv"
    assert loading.bring_in(["national", str(path), "--errors", str(errors)]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "n.csv, as it stands on 2026-11-23: 4 rows read.",
        "1 new, 0 changed, 0 unchanged, 1 of no concern, 2 refused.",
        "  1 not an NPI: ten digits with a check digit",
        "  1 stands in this file already",
    ]
    assert said.err == ""
    assert len(errors.read_text().splitlines()) == 3


def test_the_day_of_the_file_can_be_told(tmp_path: Path) -> None:
    loading.bring_in(["plain", str(table(tmp_path / "c.csv", [contract(1)])), "--on", "2026-11-02"])
    assert str(LoadRun.objects.get().on_day) == "2026-11-02"


def test_a_terminal_shows_how_far_the_load_has_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    loading.bring_in(["plain", str(table(tmp_path / "c.csv", [contract(1), contract(2)]))])
    shown = f"\r[{'#' * loading.BAR}] 100%  2 rows, 0 refused, "
    assert sys.stderr.getvalue().startswith(shown)  # type: ignore[attr-defined]


def test_the_bar_tells_share_rows_rate_and_time_left() -> None:
    said = loading.bar_of(rows=120_000, refused=12, share=0.5, rate=20_000, left=65.2)
    assert said == f"[{'#' * 15}{'.' * 15}]  50%  120,000 rows, 12 refused, 20,000 a second, 1:05 left "


def test_a_fault_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"^none.csv cannot be opened"):
        loading.bring_in(["plain", str(tmp_path / "none.csv")])


@pytest.mark.parametrize("arguments", [[], ["spreadsheet", "f.csv"], ["plain", "f.csv", "--on", "today"]])
def test_what_is_not_understood_is_refused_with_what_may_be_given(arguments: list[str]) -> None:
    with pytest.raises(Refusal, match="usage: secondopinion load"):
        loading.bring_in(arguments)


def test_an_enrolment_file_is_loaded_and_told_in_the_operators_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "member_id,first_name,last_name,birth_date,address,city,zip_code,program,from_on"
    row = "M0000900,Ana,Soto,1990-05-01,9 Plum Street,Orchard City,92998,medi-cal,2026-12-01"
    path = tmp_path / "december.csv"
    path.write_text(f"{head}\n{row}\n{row.replace('M0000900', '')}\n", encoding="utf-8")
    assert loading.bring_in(["enrolment", str(path), "--on", "2026-11-20"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "december.csv, received on 2026-11-20: 2 rows read.",
        "1 new Members, 0 changed, 0 unchanged, 1 refused.",
        "  1 is empty",
        "1 Members are now owed the statement of the right to a second opinion.",
    ]


def test_an_enrolment_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be opened"):
        loading.bring_in(["enrolment", str(tmp_path / "nowhere.csv")])
    with pytest.raises(Refusal, match="takes neither --complete nor --layout"):
        loading.bring_in(["enrolment", str(tmp_path / "nowhere.csv"), "--complete"])

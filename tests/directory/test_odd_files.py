"""Files as they really come: with a byte order mark, other line ends, stray bytes; and a load that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from directory.files import TODAY, contract, doctor, national, number, order, table
from emptying import empty_tables
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.reading import LONGEST_LINE, FileFault
from secondopinion.directory.models import LoadRun, QualifiedProfessional
from secondopinion.directory.models_candidates import CandidateAt
from secondopinion.directory.models_dated import LicenseHeld, Practice, Site, SpecialtyHeld
from secondopinion.people.rls import plan_scope
from secondopinion.site import state
from secondopinion.site.database import Address

KILL_AFTER = 600  # rows; the load of the test has more
CHILD = """
import json, os, signal, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "secondopinion.site.settings"
django.setup()
from datetime import date
from pathlib import Path
from django.db import connections
connections["default"].settings_dict.update(json.loads(sys.argv[2]))
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.runs import Order
def die(run, share):
    if run.rows_done >= int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
load(Order("national", Path(sys.argv[1]), date.fromisoformat(sys.argv[4])), die, batch=100)
"""


def the_rows() -> list[list[tuple[object, ...]]]:
    """What the directory holds, without the keys that chance gives."""
    with plan_scope(TODAY):
        return [
            sorted(
                QualifiedProfessional.objects.values_list("npi", "last_name", "taxonomy", "address", "license_number")
            ),
            sorted(SpecialtyHeld.objects.values_list("professional__npi", "code", "is_primary", "from_on")),
            sorted(LicenseHeld.objects.values_list("professional__npi", "number", "status", "from_on")),
            sorted(Practice.objects.values_list("professional__npi", "site__place", "from_on")),
            sorted(Site.objects.values_list("place")),
            sorted(CandidateAt.objects.values_list("specialty", "network", "from_on", "to_on")),
        ]


@pytest.mark.usefixtures("as_plan")
class TestBytes:
    """What a spreadsheet, another system or a bad line puts into a file."""

    @pytest.mark.parametrize("change", ["mark", "windows", "old mac"])
    def test_a_byte_order_mark_and_other_line_ends_change_nothing(self, change: str, tmp_path: Path) -> None:
        path = table(tmp_path / "c.csv", [contract(1), contract(2)])
        text = path.read_bytes().replace(b"\r\n", b"\n")
        written = {
            "mark": b"\xef\xbb\xbf" + text,
            "windows": text.replace(b"\n", b"\r\n"),
            "old mac": text.replace(b"\n", b"\r"),
        }
        path.write_bytes(written[change])
        run = load(order("plain", path))
        assert (run.new, run.refused) == (2, {})

    def test_a_line_end_inside_a_quoted_field_is_part_of_it(self, tmp_path: Path) -> None:
        path = table(tmp_path / "c.csv", [contract(1, group_name="Backs\nand Spines"), contract(2, group_name="")])
        assert load(order("plain", path)).new == 2
        assert QualifiedProfessional.objects.get(npi=number(1)).group_name.split() == ["Backs", "and", "Spines"]

    def test_a_nul_byte_is_told_and_never_reaches_the_database(self, tmp_path: Path) -> None:
        path = table(tmp_path / "c.csv", [contract(1, last_name="Ma\0de"), contract(2)])
        run = load(order("plain", path))
        assert (run.new, sum(run.refused.values())) == (1, 1)
        assert not QualifiedProfessional.objects.filter(npi=number(1)).exists()

    def test_a_line_of_ten_million_characters_is_told_as_one_fault(self, tmp_path: Path) -> None:
        path = table(tmp_path / "c.csv", [contract(1), contract(2, last_name="x" * 10_000_000)])
        with pytest.raises(FileFault, match="no CSV file any more after line"):
            load(order("plain", path))

    def test_a_file_without_ends_of_lines_is_not_read_whole(self, tmp_path: Path) -> None:
        path = tmp_path / "c.csv"
        path.write_text("npi," * (LONGEST_LINE // 4 + 10))
        with pytest.raises(FileFault, match="has a line of more than"):
            load(order("plain", path))

    def test_a_row_with_a_column_too_many_or_too_few_is_left_out_alone(self, tmp_path: Path) -> None:
        path = table(tmp_path / "c.csv", [contract(1), contract(2), contract(3)])
        first, one, two, three = path.read_text().splitlines()
        path.write_text("\n".join([first, one + ",more", two.rpartition(",")[0], three]))
        run = load(order("plain", path))
        assert (run.new, sum(run.refused.values())) == (1, 2)


def test_a_load_killed_with_a_signal_leaves_whole_batches_and_goes_on_to_the_same_tables(
    committed: None, tmp_path: Path, test_owner: Address
) -> None:
    path = national(tmp_path / "n.csv", [doctor(n, address=f"{n % 40} GROVE ST") for n in range(1500)])
    there = json.dumps({k: str(connection.settings_dict[k]) for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), there, str(KILL_AFTER), TODAY.isoformat()],
        env={**os.environ, "PYTHONPATH": str(state.CLONE / "src")}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr
    with plan_scope(TODAY):
        left = LoadRun.objects.get()
        assert (left.state, left.rows_done) == ("running", KILL_AFTER)
        assert QualifiedProfessional.objects.count() == KILL_AFTER
    _until_the_server_has_noticed()
    run = load(order("national", path), batch=100)
    assert (run.pk, run.state, run.new, run.rows_done) == (left.pk, "done", 1500, 1500)
    gone_on = the_rows()
    empty_tables(test_owner)
    load(order("national", path), batch=100)
    assert the_rows() == gone_on


def _until_the_server_has_noticed() -> None:
    """Wait until the killed process's connection, and its lock with it, is gone."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("The server still keeps the lock of a process that is gone.")

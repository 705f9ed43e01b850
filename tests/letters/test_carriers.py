"""The print house takes each letter exactly once, whatever is killed in between."""

import csv
import errno
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from secondopinion.letters import carriers
from secondopinion.letters.carriers import COLUMNS, NotCarried, Parcel, PrintHouse

FRIDAY = date(2026, 11, 20)  # Friday
SRC = str(Path(carriers.__file__).parents[2])
POST_MANY = """
import sys
from pathlib import Path
from letters.test_carriers import parcel
from secondopinion.letters.carriers import PrintHouse
house = PrintHouse(Path(sys.argv[1]))
for n in range(int(sys.argv[2])):
    house.post(parcel(n))
print("done")
"""


def parcel(n: int = 1) -> Parcel:
    pdf = b"%PDF-1.7 letter " + str(n).encode() * 4000
    return Parcel(
        UUID(int=n), "denial_to_member", "en", "SO-2026-000431", FRIDAY, "Rosa Delgado",
        ("418 Almond Street, Apt 4", "Orchard City, CA 92998"), pdf, hashlib.sha256(pdf).hexdigest(),
    )  # fmt: skip


def listed(folder: Path) -> list[dict[str, str]]:
    with (folder / "2026-11-20" / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(set(row) == set(COLUMNS) and None not in row.values() for row in rows)
    return rows


def assert_each_once(folder: Path, count: int) -> None:
    rows = listed(folder)
    assert sorted(row["letter_id"] for row in rows) == sorted(str(UUID(int=n)) for n in range(count))
    for row in rows:
        assert hashlib.sha256((folder / "2026-11-20" / row["file"]).read_bytes()).hexdigest() == row["sha256"]


def test_a_letter_stands_in_its_days_batch_with_one_line_in_the_list(tmp_path):
    receipt = PrintHouse(tmp_path).post(parcel())
    assert receipt == f"2026-11-20/SO-2026-000431-denial_to_member-{UUID(int=1)}.pdf"
    assert (tmp_path / receipt).read_bytes() == parcel().pdf
    (row,) = listed(tmp_path)
    assert row["recipient_name"] == "Rosa Delgado"
    assert row["address"] == "418 Almond Street, Apt 4 / Orchard City, CA 92998"


def test_handing_over_twice_is_the_same_as_once(tmp_path):
    house = PrintHouse(tmp_path)
    assert house.post(parcel()) == house.post(parcel())
    assert len(listed(tmp_path)) == 1


def test_a_letter_that_was_fetched_is_not_printed_again(tmp_path):
    house = PrintHouse(tmp_path)
    receipt = house.post(parcel())
    (tmp_path / receipt).unlink()
    house.post(parcel())
    assert not (tmp_path / receipt).exists()


def test_another_printing_of_a_mailed_letter_is_refused(tmp_path):
    house = PrintHouse(tmp_path)
    house.post(parcel())
    other = b"%PDF-1.7 other"
    with pytest.raises(NotCarried, match="another printing"):
        house.post(replace(parcel(), pdf=other, sha256=hashlib.sha256(other).hexdigest()))


def test_a_letter_that_does_not_match_its_seal_is_refused(tmp_path):
    with pytest.raises(NotCarried, match="does not match its seal"):
        PrintHouse(tmp_path).post(replace(parcel(), pdf=b"changed"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kept", [1, 20, 60, 150])
def test_a_line_torn_by_a_crash_is_mended(tmp_path, kept):
    house = PrintHouse(tmp_path)
    house.post(parcel(0))
    manifest = tmp_path / "2026-11-20" / "manifest.csv"
    whole = manifest.read_bytes()
    house.post(parcel(1))
    line = manifest.read_bytes()[len(whole) :]
    manifest.write_bytes(whole + line[: min(kept, len(line) - 1)])
    house.post(parcel(1))
    assert_each_once(tmp_path, 2)


def test_a_torn_heading_is_mended_too(tmp_path):
    (tmp_path / "2026-11-20").mkdir()
    (tmp_path / "2026-11-20" / "manifest.csv").write_bytes(b"letter_id,fi")
    PrintHouse(tmp_path).post(parcel(0))
    assert_each_once(tmp_path, 1)


STEPS = [("os", "fsync", n) for n in range(1, 5)] + [("Path", "replace", 1)]


@pytest.mark.parametrize(("holder", "name", "nth"), STEPS)
def test_a_failure_at_any_step_is_told_and_trying_again_mails_once(tmp_path, monkeypatch, holder, name, nth):
    target: Any = {"os": os, "Path": Path}[holder]
    real, calls = getattr(target, name), []

    def failing(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    monkeypatch.setattr(target, name, failing)
    with pytest.raises(NotCarried, match="No space left on device"):
        PrintHouse(tmp_path).post(parcel(0))
    PrintHouse(tmp_path).post(parcel(0))
    assert len(calls) >= nth
    assert_each_once(tmp_path, 1)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(NotCarried, match=r"print house's folder .*file took no letter"):
        PrintHouse(tmp_path / "file").post(parcel())


def test_killing_the_process_again_and_again_mails_each_letter_once(tmp_path):
    chance, count = random.Random(1538), 120
    command = [sys.executable, "-c", POST_MANY, str(tmp_path), str(count)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([SRC, str(Path(__file__).parents[1])])}
    for _ in range(6):
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE)
        _wait_for_the_first_line(tmp_path, process)
        time.sleep(chance.uniform(0, 0.06))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert subprocess.run(command, env=env, capture_output=True, check=True).stdout == b"done\n"
    assert_each_once(tmp_path, count)


def _wait_for_the_first_line(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Let the process get to work before it is killed."""
    seen = sum(1 for _ in folder.rglob("*.pdf"))
    until = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < until:
        if sum(1 for _ in folder.rglob("*.pdf")) > seen or seen >= 120:
            return
        time.sleep(0.002)


def test_many_hands_at_once_mail_each_letter_once(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(PrintHouse(tmp_path).post, [parcel(n % 10) for n in range(40)]))
    assert_each_once(tmp_path, 10)


def test_a_name_cannot_write_a_second_line_or_a_formula(tmp_path):
    PrintHouse(tmp_path).post(replace(parcel(0), recipient_name='=cmd()\n"x",y\r\nz'))
    (row,) = listed(tmp_path)
    assert row["recipient_name"] == '\'=cmd() "x",y z'


def test_a_number_cannot_leave_the_batch(tmp_path):
    receipt = PrintHouse(tmp_path).post(replace(parcel(0), number="../../etc/x"))
    assert receipt.count("/") == 1
    assert (tmp_path / receipt).is_file()

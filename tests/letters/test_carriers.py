"""The print house takes each letter exactly once, whatever is killed in between."""

import csv
import errno
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from secondopinion.letters import carriers
from secondopinion.letters.carriers import COLUMNS, Enclosure, NotCarried, Parcel, PrintHouse

FRIDAY = date(2026, 11, 20)  # Friday
CLOSING = datetime(2026, 11, 20, 15, tzinfo=UTC)  # Friday
SRC = str(Path(carriers.__file__).parents[3])
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
    assert receipt == f"2026-11-20/{UUID(int=1)}.pdf"
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


def test_a_file_name_tells_nothing_of_the_letter(tmp_path):
    enclosed = Enclosure("report of Rosa Delgado.pdf", b"%PDF report", hashlib.sha256(b"%PDF report").hexdigest())
    PrintHouse(tmp_path).post(replace(parcel(), enclosures=(enclosed,), cover=b"%PDF cover", nth=2))
    names = {path.name for path in (tmp_path / "2026-11-20").iterdir()}
    key = f"{UUID(int=1)}-2"
    assert names == {"manifest.csv", f"{key}.pdf", f"{key}-cover.pdf", f"{key}-enclosure-1.pdf"}


def test_a_second_mailing_of_the_same_letter_is_another_line(tmp_path):
    house = PrintHouse(tmp_path)
    assert house.post(parcel()) != house.post(replace(parcel(), nth=2))
    assert [row["mailing_id"] for row in listed(tmp_path)] == [str(UUID(int=1)), f"{UUID(int=1)}-2"]


def test_a_closed_batch_takes_nothing_and_the_next_one_does(tmp_path):
    house = PrintHouse(tmp_path)
    house.post(parcel(1))
    closed = house.close(tmp_path / "2026-11-20", CLOSING)
    assert (closed.name, closed.letters) == ("2026-11-20", 1)
    assert house.post(parcel(2)).startswith("2026-11-20-2/")
    assert house.post(parcel(1)).startswith("2026-11-20/"), "it was handed over before the batch was closed"
    assert len(listed(tmp_path)) == 1


def test_the_sums_of_a_closed_batch_are_those_of_its_files(tmp_path):
    house, report = PrintHouse(tmp_path), b"%PDF report"
    house.post(replace(parcel(1), cover=b"%PDF cover"))
    house.post(replace(parcel(2), enclosures=(Enclosure("r.pdf", report, hashlib.sha256(report).hexdigest()),) * 2))
    closed = house.close(tmp_path / "2026-11-20", CLOSING)
    batch = tmp_path / "2026-11-20"
    sums = (batch / "SHA256SUMS").read_bytes()
    assert hashlib.sha256(sums).hexdigest() == closed.sha256 == json.loads((batch / "batch.json").read_text())["sha256"]
    told = dict(reversed(line.split("  ")) for line in sums.decode().splitlines())
    assert set(told) == {p.name for p in batch.iterdir()} - {"SHA256SUMS", "batch.json"}
    assert all(hashlib.sha256((batch / name).read_bytes()).hexdigest() == seal for name, seal in told.items())


def test_closing_again_changes_nothing(tmp_path):
    house = PrintHouse(tmp_path)
    house.post(parcel())
    batch = tmp_path / "2026-11-20"
    first = house.close(batch, CLOSING)
    said = (batch / "batch.json").read_bytes()
    assert house.close(batch, CLOSING + timedelta(hours=1)) == first
    assert (batch / "batch.json").read_bytes() == said


def test_the_batches_of_days_past_are_closed_and_todays_at_its_times(tmp_path):
    house = PrintHouse(tmp_path)
    house.post(replace(parcel(1), batch_on=date(2026, 11, 19)))  # Thursday
    house.post(parcel(2))
    assert [b.name for b in house.close_due(CLOSING, closings=0)] == ["2026-11-19"]
    assert [b.name for b in house.close_due(CLOSING, closings=1)] == ["2026-11-20"]
    house.post(parcel(3))
    assert house.close_due(CLOSING, closings=1) == []
    assert [b.name for b in house.close_due(CLOSING, closings=2)] == ["2026-11-20-2"]


def test_another_address_on_top_of_a_letter_handed_over_is_not_taken_for_the_same(tmp_path):
    house = PrintHouse(tmp_path)
    house.post(parcel())
    with pytest.raises(NotCarried, match="another printing"):
        house.post(replace(parcel(), cover=b"%PDF another address"))


def test_a_list_that_another_process_has_added_to_is_read_on(tmp_path):
    mine, other = PrintHouse(tmp_path), PrintHouse(tmp_path)
    mine.post(parcel(1))
    other.post(parcel(2))
    mine.post(parcel(2))
    assert len(listed(tmp_path)) == 2

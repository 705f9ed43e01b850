"""The national file into the directory: rows a second, peak memory and disk, against peers in the same run.

The file has all the columns of the national layout, and the load is the command's own, in a process of its own: first
into an empty directory, then the same file again, then a week's file of people who have moved. The peers are a bare
COPY of the rows that came of it, in one bare table without an index, and `csv.reader` walking over the same file.
Memory is that of the loading process and of the one that reads for it, together; it may not grow with the file.

200,000 rows without an argument; `--size 8000000` takes more (some 10 GB for the file and 10 GB for the database,
removed afterwards). `BENCH_ROWS` says the same.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from ground import fresh_database, url
from national_rows import AT_A_SITE, Rows, write
from rows import row

from secondopinion.site import database, state

FEW = 200_000  # rows whose memory is the measure
WEEK = 25  # a week's file has one row in so many
WEEK_MOST = 60_000  # rows of a week's file, about as many as a real one has
SPREAD, ALL = 7_919, 99_999_989  # both prime: NPIs come in no order, as in the real file
GROWTH = 1.2  # times the memory of FEW at most
LOOKS_EVERY = 0.02  # seconds
DISK = "SELECT pg_database_size(current_database())"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one load took: seconds, and the most memory that its processes held together, in megabytes."""

    seconds: float
    megabytes: float


def load_with_the_command(owner: database.Address, path: Path, day: str) -> Loaded:
    """Load a file as the command does it, as the program's own role."""
    app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
    environment = {**os.environ, "DATABASE_URL": url(owner), "SECONDOPINION_APP_DATABASE_URL": url(app)}
    command = [sys.executable, "-m", "secondopinion", "load", "national", str(path), "--on", day]
    start, most = time.perf_counter(), 0.0
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as loading:
        while loading.poll() is None:
            most = max(most, _megabytes(loading.pid))
            time.sleep(LOOKS_EVERY)
    if loading.returncode:
        raise RuntimeError(f"the load of {path.name} ended with {loading.returncode}")
    return Loaded(time.perf_counter() - start, most)


def _megabytes(process: int) -> float:
    """What a process and its children hold of their own; what they share counts in parts, once."""
    total = 0
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        for each in (str(process), *children):
            for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # one of them ended meanwhile
    return total / 1024


def bare_copy(owner: database.Address) -> float:
    """Seconds to COPY the professionals that were read into one bare table."""
    columns = "npi, first_name, last_name, credential, taxonomy, license_number, phone, fax, address, city, zip_code"
    with psycopg.connect(**owner.for_psycopg()) as connection, tempfile.TemporaryFile() as file:
        source = f"COPY (SELECT {columns} FROM directory_qualifiedprofessional) TO STDOUT"
        with connection.cursor().copy(source) as copy:  # type: ignore[call-overload]
            for block in copy:
                file.write(block)
        file.seek(0)
        connection.execute(f"CREATE TABLE bench_bare ({', '.join(f'{c.strip()} text' for c in columns.split(','))})")  # type: ignore[call-overload]
        start = time.perf_counter()
        with connection.cursor().copy("COPY bench_bare FROM STDIN") as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        connection.commit()
        seconds = time.perf_counter() - start
        connection.execute("DROP TABLE bench_bare")
    return seconds


def plain_pass(path: Path) -> float:
    """Seconds in which `csv.reader` alone walks over the file."""
    start = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - start


def main() -> None:
    """Write the files, load them, take the peers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=int(os.environ.get("BENCH_ROWS", FEW)))
    size = parser.parse_args().size
    week_size = max(1, min(size // WEEK, WEEK_MOST))
    rows = Rows()
    numbers = [n * SPREAD % ALL for n in range(0, size, max(1, size // week_size))]
    with tempfile.TemporaryDirectory(prefix="bench-directory-") as folder:
        few, full, week = (Path(folder) / f"{name}.csv" for name in ("few", "full", "week"))
        measure = min(FEW, size)
        write(few, rows.rows((n * SPREAD % ALL for n in range(measure)), measure // AT_A_SITE), rows.head())
        with fresh_database("bench_load") as owner:
            small = load_with_the_command(owner, few, "2026-11-02")
        few.unlink()
        write(full, rows.rows((n * SPREAD % ALL for n in range(size)), size // AT_A_SITE), rows.head())
        write(week, rows.rows(numbers, size // AT_A_SITE, moved=True), rows.head())
        walked = plain_pass(full)
        with fresh_database("bench_load") as owner:
            first = load_with_the_command(owner, full, "2026-11-02")
            _tell_first(size, first, walked, bare_copy(owner), _held(owner, size))
            again = load_with_the_command(owner, full, "2026-11-02")
            _tell_again(size, first, again)
            _tell_memory(size, measure, max(first.megabytes, again.megabytes), small.megabytes)
            changed = load_with_the_command(owner, week, "2026-11-09")
            _tell_week(size, first, len(numbers), changed)


def _held(owner: database.Address, size: int) -> int:
    """The bytes of the database once most of the rows are in it."""
    with psycopg.connect(**owner.for_psycopg()) as connection:
        found = connection.execute(DISK).fetchone()
        count = connection.execute("SELECT count(*) FROM directory_qualifiedprofessional").fetchone()
    assert found is not None
    assert count is not None
    assert count[0] > size // 2  # people came in
    return int(found[0])


def _speed(size: int, loaded: Loaded) -> str:
    return f"{size / loaded.seconds:,.0f} rows/s"


def _tell_first(size: int, first: Loaded, walked: float, bare: float, held: int) -> None:
    named = f"loading {size:,} rows of the national file"
    row(named, "bare COPY of one parsed row each", _speed(size, first), f"{size / bare:,.0f} rows/s",
        bare / first.seconds, "named", met=True)  # fmt: skip
    row(named, "csv.reader over the file", _speed(size, first), f"{size / walked:,.0f} rows/s",
        walked / first.seconds, "named", met=True)  # fmt: skip
    row(f"loading {size:,} rows: disk", "a row of the file", f"{held / 1e9:.2f} GB", f"{held / size:,.0f} B",
        1.0, "named", met=True)  # fmt: skip


def _tell_again(size: int, first: Loaded, again: Loaded) -> None:
    row(f"loading {size:,} rows of the national file once more", "the first time", _speed(size, again),
        _speed(size, first), first.seconds / again.seconds, "named", met=True)  # fmt: skip


def _tell_memory(size: int, measure: int, most: float, small: float) -> None:
    row(f"loading {size:,} rows: peak memory", f"itself at {measure:,}", f"{most:.0f} MB", f"{small:.0f} MB",
        most / small, f"≤ {GROWTH}", met=most / small <= GROWTH)  # fmt: skip


def _tell_week(size: int, first: Loaded, rows: int, changed: Loaded) -> None:
    row(f"a week's {rows:,} rows of the national file, all of them changed", f"the first load of {size:,}",
        _speed(rows, changed), _speed(size, first), rows / changed.seconds * first.seconds / size, "named",
        met=True)  # fmt: skip


if __name__ == "__main__":
    main()

"""Loading the national layout: rows a second and peak memory, against a bare COPY of the same file in the same run.

BENCH_ROWS says how many rows (1,000,000 without it). The peer copies the very same file into one table of text
columns and looks at nothing: no check digit, no day, no period, no index. Memory is that of a process of its own, at a
quarter of the rows and at all of them: it may not grow.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

from ground import fresh_database, url
from rows import row

import psycopg

from directory.files import doctor, national
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.runs import Order
from secondopinion.site import database, state

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
TODAY = date(2026, 11, 23)  # a Monday
READ_AT_ONCE = 1 << 20
SPECIALTIES = ("207R00000X", "207RC0000X", "207X00000X", "207XS0117X", "208600000X", "2084P0800X", "363L00000X")
GROWTH = 1.25  # how much more memory all rows may take than a quarter of them


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one load took, in a process of its own, and what became of the rows."""

    seconds: float
    megabytes: float
    new: int
    unchanged: int


def people(count: int) -> Iterator[dict[str, str]]:
    """So many made-up people of the national file: a few to a site, one to three codes each."""
    chance = random.Random(1538)
    for at in range(count):
        codes = chance.sample(SPECIALTIES, chance.choice((1, 1, 1, 2, 3)))
        more = {f"taxonomy_{n}": code for n, code in enumerate(codes, start=1)}
        more |= {f"is_primary_{n}": "Y" if n == 1 else "N" for n in range(1, 4)}
        if len(codes) == 1:
            more["taxonomy_2"] = ""
        street = f"{chance.randrange(1, count)} GROVE ST"
        yield doctor(at, address=street, zip=f"9{chance.randrange(10_000):04d}", **more)


def in_this_process(path: Path) -> Loaded:
    """Load a file here."""
    start = time.perf_counter()
    run = load(Order("national", path, TODAY))
    seconds = time.perf_counter() - start
    return Loaded(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, run.new, run.unchanged)


def in_a_fresh_process(owner: database.Address, path: Path) -> Loaded:
    """The load as the command runs it: a process of its own, as the program's own role."""
    app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
    environment = {**os.environ, "DATABASE_URL": url(owner), "SECONDOPINION_APP_DATABASE_URL": url(app)}
    told = subprocess.run([sys.executable, __file__, str(path)], env=environment, check=True, stdout=subprocess.PIPE)
    return Loaded(**json.loads(told.stdout))


def bare_copy(owner: database.Address, path: Path) -> float:
    """Seconds to COPY the same file into one table of text columns."""
    with psycopg.connect(**owner.for_psycopg()) as connection, path.open("rb") as file:
        width = file.readline().count(b'","') + 1
        connection.execute(f"CREATE TABLE bench_bare ({', '.join(f'c{n} text' for n in range(width))})")  # type: ignore[call-overload]
        start = time.perf_counter()
        with connection.cursor().copy("COPY bench_bare FROM STDIN (FORMAT csv)") as copy:
            while block := file.read(READ_AT_ONCE):
                copy.write(block)
        connection.commit()
        return time.perf_counter() - start


def main() -> None:
    """Write the files, copy one bare, load both, load one again."""
    with tempfile.TemporaryDirectory() as folder:
        few = national(Path(folder) / "few.csv", people(ROWS // 4))
        many = national(Path(folder) / "many.csv", people(ROWS))
        with fresh_database("bench_load") as owner:
            quarter = in_a_fresh_process(owner, few)
        with fresh_database("bench_load") as owner:
            bare = bare_copy(owner, many)
            whole = in_a_fresh_process(owner, many)
            again = in_a_fresh_process(owner, many)
    assert (whole.new, again.new, again.unchanged) == (ROWS, 0, ROWS)
    figure = f"loading {ROWS:,} rows of the national layout"
    row(figure, "bare COPY of the file", f"{ROWS / whole.seconds:,.0f} rows/s", f"{ROWS / bare:,.0f} rows/s",
        whole.seconds / bare, "named", met=True)  # fmt: skip
    row(f"{figure} once more", "bare COPY of the file", f"{ROWS / again.seconds:,.0f} rows/s",
        f"{ROWS / bare:,.0f} rows/s", again.seconds / bare, "named", met=True)  # fmt: skip
    growth = whole.megabytes / quarter.megabytes
    row(f"{figure}: peak memory", f"itself at {ROWS // 4:,}", f"{whole.megabytes:.0f} MB",
        f"{quarter.megabytes:.0f} MB", growth, f"≤ {GROWTH}", met=growth <= GROWTH)  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asdict(in_this_process(Path(sys.argv[1])))))
    else:
        main()

"""Letters a second through the print house's carrier alone, against bare files on the same disk in the same run.

Each letter is 30 kB, as two pages are. The limit is what the disk gives: a file written and synced, its folder synced,
a line appended and synced. Ours also checks the seal, looks the letter up in the batch's list under a lock, and gives
the file its name only when it is whole. `python bench/carriers.py 10000` takes a whole batch.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

CLONE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CLONE / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.site.settings")

from rows import row
from secondopinion.letters.carriers.parcel import Parcel
from secondopinion.letters.carriers.print_house import PrintHouse

FRIDAY, NOON = date(2026, 11, 20), datetime(2026, 11, 20, 20, tzinfo=UTC)  # Friday
ROUNDS, SMALL, SIZE, GOAL = 3, 400, 30_000, 0.7


def parcel(number: int) -> Parcel:
    pdf = b"%PDF-1.7 " + str(number).encode() + os.urandom(SIZE)
    lines = ("418 Almond Street, Apt 4", "Orchard City, CA 92998")
    seal = hashlib.sha256(pdf).hexdigest()
    return Parcel(
        UUID(int=number), "denial_to_member", "en", "SO-2026-000431", FRIDAY, "Rosa Delgado", lines, pdf, seal
    )


def bare(folder: Path) -> Callable[[Parcel], None]:
    """A file, its folder and a line in a list, each synced, and nothing else."""
    listed = (folder / "list.csv").open("ab", buffering=0)
    place = os.open(folder, os.O_RDONLY)

    def put(one: Parcel) -> None:
        with (folder / f"{one.letter_id}.pdf").open("wb") as file:
            file.write(one.pdf)
            file.flush()
            os.fsync(file.fileno())
        os.fsync(place)
        listed.write(f"{one.letter_id},{one.sha256}\n".encode())
        os.fsync(listed.fileno())

    return put


def a_second(put: Callable[[Parcel], object], parcels: list[Parcel]) -> float:
    start = time.perf_counter()
    for one in parcels:
        put(one)
    return len(parcels) / (time.perf_counter() - start)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SMALL
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(dir=os.environ.get("SECONDOPINION_BENCH_FOLDER")) as name:
        for turn in range(ROUNDS):
            parcels = [parcel(turn * count + n) for n in range(count)]
            folder, house = Path(name) / f"bare-{turn}", PrintHouse(Path(name) / f"house-{turn}")
            folder.mkdir()
            theirs.append(a_second(bare(folder), parcels))
            ours.append(a_second(house.post, parcels))
            (batch,) = house.close_due(NOON.replace(day=21), closings=0)
            assert batch.letters == count
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    row(
        f"letters into a batch of {count:,}, one process",
        "bare files and a list, each synced",
        f"{statistics.median(ours):,.0f}/s",
        f"{statistics.median(theirs):,.0f}/s",
        ratio,
        f"≥ {GOAL}",
        met=ratio >= GOAL,
    )


if __name__ == "__main__":
    main()

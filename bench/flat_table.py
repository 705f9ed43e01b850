"""The flat rows of the match, put into the table and indexed as a rebuild does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import ground  # noqa: F401 - sets Django up before the models below

from county import TODAY
from county_rows import COLUMNS, NETWORKS, draw, write
from secondopinion.directory.models import HealthNetwork
from secondopinion.directory.models_candidates import NetworkKey, specialty_of
from secondopinion.people.rls import plan_scope

READ_AT_ONCE = 1 << 20
INDEXES = (
    "CREATE INDEX candidate_nearest ON directory_candidateat USING gist (network, specialty, point)",
    "CREATE INDEX candidate_of_whom ON directory_candidateat (professional_id)",
    "CREATE INDEX candidate_unplaced ON directory_candidateat (network, specialty, professional_id) "
    "WHERE point IS NULL",
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A made-up directory: the connection that holds its rows, the networks' keys, how many rows, and their text."""

    duck: Any
    keys: Mapping[UUID, int]
    rows: int
    text: Path


def networks() -> list[tuple[UUID, int]]:
    """Twelve Health Networks and their keys in the flat rows."""
    found = []
    for number in range(NETWORKS):
        network = HealthNetwork.objects.create(name=f"Network {number}", kind="hmo", phone="1-714-555-0100")
        found.append((network.pk, NetworkKey.objects.create(network=network).pk))
    return found


@contextmanager
def drawn(people: int, room: Path) -> Iterator[Drawn]:
    """The made-up directory of a size, in DuckDB with two threads and as text for COPY."""
    with duckdb.connect(str(room / "rows.duckdb")) as duck:
        duck.execute("SET threads = 2")
        duck.execute("SET memory_limit = '6GB'")
        with plan_scope(TODAY):
            keys = dict(networks())
        rows = draw(duck, people, list(keys.values()), specialty_of)
        text = room / "rows.csv"
        write(duck, text)
        yield Drawn(duck, keys, rows, text)


def empty(owner: Any) -> None:
    """Take rows and indexes away."""
    owner.execute("DROP INDEX candidate_nearest, candidate_of_whom, candidate_unplaced")
    owner.execute("TRUNCATE directory_candidateat")
    owner.execute("SET maintenance_work_mem = '512MB'")


def copy_in(owner: Any, text: Path) -> None:
    """COPY the rows into the empty table."""
    copying = f"COPY directory_candidateat ({COLUMNS}) FROM STDIN (FORMAT csv, DELIMITER '|')"
    with text.open("rb") as file, owner.cursor().copy(copying) as copy:
        while data := file.read(READ_AT_ONCE):
            copy.write(data)


def index(owner: Any) -> None:
    """Make the table's indexes."""
    for made in INDEXES:
        owner.execute(made)

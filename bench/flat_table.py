"""The flat rows of the match, put into the table and indexed as a rebuild does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import ground  # noqa: F401 - sets Django up before the models below

from county_rows import COLUMNS, NETWORKS
from secondopinion.directory.models import HealthNetwork
from secondopinion.directory.models_candidates import NetworkKey

READ_AT_ONCE = 1 << 20
INDEXES = (
    "CREATE INDEX candidate_nearest ON directory_candidateat USING gist (network, specialty, point)",
    "CREATE INDEX candidate_of_whom ON directory_candidateat (professional_id)",
    "CREATE INDEX candidate_unplaced ON directory_candidateat (network, specialty, professional_id) "
    "WHERE point IS NULL",
)


def networks() -> list[tuple[UUID, int]]:
    """Twelve Health Networks and their keys in the flat rows."""
    found = []
    for number in range(NETWORKS):
        network = HealthNetwork.objects.create(name=f"Network {number}", kind="hmo", phone="1-714-555-0100")
        found.append((network.pk, NetworkKey.objects.create(network=network).pk))
    return found


def copy_in(owner: Any, text: Path) -> None:
    """COPY the rows into the table, emptied and without its indexes."""
    owner.execute("DROP INDEX candidate_nearest, candidate_of_whom, candidate_unplaced")
    owner.execute("TRUNCATE directory_candidateat")
    copying = f"COPY directory_candidateat ({COLUMNS}) FROM STDIN (FORMAT csv, DELIMITER '|')"
    with text.open("rb") as file, owner.cursor().copy(copying) as copy:
        while data := file.read(READ_AT_ONCE):
            copy.write(data)


def index(owner: Any) -> None:
    """Make the table's indexes."""
    owner.execute("SET maintenance_work_mem = '512MB'")
    for made in INDEXES:
        owner.execute(made)

"""What keeping a file costs, in MB a second: examined and sealed against plain, in the same database and run.

Plain storing is one INSERT of the bytes and a commit; ours looks at the kind, scans, seals, hashes and stores the same
way. PostgreSQL tries to pack what begins like text and gives up at once on chance, so a sealed file is stored in less
time than a plain scan. Reading is SELECT against SELECT and open. Files are scans of one page, made by chance.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from ground import database, fresh_database

from django.db import connections, transaction
from rows import row
from secondopinion.people.kept.kinds import Kind
from secondopinion.people.kept.rows import KeptFile
from secondopinion.people.kept.taking import examined
from secondopinion.people.prepared import send

MB, COUNT = 4, 12
PLAIN = "plain bytes, one INSERT, same table shape"
TABLE = "CREATE TABLE kept_{} (id uuid PRIMARY KEY, content bytea NOT NULL, sha256 text, key_id text, data_key bytea)"


class Row(KeptFile):
    """A file in a table of this figure's own."""

    class Meta:
        app_label = "people"
        managed = False
        db_table = "kept_ours"

    @property
    def place(self) -> str:
        """As every kept file's: the table and the id."""
        return f"kept_ours:{self.named}"

    named: UUID


def a_scan() -> bytes:
    """A PDF of one page whose picture is `MB` megabytes of chance."""
    picture = os.urandom(MB << 20)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%b\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"
    ) % (len(picture), picture)


def store_plain(content: bytes) -> UUID:
    """As if nothing guarded it."""
    key = uuid4()
    with transaction.atomic():
        send("INSERT INTO kept_plain (id, content) VALUES (%s, %s)", [key, content])
    return key


def store_ours(content: bytes) -> UUID:
    """Examined, sealed, kept."""
    assert examined(content, (Kind.PDF,)) is Kind.PDF
    key = uuid4()
    kept = Row()
    kept.named = key
    kept.put(content)
    with transaction.atomic():
        send(
            "INSERT INTO kept_ours VALUES (%s, %s, %s, %s, %s)",
            [key, kept.content, Row.hash_of(content), kept.key_id, kept.data_key],
        )
    return key


def read_plain(key: UUID) -> bytes:
    """The bytes as they lie."""
    return bytes(send("SELECT content FROM kept_plain WHERE id = %s", [key]).fetchone()[0])  # type: ignore[index]


def read_ours(key: UUID) -> bytes:
    """Opened, and compared with its SHA-256."""
    found = send("SELECT content, sha256, key_id, data_key FROM kept_ours WHERE id = %s", [key]).fetchone()
    assert found is not None
    kept = Row(content=found[0], sha256=found[1], key_id=found[2], data_key=found[3])
    kept.named = key
    return kept.plain()


def timed(work: Callable[[Any], Any], given: Any) -> tuple[Any, float]:
    """What a call gives back, and its seconds."""
    begin = time.perf_counter()
    found = work(given)
    return found, time.perf_counter() - begin


def main() -> None:
    """Store and read in turn, so that both meet the same machine."""
    with fresh_database("bench_files"):
        with connections["owner"].cursor() as cursor:
            for name in ("plain", "ours"):
                cursor.execute(TABLE.format(name) + f"; GRANT ALL ON kept_{name} TO {database.APP_ROLE}")
        files = [a_scan() for _ in range(COUNT)]
        taken: dict[str, list[float]] = {name: [] for name in ("store_plain", "store_ours", "read_plain", "read_ours")}
        sides = [("plain", store_plain, read_plain), ("ours", store_ours, read_ours)]
        for content in files:
            for name, store, read in sides:
                key, stored = timed(store, content)
                back, loaded = timed(read, key)
                assert back == content
                taken[f"store_{name}"].append(MB / stored)
                taken[f"read_{name}"].append(MB / loaded)
            sides.reverse()  # each goes first as often as the other
        for verb, goal in (("store", 0.5), ("read", 0.4)):
            ours, theirs = (statistics.median(taken[f"{verb}_{whose}"]) for whose in ("ours", "plain"))
            what = "examined, sealed and stored" if verb == "store" else "read, opened and compared"
            row(f"files of {MB} MB, {what}", PLAIN, f"{ours:.0f} MB/s", f"{theirs:.0f} MB/s", ours / theirs,
                f"≥ {goal}", met=ours / theirs >= goal)  # fmt: skip


if __name__ == "__main__":
    main()

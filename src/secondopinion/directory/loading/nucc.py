"""The NUCC taxonomy file that the plan downloads: the names of codes. None of them are shipped with the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.backends.utils import CursorWrapper

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.layout import columns_of, layout_of

NEEDED = ("code", "grouping", "classification", "specialization")


@dataclass(frozen=True, slots=True)
class CodeTold:
    """One code with its names."""

    code: str
    grouping: str
    classification: str
    specialization: str
    display: str


def reader(path: Path, header: Sequence[str], own: Path | None = None) -> Callable[[list[str]], CodeTold]:
    """What reads a row of the taxonomy file. Raises FileFault."""
    columns = columns_of(path, header, layout_of("nucc", own), NEEDED)
    seen: set[str] = set()  # under a thousand codes

    def read(row: list[str]) -> CodeTold:
        code = checking.taxonomy("code", columns.of(row, "code"))
        if not code:
            raise RowFault("code", "", "a row without a code")
        if code in seen:
            raise RowFault("code", code, "stands in this file already")
        seen.add(code)
        named = [checking.text(n, columns.of(row, n), 200) for n in (*NEEDED[1:], "display")]
        return CodeTold(code, *named)

    return read


def write(cursor: CursorWrapper, told: Sequence[tuple[int, CodeTold]]) -> tuple[int, int]:
    """Put codes into the table. Returns how many are new and how many have changed."""
    cursor.execute(
        """WITH told AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
                           AS t (code, grouping, classification, specialization, display)),
                written AS (
             INSERT INTO directory_taxonomy AS held SELECT code, grouping, classification, specialization, display
               FROM told
             ON CONFLICT (code) DO UPDATE SET grouping = excluded.grouping, classification = excluded.classification,
                    specialization = excluded.specialization, display = excluded.display
              WHERE (held.grouping, held.classification, held.specialization, held.display) IS DISTINCT FROM
                    (excluded.grouping, excluded.classification, excluded.specialization, excluded.display)
             RETURNING (xmax = 0) AS is_new)
           SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written""",
        [
            [each.code for _, each in told],
            [each.grouping for _, each in told],
            [each.classification for _, each in told],
            [each.specialization for _, each in told],
            [each.display for _, each in told],
        ],
    )
    new, changed = cursor.fetchone()
    return new, changed

"""A file that is complete: memberships of its source that it does not hold have ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from secondopinion.directory.loading.merging import empty_practices
from secondopinion.directory.loading.projecting import project
from secondopinion.directory.loading.staging import empty_rooms


def seen_in(cursor: CursorWrapper) -> list[int]:
    """The memberships held before that the batch in the waiting room speaks of."""
    cursor.execute("SELECT held_id FROM stage_membership WHERE held_id IS NOT NULL")
    return [row[0] for row in cursor.fetchall()]


def end_the_rest(cursor: CursorWrapper, run: int, said_by: str, day: date, today: date, seen: Iterable[int]) -> int:
    """End the running memberships that a complete file did not hold, the day before it. Returns how many.

    `seen` are those it did hold, but for the ones that it began itself.
    """
    empty_rooms(cursor)
    given: dict[str, Any] = {"run": run, "by": said_by, "day": day, "seen": list(seen)}
    cursor.execute(
        """UPDATE directory_membership SET to_on = greatest(%(day)s - 1, from_on - 1)
            WHERE said_by = %(by)s AND to_on IS NULL AND from_on <= %(day)s AND run_id <> %(run)s
              AND NOT id = ANY(%(seen)s::bigint[])
        RETURNING professional_id""",
        given,
    )
    whose = [row[0] for row in cursor.fetchall()]
    cursor.execute(
        """INSERT INTO stage_person (line, npi, first_name, last_name, credential, group_name, professional_id)
           SELECT row_number() OVER (), npi, '', '', '', '', id
             FROM directory_qualifiedprofessional WHERE id = ANY(%s)""",
        [whose],
    )
    cursor.execute("INSERT INTO stage_outcome SELECT line, 'changed' FROM stage_person")
    cursor.execute(empty_practices("stage_person"), given)
    project(cursor, today)
    return len(whose)

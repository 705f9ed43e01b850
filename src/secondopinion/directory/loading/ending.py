"""A file that is complete: what its source told before, and it does not hold, has ended.

Of the listing and the plan's own file these are memberships; of a list of excluded people, the exclusions.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from secondopinion.directory.loading.merging import empty_practices
from secondopinion.directory.loading.projecting import project
from secondopinion.directory.loading.staging import empty_rooms
from secondopinion.directory.models_dated import LoadRun


@dataclass(frozen=True, slots=True)
class Rows:
    """What a complete file holds all of: a kind of period, and of exclusions which register."""

    name: str
    register: str = ""

    @property
    def condition(self) -> str:
        """Which of the periods these are."""
        return "register = %(register)s" if self.register else "true"


MEMBERSHIPS = Rows("membership")


def seen_in(cursor: CursorWrapper, told: Rows) -> list[int]:
    """The periods held before that the batch in the waiting room speaks of."""
    cursor.execute(f"SELECT held_id FROM stage_{told.name} WHERE held_id IS NOT NULL")
    return [row[0] for row in cursor.fetchall()]


def end_the_rest(
    cursor: CursorWrapper, run: LoadRun, said_by: str, told: Rows, today: date, seen: Iterable[int]
) -> int:
    """End the running periods that a complete file did not hold, the day before it. Returns how many people's.

    `seen` are those it did hold, but for the ones that it began itself.
    """
    empty_rooms(cursor)
    given: dict[str, Any] = {
        "run": run.pk, "by": said_by, "day": run.on_day, "seen": list(seen), "register": told.register
    }  # fmt: skip
    cursor.execute(
        f"""UPDATE directory_{told.name} SET to_on = greatest(%(day)s - 1, from_on - 1)
             WHERE said_by = %(by)s AND to_on IS NULL AND from_on <= %(day)s AND run_id <> %(run)s
               AND {told.condition} AND NOT id = ANY(%(seen)s::bigint[])
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
    if told == MEMBERSHIPS:
        cursor.execute(empty_practices("stage_person"), given)
    project(cursor, today)
    return len(whose)

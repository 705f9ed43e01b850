"""Keeping the flat rows of candidates up with a load: batch by batch, or all anew at the end of a large one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from secondopinion.directory.flattening import flatten, flatten_all, has_rows, placed_since
from secondopinion.directory.models_dated import LoadRun
from secondopinion.people.rls import plan_scope

LARGE = 200_000
"""People new or changed in one load, from which on making all rows anew costs less than moving them one by one."""


def keep_up(cursor: CursorWrapper, run: LoadRun, others: Iterable[UUID] = ()) -> None:
    """Flatten whom the batch in the waiting room has touched, and `others`, in the batch's own transaction.

    Not in a first load or a large one: there it is done once, by `catch_up`.
    """
    if not _waits(run):
        cursor.execute("SELECT professional_id FROM stage_touched")
        flatten([*(key for (key,) in cursor.fetchall()), *others])


def catch_up(run: LoadRun, today: date) -> None:
    """Bring the flat rows to where a load has come, its end or the fault that stopped it.

    A load that was killed has done this for its last small batch; a large one does it when it goes on.
    """
    with plan_scope(today):
        if _waits(run):
            flatten_all()
        else:
            flatten(placed_since())


def _waits(run: LoadRun) -> bool:
    return run.new + run.changed > LARGE or not has_rows()

"""The record of a load: found again when it was killed, refused when it comes too late, alone while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection

from secondopinion.directory.loading.reading import FileFault
from secondopinion.directory.models_dated import LoadRun
from secondopinion.people.rls import plan_scope

ONE_AT_A_TIME = 1539  # the advisory lock that keeps two loads from running at once


@dataclass(frozen=True, slots=True)
class Order:
    """What to load: the kind of file, the file, the day it speaks of (none: today), and how it is written."""

    kind: str
    path: Path
    today: date
    on_day: date | None = None
    errors: Path | None = None
    layout: Path | None = None
    encoding: str = "utf-8"
    complete: bool = False  # what its source told of memberships before, and the file does not hold, has ended


def run_of(order: Order, digest: str, *, from_the_start: bool) -> LoadRun:
    """The unfinished run of this very file, so that it goes on where it stopped; else a new one. Raises FileFault."""
    with plan_scope(order.today):
        unfinished = LoadRun.objects.filter(kind=order.kind, file_sha256=digest).exclude(state=LoadRun.State.DONE)
        if order.on_day:
            unfinished = unfinished.filter(on_day=order.on_day)
        run = unfinished.first()
        _refuse_out_of_order(order, run.on_day if run else order.on_day or order.today)
        if run is None:
            return LoadRun.objects.create(
                kind=order.kind,
                file_name=order.path.name[:200],
                file_sha256=digest,
                on_day=order.on_day or order.today,
            )
        run.state, run.why, run.ended_at = LoadRun.State.RUNNING, "", None
        if from_the_start:
            run.rows_done = run.new = run.changed = run.unchanged = run.passed_over = 0
            run.refused = {}
        run.save()
        return run


def _refuse_out_of_order(order: Order, day: date) -> None:
    """A file may not speak of a day before one that is loaded: it would bring back what has ended since."""
    later = LoadRun.objects.filter(kind=order.kind, on_day__gt=day, rows_done__gt=0).order_by("-on_day").first()
    if later is not None:
        raise FileFault(
            f"A {order.kind} file of {later.on_day} is loaded already, so {order.path.name} of {day} came too late: "
            "load files in the order of their days, and say the day with --on."
        )


def note(run: LoadRun, today: date) -> None:
    """Write down how a run stands."""
    with plan_scope(today):
        run.save()


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else loads meanwhile. Raises FileFault when somebody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise FileFault("Another load is running, so this one was not begun: wait for its end.")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])

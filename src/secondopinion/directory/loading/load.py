"""One file into the directory, batch by batch. Each batch is one transaction, and tells how far the load has come.

A load that was killed goes on behind its last committed batch. The same file again changes nothing.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from secondopinion.directory.loading import listing, merging, national, nucc, plain, plan_net
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.ending import end_the_rest, seen_in
from secondopinion.directory.loading.entry import Entry
from secondopinion.directory.loading.keeping_up import catch_up, keep_up
from secondopinion.directory.loading.projecting import project
from secondopinion.directory.loading.reading import FileFault, resources_of, rows_of, sha256_of
from secondopinion.directory.loading.staging import fill, open_rooms
from secondopinion.directory.models_dated import LoadRun, Source
from secondopinion.people.models import HealthNetwork
from secondopinion.people.rls import plan_scope

BATCH = 10_000  # rows in one transaction
KINDS = {
    "national": Source.NATIONAL,
    "deactivated": Source.NATIONAL,
    "listing": Source.LISTING,
    "plan-net": Source.PLAN_NET,
    "plain": Source.PLAN,
    "nucc": None,
}
"""The kinds of file, and whose word each is."""
STRANGERS_PASS = ("national", "deactivated")
"""Kinds that name many people whom the directory need not know: no name there is no fault."""
CAN_BE_COMPLETE = ("listing", "plain")
"""Kinds whose rows are memberships, of which a missing one can mean that it has ended."""
ONE_AT_A_TIME = 1539  # the advisory lock that keeps two loads from running at once
ERROR_COLUMNS = ("line", "field", "value", "reason")
UNKNOWN_NETWORK = "no Health Network bears this name: enter it first, or write it as it is entered"

Record = tuple[int, Any]
"""A row's line, and what it says: an entry, a RowFault, or none when it is of no concern."""
AfterBatch = Callable[[LoadRun], None]


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


@dataclass(slots=True)
class _Batch:
    read: int = 0
    passed_over: int = 0
    told: list[tuple[int, Any]] = field(default_factory=list)
    faults: list[tuple[int, RowFault]] = field(default_factory=list)


def load(order: Order, after_batch: AfterBatch = lambda run: None, batch: int = BATCH) -> LoadRun:
    """Read a file into the directory, and hand back what became of it.

    `after_batch` is told of each batch that is safe; what it raises stops the load there. Raises FileFault.
    """
    digest = sha256_of(order.path)
    with _alone():
        run = _run_of(order, digest)
        try:
            _refuse_as_complete(order)
            _read_in(order, run, after_batch, batch)
        except FileFault as fault:
            run.state, run.why, run.ended_at = LoadRun.State.STOPPED, str(fault), Now()
            _save(run, order.today)
            catch_up(run, order.today)
            raise
        catch_up(run, order.today)
        run.state, run.ended_at = LoadRun.State.DONE, Now()
        _save(run, order.today)
        run.refresh_from_db()
        return run


def _read_in(order: Order, run: LoadRun, after_batch: AfterBatch, size: int) -> None:
    already = run.rows_done
    with plan_scope(order.today):
        networks: dict[str, UUID | None] = {n.name.lower(): n.pk for n in HealthNetwork.objects.all()}
        with connection.cursor() as cursor:
            open_rooms(cursor)
    networks[""] = None
    waiting, seen = _Batch(), set[int]()
    with _errors_to(order.errors, already > 0) as write_error:

        def finish() -> None:
            seen.update(_commit(order, run, waiting, networks, write_error))
            after_batch(run)

        for line, said in _records(order, run.on_day):
            if already:
                already -= 1  # read again all the same, so that a duplicate of an earlier row is known
                continue
            _sort_out(waiting, line, said, networks)
            if waiting.read >= size:
                finish()
                waiting = _Batch()
        if waiting.read:
            finish()
    if order.complete:
        _end_the_rest(order, run, seen)


def _sort_out(waiting: _Batch, line: int, said: Any, networks: Mapping[str, UUID | None]) -> None:
    waiting.read += 1
    if isinstance(said, Entry) and said.memberships:
        strange = next((m.network for m in said.memberships if m.network.lower() not in networks), None)
        if strange is not None:
            said = RowFault("network", strange, UNKNOWN_NETWORK)
    if said is None:
        waiting.passed_over += 1
    elif isinstance(said, RowFault):
        waiting.faults.append((line, said))
    else:
        waiting.told.append((line, said))


def _commit(
    order: Order,
    run: LoadRun,
    waiting: _Batch,
    networks: Mapping[str, UUID | None],
    write_error: Callable[[Sequence[object]], object],
) -> list[int]:
    """Write one batch and the new standing of the run, together or not at all. Returns the memberships it spoke of."""
    with plan_scope(order.today):
        verdicts, refused, seen = _write(order, run, waiting.told, networks)
        faults = [*waiting.faults, *refused]
        run.rows_done += waiting.read
        run.new += verdicts["new"]
        run.changed += verdicts["changed"]
        run.unchanged += verdicts["unchanged"]
        run.passed_over += waiting.passed_over + verdicts["passed over"]
        run.refused = dict(Counter(run.refused) + Counter(fault.reason for _, fault in faults))
        # Before the commit: after a crash a fault may be told twice, and is never lost.
        for line, fault in sorted(faults, key=lambda each: each[0]):
            write_error((line, fault.field, fault.value, fault.reason))
        run.save()
    return seen


def _write(
    order: Order, run: LoadRun, told: list[tuple[int, Any]], networks: Mapping[str, UUID | None]
) -> tuple[Counter[str], list[tuple[int, RowFault]], list[int]]:
    source = KINDS[order.kind]
    with connection.cursor() as cursor:
        if source is None:
            new, changed = nucc.write(cursor, told)
            return Counter({"new": new, "changed": changed, "unchanged": len(told) - new - changed}), [], []
        named = {m.network: networks[m.network.lower()] for _, e in told for m in e.memberships}
        fill(cursor, told, named, run.on_day)
        merging.merge(cursor, run.pk, source.value, run.on_day)
        project(cursor, order.today)
        keep_up(cursor, run)
        cursor.execute(
            """SELECT o.line, p.npi, array_agg(DISTINCT o.verdict)
                 FROM stage_outcome o JOIN stage_person p ON p.line = o.line GROUP BY o.line, p.npi"""
        )
        outcomes = cursor.fetchall()
        seen = seen_in(cursor) if order.complete else []
    verdicts: Counter[str] = Counter({"unchanged": len(told) - len(outcomes)})
    refused: list[tuple[int, RowFault]] = []
    for line, npi, found in outcomes:
        against = next((v for v in merging.REASONS if v in found), None)
        if against == "nobody" and order.kind in STRANGERS_PASS:
            verdicts["passed over"] += 1
        elif against:
            refused.append((line, RowFault("npi", npi, merging.REASONS[against])))
        else:
            verdicts["new" if "new" in found else "changed"] += 1
    return verdicts, refused, seen


def _refuse_as_complete(order: Order) -> None:
    if order.complete and order.kind not in CAN_BE_COMPLETE:
        raise FileFault(f"A {order.kind} file cannot be complete: leave --complete out, or give one of another kind.")


def _end_the_rest(order: Order, run: LoadRun, seen: set[int]) -> None:
    """End what a complete file does not hold; nothing when a row was refused, since it may have held it."""
    source = KINDS[order.kind]
    if source is None or run.refused:
        run.why = "Nothing was ended, because rows were refused: put them right and load the file again."
        return
    with plan_scope(order.today):
        with connection.cursor() as cursor:
            run.ended = end_the_rest(cursor, run.pk, source.value, run.on_day, order.today, seen)
            keep_up(cursor, run)
        run.save()


def _records(order: Order, day: date) -> Iterator[Record]:
    """Every row or resource of the file with what it says. Raises FileFault."""
    if order.kind == "plan-net":
        yield from plan_net.entries_of(resources_of(order.path, order.encoding))
        return
    rows = rows_of(order.path, order.encoding)
    try:
        _, header = next(rows)
    except StopIteration:
        raise FileFault(f"{order.path.name} is empty: give a file with a header and rows.") from None
    read = _reader(order, header, day)
    for line, row in rows:
        try:
            if len(row) != len(header):
                raise RowFault("row", "", f"has another number of columns than the header ({len(header)})")
            yield line, read(row)
        except RowFault as fault:
            yield line, fault


def _reader(order: Order, header: Sequence[str], day: date) -> Callable[[list[str]], Any]:
    if order.kind == "plain":
        return plain.reader(order.path, header, day)
    readers = {
        "national": national.reader,
        "deactivated": national.deactivated,
        "listing": listing.reader,
        "nucc": nucc.reader,
    }
    return readers[order.kind](order.path, header, order.layout)


def _run_of(order: Order, digest: str) -> LoadRun:
    """The unfinished run of this very file, so that it goes on; else a new one."""
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
        if order.complete:
            # Which memberships the file holds is known only when all of it is read: from the beginning again.
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


def _save(run: LoadRun, today: date) -> None:
    with plan_scope(today):
        run.save()


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            raise FileFault("Another load is running, so this one was not begun: wait for its end.")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


@contextmanager
def _errors_to(path: Path | None, goes_on: bool) -> Iterator[Callable[[Sequence[object]], object]]:
    """Where refused rows are told: a CSV file, added to when a load goes on; nowhere without a path."""
    if path is None:
        yield lambda row: None
        return
    try:
        file = path.open("a" if goes_on else "w", newline="", encoding="utf-8")
    except OSError as fault:
        raise FileFault(f"{path.name} cannot be written ({fault.strerror}): name another file for errors.") from None
    with file:
        writer = csv.writer(file)
        if not file.tell():
            writer.writerow(ERROR_COLUMNS)

        def write(row: Sequence[object]) -> None:
            writer.writerow(row)
            file.flush()

        yield write

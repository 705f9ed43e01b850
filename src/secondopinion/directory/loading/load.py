"""One file into the directory, batch by batch. Each batch is one transaction, and tells how far the load has come.

A load that was killed goes on behind its last committed batch. The same file again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models.functions import Now

from secondopinion.directory.loading import excluded, listing, merging, national, newcomers, nucc, plain, plan_net
from secondopinion.directory.loading.batches import Batch, Numbered, Sorting, ahead, batches_of
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.ending import MEMBERSHIPS, Rows, end_the_rest, seen_in
from secondopinion.directory.loading.keeping_up import catch_up, keep_up
from secondopinion.directory.loading.projecting import project
from secondopinion.directory.loading.reading import FileFault, Gauge, resources_of, rows_of, sha256_of
from secondopinion.directory.loading.refusing import Refusals, errors_to
from secondopinion.directory.loading.runs import Order, alone, note, run_of
from secondopinion.directory.loading.staging import empty_rooms, fill, open_rooms
from secondopinion.directory.models_dated import LoadRun, Source
from secondopinion.people.models import HealthNetwork
from secondopinion.people.rls import plan_scope

BATCH = 10_000  # rows in one transaction
LARGE = 4 << 20  # bytes of a file that is worth a process of its own to read it
KINDS = {
    "national": Source.NATIONAL,
    "deactivated": Source.NATIONAL,
    "listing": Source.LISTING,
    "plan-net": Source.PLAN_NET,
    "plain": Source.PLAN,
    "oig": Source.LISTS,
    "suspended": Source.LISTS,
    "nucc": None,
}
"""The kinds of file, and whose word each is."""
STRANGERS_PASS = ("national", "deactivated", *excluded.REGISTERS)
"""Kinds that name many people whom the directory need not know: no name there is no fault."""
CAN_BE_COMPLETE = {"listing": MEMBERSHIPS, "plain": MEMBERSHIPS} | {
    k: Rows("exclusion", r) for k, r in excluded.REGISTERS.items()
}
"""Kinds of which a missing row can mean that what it told has ended, and what that is."""
COME_NEW = ("national",)
"""Kinds whose rows are mostly of people whom nobody knows, on a first load: those are written straight."""

Networks = Mapping[str, UUID | None]
AfterBatch = Callable[[LoadRun, float], None]
"""Told how a run stands after a batch, and how much of the file has been read, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What became of a batch."""

    verdicts: Counter[str]
    refused: list[tuple[int, RowFault]]
    seen: list[int]  # what it spoke of, when the file is complete


def load(
    order: Order, after_batch: AfterBatch = lambda run, share: None, batch: int = BATCH, *, straight: bool = True
) -> LoadRun:
    """Read a file into the directory, and hand back what became of it.

    `after_batch` is told of each batch that is safe; what it raises stops the load there. With `straight` off everyone
    takes the longer way, which comes to the same. Raises FileFault.
    """
    digest = sha256_of(order.path)
    with alone():
        # What a complete file holds is known only when all of it is read: from the beginning again.
        run = run_of(order, digest, from_the_start=order.complete)
        try:
            _refuse_as_complete(order)
            _read_in(order, run, after_batch, batch, straight=straight)
        except FileFault as fault:
            run.state, run.why, run.ended_at = LoadRun.State.STOPPED, str(fault), Now()
            note(run, order.today)
            catch_up(run, order.today)
            raise
        catch_up(run, order.today)
        run.state, run.ended_at = LoadRun.State.DONE, Now()
        note(run, order.today)
        run.refresh_from_db()
        return run


def _read_in(order: Order, run: LoadRun, after_batch: AfterBatch, size: int, *, straight: bool) -> None:
    with plan_scope(order.today):
        networks: dict[str, UUID | None] = {n.name.lower(): n.pk for n in HealthNetwork.objects.all()}
        with connection.cursor() as cursor:
            open_rooms(cursor)
    networks[""] = None
    seen, gauge = set[int](), Gauge()
    sorting = Sorting(size, networks, _telling(order, run) if straight else None, gauge)
    batches = batches_of(_records(order, run.on_day, gauge), run.rows_done, sorting)
    if order.path.stat().st_size >= LARGE:
        batches = ahead(batches)
    with errors_to(order.errors, goes_on=run.rows_done > 0) as tell, closing(batches):
        for batch in batches:
            seen.update(_commit(order, run, batch, networks, tell))
            after_batch(run, batch.share)
    if order.complete:
        _end_the_rest(order, run, seen)


def _telling(order: Order, run: LoadRun) -> newcomers.Telling | None:
    source = KINDS[order.kind]
    if source is None or order.kind not in COME_NEW:
        return None
    return newcomers.Telling(run.pk, source.value, run.on_day, order.today)


def _commit(
    order: Order, run: LoadRun, batch: Batch, networks: Networks, tell: Callable[[Refusals], None]
) -> list[int]:
    """Write one batch and the new standing of the run, together or not at all. Returns what it spoke of."""
    with plan_scope(order.today):
        written = _write(order, run, batch, networks)
        faults = [*batch.faults, *written.refused]
        run.rows_done += batch.read
        run.new += written.verdicts["new"]
        run.changed += written.verdicts["changed"]
        run.unchanged += written.verdicts["unchanged"]
        run.passed_over += batch.passed_over + written.verdicts["passed over"]
        run.refused = dict(Counter(run.refused) + Counter(fault.reason for _, fault in faults))
        # Before the commit: after a crash a fault may be told twice, and is never lost.
        tell(faults)
        run.save()
    return written.seen


def _write(order: Order, run: LoadRun, batch: Batch, networks: Networks) -> _Written:
    source, drafts = KINDS[order.kind], batch.drafts
    with connection.cursor() as cursor:
        if source is None:
            new, changed = nucc.write(cursor, batch.told)
            return _Written(Counter(new=new, changed=changed, unchanged=len(batch.told) - new - changed), [], [])
        # A batch's rows are found by index: tables of millions would else be read whole for every batch.
        cursor.execute("SET LOCAL random_page_cost = 1.1; SET LOCAL synchronous_commit = off")
        straight = newcomers.new_among(cursor, drafts) if drafts.lines else []
        if straight:
            newcomers.write(cursor, drafts, straight)
        told = batch.entries(set(drafts.lines).difference(drafts.lines[n] for n in straight))
        written = _merge(cursor, order, run, told, networks)
        keep_up(cursor, run, drafts.keys(straight))
        written.verdicts["new"] += len(straight)
        return written


def _merge(
    cursor: CursorWrapper, order: Order, run: LoadRun, told: list[tuple[int, Any]], networks: Networks
) -> _Written:
    source = KINDS[order.kind]
    if source is None or not told:
        empty_rooms(cursor)  # whom the batch before this one touched is done
        return _Written(Counter(), [], [])
    named = {m.network: networks[m.network.lower()] for _, e in told for m in e.memberships}
    fill(cursor, told, named, run.on_day)
    merging.merge(cursor, run.pk, source.value, run.on_day)
    project(cursor, order.today)
    cursor.execute(
        """SELECT o.line, p.npi, array_agg(DISTINCT o.verdict)
             FROM stage_outcome o JOIN stage_person p ON p.line = o.line GROUP BY o.line, p.npi"""
    )
    outcomes = cursor.fetchall()
    seen = seen_in(cursor, CAN_BE_COMPLETE[order.kind]) if order.complete else []
    verdicts: Counter[str] = Counter(unchanged=len(told) - len(outcomes))
    refused: list[tuple[int, RowFault]] = []
    for line, npi, found in outcomes:
        against = next((v for v in merging.REASONS if v in found), None)
        if against == "nobody" and order.kind in STRANGERS_PASS:
            verdicts["passed over"] += 1
        elif against:
            refused.append((line, RowFault("npi", npi, merging.REASONS[against])))
        else:
            verdicts["new" if "new" in found else "changed"] += 1
    return _Written(verdicts, refused, seen)


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
            told = CAN_BE_COMPLETE[order.kind]
            run.ended = end_the_rest(cursor, run, source.value, told, order.today, seen)
            keep_up(cursor, run)
        run.save()


def _records(order: Order, day: date, gauge: Gauge) -> Iterator[Numbered]:
    """Every row or resource of the file with what it says. Raises FileFault."""
    if order.kind == "plan-net":
        yield from plan_net.entries_of(resources_of(order.path, order.encoding, gauge))
        return
    rows = rows_of(order.path, order.encoding, gauge)
    try:
        _, header = next(rows)
    except StopIteration:
        raise FileFault(f"{order.path.name} is empty: give a file with a header and rows.") from None
    read, width = _reader(order, header, day), len(header)
    for line, row in rows:
        try:
            if len(row) != width:
                raise RowFault("row", "", f"has another number of columns than the header ({width})")
            yield line, read(row)
        except RowFault as fault:
            yield line, fault.with_traceback(None)  # which would hold the row


def _reader(order: Order, header: Sequence[str], day: date) -> Callable[[list[str]], Any]:
    if order.kind == "plain":
        return plain.reader(order.path, header, day)
    readers: dict[str, Callable[[Path, Sequence[str], Path | None], Callable[[list[str]], Any]]] = {
        "national": national.reader,
        "deactivated": national.deactivated,
        "listing": listing.reader,
        "nucc": nucc.reader,
        **{kind: excluded.reader_of(kind) for kind in excluded.REGISTERS},
    }
    return readers[order.kind](order.path, header, order.layout)

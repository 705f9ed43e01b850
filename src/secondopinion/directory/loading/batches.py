"""A file's records sorted into batches. A large file is read by a process of its own, ahead of the writing."""

from __future__ import annotations

import gc
import multiprocessing
import pickle
import signal
from collections.abc import Container, Generator, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.entry import Entry
from secondopinion.directory.loading.newcomers import Drafts, Telling
from secondopinion.directory.loading.reading import FileFault, Gauge

UNKNOWN_NETWORK = "no Health Network bears this name: enter it first, or write it as it is entered"

Numbered = tuple[int, Any]
"""A row's line, and what it tells."""


@dataclass(slots=True)
class Batch:
    """What one transaction writes, and how much of the file's bytes had been read when it was full.

    Entries of `told` stand for themselves; those that may be of somebody new are in `drafted`, packed, with their
    rows in `drafts`: on a first load hardly one of them is unpacked.
    """

    read: int = 0
    passed_over: int = 0
    told: list[Numbered] = field(default_factory=list)
    drafts: Drafts = field(default_factory=Drafts)
    drafted: bytes = b""
    faults: list[tuple[int, RowFault]] = field(default_factory=list)
    share: float = 0.0

    def entries(self, left: Container[int]) -> list[Numbered]:
        """All that is told, by its lines in their order, but for the lines of drafts that are not `left`."""
        held = pickle.loads(self.drafted) if self.drafted and left else ()  # noqa: S301 - packed by `_packed` below
        return sorted([*self.told, *(each for each in held if each[0] in left)], key=lambda each: each[0])


@dataclass(frozen=True, slots=True)
class Sorting:
    """How records are sorted: so many to a batch, by the networks there are (in small letters), drafted or not."""

    size: int
    networks: Container[str]
    telling: Telling | None  # with it, rows are drafted for those who may be new
    gauge: Gauge


def batches_of(records: Iterator[Numbered], already: int, how: Sorting) -> Generator[Batch, None, None]:
    """Records in batches, without those `already` done.

    What is done is read again all the same, so that a duplicate of an earlier row is known.
    """
    batch, drafted = Batch(), list[Numbered]()
    for line, said in records:
        if already:
            already -= 1
            continue
        _sort_in(batch, drafted, line, said, how)
        if batch.read >= how.size:
            yield _packed(batch, drafted, how.gauge)
            batch, drafted = Batch(), []
    if batch.read:
        yield _packed(batch, drafted, how.gauge)


def _packed(batch: Batch, drafted: list[Numbered], gauge: Gauge) -> Batch:
    batch.drafted = pickle.dumps(drafted, pickle.HIGHEST_PROTOCOL) if drafted else b""
    batch.share = gauge.share
    return batch


def _sort_in(batch: Batch, drafted: list[Numbered], line: int, said: Any, how: Sorting) -> None:
    batch.read += 1
    if isinstance(said, Entry) and said.memberships:
        strange = next((m.network for m in said.memberships if m.network.lower() not in how.networks), None)
        if strange is not None:
            said = RowFault("network", strange, UNKNOWN_NETWORK)
    if said is None:
        batch.passed_over += 1
    elif isinstance(said, RowFault):
        batch.faults.append((line, said))
    elif how.telling and batch.drafts.add(line, said, how.telling):
        drafted.append((line, said))
    else:
        batch.told.append((line, said))


def ahead(batches: Generator[Batch, None, None]) -> Generator[Batch, None, None]:
    """The same batches, made by a process of its own: while the database writes one, the next is read.

    Not a thread: reading is Python's own work, and would keep this one from its database. What the reading raises is
    raised here, behind the batches before it. Close it, and the process ends.
    """
    fork = multiprocessing.get_context("fork")  # so that a generator can be handed over, open file and all
    ours, theirs = fork.Pipe(duplex=False)
    worker = fork.Process(target=_make, args=(batches, theirs, ours), name="reading a file", daemon=True)
    worker.start()
    theirs.close()
    try:
        while (made := ours.recv()) is not None:
            if isinstance(made, Exception):
                raise made
            yield made
    except EOFError:
        raise FileFault("The process that read the file was ended from outside: give the same command again.") from None
    finally:
        ours.close()
        worker.terminate()
        worker.join()


def _make(batches: Generator[Batch, None, None], theirs: Connection, ours: Connection) -> None:
    """Runs in the process of its own, which asks the database nothing."""
    ours.close()  # so that this process notices when the other one is gone
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the other one says when to stop
    gc.disable()  # millions of tuples, and no circle among them
    try:
        try:
            for batch in batches:
                theirs.send(batch)
        except BrokenPipeError:
            return
        except Exception as fault:
            theirs.send(fault)
        else:
            theirs.send(None)
    except BrokenPipeError:
        return

"""The nightly proof over 100,000 open referrals with four events each: seconds, memory, and how both grow from 1,000.

Every check looks. A few hundred referrals are taken through the doors of the house; the others are their copies under
numbers and letters of their own, and every event of theirs is hashed anew with the ledger's own function, so that each
history links as if it had been lived. Each sweep runs in a fresh process as the application's role. The limit is
reading the same rows bare.
`BENCH_ROWS=1000,10000` takes fewer.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg
from ground import database, fresh_database, state, url
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from advance import prepared
from county import NOW
from rows import row
from secondopinion.people.rls import SET_SCOPE, plan_scope
from secondopinion.referrals.checks.hashes_link import body_of_event
from secondopinion.referrals.ledger import FIRST, event_hash
from secondopinion.referrals.models import Event
from secondopinion.referrals.overnight import overnight

FEW, MANY = (int(n) for n in os.environ.get("BENCH_ROWS", "1000,100000").split(","))
BATCH = 5_000  # referrals in one COPY
READ = (
    "SELECT e.* FROM referrals_event e JOIN referrals_referral r ON r.id = e.referral_id ORDER BY r.number, e.position"
)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep took: seconds, the most memory its process held in megabytes, how many differences it found."""

    seconds: float
    megabytes: float
    found: int


@dataclass(frozen=True, slots=True)
class Lived:
    """One referral that went through the doors: its row, its events with theirs, and the rows that hang on it."""

    referral: Row
    events: tuple[tuple[Event, Row], ...]
    others: Mapping[str, tuple[Row, ...]]


def lived(connection: psycopg.Connection[Any], ids: Sequence[UUID]) -> list[Lived]:
    """Read back what was lived, as plain rows."""

    def rows_of(table: str, column: str, key: UUID) -> tuple[Row, ...]:
        cursor = psycopg.Cursor(connection, row_factory=dict_row)
        return tuple(cursor.execute(f"SELECT * FROM {table} WHERE {column} = %s ORDER BY id", [key]))  # type: ignore[call-overload]

    found = []
    for key in ids:
        events = {each.pk: each for each in Event.objects.filter(referral=key)}
        found.append(
            Lived(
                rows_of("referrals_referral", "id", key)[0],
                tuple((events[each["id"]], each) for each in rows_of("referrals_event", "referral_id", key)),
                {
                    "referrals_runningclock": rows_of("referrals_runningclock", "referral_id", key),
                    "referrals_notice": (notices := rows_of("referrals_notice", "referral_id", key)),
                    "letters_letter": tuple(
                        letter for each in notices for letter in rows_of("letters_letter", "id", each["letter_id"])
                    ),
                },
            )
        )
    return found


def again(one: Lived, n: int) -> Iterator[tuple[str, Row]]:
    """A copy under a number of its own, its events hashed anew: rows by table, without the keys the server makes."""
    key, number, authorization = uuid4(), f"SO-2026-9{n:07d}", f"A-2026-9{n:07d}"
    previous, events = FIRST, []
    letters = {each["id"]: uuid4() for each in one.others["letters_letter"]}
    # The history tells both numbers and every letter, so that the row can be rebuilt from it.
    anew = {one.referral["number"]: number, one.referral["authorization_number"]: authorization}
    anew |= {str(old): str(new) for old, new in letters.items()}
    for event, values in one.events:
        told = orjson.dumps(values["details"]).decode()
        for old, new in anew.items():
            told = told.replace(old, new)
        details = orjson.loads(told)
        event.details = details
        link = event_hash(previous, body_of_event(number, event))
        events.append({**values, "referral_id": key, "previous": previous, "hash": link, "details": details})
        previous = link
    mine = one.referral | {"id": key, "number": number, "head_hash": previous, "authorization_number": authorization}
    yield "referrals_referral", mine
    for each in events:
        yield "referrals_event", _without_key(each)
    for each in one.others["referrals_runningclock"]:
        yield "referrals_runningclock", _without_key(each | {"referral_id": key})
    for each in one.others["referrals_notice"]:
        yield "referrals_notice", _without_key(each | {"referral_id": key, "letter_id": letters[each["letter_id"]]})
    for each in one.others["letters_letter"]:
        yield "letters_letter", {n: v for n, v in each.items() if n != "marks"} | {"id": letters[each["id"]]}


def _without_key(values: Row) -> Row:
    return {name: value for name, value in values.items() if name != "id"}


def multiply(owner: database.Address, seeds: Sequence[Lived], numbers: Iterable[int]) -> None:
    """Write copies by COPY, so many at a time. The keys hold, so nobody looks them up one by one."""
    with psycopg.connect(**owner.for_psycopg()) as connection:
        connection.execute("SET session_replication_role = replica")
        waiting: dict[str, list[Row]] = {}
        for n in numbers:
            for table, values in again(seeds[n % len(seeds)], n):
                waiting.setdefault(table, []).append(values)
            if n % BATCH == BATCH - 1:
                _copy(connection, waiting)
        _copy(connection, waiting)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def _copy(connection: psycopg.Connection[Any], waiting: dict[str, list[Row]]) -> None:
    for table, rows in waiting.items():
        names = list(rows[0]) if rows else []
        if names:
            with connection.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:  # type: ignore[arg-type]
                for values in rows:
                    copy.write_row([Jsonb(v) if isinstance(v, dict | list) else v for v in values.values()])
        rows.clear()


def sweep() -> Swept:
    """The proof itself, in this process."""
    start = time.perf_counter()
    found = overnight(NOW).found
    return Swept(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, found)


def in_a_fresh_process(owner: database.Address, app: database.Address) -> Swept:
    """The proof as the worker runs it: a process of its own, as the application's role."""
    environment = {**os.environ, "DATABASE_URL": url(owner), "SECONDOPINION_APP_DATABASE_URL": url(app)}
    told = subprocess.run([sys.executable, __file__, "sweep"], env=environment, check=True, stdout=subprocess.PIPE)
    return Swept(**json.loads(told.stdout))


def bare_reading(app: database.Address) -> float:
    """Seconds to fetch the same events as plain rows, in the order of the sweep."""
    start = time.perf_counter()
    with psycopg.connect(**app.for_psycopg()) as connection:
        connection.execute(SET_SCOPE, ["plan", NOW.date().isoformat(), "", ""])
        with connection.cursor("bare", binary=True) as cursor:
            cursor.itersize = 2_000
            assert sum(1 for _ in cursor.execute(READ)) > FEW
    return time.perf_counter() - start


def main() -> None:
    """Fill, sweep, fill up, sweep again."""
    with fresh_database("bench_overnight") as owner:
        app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
        ids, _ = prepared()
        with psycopg.connect(**owner.for_psycopg()) as connection, plan_scope(NOW.date()):
            seeds = lived(connection, ids)
        multiply(owner, seeds, range(len(ids), FEW))
        few = in_a_fresh_process(owner, app)
        multiply(owner, seeds, range(FEW, MANY))
        many, read = in_a_fresh_process(owner, app), bare_reading(app)
    assert few.found == many.found == 0, f"{few.found} and {many.found} differences in histories that link."
    events = sum(len(each.events) for each in seeds) / len(seeds)
    figure = f"overnight sweep of {MANY:,} open referrals, {events:.0f} events each"
    row(figure, "reading the same events bare", f"{many.seconds:.0f} s", f"{read:.1f} s", many.seconds / read, "named",
        met=True)  # fmt: skip
    a_referral = [1000 * few.seconds / FEW, 1000 * many.seconds / MANY]
    row(f"{figure}: time for one", f"itself at {FEW:,}", f"{a_referral[1]:.2f} ms", f"{a_referral[0]:.2f} ms",
        a_referral[1] / a_referral[0], "named", met=True)  # fmt: skip
    row(f"{figure}: memory", f"itself at {FEW:,}", f"{many.megabytes:.0f} MB", f"{few.megabytes:.0f} MB",
        many.megabytes / few.megabytes, "named", met=True)  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:] == ["sweep"]:
        print(json.dumps(asdict(sweep())))
    else:
        main()

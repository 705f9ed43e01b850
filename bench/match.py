"""The nearest professionals of a specialty among 10 thousand, a million, 8 million: against the obvious other ways.

The question is the desk's own (`directory.nearest`), as the application's role, from Python to Python: the 25 nearest
of one to three codes within 30 miles on a day, anywhere in the plan's networks or in one of them. The same rows are
asked by DuckDB (a scan by two threads), by sorted arrays in this process (numpy), and by Django over the same table
without our index. Every answer of DuckDB is compared with ours, mile for mile.

`BENCH_PROFESSIONALS=10000,1000000,8000000` is the large run, some ten minutes and 15 GB of disk; the usual one takes a
minute. The growth is that between the last two sizes.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import numpy as np
import psycopg
from county_rows import Home, homes
from flat_table import copy_in, drawn, empty, index
from ground import SETTINGS, fresh_database, state
from rows import row

from county import TODAY
from django.db import connections, models
from secondopinion.directory.find import EARTH_MILES, miles_between
from secondopinion.directory.models_candidates import ANYWHERE, specialty_of
from secondopinion.directory.nearest import Question, nearest
from secondopinion.people.rls import plan_scope
from secondopinion.site import database

SIZES = [int(n) for n in os.environ.get("BENCH_PROFESSIONALS", "10000,100000").split(",")]
KINDS = ("town", "country", "rare", "empty")
QUESTIONS, BRUTE, NAIVE = 200, 25, 5
MILES, MOST = 30.0, 25
CELL = 0.25  # degrees of the cells of the sorted arrays
GOALS = {"p95": 3.0, "duckdb": 25.0, "arrays": 10.0, "growth": 3.0, "built": 3.5}
AT_SCALE = max(SIZES) >= 8_000_000  # the goals are those of that size
CLIENT = "BENCH_CLIENT"


@dataclass(frozen=True, slots=True)
class Times:
    """What a kind of question took, in milliseconds."""

    taken: tuple[float, ...]

    def at(self, share: int) -> float:
        """The share of a hundred that took no longer."""
        return statistics.quantiles(self.taken, n=100, method="inclusive")[share - 1]

    def __str__(self) -> str:
        return f"p50 {self.at(50):.2f}, p95 {self.at(95):.2f}, p99 {self.at(99):.2f} ms"


class Unindexed(models.Model):
    """The flat rows without an index, as a plain ORM query finds them."""

    professional_id = models.UUIDField(primary_key=True)
    latitude, longitude = models.FloatField(), models.FloatField()
    specialty, network = models.BigIntegerField(), models.IntegerField()
    from_on, to_on = models.DateField(), models.DateField()

    class Meta:
        app_label = "directory"
        managed = False
        db_table = "directory_candidateat"


def question(home: Home, network: UUID | None = None) -> Question:
    """The desk's question from a home: anywhere in the plan's networks, or in one of them."""
    named = None if network is None else frozenset({network})
    return Question(TODAY, home.latitude, home.longitude, home.codes, named, miles=MILES, most=MOST)


def timed(ask: Callable[[Home], object], asked: Sequence[Home], *, warm: bool = True) -> Times:
    """Ask each question, after asking all of them once when the figures are to be warm ones."""
    taken = []
    for _turn in range(2 if warm else 1):
        taken = []
        for home in asked:
            start = time.perf_counter()
            ask(home)
            taken.append((time.perf_counter() - start) * 1000)
    return Times(tuple(taken))


def build(address: database.Address, text: Path, naive: Callable[[], Times]) -> tuple[float, float, Times, str]:
    """COPY the rows without an index, let the plain query run, then make the indexes: seconds of each, and the disk."""
    with psycopg.connect(**address.for_psycopg(), autocommit=True) as owner:
        empty(owner)
        start = time.perf_counter()
        copy_in(owner, text)
        copied = time.perf_counter() - start
        owner.execute("ANALYZE directory_candidateat")
        found = naive()
        start = time.perf_counter()
        index(owner)
        indexed = time.perf_counter() - start
        owner.execute("VACUUM ANALYZE directory_candidateat")
        sizes = owner.execute(
            """SELECT pg_size_pretty(pg_relation_size('directory_candidateat')),
                      pg_size_pretty(pg_relation_size('candidate_nearest'))"""
        ).fetchone()
    assert sizes is not None
    return copied, indexed, found, f"{sizes[0]} + index {sizes[1]}"


def naive(asked: Sequence[Home]) -> Times:
    """The plain query of an ORM: filters, then every row measured and sorted in Python."""

    def ask(home: Home) -> list[float]:
        found = Unindexed.objects.filter(
            network=ANYWHERE, specialty__in=[specialty_of(c) for c in home.codes], from_on__lte=TODAY, to_on__gte=TODAY,
            latitude__isnull=False,
        )  # fmt: skip
        miles = (miles_between(home.latitude, home.longitude, r.latitude, r.longitude) for r in found)
        return sorted(m for m in miles if m <= MILES)[:MOST]

    with plan_scope(TODAY):
        return timed(ask, asked, warm=False)


def by_duckdb(duck: Any, home: Home) -> list[tuple[Any, float]]:
    """The same question by a scan: each professional once, nearest first."""
    codes = ", ".join(str(specialty_of(c)) for c in home.codes)
    found: list[tuple[Any, float]] = duck.execute(
        f"""SELECT professional_id, min(miles) AS miles
              FROM (SELECT professional_id, 2 * {EARTH_MILES} * asin(least(1, sqrt(
                           pow(sin(radians(latitude - $lat) / 2), 2) + cos(radians($lat)) * cos(radians(latitude))
                           * pow(sin(radians(longitude - $lon) / 2), 2)))) AS miles
                      FROM rows WHERE network = {ANYWHERE} AND specialty IN ({codes})
                       AND from_on <= DATE '{TODAY}' AND to_on >= DATE '{TODAY}') AS measured
             WHERE miles <= {MILES} GROUP BY professional_id ORDER BY miles, professional_id LIMIT {MOST}""",
        {"lat": home.latitude, "lon": home.longitude},
    ).fetchall()
    return found


class Arrays:
    """The physical limit: the rows of all networks together, sorted by code and cell, in this process's memory."""

    def __init__(self, duck: Any) -> None:
        got = duck.execute(
            f"""SELECT specialty, latitude, longitude FROM rows
                 WHERE network = {ANYWHERE} AND from_on <= DATE '{TODAY}' AND to_on >= DATE '{TODAY}'
                   AND latitude IS NOT NULL"""
        ).fetchnumpy()
        self.codes, which = np.unique(got["specialty"], return_inverse=True)
        key = self._key(which, self._cell(got["latitude"], 0), self._cell(got["longitude"], 180))
        order = np.argsort(key, kind="stable")
        self.key = key[order]
        self.latitude, self.longitude = got["latitude"][order], got["longitude"][order]

    @staticmethod
    def _cell(degrees: Any, plus: float) -> Any:
        return np.floor((np.asarray(degrees) + plus) / CELL).astype(np.int64)

    @staticmethod
    def _key(which: Any, south: Any, west: Any) -> Any:
        return (which * 1000 + south) * 2000 + west

    def ask(self, home: Home) -> Any:
        """The distances of the nearest rows."""
        high = np.degrees(MILES / EARTH_MILES)
        wide = high / np.cos(np.radians(home.latitude))
        west, east = self._cell(home.longitude - wide, 180), self._cell(home.longitude + wide, 180)
        souths = range(int(self._cell(home.latitude - high, 0)), int(self._cell(home.latitude + high, 0)) + 1)
        pieces = []
        for asked in home.codes:
            at = int(np.searchsorted(self.codes, specialty_of(asked)))
            if at == len(self.codes) or self.codes[at] != specialty_of(asked):
                continue
            ends = [self._key(at, south, end) for south in souths for end in (west, east + 1)]
            pieces += [slice(*pair) for pair in np.searchsorted(self.key, ends).reshape(-1, 2)]
        if not pieces:
            return np.empty(0)
        lat = np.radians(np.concatenate([self.latitude[p] for p in pieces]))
        lon = np.radians(np.concatenate([self.longitude[p] for p in pieces]))
        here = np.radians(home.latitude)
        half = (
            np.sin((lat - here) / 2) ** 2
            + np.cos(here) * np.cos(lat) * np.sin((lon - np.radians(home.longitude)) / 2) ** 2
        )
        miles = 2 * EARTH_MILES * np.arcsin(np.minimum(1, np.sqrt(half)))
        miles = miles[miles <= MILES]
        return np.sort(np.partition(miles, MOST)[:MOST] if len(miles) > MOST else miles)


def same(duck: Any, asked: Sequence[Home]) -> int:
    """Compare every answer with a scan of all rows; returns how many professionals were compared."""
    compared = 0
    for home in asked:
        ours = [near.miles for near in nearest(question(home))]
        theirs = [miles for _, miles in by_duckdb(duck, home)]
        assert len(ours) == len(theirs), f"{len(ours)} found, and {len(theirs)} by scanning, at {home}."
        assert np.allclose(ours, theirs, rtol=0, atol=1e-6), f"Other distances by scanning, at {home}."
        compared += len(ours)
    return compared


def cold(asked: Sequence[Home]) -> tuple[Times, str]:
    """Each question for the first time, after the server was started anew and (where allowed) the machine forgot."""
    connections.close_all()
    cluster = database.Cluster(state.home() / "bench" / "postgres", settings=SETTINGS)
    cluster.stop()
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3\n")
        how = "page cache dropped"
    except OSError:
        how = "page cache kept: this machine does not let it go"
    again = cluster.start()
    for alias in ("owner", "default"):
        connections[alias].settings_dict.update(HOST=again.host, PORT=again.port)
    with plan_scope(TODAY):
        return timed(lambda home: nearest(question(home)), asked, warm=False), how


def two_clients(app: Mapping[str, Any]) -> Times:
    """Two processes asking in town at once; the times of both."""
    sent = {**os.environ, CLIENT: json.dumps({k: str(app[k]) for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})}
    running = [
        subprocess.Popen([sys.executable, __file__], env=sent, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [one.communicate(timeout=600)[0] for one in running]
    assert all(one.returncode == 0 for one in running), "A client failed."
    return Times(tuple(float(t) for each in said for t in each.split()))


def be_a_client() -> None:
    """One of the two processes: ask, and print what each question took."""
    connections["default"].settings_dict.update(json.loads(os.environ[CLIENT]), CONN_HEALTH_CHECKS=False)
    with plan_scope(TODAY):
        print(*timed(lambda home: nearest(question(home)), homes("town", QUESTIONS)).taken)


def ask_all(duck: Any, people: int, keys: Mapping[UUID, int]) -> dict[str, Times]:
    """Our own figures of every kind, warm, and the peers' beside them."""
    ours: dict[str, Times] = {}
    label = f"match, {people:,} professionals"
    arrays = Arrays(duck)
    few = next(iter(keys))
    with plan_scope(TODAY):
        compared = sum(same(duck, homes(kind, BRUTE)) for kind in KINDS)
        for kind in KINDS:
            ours[kind] = timed(lambda home: nearest(question(home)), homes(kind, QUESTIONS))
        one = timed(lambda home: nearest(question(home, few)), homes("town", QUESTIONS))
    for kind in KINDS:
        mine = ours[kind]
        scan = timed(lambda home: by_duckdb(duck, home), homes(kind, BRUTE))
        limit = timed(arrays.ask, homes(kind, QUESTIONS))
        times, over = scan.at(95) / mine.at(95), mine.at(95) / limit.at(95)
        counts = AT_SCALE and people == max(SIZES) and kind != "empty"
        row(f"{label}, {kind}", f"DuckDB {duckdb.__version__}, a scan by 2 threads", str(mine), str(scan), times,
            "p95 ≥ 25 x" if counts else "named", met=not counts or times >= GOALS["duckdb"])  # fmt: skip
        counts = counts and kind == "town"
        row(f"{label}, {kind}", "sorted arrays in this process", str(mine), str(limit), over,
            "p95 ≤ 10 x" if counts else "named", met=not counts or over <= GOALS["arrays"])  # fmt: skip
        if AT_SCALE and people == max(SIZES) and kind != "empty":
            row(f"{label}, {kind}", "3 ms", str(mine), "3 ms", mine.at(95) / GOALS["p95"], "p95 ≤ 3 ms",
                met=mine.at(95) <= GOALS["p95"])  # fmt: skip
    row(f"{label}, town, in one network", "the same anywhere in the plan's networks", str(one), str(ours["town"]),
        one.at(95) / ours["town"].at(95), "named", met=True)  # fmt: skip
    print(f"<!-- {compared:,} professionals compared with the scan: the same distances -->", flush=True)
    return ours


def take(people: int, room: Path) -> dict[str, Times]:
    """All figures at one size."""
    label = f"match, {people:,} professionals"
    with fresh_database("bench_match") as address, drawn(people, room) as made:
        duck, text = made.duck, made.text
        size = text.stat().st_size / 1e6
        copied, indexed, slow, disk = build(address, text, lambda: naive(homes("town", NAIVE)))
        text.unlink()
        whole = copied + indexed
        row(f"{label}: flat table of {made.rows:,} rows and its three indexes", f"bare COPY, {size:,.0f} MB of text",
            f"{whole:.1f} s ({disk})", f"{copied:.1f} s", whole / copied, "≤ 3.5",
            met=whole / copied <= GOALS["built"])  # fmt: skip
        ours = ask_all(duck, people, made.keys)
        row(f"{label}, town", "the ORM without the index", str(ours["town"]), str(slow),
            slow.at(50) / ours["town"].at(50), "named", met=True)  # fmt: skip
        duck.close()
        both = two_clients(connections["default"].settings_dict)
        row(f"{label}, town, two clients", "one client", str(both), str(ours["town"]),
            both.at(95) / ours["town"].at(95), "named", met=True)  # fmt: skip
        first, how = cold(homes("town", QUESTIONS))
        row(f"{label}, town, cold ({how})", "warm", str(first), str(ours["town"]),
            first.at(95) / ours["town"].at(95), "named", met=True)  # fmt: skip
    return ours


def main() -> None:
    """Every size, one after the other, and the growth between the last two."""
    found = {}
    for people in SIZES:
        with tempfile.TemporaryDirectory(prefix="match-") as room:
            found[people] = take(people, Path(room))
    if len(SIZES) > 1:
        small, large = SIZES[-2], SIZES[-1]
        for kind in KINDS:
            growth = found[large][kind].at(95) / found[small][kind].at(95)
            row(f"match, {kind}, {large:,} professionals", f"itself at {small:,}", str(found[large][kind]),
                str(found[small][kind]), growth, "p95 grows ≤ 3", met=growth <= GOALS["growth"])  # fmt: skip


if __name__ == "__main__":
    be_a_client() if CLIENT in os.environ else main()

"""The ground that figures with a database stand on: a durable server of its own, migrated, with a small county.

Nothing is switched off: fsync, full-page writes and row-level security are as in service. The server and its
data live in the state folder under `bench`; each run makes a fresh database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CLONE / "src"), str(CLONE / "tests")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secondopinion.site.settings")

import django
import psycopg

django.setup()

from django.core.management import call_command
from django.db import connections

from secondopinion.site import database, role, state

SETTINGS = ("shared_buffers=512MB", "max_wal_size=4GB", "checkpoint_timeout=15min")


@contextmanager
def fresh_database(name: str) -> Iterator[database.Address]:
    """A new migrated database on the durable server; Django's two aliases lead to it. Gone afterwards."""
    cluster = database.Cluster(state.home() / "bench" / "postgres", settings=SETTINGS)
    server = cluster.start()
    _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _run(server, f"CREATE DATABASE {name}")
    owner = server.named(name)
    app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
    for alias, address in (("owner", owner), ("default", app)):
        connections[alias].close()
        connections[alias].settings_dict.update(address.for_django(), CONN_HEALTH_CHECKS=False, CONN_MAX_AGE=None)
    role.ensure(owner, app)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    role.grant(owner, app)
    try:
        yield owner
    finally:
        connections.close_all()
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cluster.stop_if_idle()


@contextmanager
def copied(original: database.Address, name: str) -> Iterator[database.Address]:
    """A database with all that is in another one so far, the rights too, on the same server. Gone afterwards."""
    connections.close_all()  # nobody may be in the original while it is copied
    _run(original, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _run(original, f"CREATE DATABASE {name} TEMPLATE {original.name}")
    try:
        yield original.named(name)
    finally:
        _run(original, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def url(address: database.Address) -> str:
    """An address as an environment variable says it."""
    return f"postgresql://{address.user}:{address.password}@{address.host}:{address.port}/{address.name}"


def _run(server: database.Address, statement: str) -> None:
    with psycopg.connect(**server.named("postgres").for_psycopg(), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def pgbench(address: database.Address, script: str, *, clients: int, seconds: int, user: str) -> float:
    """Transactions a second of a script, by PostgreSQL's own pgbench over the same TCP connection."""
    binary = database._wheel() / "pginstall" / "bin" / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        password = state.kept_secret("database-app")
        where = ["-h", address.host, "-p", address.port, "-U", user, "-f", file.name, address.name]
        how = ["-n", "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)), "-T", str(seconds)]
        command = [str(binary), *how, *where]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PGPASSWORD": password})
    if done.returncode:
        raise RuntimeError(done.stderr)
    line = next(x for x in done.stdout.splitlines() if x.startswith("tps"))
    return float(line.split("=")[1].split()[0])


def number(owner: database.Address, ids: list[object]) -> None:
    """A small table that gives each referral a number, so that pgbench can pick one at random."""
    with psycopg.connect(**owner.for_psycopg()) as connection:
        connection.execute("CREATE TABLE bench_numbered (n int PRIMARY KEY, id uuid NOT NULL)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bench_numbered VALUES (%s, %s)", list(enumerate(ids)))
        connection.execute("GRANT SELECT ON bench_numbered TO PUBLIC")
        connection.execute("ANALYZE")

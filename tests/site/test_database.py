"""The launcher of the embedded PostgreSQL, on servers of its own."""

import os
import shutil
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from secondopinion.site import database, state
from secondopinion.site.database import Cluster, DatabaseUnreachable


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder of this process's own, where the server's user can reach its data."""
    folder = state.home() / "tests" / f"launcher-{os.getpid()}"
    yield state.made(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(place: Path) -> Iterator[Cluster]:
    """One server, started anew by each test that stops or kills it."""
    here = Cluster(place / "postgres")
    here.start()
    yield here
    here.stop()


def test_starting_what_runs_already_changes_nothing(cluster: Cluster) -> None:
    first = cluster.start()
    assert cluster.start() == first
    assert cluster.answers()


def test_nobody_comes_in_without_the_password(cluster: Cluster) -> None:
    cluster.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(**{**cluster.address().for_psycopg(), "password": "guess"})


def test_only_its_owner_can_read_the_password(cluster: Cluster) -> None:
    assert stat.S_IMODE(cluster.memo.stat().st_mode) == 0o600
    assert stat.S_IMODE(cluster.folder.stat().st_mode) == 0o700


@pytest.mark.skipif(not state.is_root(), reason="only root must start it as somebody else")
def test_root_starts_it_as_nobody(cluster: Cluster) -> None:
    assert cluster.data.owner() == "nobody"


def test_it_sorts_alike_on_every_machine(cluster: Cluster) -> None:
    cluster.start()
    with psycopg.connect(**cluster.address().for_psycopg()) as connection:
        row = connection.execute("SELECT array_agg(w ORDER BY w) FROM unnest(ARRAY['b', 'a', 'B', 'é']) w").fetchone()
    assert row == (["B", "a", "b", "é"],)


def test_what_was_committed_is_there_after_a_kill_and_a_stale_pid_file_is_not_believed(cluster: Cluster) -> None:
    cluster.start()
    with psycopg.connect(**cluster.address().for_psycopg()) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1538)")
    server = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(server, signal.SIGKILL)
    assert (cluster.data / "postmaster.pid").exists()
    with psycopg.connect(**cluster.start().for_psycopg()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1538,)


def test_it_moves_to_another_port_when_its_own_was_taken_meanwhile(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    port = int(cluster.address().port)
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert int(cluster.start().port) != port
        assert cluster.answers()


def test_data_of_another_version_is_refused_with_what_to_do(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.start()
    cluster.stop()
    monkeypatch.setattr(Cluster, "version", lambda self: 99)
    with pytest.raises(DatabaseUnreachable, match="pg_upgrade"):
        cluster.start()


def test_data_half_made_is_never_taken_for_whole(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Cluster(place / "half")
    monkeypatch.setattr(Cluster, "_run", lambda self, program, *rest: "postgres (PostgreSQL) 18.6")
    monkeypatch.setattr(Path, "rename", lambda self, target: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        here.start()
    assert not here.data.exists()


def test_an_address_is_read_with_its_options() -> None:
    read = database.from_url("postgresql://plan:s%40fe@db.example:6000/records?sslmode=verify-full", "DATABASE_URL")
    assert read == database.Address("db.example", "6000", "records", "plan", "s@fe", (("sslmode", "verify-full"),))
    assert read.for_django()["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    ("url", "why"), [("postgresql://[half", "not a PostgreSQL address"), ("postgresql://host/", "a user")]
)
def test_an_address_that_leads_nowhere_is_refused_by_the_name_of_its_variable(url: str, why: str) -> None:
    with pytest.raises(DatabaseUnreachable, match=f"DATABASE_URL .*{why}"):
        database.from_url(url, "DATABASE_URL")


def test_the_program_never_runs_as_the_owner() -> None:
    found = database.addresses({"DATABASE_URL": "postgresql://owner:x@db.example/records"})
    assert (found["owner"].user, found["default"].user) == ("owner", "secondopinion_app")
    assert found["default"].password != "x"

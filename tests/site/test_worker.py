"""The worker as a process of its own: told to stop, killed, and with its database gone for a while."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from secondopinion.site import database, state
from secondopinion.site.database import Address
from secondopinion.site.tasks import rescue

PATIENCE = 30.0  # seconds; a busy machine


@contextmanager
def a_worker(owner: Address, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on this test's database, killed at the end if it still runs."""
    where = f"postgresql://{owner.user}:{owner.password}@{owner.host}:{owner.port}/{owner.name}"
    app = where.replace(f"{owner.user}:{owner.password}", f"{database.APP_ROLE}:{state.kept_secret('database-app')}")
    said = {"DATABASE_URL": where, "SECONDOPINION_APP_DATABASE_URL": app, "SECONDOPINION_PRINT_HOUSE": str(folder),
            "SECONDOPINION_DEMO": "1"}  # fmt: skip
    command = [sys.executable, "-m", "secondopinion", "worker"]
    with subprocess.Popen(command, env={**os.environ, **said}) as process:
        try:
            yield process
        finally:
            process.kill()


def eventually(what: Callable[[], Any]) -> Any:
    """Wait until something is so; its value. Fails after a while."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not so within {PATIENCE:.0f} s")


@pytest.fixture
def ask(committed: None, test_owner: Address) -> Iterator[Callable[[str], list[Any]]]:
    """Ask the database, as its owner; what it answers, if anything."""
    with psycopg.connect(**test_owner.for_psycopg(), autocommit=True) as connection:

        def answer(statement: str) -> list[Any]:
            asked = connection.execute(statement)  # type: ignore[call-overload]
            return asked.fetchall() if asked.description else []

        yield answer


ALIVE = "SELECT id FROM procrastinate_workers"
A_JOB = (
    "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
    " VALUES ('house', 'site.rescue', '{\"timestamp\": 0}') RETURNING id"
)


def test_a_worker_told_to_stop_stops_and_signs_off(ask: Any, test_owner: Address, tmp_path: Path) -> None:
    with a_worker(test_owner, tmp_path) as worker:
        eventually(lambda: ask(ALIVE))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE) == 0
    assert ask(ALIVE) == []


def test_a_worker_whose_database_goes_away_comes_back(ask: Any, test_owner: Address, tmp_path: Path) -> None:
    with a_worker(test_owner, tmp_path) as worker:
        eventually(lambda: ask(ALIVE))
        ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'secondopinion_app'"
            " AND datname = current_database()")  # fmt: skip
        ((job,),) = ask(A_JOB)
        eventually(lambda: not ask(f"SELECT 1 FROM procrastinate_jobs WHERE id = {job}"))
        assert worker.poll() is None


@pytest.fixture
def end_lost_once(ask: Any) -> Iterator[Callable[[], bool]]:
    """The database fails when the end of a job of `A_JOB` is written down, once. Tells whether it has."""
    ask("CREATE SEQUENCE ends; CREATE FUNCTION lose_one() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF nextval('ends') = 1 THEN RAISE 'away for a moment'; END IF; RETURN OLD; END $$;"
        " CREATE TRIGGER lose_one BEFORE DELETE ON procrastinate_jobs FOR EACH ROW"
        """ WHEN (OLD.args = '{"timestamp": 0}') EXECUTE FUNCTION lose_one()""")  # fmt: skip
    yield lambda: ask("SELECT is_called FROM ends") == [(True,)]
    ask("DROP FUNCTION lose_one CASCADE; DROP SEQUENCE ends")


def test_a_job_whose_end_could_not_be_written_down_is_run_again(
    ask: Any, end_lost_once: Callable[[], bool], test_owner: Address, tmp_path: Path
) -> None:
    with a_worker(test_owner, tmp_path) as worker:
        eventually(lambda: ask(ALIVE))
        ((job,),) = ask(A_JOB)
        eventually(end_lost_once)
        eventually(lambda: ask(f"SELECT 1 FROM procrastinate_jobs WHERE id = {job} AND worker_id IS NULL"))
        eventually(lambda: ask(ALIVE))
        ask(A_JOB)  # which gives back what nobody is at, as every 20 seconds
        eventually(lambda: not ask(f"SELECT 1 FROM procrastinate_jobs WHERE id = {job}"))
        assert worker.poll() is None


def test_the_job_of_a_killed_worker_goes_to_another(ask: Any, run_due_jobs: Callable[[], None]) -> None:
    ask("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id")
    ask(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, args)"
        " SELECT 'house', 'site.rescue', 'doing', id, '{\"timestamp\": 0}' FROM procrastinate_workers RETURNING id"
    )
    rescue.defer(timestamp=0)
    run_due_jobs()  # gives the job back

    def all_done() -> bool:
        run_due_jobs()  # runs it; a job that met another on its way is tried again two seconds later
        return ask("SELECT status FROM procrastinate_jobs") == []

    eventually(all_done)

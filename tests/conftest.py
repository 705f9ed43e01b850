"""The ground every test stands on: a real PostgreSQL, the application's own role, no favours.

Tests connect as the role the program runs as, so row-level security, write-once triggers and
missing grants are as real as in service. Each pytest process has a database of its own, copied
from a template that is migrated once per set of migrations.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
import pytest_django
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from emptying import empty_tables
from letters.tongues import complete
from secondopinion.people import rls
from secondopinion.site import database, role, state

# Playwright's synchronous interface runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

MIGRATED_BY = ("src/secondopinion/*/migrations/*.py", "requirements/run.txt", "src/secondopinion/site/role.py")
PREFIX = "test_"
TEMPLATE = "template_"


@pytest.fixture(scope="session", autouse=True)
def fast_and_plain(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What only tests may have: quick password hashes, static files without a manifest, own folders."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The stories of a referral go on for months with the same people at their desks; what ends a session has its own.
    settings.SESSION_QUIET = settings.SESSION_LONGEST = timedelta(days=4000)
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.LETTERS_APPROVED_ONLY = False  # the people here are made up, wherever the database is
    settings.PRINT_HOUSE = tmp_path_factory.mktemp("print-house")
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("files")
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")


@pytest.fixture(scope="session", autouse=True)
def letters_in_english() -> Iterator[None]:
    """Letters are owed in English, however far the translators are; a test of another says so: `complete("es")`."""
    with complete():
        yield


@pytest.fixture(scope="session")
def owner() -> database.Address:
    """The owner's way into the server: ``SECONDOPINION_TEST_DATABASE_URL``, else the embedded one."""
    url = os.environ.get("SECONDOPINION_TEST_DATABASE_URL")
    if url:
        return database.from_url(url, "SECONDOPINION_TEST_DATABASE_URL")
    return database.for_tests().start()


@pytest.fixture(scope="session")
def test_owner(owner: database.Address, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[database.Address]:
    """This process's own database, as its owner. It is gone when the process ends."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{PREFIX}{os.getpid()}_{worker}"
    lock = state.made(state.home()) / "tests.lock"
    with lock.open("w") as file, django_db_blocker.unblock():
        fcntl.flock(file, fcntl.LOCK_EX)
        template = _template(owner)
        _on_server(owner, "CREATE DATABASE {} TEMPLATE {}", name, template)
    yield owner.named(name)
    with django_db_blocker.unblock():
        connections.close_all()
    _on_server(owner, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def django_db_setup(test_owner: database.Address) -> None:
    """Lead both of Django's aliases to this process's database (pytest-django calls this)."""
    _lead_to(test_owner)


def _lead_to(owner: database.Address) -> None:
    app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
    for alias, address in (("owner", owner), ("default", app)):
        connections[alias].close()
        # Health checks would count as queries in tests that count queries.
        connections[alias].settings_dict.update(address.for_django(), CONN_HEALTH_CHECKS=False)


def _template(owner: database.Address) -> str:
    found = hashlib.sha256()
    for pattern in MIGRATED_BY:
        for path in sorted(state.CLONE.glob(pattern)):
            found.update(str(path.relative_to(state.CLONE)).encode() + path.read_bytes())
    name = f"{TEMPLATE}{found.hexdigest()[:12]}"
    with psycopg.connect(**owner.named("postgres").for_psycopg(), autocommit=True) as server:
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database")]
    for left in names:
        if (left.startswith(TEMPLATE) and left != name) or _left_behind(left):
            _on_server(owner, "DROP DATABASE IF EXISTS {} WITH (FORCE)", left)
    if name not in names:
        draft = f"making_{os.getpid()}"
        _on_server(owner, "DROP DATABASE IF EXISTS {} WITH (FORCE)", draft)
        _on_server(owner, "CREATE DATABASE {}", draft)
        here = owner.named(draft)
        _lead_to(here)
        role.ensure(here, _app(here))
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        role.grant(here, _app(here))
        connections.close_all()
        _on_server(owner, "ALTER DATABASE {} RENAME TO {}", draft, name)
    return name


def pytest_unconfigure(config: pytest.Config) -> None:
    """`make test` leaves no server behind, unless another pytest is using it."""
    if os.environ.get("SECONDOPINION_STOP_TEST_DATABASE") and not hasattr(config, "workerinput"):
        cluster = database.for_tests()
        with (state.made(state.home()) / "tests.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if cluster.answers() and not _in_use(cluster.address()):
                cluster.stop()


def _in_use(owner: database.Address) -> bool:
    with psycopg.connect(**owner.named("postgres").for_psycopg()) as server:
        names = [row[0] for row in server.execute("SELECT datname FROM pg_database")]
    return any(name.startswith(PREFIX) and not _left_behind(name) for name in names)


def _app(owner: database.Address) -> database.Address:
    return replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))


def _left_behind(name: str) -> bool:
    """Whether a database is of a pytest process (or a half-made template) that no longer lives."""
    process = name.removeprefix(PREFIX).removeprefix("making_").split("_")[0]
    ours = name.startswith((PREFIX, "making_")) and process.isdigit()
    return ours and not Path(f"/proc/{process}").exists() and Path("/proc/self").exists()


def _on_server(owner: database.Address, statement: str, *names: str) -> None:
    with psycopg.connect(**owner.named("postgres").for_psycopg(), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


@pytest.fixture
def as_plan(db: None) -> None:
    """The test's transaction sees what the plan sees, on Monday 2026-11-23."""
    rls.set_scope(rls.Scope(None, date(2026, 11, 23)))


@pytest.fixture
def committed(
    django_db_setup: None,
    django_db_blocker: pytest_django.DjangoDbBlocker,
    test_owner: database.Address,
) -> Iterator[None]:
    """A test on real transactions: what it commits is seen by other threads, processes and workers.

    Open a scope (``rls.plan_scope``) for every transaction, as the doors do. Afterwards every
    table is emptied by the owner, since the application's role may not.
    """
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    empty_tables(test_owner)

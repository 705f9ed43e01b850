"""`POST Claim/$submit`, durable, as the house is shipped: gunicorn, two processes of four threads, row-level security.

The request is the one of the tour; the policy authorizes it at once, so each one writes a referral, two events,
its clocks, three letters with their jobs, the submission and the access entry. Peers, in turn in each round, by
the same four kept-alive connections: a bare WSGI application that sends the very same statements (recorded here)
behind the same gunicorn, and fhirstarter, which checks the Bundle and keeps nothing.
"""

from __future__ import annotations

import http.client
import importlib.util
import itertools
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
from ground import CLONE, fresh_database, url

from county import SPINE, TOKEN, county, member, professional
from django.conf import settings
from django.test import Client
from rows import missing, row
from secondopinion.letters.models import Letter
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.models import Referral
from secondopinion.site import database, state
from secondopinion.site.running import _port, gunicorn

FIGURE = "Claim/$submit, durable, authorized"
ADDRESS = "/fhir/pas/2.2.1/Claim/$submit"
BODY = (CLONE / "docs" / "examples" / "second-opinion-request.json").read_bytes()
KEY = b"GS-2026-0042"  # the request's own identifiers in that file
CONNECTIONS, SECONDS, ROUNDS = 4, 4, 4
KIND = {"Content-Type": "application/fhir+json"}
serial = itertools.count()


@dataclass(frozen=True, slots=True)
class Pace:
    """What a round of requests gave: answers a second, and milliseconds by percentile."""

    a_second: float
    p50: float
    p99: float


def a_request() -> bytes:
    """The tour's request under identifiers of its own."""
    return BODY.replace(KEY, b"B-%d-%d" % (os.getpid(), next(serial)))


def recorded(address: database.Address) -> dict[str, Any]:
    """One request taken in by this process: its statements with their values, and its answer."""
    sent: list[tuple[str, Any]] = []
    execute = psycopg.Cursor.execute

    def recording(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        sent.append((query, params if params is None or isinstance(params, dict) else list(params)))
        return execute(self, query, params, **how)

    settings.ALLOWED_HOSTS = ["testserver"]
    client, header = Client(), {"Authorization": f"Bearer {TOKEN}"}
    for _ in range(2):  # the first one warms what is kept
        body = a_request()
        psycopg.Cursor.execute = recording  # type: ignore[method-assign]
        sent.clear()
        answer = client.post(ADDRESS, body, content_type=KIND["Content-Type"], headers=header)
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
    assert answer.status_code == 200, answer.content
    with plan_scope(datetime.now(UTC).date()):
        referral = Referral.objects.order_by("number").last()
        assert referral is not None
        assert referral.state == "authorized", referral.state
        letters = [str(i) for i in Letter.objects.filter(notice__referral=referral).values_list("pk", flat=True)]
        submission = referral.submissions.get()
    assert len(letters) == 3, letters
    opened = next(n for n, (query, _) in enumerate(sent) if "set_config" in query)
    return {
        "statements": (sent[:opened], sent[opened:]),
        "ids": [str(referral.pk), str(submission.pk), *letters],
        "number": referral.number.removeprefix("SO-"),  # the authorization bears it too
        "key": orjson.loads(body)["identifier"]["value"],
        "answer": orjson.loads(answer.content),
        "database": address.for_psycopg(),
    }


@contextmanager
def served(command: list[str], port: int, **environment: str) -> Iterator[int]:
    """A server of its own processes; gone afterwards."""
    process = subprocess.Popen(
        command,
        cwd=CLONE / "bench",
        env={**os.environ, "PYTHONWARNINGS": "ignore", **environment},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(300):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def pace(port: int, path: str, seconds: float) -> Pace:
    """Post requests over a few kept-alive connections, one after the other on each."""
    taken: list[float] = []
    refused: list[bytes] = []
    until = time.perf_counter() + seconds

    def keep_posting() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = KIND | {"Authorization": f"Bearer {TOKEN}"}
        while (start := time.perf_counter()) < until:
            connection.request("POST", path, a_request(), headers)
            answer = connection.getresponse()
            content = answer.read()
            taken.append((time.perf_counter() - start) * 1000)
            if answer.status not in (200, 201):
                refused.append(content)
                return

    start = time.perf_counter()
    posting = [threading.Thread(target=keep_posting) for _ in range(CONNECTIONS)]
    for thread in posting:
        thread.start()
    for thread in posting:
        thread.join()
    if refused:
        raise RuntimeError(refused[0][:2000].decode())
    cuts = statistics.quantiles(taken, n=100)
    return Pace(len(taken) / (time.perf_counter() - start), cuts[49], cuts[98])


def told(rounds: list[Pace]) -> str:
    """The median of some rounds in words."""
    a_second, p99 = statistics.median(r.a_second for r in rounds), statistics.median(r.p99 for r in rounds)
    return f"{a_second:,.0f}/s, p99 {p99:.0f} ms"


def compare(peer: str, ours: list[Pace], theirs: list[Pace], goal: float) -> None:
    """Print a figure: the median of the rounds' ratios."""
    ratio = statistics.median(a.a_second / b.a_second for a, b in zip(ours, theirs, strict=True))
    row(FIGURE, peer, told(ours), told(theirs), ratio, f"≥ {goal}", met=ratio >= goal)


def main() -> None:
    with fresh_database("bench_submit") as owner, ExitStack() as open_now:
        app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
        with plan_scope(datetime.now(UTC).date()):
            there = county()
            member("M0000038", "Tanya", "Briggs", date(1977, 6, 24), "medi-cal", there.pcp)
            surgeon = professional("210000016", "Camille", "Archer", SPINE, None)
            assert surgeon.npi.encode() in BODY
        folder = Path(open_now.enter_context(tempfile.TemporaryDirectory()))
        (folder / "recorded").write_bytes(pickle.dumps(recorded(app)))

        def shipped(application: str, **environment: str) -> int:
            port = _port()
            command = [application if part.endswith(":application") else part for part in gunicorn(port)]
            return open_now.enter_context(served(command, port, **environment))

        house = shipped("secondopinion.site.wsgi:application", PYTHONPATH=str(CLONE / "src"),
                        DATABASE_URL=url(owner), SECONDOPINION_APP_DATABASE_URL=url(app))  # fmt: skip
        bare = shipped("peer_bare:application", BENCH_RECORDED=str(folder / "recorded"))
        starter = 0
        if importlib.util.find_spec("fhirstarter"):
            starter = _port()
            command = [sys.executable, "-m", "uvicorn", "peer_fhirstarter:app", "--port", str(starter)]
            command += ["--workers", "2", "--no-access-log", "--log-level", "error"]
            open_now.enter_context(served(command, starter, FHIR_SEQUENCE="R4B"))
        for port, path in ((house, ADDRESS), (bare, "/"), (starter, "/Bundle")):
            if port:
                pace(port, path, 1)  # warm
        ours, theirs, memory = [], [], []
        for _ in range(ROUNDS):
            ours.append(pace(house, ADDRESS, SECONDS))
            theirs.append(pace(bare, "/", SECONDS))
            if starter:
                memory.append(pace(starter, "/Bundle", SECONDS))
    compare("bare WSGI, same SQL, same gunicorn", ours, theirs, 0.65)
    if memory:
        compare("fhirstarter POST /Bundle, kept nowhere", ours, memory, 1.5)
    else:
        missing(FIGURE, "fhirstarter", "not installed")


if __name__ == "__main__":
    main()

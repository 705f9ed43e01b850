"""A peer for bench/submit.py: a bare WSGI application that sends the database what `$submit` sends.

It reads the Bundle with orjson, sends the recorded statements through psycopg with fresh identifiers, commits and
answers with the recorded answer. It finds nobody, judges nothing and writes no letter: what is left is the SQL.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import psycopg

RECORDED = pickle.loads(Path(os.environ["BENCH_RECORDED"]).read_bytes())
Fresh = dict[str, str]
here = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Take one Bundle in, durably, and answer 200."""
    bundle = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    fresh = {known: str(uuid4()) for known in RECORDED["ids"]}
    fresh[RECORDED["key"]] = bundle["identifier"]["value"]
    database = _connection()
    before, within = RECORDED["statements"]
    for query, values in before:
        database.execute(query, values, prepare=True)
    with database.transaction():
        for query, values in within:
            cursor = database.execute(query, _renewed(values, fresh), prepare=True)
            rows = cursor.fetchall() if cursor.description else []
            if "nextval" in query:
                fresh[RECORDED["number"]] = f"{RECORDED['number'][:4]}-{rows[0][0]:06d}"
    answer = orjson.dumps(RECORDED["answer"])
    start_response("200 OK", [("Content-Type", "application/fhir+json"), ("Content-Length", str(len(answer)))])
    return [answer]


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(here, "connection"):
        here.connection = psycopg.connect(**RECORDED["database"], autocommit=True)
    found: psycopg.Connection[Any] = here.connection
    return found


def _renewed(values: Any, fresh: Fresh) -> Any:
    """The recorded values, with this request's own identifiers in place of the recorded ones."""
    if isinstance(values, dict):
        return {name: _renewed(value, fresh) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [_renewed(value, fresh) for value in values]
    if isinstance(values, UUID):
        text = fresh.get(str(values))
        return UUID(text) if text else values
    if isinstance(values, str):
        for known, new in fresh.items():
            if known in values:
                values = values.replace(known, new)
    return values

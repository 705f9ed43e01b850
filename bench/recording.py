"""The very statements that the program sends, taken down while it works, to be sent again one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

WARM = 10  # turns that do not count


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its values, and whether it was bound by the server or by psycopg."""

    query: Any
    values: Any
    how: dict[str, Any] = field(default_factory=dict)
    cursor: type[psycopg.Cursor[Any]] = psycopg.Cursor

    def send(self, connection: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
        """Send it again as it was sent, and fetch the whole answer."""
        return self.cursor(connection).execute(self.query, self.values, **self.how).fetchall()


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Every statement of this process while the block runs, with its values."""
    taken: list[Statement] = []
    execute = psycopg.Cursor.execute

    def recording(self: Any, query: Any, params: Any = None, **how: Any) -> Any:
        values = params if params is None or isinstance(params, dict) else list(params)
        cursor = psycopg.ClientCursor if isinstance(self, psycopg.ClientCursor) else psycopg.Cursor
        taken.append(Statement(query, values, how, cursor))
        return execute(self, query, params, **how)

    psycopg.Cursor.execute = recording  # type: ignore[method-assign]
    try:
        yield taken
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def about(taken: list[Statement], table: str, *, counts: bool = False) -> list[Statement]:
    """The questions among them that read a table: the counts, or those that are not counts."""
    asked = [s for s in taken if str(s.query).startswith("SELECT") and f'FROM "{table}"' in str(s.query)]
    return [s for s in asked if ("COUNT(*)" in str(s.query)) == counts]


def in_turn(
    first: psycopg.Connection[Any], other: psycopg.Connection[Any], asked: list[Statement], turns: int
) -> tuple[list[float], list[float]]:
    """Send the statements to both, turn about: milliseconds for all of them. Both must answer with as many rows."""
    assert asked, "The program asked nothing."
    both, taken = (first, other), (list[float](), list[float]())
    rows = [[len(statement.send(one)) for statement in asked] for one in both]
    assert rows[0] == rows[1], f"One side answers with {rows[0]} rows, the other with {rows[1]}."
    for turn in range(turns + WARM):
        for one, times in zip(both, taken, strict=True):
            start = time.perf_counter()
            for statement in asked:
                statement.send(one)
            if turn >= WARM:
                times.append((time.perf_counter() - start) * 1000)
    return taken

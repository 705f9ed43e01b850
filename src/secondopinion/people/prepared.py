"""Questions that are asked at every request: written with the ORM, compiled once, planned once a connection.

Compiling a queryset costs several times what PostgreSQL needs to answer it. A `Prepared` question is built from a
queryset whose changing values are `Given` by name; asking it sends the same SQL with new values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, BooleanField, Expression, Func, Model, QuerySet
from psycopg import Cursor

M = TypeVar("M", bound=Model)


class Given(Expression):
    """The place of a value that is given when the question is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """A placeholder, and this very place among the values."""
        return "%s", [self]


class OneOf(Func):
    """The condition that a column holds one of the values in a list: `OneOf("npi", given("npis"))`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Prepared(Generic[M]):
    """A question asked of the database again and again. `ask` builds its queryset, without `select_related`."""

    def __init__(self, ask: Callable[[type[Given]], QuerySet[M, Any]]) -> None:
        self._ask = ask

    @cached_property
    def _question(self) -> tuple[str, tuple[Any, ...], type[M], list[str]]:
        asked = self._ask(Given)
        sql, values = asked.query.sql_with_params()
        return sql, values, asked.model, [field.attname for field in asked.model._meta.concrete_fields]

    def rows(self, **given: Any) -> list[tuple[Any, ...]]:
        """The answer as plain rows, in the order of `values_list`."""
        sql, values, _, _ = self._question
        sent = [given[value.name] if isinstance(value, Given) else value for value in values]
        return send(sql, sent).fetchall()

    def all(self, **given: Any) -> list[M]:
        """The answer as objects of the queryset's model."""
        _, _, model, columns = self._question
        return [model.from_db(DEFAULT_DB_ALIAS, columns, row) for row in self.rows(**given)]

    def first(self, **given: Any) -> M | None:
        """The first object, or none."""
        return next(iter(self.all(**given)), None)


def insert(row: Model) -> None:
    """Insert one new row, like `save(force_insert=True)`; a key that the database makes is not read back."""
    sql, names = _insertion(type(row))
    send(sql, [getattr(row, name) for name in names])


@cache
def _insertion(model: type[Model]) -> tuple[str, list[str]]:
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]
    columns, places = ", ".join(f'"{f.column}"' for f in fields), ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})', [f.attname for f in fields]  # noqa: S608


def send(sql: str, values: Sequence[Any] | Mapping[str, Any]) -> Cursor[Any]:
    """Send a statement on Django's own connection, bound and planned by the server; the answer comes in binary."""
    here = connections[DEFAULT_DB_ALIAS]
    here.close_if_health_check_failed()  # as Django's own cursors do
    if here.connection is None:
        here.connect()
    with here.wrap_database_errors:
        return Cursor(here.connection).execute(sql, values, prepare=True, binary=True)

"""Questions that are asked at every request: written with the ORM, compiled once, planned once a connection.

Compiling a queryset costs several times what PostgreSQL needs to answer it. A `Prepared` question is built from a
queryset whose changing values are `Given` by name; asking it sends the same SQL with new values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, Expression, Func, Model, QuerySet
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
        connection.close_if_health_check_failed()  # as Django's own cursors do
        connection.ensure_connection()
        with connection.wrap_database_errors:
            return Cursor(connection.connection).execute(sql, sent, prepare=True, binary=True).fetchall()

    def all(self, **given: Any) -> list[M]:
        """The answer as objects of the queryset's model."""
        _, _, model, columns = self._question
        return [model.from_db("default", columns, row) for row in self.rows(**given)]

    def first(self, **given: Any) -> M | None:
        """The first object, or none."""
        return next(iter(self.all(**given)), None)

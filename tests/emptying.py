"""Emptying a test's own database, by its owner: the application's role may not."""

from __future__ import annotations

import psycopg
from psycopg import sql

from secondopinion.site import database


def empty_tables(owner: database.Address) -> None:
    """Empty every table but those that migrations filled."""
    with psycopg.connect(**owner.for_psycopg()) as connection:
        rows = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'app')"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        tables = sql.SQL(", ").join(sql.Identifier(schema, table) for schema, table in rows)
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))

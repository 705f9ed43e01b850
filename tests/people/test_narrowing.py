"""A Member's own page sees one Member's rows: every table that row-level security guards is narrowed for it."""

from __future__ import annotations

import pytest
from django.db import connection

POLICIES = "SELECT tablename, permissive, cmd FROM pg_policies WHERE schemaname = 'public'"


@pytest.mark.django_db
def test_every_guarded_table_is_narrowed_to_one_member_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute(POLICIES)
        rows = cursor.fetchall()
    guarded = {table for table, permissive, _ in rows if permissive == "PERMISSIVE"}
    narrowed = {
        table for table, permissive, command in rows if permissive == "RESTRICTIVE" and command in ("ALL", "SELECT")
    }
    assert guarded
    assert guarded - narrowed == set(), (
        "These tables would be seen whole from a Member's own page. In the migration that makes one, add "
        "`rls.narrowed(table, 'app.not_another(member_id)')`, or `'app.is_staff()', 'SELECT'` where none is needed."
    )

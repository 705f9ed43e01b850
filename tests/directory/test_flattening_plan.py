"""How PostgreSQL goes about a rebuild of the flat rows."""

from __future__ import annotations

import pytest
from django.db import connection

from secondopinion.directory import flattening


@pytest.mark.django_db
def test_a_rebuild_joins_and_asks_no_question_for_each_person() -> None:
    with connection.cursor() as cursor:
        nobody = "00000000-0000-0000-0000-000000000000"
        statement = flattening._FILLED.replace("directory_candidateat_next", "directory_candidateat")
        cursor.execute(f"EXPLAIN {statement}", {"first": nobody, "last": nobody})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "CTE fresh" in plan
    assert "SubPlan" not in plan, "it would walk through a whole slice for each of its people"

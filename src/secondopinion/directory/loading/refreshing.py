"""Today's columns after a midnight: periods begin and end by themselves, without a file."""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from datetime import date

from django.db import connection

from secondopinion.directory.flattening import flatten
from secondopinion.directory.loading.merging import MERGES
from secondopinion.directory.loading.projecting import project
from secondopinion.directory.loading.staging import empty_rooms, open_rooms

_TURNED = " UNION ".join(
    f"""SELECT professional_id FROM {kind.table}
         WHERE from_on > %(since)s AND from_on <= %(today)s OR to_on >= %(since)s AND to_on < %(today)s"""
    for kind in MERGES
)


def refresh(today: date, since: date) -> int:
    """Fill today's columns of everyone for whom a period began or ended after the day `since`, up to today.

    For a nightly job, inside a transaction of the plan's. Returns how many people were looked at.
    """
    with connection.cursor() as cursor:
        open_rooms(cursor)
        empty_rooms(cursor)
        cursor.execute(
            f"""INSERT INTO stage_person (line, npi, first_name, last_name, credential, group_name, professional_id)
                SELECT row_number() OVER (), npi, '', '', '', '', id
                  FROM directory_qualifiedprofessional WHERE id IN ({_TURNED})""",
            {"today": today, "since": since},
        )
        people: int = cursor.rowcount
        cursor.execute("INSERT INTO stage_outcome SELECT line, 'changed' FROM stage_person")
        project(cursor, today)
        cursor.execute("SELECT professional_id FROM stage_touched")
        flatten(key for (key,) in cursor.fetchall())
    return people

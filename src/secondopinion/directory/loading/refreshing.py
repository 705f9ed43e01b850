"""Today's columns after a midnight: periods begin and end by themselves, without a file."""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from secondopinion.directory.flattening import flatten
from secondopinion.directory.health import Health, keep, last_kept_on
from secondopinion.directory.loading.merging import MERGES
from secondopinion.directory.loading.projecting import project
from secondopinion.directory.loading.runs import ONE_AT_A_TIME
from secondopinion.directory.loading.staging import empty_rooms, open_rooms
from secondopinion.directory.models_dated import LoadRun
from secondopinion.policy.calendar import PACIFIC

_TURNED = " UNION ".join(
    f"""SELECT professional_id FROM {kind.table}
         WHERE from_on > %(since)s AND from_on <= %(today)s OR to_on >= %(since)s AND to_on < %(today)s"""
    for kind in MERGES
)


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did for the directory: how many entries turned with the day, and how healthy it is now."""

    turned: int
    health: Health


def turn_the_day(now: datetime) -> Night | None:
    """Refresh today's columns since the last night that did so, then count and keep the directory's health.

    For a nightly job, inside a transaction of the plan's, which keeps both or neither: a night that was missed is made
    up for by the next, and a second run of a day finds nothing to do. None while a file is being loaded.
    """
    today = now.astimezone(PACIFIC).date()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return None
    since = last_kept_on(today) or _first_load_on()
    return Night(refresh(today, since) if since else 0, keep(now))


def _first_load_on() -> date | None:
    """The day of the first load: until then no period was told, and each load fills the columns of its own day."""
    first = LoadRun.objects.order_by("started_at").values_list("started_at", flat=True).first()
    return first.astimezone(PACIFIC).date() if first else None


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

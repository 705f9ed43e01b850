"""One batch out of the waiting room into the periods: judged, then written, set by set.

A staged row is compared with the period that its own source has in force on the day the file speaks of (or on the
row's last day, when that is past). The same: nothing happens. Other facts: the old period ends and a new one
begins. Another last day: the period ends there. A clash with later days, or a contradiction within one file: refused.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from secondopinion.directory.loading.staging import ROOMS, VERIFICATION

REASONS = {
    "nobody": "nobody of this NPI is in the directory, and the row tells no name",
    "stale": "runs into a period that the directory holds for later days",
    "twice": "contradicts an earlier row of this file",
}
"""The verdicts that refuse a row, in words."""


@dataclass(frozen=True, slots=True)
class Merge:
    """How one kind of period is told apart (`key`), and what is true in it (`facts`)."""

    name: str
    key: tuple[str, ...]
    facts: tuple[str, ...]
    whole: bool = False  # a whole entry that leaves it out ends it
    placed: bool = False  # has a site

    @property
    def table(self) -> str:
        """The table of the periods."""
        return f"directory_{self.name}"

    @property
    def room(self) -> str:
        """The temporary table of the batch."""
        return ROOMS[self.name].name

    def same(self, columns: tuple[str, ...], one: str = "t", other: str = "s") -> str:
        """The condition that two rows agree on some columns."""
        return " AND ".join(f"{one}.{c} IS NOT DISTINCT FROM {other}.{c}" for c in columns) or "true"


MERGES = (
    Merge("specialtyheld", ("code",), ("is_primary",), whole=True),
    Merge("licenseheld", ("state", "number"), ("status",), whole=True),
    Merge("practice", ("site_id",), ("phone", "fax", "languages", "accessible"), whole=True, placed=True),
    Merge("membership", ("site_id", "network_id"), ("accepts", "panel", "age_from", "age_to"), whole=True, placed=True),
    Merge("exclusion", ("register",), ()),
    Merge("npideactivation", (), ()),
)
PROBE = "greatest(s.from_on, least(%(day)s, coalesce(s.to_on, %(day)s)))"
"""The day on which a staged row is compared with what is held."""


def merge(cursor: CursorWrapper, run: int, said_by: str, day: date) -> None:
    """Merge what is staged. Leaves in `stage_outcome` a verdict for every line that is not plainly the same."""
    given: dict[str, Any] = {"run": run, "by": said_by, "day": day}
    for statement in _PEOPLE:
        cursor.execute(statement, given)
    for kind in MERGES:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {kind.room})")
        if cursor.fetchone()[0]:
            for statement in _judging(kind):
                cursor.execute(statement, given)
            _write(cursor, kind, given)
        if kind.whole:
            cursor.execute(_left_out(kind), given)
    for statement in (empty_practices("stage_membership"), _VERIFIED):
        cursor.execute(statement, given)


_PEOPLE = (
    """UPDATE stage_person p SET professional_id = q.id, known = true
         FROM directory_qualifiedprofessional q WHERE q.npi = p.npi""",
    """UPDATE stage_person p SET professional_id = fresh.id, known = false
         FROM (SELECT npi, gen_random_uuid() AS id
                 FROM (SELECT DISTINCT npi FROM stage_person
                        WHERE professional_id IS NULL AND last_name <> '') AS named) AS fresh
        WHERE fresh.npi = p.npi AND p.professional_id IS NULL""",
    """INSERT INTO stage_outcome
       SELECT line, CASE WHEN professional_id IS NULL THEN 'nobody' ELSE 'new' END
         FROM stage_person WHERE known IS NOT true""",
    """INSERT INTO stage_outcome
       SELECT p.line, 'changed' FROM stage_person p JOIN directory_qualifiedprofessional q ON q.id = p.professional_id
        WHERE p.known AND p.last_name <> ''
          AND ((p.first_name, p.last_name) IS DISTINCT FROM (q.first_name, q.last_name)
               OR (p.credential <> '' AND p.credential <> q.credential)
               OR (p.group_name <> '' AND p.group_name <> q.group_name))""",
)


def _judging(kind: Merge) -> list[str]:
    site = (
        f"""INSERT INTO directory_site AS held (place, address, city, state, zip_code, latitude, longitude)
            SELECT DISTINCT ON (place) place, address, city, place_state, zip_code, latitude, longitude
              FROM {kind.room} WHERE place IS NOT NULL ORDER BY place, latitude NULLS LAST, line
            ON CONFLICT (place) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude
             WHERE held.latitude IS NULL AND excluded.latitude IS NOT NULL""",
        f"UPDATE {kind.room} s SET site_id = g.id FROM directory_site g WHERE g.place = s.place",
    )
    of_same = f"t.professional_id = s.professional_id AND t.said_by = %(by)s AND {kind.same(kind.key)}"
    facts = f"ROW({', '.join(kind.facts)})::text"
    partition = ", ".join(("professional_id", *kind.key))
    return [
        *(site if kind.placed else ()),
        f"""UPDATE {kind.room} s SET professional_id = p.professional_id
              FROM stage_person p WHERE p.line = s.line AND p.professional_id IS NOT NULL""",
        f"""UPDATE {kind.room} s SET held_id = t.id, held_from = t.from_on, held_to = t.to_on, held_run = t.run_id,
                   is_same = ({kind.same(kind.facts)})
              FROM {kind.table} t
             WHERE {of_same} AND t.from_on <= {PROBE} AND (t.to_on IS NULL OR t.to_on >= {PROBE})""",
        f"""UPDATE {kind.room} s
               SET touches = o.touching, later = o.later
              FROM (SELECT s.n, count(t.id) > 0 AS touching,
                           coalesce(bool_or(t.from_on > coalesce(s.held_from, {PROBE})), false) AS later
                      FROM {kind.room} s
                      LEFT JOIN {kind.table} t
                        ON {of_same} AND (t.to_on IS NULL OR t.to_on >= t.from_on)
                       AND t.from_on <= coalesce(s.to_on, 'infinity') AND coalesce(t.to_on, 'infinity') >= s.from_on
                     WHERE s.professional_id IS NOT NULL GROUP BY s.n) AS o
             WHERE o.n = s.n""",
        f"""UPDATE {kind.room} s SET start_on = CASE
                   WHEN s.held_id IS NULL AND s.touches THEN {PROBE}
                   WHEN s.held_id IS NULL OR s.from_on > s.held_from THEN s.from_on
                   ELSE {PROBE} END,
                   verdict = CASE
                   WHEN r.nth > 1 AND r.facts = r.first THEN 'same'
                   WHEN r.nth > 1 THEN 'twice'
                   WHEN s.held_id IS NULL AND s.later THEN 'stale'
                   WHEN s.held_id IS NULL THEN 'begins'
                   WHEN s.is_same AND s.to_on IS NOT DISTINCT FROM s.held_to THEN 'same'
                   WHEN s.is_same AND s.later AND s.to_on IS NULL THEN 'same'
                   WHEN s.is_same THEN 'ends'
                   WHEN s.held_run = %(run)s THEN 'twice'
                   WHEN s.later THEN 'stale'
                   ELSE 'changes' END
              FROM (SELECT n, {facts} AS facts,
                           row_number() OVER w AS nth, first_value({facts}) OVER w AS first
                      FROM {kind.room} WHERE professional_id IS NOT NULL
                    WINDOW w AS (PARTITION BY {partition}, coalesce(to_on, 'infinity') ORDER BY n)) AS r
             WHERE r.n = s.n""",
    ]


def _write(cursor: CursorWrapper, kind: Merge, given: dict[str, Any]) -> None:
    columns = (*kind.key, *kind.facts)
    listed = "".join(f", {c}" for c in columns)
    staged = "".join(f", s.{c}" for c in columns)
    cursor.execute(
        f"""UPDATE {kind.table} t SET to_on = CASE WHEN s.verdict = 'ends' THEN s.to_on ELSE s.start_on - 1 END
              FROM {kind.room} s WHERE t.id = s.held_id AND s.verdict IN ('ends', 'changes')"""
    )
    # What the same statement of the source had begun after its last day was never in force.
    cursor.execute(
        f"""UPDATE {kind.table} t SET to_on = t.from_on - 1
              FROM {kind.room} s
             WHERE s.verdict IN ('ends', 'changes') AND t.professional_id = s.professional_id
               AND t.said_by = %(by)s AND {kind.same(kind.key)}
               AND t.said_from_on = s.from_on AND t.from_on > s.to_on""",
        given,
    )
    cursor.execute(
        f"""INSERT INTO {kind.table} (professional_id, said_by, said_from_on, run_id, from_on, to_on{listed})
            SELECT s.professional_id, %(by)s, s.from_on, %(run)s, s.start_on, s.to_on{staged}
              FROM {kind.room} s WHERE s.verdict IN ('begins', 'changes')""",
        given,
    )
    cursor.execute(
        f"""INSERT INTO stage_outcome
            SELECT line, CASE WHEN verdict IN ('stale', 'twice') THEN verdict ELSE 'changed' END
              FROM {kind.room} WHERE verdict <> 'same'"""
    )


def _left_out(kind: Merge) -> str:
    return f"""
        WITH gone AS (
          UPDATE {kind.table} t SET to_on = greatest(%(day)s - 1, t.from_on - 1)
            FROM stage_person p
           WHERE p.whole AND t.professional_id = p.professional_id AND t.said_by = %(by)s
             AND t.to_on IS NULL AND t.from_on <= %(day)s AND t.run_id <> %(run)s
             AND NOT EXISTS (SELECT 1 FROM {kind.room} s
                              WHERE s.professional_id = t.professional_id AND {kind.same(kind.key)})
          RETURNING p.line)
        INSERT INTO stage_outcome SELECT line, 'changed' FROM gone"""


def empty_practices(room: str) -> str:
    """The statement that ends a practice where the source's last membership has ended, for the people of a room."""
    return f"""
        UPDATE directory_practice t SET to_on = greatest(t.from_on - 1, least(%(day)s - 1, m.last_on))
          FROM (SELECT professional_id, site_id, max(to_on) AS last_on FROM directory_membership
                 WHERE said_by = %(by)s AND (to_on IS NULL OR to_on >= from_on)
                   AND professional_id IN (SELECT professional_id FROM {room})
                 GROUP BY professional_id, site_id HAVING bool_and(to_on IS NOT NULL AND to_on < %(day)s)) AS m
         WHERE t.professional_id = m.professional_id AND t.site_id = m.site_id
           AND t.said_by = %(by)s AND t.to_on IS NULL
           AND NOT EXISTS (SELECT 1 FROM stage_practice s
                            WHERE s.professional_id = t.professional_id AND s.site_id = t.site_id)"""


_VERIFIED = f"""
    WITH fresh AS (
      INSERT INTO directory_verification (professional_id, on_day, by, run_id)
      SELECT DISTINCT p.professional_id, s.on_day, s.by, %(run)s
        FROM {VERIFICATION.name} s JOIN stage_person p ON p.line = s.line WHERE p.professional_id IS NOT NULL
      ON CONFLICT DO NOTHING RETURNING professional_id)
    INSERT INTO stage_outcome
    SELECT DISTINCT p.line, 'changed' FROM fresh JOIN stage_person p USING (professional_id)"""

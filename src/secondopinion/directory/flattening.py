"""Filling the flat rows of candidates from the periods: for some professionals, or for all of them anew.

The rows say where a professional can be found, under which code, in whose network and on which days. Whether a licence
was in force, an NPI alive or a name on a list of exclusions is not asked here: who fails that is a candidate who
failed, and must be told as one.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from secondopinion.directory.models_candidates import ANYWHERE, CODE_LENGTH, DIGITS, OUTSIDE

ONE_REBUILD = 1541
"""The advisory lock: whoever flattens some people shares it, whoever rebuilds the table has it alone."""
SLICE = 40_000  # professionals flattened by one statement of a rebuild, so that memory stays flat
EDGE = 89.9  # degrees; Mercator's projection has no poles
COLUMNS = (
    "professional_id, point, latitude, longitude, specialty, site_id, network, from_on, to_on, age_from, age_to, "
    "accepts, accessible, panel, languages"
)


def flatten(professional_ids: Iterable[UUID]) -> int:
    """Make the rows of these professionals what their periods say, within the caller's transaction.

    Returns how many rows were written or taken away; none when everything was right.
    """
    ids = sorted(set(professional_ids))
    if not ids:
        return 0
    given = {"ids": ids}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ONE_REBUILD])
        # One at a time for each professional, or two at once would both write the same rows.
        cursor.execute(
            "SELECT id FROM directory_qualifiedprofessional WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE",
            given,
        )
        _give_keys(cursor)
        cursor.execute(_MERGED, given)
        gone, new = cursor.fetchone()
    return int(gone) + int(new)


def flatten_all() -> int:
    """Make the whole table anew beside the old one, and put it in its place at once. Returns how many rows it has.

    In the caller's transaction, or one of its own; until it is committed readers see the old rows, and they wait for
    nothing but the exchange itself.
    """
    rows = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_REBUILD])
        _give_keys(cursor)
        cursor.execute("SELECT app.begin_candidates()")
        for first, last in _slices(cursor):
            cursor.execute(_FILLED, {"first": first, "last": last})
            rows += cursor.rowcount
        cursor.execute("SELECT app.finish_candidates()")
    return rows


def _give_keys(cursor: CursorWrapper) -> None:
    """Give every Health Network and the plan's own network a number, unless it has one."""
    cursor.execute(
        """INSERT INTO directory_networkkey (network_id)
           SELECT n.id FROM (SELECT id FROM people_healthnetwork UNION ALL SELECT NULL) AS n
            WHERE NOT EXISTS (SELECT 1 FROM directory_networkkey k WHERE k.network_id IS NOT DISTINCT FROM n.id)
           ON CONFLICT DO NOTHING"""
    )


def _slices(cursor: CursorWrapper) -> list[tuple[UUID, UUID]]:
    """Every professional there is, in stretches of keys of about as many people."""
    cursor.execute(
        """SELECT min(id::text)::uuid, max(id::text)::uuid
             FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS slice
                     FROM directory_qualifiedprofessional) AS numbered
            GROUP BY slice ORDER BY slice""",
        [SLICE],
    )
    slices: list[tuple[UUID, UUID]] = cursor.fetchall()
    return slices


def _number(code: str) -> str:
    """The SQL for what `specialty_of` gives."""
    digits = (
        f"(strpos('{DIGITS}', substr(upper({code}), {at + 1}, 1)) - 1) * {len(DIGITS) ** (CODE_LENGTH - 1 - at)}::int8"
        for at in range(CODE_LENGTH)
    )
    # strpos finds an empty text at the first place, so a code that is too short ends in zeros.
    return f"({' + '.join(digits)})"


_RANK = "array_position(ARRAY['plan', 'plan-net', 'listing', 'national'], t.said_by::text)"
_IN_FORCE = "(t.to_on IS NULL OR t.to_on >= t.from_on)"  # an empty period was never in force: it says nothing
_ALWAYS = "datemultirange(daterange(NULL, NULL))"
_NEVER = "'{}'::datemultirange"
# Reading: no file says since when somebody bears a specialty or sits at an address, only since when we know. What was
# first told of somebody is taken for the days before, too, so that a contract of older days finds its holder.
_SINCE = "CASE WHEN t.from_on = min(t.from_on) OVER (PARTITION BY t.professional_id) THEN NULL ELSE t.from_on END"


def _rows(some: str) -> str:
    """The query for the flat rows of those professionals whose key meets the condition `some`, on a column `{}`."""
    of_t, of_q = some.format("t.professional_id"), some.format("q.id")
    return f"""
    bears AS (
      SELECT professional_id, {_number("code")} AS specialty, range_agg(days) AS days
        FROM (SELECT t.professional_id, t.code, daterange({_SINCE}, t.to_on + 1) AS days
                FROM directory_specialtyheld t WHERE {of_t} AND {_IN_FORCE}) AS told
       GROUP BY 1, 2
       UNION ALL
      SELECT DISTINCT q.id, {_number("code")}, {_ALWAYS}
        FROM directory_qualifiedprofessional q CROSS JOIN unnest(q.taxonomy || q.other_taxonomies) AS code
       WHERE {of_q} AND code <> ''
         AND NOT EXISTS (SELECT 1 FROM directory_specialtyheld t WHERE t.professional_id = q.id AND {_IN_FORCE})),
    belongs AS (
      SELECT professional_id, network_id, site_id, accepts, nullif(panel, '') AS panel, age_from, age_to,
             datemultirange(daterange(from_on, to_on + 1)) AS days
        FROM (SELECT t.*, {_RANK} AS place,
                     min({_RANK}) OVER (PARTITION BY t.professional_id, t.network_id) AS best
                FROM directory_membership t WHERE {of_t} AND {_IN_FORCE}) AS told
       WHERE place = best
       UNION ALL
      SELECT q.id, c.network_id, NULL, q.accepts_new_members, NULL, NULL, NULL,
             datemultirange(daterange(c.from_on, c.to_on + 1))
        FROM directory_contract c JOIN directory_qualifiedprofessional q ON q.id = c.professional_id
       WHERE {of_q}
         AND NOT EXISTS (SELECT 1 FROM directory_membership t WHERE t.professional_id = q.id
                            AND t.network_id IS NOT DISTINCT FROM c.network_id AND {_IN_FORCE})),
    found_in AS (
      SELECT b.professional_id, k.key AS network, b.site_id, b.accepts, b.panel, b.age_from, b.age_to, b.days
        FROM belongs b JOIN directory_networkkey k ON k.network_id IS NOT DISTINCT FROM b.network_id
       UNION ALL
      SELECT professional_id, {ANYWHERE}, site_id, accepts, panel, age_from, age_to, days FROM belongs
       UNION ALL
      SELECT q.id, {OUTSIDE}, NULL,
             CASE WHEN NOT EXISTS (SELECT 1 FROM directory_specialtyheld t WHERE t.professional_id = q.id)
                  THEN q.accepts_new_members END,  -- of who comes from a file, nobody told it
             NULL, NULL, NULL, {_ALWAYS} - coalesce(inside.days, {_NEVER})
        FROM directory_qualifiedprofessional q
        LEFT JOIN (SELECT professional_id, range_agg(days) AS days FROM belongs GROUP BY professional_id) AS inside
          ON inside.professional_id = q.id
       WHERE {of_q}),
    practises AS (
      SELECT professional_id, site_id, languages, accessible, range_agg(daterange(since, to_on + 1)) AS days
        FROM (SELECT t.professional_id, t.site_id, nullif(t.languages::text[], '{{}}') AS languages, t.accessible,
                     {_SINCE} AS since, t.to_on, {_RANK} AS place,
                     min({_RANK}) OVER (PARTITION BY t.professional_id, t.site_id) AS best
                FROM directory_practice t WHERE {of_t} AND {_IN_FORCE}) AS told
       WHERE place = best GROUP BY 1, 2, 3, 4),
    at_site AS (SELECT professional_id, site_id, range_agg(days) AS days FROM practises GROUP BY 1, 2),
    somewhere AS (SELECT professional_id, range_agg(days) AS days FROM at_site GROUP BY 1),
    by_hand AS (
      SELECT q.id AS professional_id, q.latitude, q.longitude FROM directory_qualifiedprofessional q
       WHERE {of_q} AND NOT EXISTS (SELECT 1 FROM somewhere s WHERE s.professional_id = q.id)
         AND NOT EXISTS (SELECT 1 FROM belongs b WHERE b.professional_id = q.id AND b.site_id IS NOT NULL)),
    placed AS (
      SELECT f.professional_id, f.network, p.site_id, f.accepts, f.panel, f.age_from, f.age_to, p.languages,
             p.accessible, f.days * p.days AS days
        FROM found_in f JOIN practises p ON p.professional_id = f.professional_id
       WHERE f.site_id IS NULL OR f.site_id = p.site_id
       UNION ALL
      SELECT f.professional_id, f.network, f.site_id, f.accepts, f.panel, f.age_from, f.age_to, NULL, NULL,
             f.days - coalesce(s.days, {_NEVER})
        FROM found_in f LEFT JOIN at_site s ON s.professional_id = f.professional_id AND s.site_id = f.site_id
       WHERE f.site_id IS NOT NULL
       UNION ALL
      SELECT f.professional_id, f.network, NULL, f.accepts, f.panel, f.age_from, f.age_to, NULL, NULL,
             f.days - coalesce(s.days, {_NEVER})
        FROM found_in f LEFT JOIN somewhere s ON s.professional_id = f.professional_id
       WHERE f.site_id IS NULL),
    tongues AS (
      SELECT q.id AS professional_id, nullif(q.languages::text[], '{{}}') AS languages
        FROM directory_qualifiedprofessional q
       WHERE {of_q} AND NOT EXISTS (SELECT 1 FROM practises p
                                     WHERE p.professional_id = q.id AND p.languages IS NOT NULL)),
    joined AS (
      SELECT p.professional_id, b.specialty, p.network, p.site_id, p.accepts, p.panel, p.age_from, p.age_to,
             coalesce(p.languages, t.languages) AS languages, p.accessible, range_agg(p.days * b.days) AS days
        FROM placed p JOIN bears b ON b.professional_id = p.professional_id
        LEFT JOIN tongues t ON t.professional_id = p.professional_id
       WHERE p.days && b.days
       GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    fresh AS (
      SELECT j.professional_id, point(radians(at.longitude), asinh(tan(radians(
               greatest(least(at.latitude, {EDGE}), -{EDGE}))))) AS point,
             at.latitude, at.longitude, j.specialty, j.site_id, j.network,
             coalesce(lower(span), '0001-01-01') AS from_on, coalesce(upper(span) - 1, '9999-12-31') AS to_on,
             j.age_from, j.age_to, j.accepts, j.accessible, j.panel, j.languages
        FROM joined j CROSS JOIN unnest(j.days) AS span
        LEFT JOIN directory_site g ON g.id = j.site_id
        LEFT JOIN by_hand h ON h.professional_id = j.professional_id AND j.site_id IS NULL
        CROSS JOIN LATERAL (
          SELECT CASE WHEN x.longitude IS NOT NULL THEN x.latitude END AS latitude,
                 CASE WHEN x.latitude IS NOT NULL THEN x.longitude END AS longitude
            FROM (SELECT coalesce(g.latitude, h.latitude) AS latitude,
                         coalesce(g.longitude, h.longitude) AS longitude) AS x) AS at)"""


_SAME = ", ".join(f"{{0}}.{column}" for column in COLUMNS.split(", ") if column != "point")
_MERGED = f"""
    WITH {_rows("{} = ANY(%(ids)s)")},
    gone AS (
      DELETE FROM directory_candidateat c WHERE c.professional_id = ANY(%(ids)s)
         AND NOT EXISTS (SELECT 1 FROM fresh f WHERE f.professional_id = c.professional_id
                            AND ROW({_SAME.format("f")}) IS NOT DISTINCT FROM ROW({_SAME.format("c")}))
      RETURNING 1),
    new AS (
      INSERT INTO directory_candidateat ({COLUMNS})
      SELECT {COLUMNS} FROM fresh f
       WHERE NOT EXISTS (SELECT 1 FROM directory_candidateat c WHERE c.professional_id = f.professional_id
                            AND ROW({_SAME.format("f")}) IS NOT DISTINCT FROM ROW({_SAME.format("c")}))
      RETURNING 1)
    SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM new)"""
_FILLED = f"""
    INSERT INTO directory_candidateat_next ({COLUMNS})
    WITH {_rows("{} BETWEEN %(first)s AND %(last)s")}
    SELECT {COLUMNS} FROM fresh"""

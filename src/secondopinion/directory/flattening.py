"""Filling the flat rows of candidates from the periods: for some professionals, or for all of them anew.

The rows say where a professional can be found, under which code, in whose network and on which days. Whether a licence
was in force, an NPI alive or a name on a list of exclusions is not asked here: who fails that is a candidate who
failed, and must be told as one.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
        with _by_sets(cursor):
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
        with _by_sets(cursor):
            for first, last in _slices(cursor):
                cursor.execute(_FILLED, {"first": first, "last": last})
                rows += cursor.rowcount
        cursor.execute("SELECT app.finish_candidates()")
    return rows


def strays(about: int = 200) -> tuple[UUID, ...]:
    """Who of about so many professionals by lot has other rows than the periods say; nobody, when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'directory_qualifiedprofessional'::regclass"
        )
        share = min(100.0, 200.0 * about / cursor.fetchone()[0])
        cursor.execute(
            "SELECT id FROM directory_qualifiedprofessional TABLESAMPLE SYSTEM (%s) ORDER BY random() LIMIT %s",
            [share, about],
        )
        ids = [key for (key,) in cursor.fetchall()]
        with _by_sets(cursor):
            cursor.execute(_COMPARED, {"ids": ids})
            return tuple(key for (key,) in cursor.fetchall())


def placed_since() -> tuple[UUID, ...]:
    """Who practises at a site that somebody has told the coordinates of, since the rows were written."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT c.professional_id FROM directory_candidateat c JOIN directory_site g ON g.id = c.site_id
                WHERE c.point IS NULL AND g.latitude IS NOT NULL AND g.longitude IS NOT NULL"""
        )
        return tuple(key for (key,) in cursor.fetchall())


def has_rows() -> bool:
    """Whether the table has any rows at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM directory_candidateat)")
        return bool(cursor.fetchone()[0])


@contextmanager
def _by_sets(cursor: CursorWrapper) -> Iterator[None]:
    """Join whole sets, never one row after the other: of a query's own parts PostgreSQL knows no sizes, and guesses
    that they are small."""
    cursor.execute("SELECT current_setting('enable_nestloop'), set_config('enable_nestloop', 'off', true)")
    before = cursor.fetchone()[0]
    yield
    cursor.execute("SELECT set_config('enable_nestloop', %s, true)", [before])


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


def _named(of: str) -> str:
    return f"coalesce({of}.network_id, {_NOBODY})"


_RANK = "array_position(ARRAY['plan', 'plan-net', 'listing', 'national'], t.said_by::text)"
_IN_FORCE = "(t.to_on IS NULL OR t.to_on >= t.from_on)"  # an empty period was never in force: it says nothing
_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"  # in the place of no network: two nulls do not join
_ALWAYS = "datemultirange(daterange(NULL, NULL))"
_NEVER = "'{}'::datemultirange"
# Reading: no file says since when somebody bears a specialty or sits at an address, only since when we know. What was
# first told of somebody is taken for the days before, too, so that a contract of older days finds its holder.
_SINCE = "CASE WHEN t.from_on = min(t.from_on) OVER (PARTITION BY t.professional_id) THEN NULL ELSE t.from_on END"


def _rows(some: str) -> str:
    """The parts of the query for the flat rows of those whose key, a column `{}`, meets the condition `some`.

    `bears`: which code on which days. `belongs`: to which network, by the best source that speaks of it, or by a
    contract of which no source speaks. `found_in`: the same by key, with the days that no contract covers. `told`,
    `turns`, `practises`: at which site, while the best source says so; what it leaves open of languages and access,
    others may tell. `placed`: one brought together with the other; where nobody knows a site, with none.
    """
    of_t, of_q = some.format("t.professional_id"), some.format("q.id")
    return f"""
    entry AS MATERIALIZED (
      SELECT q.id AS professional_id, q.taxonomy || q.other_taxonomies AS codes, q.accepts_new_members AS accepts,
             nullif(q.languages::text[], '{{}}') AS languages, q.latitude, q.longitude
        FROM directory_qualifiedprofessional q WHERE {of_q}),
    bearing AS MATERIALIZED (
      SELECT t.professional_id, t.code, daterange({_SINCE}, t.to_on + 1) AS days
        FROM directory_specialtyheld t WHERE {of_t} AND {_IN_FORCE}),
    bears AS (
      SELECT professional_id, {_number("code")} AS specialty, range_agg(days) AS days FROM bearing GROUP BY 1, 2
       UNION ALL
      SELECT DISTINCT e.professional_id, {_number("code")}, {_ALWAYS}
        FROM entry e CROSS JOIN unnest(e.codes) AS code
       WHERE code <> '' AND NOT EXISTS (SELECT 1 FROM bearing b WHERE b.professional_id = e.professional_id)),
    belonging AS MATERIALIZED (
      SELECT t.professional_id, {_named("t")} AS network, t.site_id, t.accepts, nullif(t.panel, '') AS panel,
             t.age_from, t.age_to, datemultirange(daterange(t.from_on, t.to_on + 1)) AS days, {_RANK} AS place,
             min({_RANK}) OVER (PARTITION BY t.professional_id, t.network_id) AS best
        FROM directory_membership t WHERE {of_t} AND {_IN_FORCE}),
    belongs AS MATERIALIZED (
      SELECT professional_id, network, site_id, accepts, panel, age_from, age_to, days
        FROM belonging WHERE place = best
       UNION ALL
      SELECT e.professional_id, {_named("t")}, NULL, e.accepts, NULL, NULL, NULL,
             datemultirange(daterange(t.from_on, t.to_on + 1))
        FROM directory_contract t JOIN entry e ON e.professional_id = t.professional_id
       WHERE {of_t} AND NOT EXISTS (SELECT 1 FROM belonging b WHERE b.professional_id = t.professional_id
                                       AND b.network = {_named("t")})),
    found_in AS (
      SELECT b.professional_id, k.key AS network, b.site_id, b.accepts, b.panel, b.age_from, b.age_to, b.days
        FROM belongs b JOIN directory_networkkey k ON {_named("k")} = b.network
       UNION ALL
      SELECT professional_id, {ANYWHERE}, site_id, accepts, panel, age_from, age_to, days FROM belongs
       UNION ALL
      SELECT e.professional_id, {OUTSIDE}, NULL,
             -- Of somebody who comes from a file nobody told it.
             CASE WHEN filed.professional_id IS NULL THEN e.accepts END,
             NULL, NULL, NULL, {_ALWAYS} - coalesce(inside.days, {_NEVER})
        FROM entry e
        -- A join and no question for each: while a file is loaded nobody has counted the rows, and a question would
        -- walk through the whole slice for each of its people.
        LEFT JOIN (SELECT DISTINCT professional_id FROM bearing) AS filed ON filed.professional_id = e.professional_id
        LEFT JOIN (SELECT professional_id, range_agg(days) AS days FROM belongs GROUP BY professional_id) AS inside
          ON inside.professional_id = e.professional_id),
    told AS MATERIALIZED (
      SELECT t.id, t.professional_id, t.site_id, nullif(t.languages::text[], '{{}}') AS languages, t.accessible,
             {_SINCE} AS since, t.to_on + 1 AS until, {_RANK} AS place,
             min({_RANK}) OVER here AS best, count(*) OVER here AS tellings
        FROM directory_practice t WHERE {of_t} AND {_IN_FORCE}
      WINDOW here AS (PARTITION BY t.professional_id, t.site_id)),
    turns AS (
      SELECT professional_id, site_id, day, lead(day) OVER (PARTITION BY professional_id, site_id ORDER BY day) AS next
        FROM (SELECT DISTINCT t.professional_id, t.site_id, v.day
                FROM told t CROSS JOIN LATERAL (VALUES (coalesce(t.since, '-infinity')),
                                                       (coalesce(t.until, 'infinity'))) AS v (day)
               WHERE t.tellings > 1) AS days),
    practises AS MATERIALIZED (
      SELECT professional_id, site_id, languages, accessible, range_agg(days) AS days
        FROM (SELECT professional_id, site_id, languages, accessible, daterange(since, until) AS days
                FROM told WHERE tellings = 1
               UNION ALL
              SELECT n.professional_id, n.site_id,
                     array_agg(DISTINCT tongue ORDER BY tongue) FILTER (WHERE tongue IS NOT NULL),
                     (array_agg(t.accessible ORDER BY t.place, t.id DESC) FILTER (WHERE t.accessible IS NOT NULL))[1],
                     daterange(nullif(n.day, '-infinity'), nullif(n.next, 'infinity'))
                FROM turns n
                JOIN told t ON t.professional_id = n.professional_id AND t.site_id = n.site_id
                           AND coalesce(t.since, '-infinity') <= n.day AND coalesce(t.until, 'infinity') >= n.next
                LEFT JOIN LATERAL unnest(t.languages) AS tongue ON true
               WHERE n.next IS NOT NULL
               GROUP BY n.professional_id, n.site_id, n.day, n.next HAVING bool_or(t.place = t.best)) AS each
       GROUP BY 1, 2, 3, 4),
    at_site AS (SELECT professional_id, site_id, range_agg(days) AS days FROM practises GROUP BY 1, 2),
    somewhere AS (SELECT professional_id, range_agg(days) AS days FROM at_site GROUP BY 1),
    by_hand AS (
      SELECT e.professional_id, e.latitude, e.longitude FROM entry e
       WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.professional_id = e.professional_id)
         AND NOT EXISTS (SELECT 1 FROM belongs b
                          WHERE b.professional_id = e.professional_id AND b.site_id IS NOT NULL)),
    placed AS MATERIALIZED (
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
      SELECT e.professional_id, e.languages FROM entry e
       WHERE NOT EXISTS (SELECT 1 FROM told t
                          WHERE t.professional_id = e.professional_id AND t.languages IS NOT NULL)),
    joined AS (
      SELECT p.professional_id, b.specialty, p.network, p.site_id, p.accepts, p.panel, p.age_from, p.age_to,
             coalesce(p.languages, t.languages) AS languages, p.accessible, range_agg(p.days * b.days) AS days
        FROM placed p JOIN bears b ON b.professional_id = p.professional_id
        LEFT JOIN tongues t ON t.professional_id = p.professional_id
       WHERE p.days && b.days
       GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    spots AS MATERIALIZED (
      SELECT p.site_id, g.latitude, g.longitude
        FROM (SELECT DISTINCT site_id FROM placed WHERE site_id IS NOT NULL) AS p
       CROSS JOIN LATERAL (SELECT latitude, longitude FROM directory_site WHERE id = p.site_id OFFSET 0) AS g),
    fresh AS MATERIALIZED (
      SELECT j.professional_id, point(radians(at.longitude), asinh(tan(radians(
               greatest(least(at.latitude, {EDGE}), -{EDGE}))))) AS point,
             at.latitude, at.longitude, j.specialty, j.site_id, j.network,
             coalesce(lower(span), '0001-01-01') AS from_on, coalesce(upper(span) - 1, '9999-12-31') AS to_on,
             j.age_from, j.age_to, j.accepts, j.accessible, j.panel, j.languages
        FROM joined j CROSS JOIN unnest(j.days) AS span
        LEFT JOIN spots s ON s.site_id = j.site_id
        LEFT JOIN by_hand h ON h.professional_id = j.professional_id AND j.site_id IS NULL
       CROSS JOIN LATERAL (
          SELECT CASE WHEN x.longitude IS NOT NULL THEN x.latitude END AS latitude,
                 CASE WHEN x.latitude IS NOT NULL THEN x.longitude END AS longitude
            FROM (SELECT coalesce(s.latitude, h.latitude) AS latitude,
                         coalesce(s.longitude, h.longitude) AS longitude) AS x) AS at)"""


_SAME = ", ".join(f"{{0}}.{column}" for column in COLUMNS.split(", ") if column != "point")
_HELD_NOT_FRESH = f"""NOT EXISTS (SELECT 1 FROM fresh f WHERE f.professional_id = c.professional_id
                            AND ROW({_SAME.format("f")}) IS NOT DISTINCT FROM ROW({_SAME.format("c")}))"""
_FRESH_NOT_HELD = f"""NOT EXISTS (SELECT 1 FROM held c WHERE c.professional_id = f.professional_id
                            AND ROW({_SAME.format("f")}) IS NOT DISTINCT FROM ROW({_SAME.format("c")}))"""
_THESE = "{} = ANY(%(ids)s)"
_HELD = "held AS MATERIALIZED (SELECT * FROM directory_candidateat WHERE professional_id = ANY(%(ids)s))"
_MERGED = f"""
    WITH {_rows(_THESE)}, {_HELD},
    gone AS (
      DELETE FROM directory_candidateat c WHERE c.professional_id = ANY(%(ids)s) AND {_HELD_NOT_FRESH} RETURNING 1),
    new AS (
      INSERT INTO directory_candidateat ({COLUMNS}) SELECT {COLUMNS} FROM fresh f WHERE {_FRESH_NOT_HELD} RETURNING 1)
    SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM new)"""
_COMPARED = f"""
    WITH {_rows(_THESE)}, {_HELD}
    SELECT f.professional_id FROM fresh f WHERE {_FRESH_NOT_HELD}
     UNION
    SELECT c.professional_id FROM held c WHERE {_HELD_NOT_FRESH}"""
_FILLED = f"""
    INSERT INTO directory_candidateat_next ({COLUMNS})
    WITH {_rows("{} BETWEEN %(first)s AND %(last)s")}
    SELECT {COLUMNS} FROM fresh"""

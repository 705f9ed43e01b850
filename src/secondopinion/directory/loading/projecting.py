"""Today's columns and contracts, filled from the periods of the professionals a batch has touched.

What the periods do not tell stays as it is, so an entry that was put in by hand is not emptied.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from datetime import date

from django.db.backends.utils import CursorWrapper

UNKNOWN_DAY = date(1900, 1, 1)
"""Stands for a licence's last day and a verification that nobody has told: long past, so it never counts."""
NO_LAST_DAY = date(9999, 12, 31)
"""Stands for the last day of a licence that its source says is in force, without an end."""


def project(cursor: CursorWrapper, day: date) -> None:
    """Write today's columns as they stand on a day, for everyone in the waiting room whose line changed something."""
    given = {"day": day, "unknown": UNKNOWN_DAY, "never": NO_LAST_DAY}
    for statement in _TOUCHING:
        cursor.execute(statement)
    for statement in (_ENTRIES, _CONTRACTS_MOVED, _CONTRACTS_NEW):
        cursor.execute(statement, given)


def _ranked(column: str = "said_by") -> str:
    return f"array_position(ARRAY['plan', 'plan-net', 'listing', 'national'], {column}::text)"


_RUNS = "from_on <= %(day)s AND (to_on IS NULL OR to_on >= %(day)s)"
_TOUCHED = "SELECT professional_id FROM stage_touched"
_TOUCHING = (
    "ANALYZE stage_outcome",  # just filled: without its size PostgreSQL would walk it once for each person
    """INSERT INTO stage_touched
       SELECT DISTINCT p.professional_id FROM stage_person p JOIN stage_outcome o ON o.line = p.line
        WHERE p.professional_id IS NOT NULL AND o.verdict IN ('new', 'changed')""",
    "ANALYZE stage_touched",
)
_WRITTEN = (
    "first_name, last_name, credential, group_name, taxonomy, other_taxonomies, languages, accepts_new_members, "
    "excluded, license_number, license_to_on, verified_on, phone, fax, address, city, state, zip_code, latitude, "
    "longitude"
)
_OLD = ", ".join(f"q.{c}" for c in _WRITTEN.split(", "))
_NEW = ", ".join(f"excluded.{c}" for c in _WRITTEN.split(", "))

_ENTRIES = f"""
    INSERT INTO directory_qualifiedprofessional AS q (id, npi, serves_as_pcp, group_tax_id, {_WRITTEN})
    SELECT n.professional_id, n.npi, coalesce(h.serves_as_pcp, false), coalesce(h.group_tax_id, ''),
           coalesce(n.first_name, h.first_name, ''), coalesce(n.last_name, h.last_name),
           coalesce(n.credential, h.credential, ''), coalesce(n.group_name, h.group_name, ''),
           coalesce(sp.codes[1], h.taxonomy, ''),
           coalesce(array_remove(sp.codes, sp.codes[1]), h.other_taxonomies, '{{}}'),
           coalesce(lang.spoken, h.languages, '{{}}'),
           coalesce(mem.accepts, h.accepts_new_members, true),
           coalesce(ex.now, h.excluded, false),
           coalesce(li.number, h.license_number, ''),
           least(coalesce(CASE li.status WHEN 'active' THEN coalesce(li.to_on, %(never)s)
                                         WHEN 'suspended' THEN li.from_on - 1 END,
                          h.license_to_on, %(unknown)s), dead.last_on),
           coalesce(ver.last_on, h.verified_on, %(unknown)s),
           coalesce(nullif(pr.phone, ''), h.phone, ''), coalesce(nullif(pr.fax, ''), h.fax, ''),
           coalesce(g.address, h.address, ''), coalesce(g.city, h.city, ''), coalesce(g.state, h.state, ''),
           coalesce(g.zip_code, h.zip_code, ''),
           CASE WHEN g.id IS NULL OR g.address = h.address AND g.latitude IS NULL THEN h.latitude ELSE g.latitude END,
           CASE WHEN g.id IS NULL OR g.address = h.address AND g.latitude IS NULL THEN h.longitude ELSE g.longitude END
      FROM ({_TOUCHED}) AS w
      JOIN (SELECT professional_id, min(npi) AS npi,
                   (array_agg(first_name ORDER BY line) FILTER (WHERE last_name <> ''))[1] AS first_name,
                   (array_agg(last_name ORDER BY line) FILTER (WHERE last_name <> ''))[1] AS last_name,
                   (array_agg(credential ORDER BY line) FILTER (WHERE credential <> ''))[1] AS credential,
                   (array_agg(group_name ORDER BY line) FILTER (WHERE group_name <> ''))[1] AS group_name
              FROM stage_person GROUP BY professional_id) AS n
        ON n.professional_id = w.professional_id
      LEFT JOIN directory_qualifiedprofessional h ON h.id = n.professional_id
      LEFT JOIN LATERAL (SELECT array_agg(code ORDER BY place, NOT is_primary, code COLLATE "C") AS codes
                           FROM (SELECT DISTINCT ON (code) code, is_primary, {_ranked()} AS place
                                   FROM directory_specialtyheld t
                                  WHERE t.professional_id = n.professional_id AND {_RUNS}
                                  ORDER BY code, place) AS each) AS sp ON true
      LEFT JOIN LATERAL (SELECT * FROM directory_licenseheld t
                          WHERE t.professional_id = n.professional_id AND from_on <= %(day)s
                            AND (to_on IS NULL OR to_on >= from_on)
                          ORDER BY status = 'active' DESC, status = 'suspended' DESC, state = 'CA' DESC,
                                   to_on DESC NULLS FIRST, number COLLATE "C", state LIMIT 1) AS li ON true
      LEFT JOIN LATERAL (SELECT * FROM directory_practice t
                          WHERE t.professional_id = n.professional_id AND {_RUNS}
                          ORDER BY {_ranked()}, from_on DESC, id LIMIT 1) AS pr ON true
      LEFT JOIN directory_site g ON g.id = pr.site_id
      LEFT JOIN LATERAL (SELECT array_agg(DISTINCT tongue ORDER BY tongue) AS spoken
                           FROM directory_practice t, unnest(t.languages) AS tongue
                          WHERE t.professional_id = n.professional_id AND {_RUNS}) AS lang ON true
      LEFT JOIN LATERAL (SELECT bool_or(accepts) AS accepts FROM directory_membership t
                          WHERE t.professional_id = n.professional_id AND {_RUNS}) AS mem ON true
      LEFT JOIN LATERAL (SELECT bool_or({_RUNS}) AS now FROM directory_exclusion t
                          WHERE t.professional_id = n.professional_id) AS ex ON true
      LEFT JOIN LATERAL (SELECT min(from_on) - 1 AS last_on FROM directory_npideactivation t
                          WHERE t.professional_id = n.professional_id AND {_RUNS}) AS dead ON true
      LEFT JOIN LATERAL (SELECT max(on_day) AS last_on FROM directory_verification t
                          WHERE t.professional_id = n.professional_id AND on_day <= %(day)s) AS ver ON true
    ON CONFLICT (id) DO UPDATE SET ({_WRITTEN}) = ROW({_NEW})
     WHERE ({_OLD}) IS DISTINCT FROM ({_NEW})"""

_SPANS = f"""
    WITH spans AS (
      SELECT professional_id, network_id, unnest(range_agg(daterange(from_on, to_on + 1, '[)'))) AS days
        FROM (SELECT t.*, {_ranked()} AS place,
                     min({_ranked()}) OVER (PARTITION BY professional_id, network_id) AS best
                FROM directory_membership t
               WHERE professional_id IN ({_TOUCHED}) AND (to_on IS NULL OR to_on >= from_on)) AS told
       WHERE place = best GROUP BY professional_id, network_id)"""
"""The days under contract, from the best source alone, joined where one period begins as the one before ends."""

_CONTRACTS_MOVED = f"""{_SPANS}
    UPDATE directory_contract c SET from_on = lower(days), to_on = upper(days) - 1
      FROM spans s
     WHERE c.professional_id = s.professional_id AND c.network_id IS NOT DISTINCT FROM s.network_id
       AND c.from_on <@ s.days AND (c.from_on, c.to_on) IS DISTINCT FROM (lower(days), upper(days) - 1)"""

_CONTRACTS_NEW = f"""{_SPANS}
    INSERT INTO directory_contract (professional_id, network_id, from_on, to_on)
    SELECT professional_id, network_id, lower(days), upper(days) - 1 FROM spans s
     WHERE NOT EXISTS (SELECT 1 FROM directory_contract c
                        WHERE c.professional_id = s.professional_id
                          AND c.network_id IS NOT DISTINCT FROM s.network_id AND c.from_on <@ s.days)"""

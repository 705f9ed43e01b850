"""What is known of many professionals on a day, in a handful of statements: the dated facts that the gates ask for.

Where no period tells of a professional, today's columns do, because entries made by hand have no periods.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf
from uuid import UUID

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_candidates import ANYWHERE, code_of, specialty_of
from secondopinion.directory.nearest import Near
from secondopinion.people.prepared import OneOf, Prepared, send

PEOPLE = Prepared(lambda given: QualifiedProfessional.objects.filter(OneOf("pk", given("ids"))).order_by())


@dataclass(frozen=True, slots=True)
class Known:
    """One professional with what is known on the day. None: not known.

    `licensed` is None where only the holder has told of a licence. `verified_on` is the last day, up to the day
    asked for, on which a person confirmed the entry.
    """

    who: QualifiedProfessional
    licensed: bool | None
    npi_is_alive: bool
    excluded: bool
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a professional is found: what the envelope and the map need."""

    address_lines: list[str]
    phone: str
    latitude: float | None
    longitude: float | None


def known_of(ids: Iterable[UUID], day: date) -> dict[UUID, Known]:
    """What is known of each professional on a day. Two statements, however many they are."""
    keys = list(ids)
    if not keys:
        return {}
    people = {who.pk: who for who in PEOPLE.all(ids=keys)}
    found = {}
    for key, licence, excluded, told_of_exclusion, dead, confirmed in send(_FACTS, {"ids": keys, "on": day}):
        who = people.get(key)
        if who is None:
            continue
        found[key] = Known(
            who=who,
            licensed=_licensed(licence, who.license_to_on >= day),
            npi_is_alive=not dead,
            excluded=excluded or (who.excluded and not told_of_exclusion),
            verified_on=confirmed or (who.verified_on if who.verified_on <= day else None),
        )
    return found


def spots_of(nears: Sequence[Near], people: Mapping[UUID, Known], day: date) -> dict[UUID, Spot]:
    """Where each is found, at the site that the question gave. One statement."""
    spots = {key: _own(known.who) for key, known in people.items()}
    at_sites = [near for near in nears if near.site_id is not None and near.professional_id in people]
    given = {"ids": [n.professional_id for n in at_sites], "sites": [n.site_id for n in at_sites], "on": day}
    for key, address, city, state, zip_code, latitude, longitude, phone in send(_SITES, given) if at_sites else ():
        lines = [address, f"{city}, {state} {zip_code}".strip(", ")]
        spots[key] = Spot(lines, phone or people[key].who.phone, latitude, longitude)
    return spots


def sites_of(who: UUID, day: date) -> frozenset[int]:
    """The sites where a professional practises on a day."""
    return frozenset(int(site) for (site,) in send(_PRACTISES, {"id": who, "on": day}))


def rows_of(
    ids: Collection[UUID], codes: Iterable[str], networks: frozenset[UUID | None] | None, day: date
) -> list[tuple[Near, float | None, float | None]]:
    """Every flat row of these professionals in the networks on a day, with its latitude and longitude.

    `nearest` answers with one row for each; another may tell of another panel or place. `miles` is not computed.
    """
    named = networks or frozenset()
    given = {
        "ids": list(ids), "codes": [specialty_of(code) for code in codes], "on": day, "any": networks is None,
        "networks": [n for n in named if n is not None], "own": None in named,
    }  # fmt: skip
    return [
        (
            Near(who, site, code_of(code), inf, accepts, panel or "", youngest, oldest, tuple(tongues or ()), access),
            latitude,
            longitude,
        )
        for who, site, code, latitude, longitude, accepts, panel, youngest, oldest, tongues, access in send(
            _ROWS, given
        ).fetchall()
    ]


def codes_held(begins: Collection[str]) -> tuple[str, ...]:
    """The taxonomy codes that begin so and that anybody in the directory bears as the first one, or the code set has.

    The index is walked from one code to the next, so it costs as many steps as there are codes, not professionals.
    """
    found: list[str] = []
    for start in sorted(begins):
        found += [code for (code,) in send(_HELD, {"start": start, "end": start[:-1] + chr(ord(start[-1]) + 1)})]
    return tuple(dict.fromkeys(found))


def codes_borne() -> tuple[str, ...]:
    """The taxonomy codes that anybody in the directory bears as the first one; walked as `codes_held` walks."""
    return tuple(code for (code,) in send(_BORNE, {"start": "", "end": "z"}))


def _own(who: QualifiedProfessional) -> Spot:
    return Spot(who.address_lines, who.phone, who.latitude, who.longitude)


def _licensed(told: str | None, by_hand: bool) -> bool | None:
    """Whether a licence was in force: as the periods tell, and as the entry says where they tell nothing certain."""
    if told is None:
        return by_hand
    return by_hand or None if told == "reported" else told == "active"


_ON = "t.from_on <= %(on)s::date AND (t.to_on IS NULL OR t.to_on >= %(on)s::date)"
_BELIEVED = "array_position(ARRAY['plan', 'plan-net', 'listing', 'national'], t.said_by::text)"
# Of one licence the most believed source counts, and its bad news before its good. One licence in force is enough.
_FACTS = f"""
    SELECT i.id, l.status, x.now, x.told, d.dead, v.on_day
      FROM unnest(%(ids)s::uuid[]) AS i(id)
      CROSS JOIN LATERAL (
        SELECT CASE WHEN bool_or(status = 'active') THEN 'active' WHEN bool_or(status = 'suspended') THEN 'suspended'
                    WHEN bool_or(status = 'reported') THEN 'reported' WHEN count(*) > 0 THEN 'ended' END AS status
          FROM (SELECT DISTINCT ON (t.state, t.number) CASE WHEN {_ON} THEN t.status ELSE 'ended' END AS status
                  FROM directory_licenseheld t
                 WHERE t.professional_id = i.id AND t.from_on <= %(on)s::date
                   AND (t.to_on IS NULL OR t.to_on >= t.from_on)
                 ORDER BY t.state, t.number, NOT ({_ON}), t.status = 'reported', {_BELIEVED}, t.status = 'active')
            AS each) AS l
      CROSS JOIN LATERAL (SELECT coalesce(bool_or({_ON}), false) AS now, count(*) > 0 AS told
                            FROM directory_exclusion t WHERE t.professional_id = i.id) AS x
      CROSS JOIN LATERAL (SELECT count(*) > 0 AS dead FROM directory_npideactivation t
                           WHERE t.professional_id = i.id AND {_ON}) AS d
      CROSS JOIN LATERAL (SELECT max(t.on_day) AS on_day FROM directory_verification t
                           WHERE t.professional_id = i.id AND t.on_day <= %(on)s::date) AS v"""
_SITES = f"""
    SELECT i.id, g.address, g.city, g.state, g.zip_code, g.latitude, g.longitude,
           (SELECT t.phone FROM directory_practice t WHERE t.professional_id = i.id AND t.site_id = i.site AND {_ON}
             ORDER BY t.phone = '', {_BELIEVED} LIMIT 1)
      FROM unnest(%(ids)s::uuid[], %(sites)s::int8[]) AS i(id, site) JOIN directory_site g ON g.id = i.site"""
_PRACTISES = f"SELECT DISTINCT t.site_id FROM directory_practice t WHERE t.professional_id = %(id)s::uuid AND {_ON}"
_ROWS = f"""
    SELECT t.professional_id, t.site_id, t.specialty, t.latitude, t.longitude, t.accepts, t.panel, t.age_from,
           t.age_to, t.languages, t.accessible
      FROM directory_candidateat t
     WHERE t.professional_id = ANY(%(ids)s::uuid[]) AND t.specialty = ANY(%(codes)s::int8[])
       AND t.from_on <= %(on)s::date AND t.to_on >= %(on)s::date
       AND t.network IN (SELECT {ANYWHERE} WHERE %(any)s::boolean
                          UNION ALL
                         SELECT key FROM directory_networkkey
                          WHERE NOT %(any)s::boolean
                            AND (network_id = ANY(%(networks)s::uuid[]) OR (%(own)s::boolean AND network_id IS NULL)))
     ORDER BY t.professional_id, t.specialty, t.site_id"""
_BORNE = """
    WITH RECURSIVE held(code) AS (
      SELECT min(taxonomy) FROM directory_qualifiedprofessional WHERE taxonomy >= %(start)s AND taxonomy < %(end)s
       UNION ALL
      SELECT (SELECT min(q.taxonomy) FROM directory_qualifiedprofessional q
               WHERE q.taxonomy > held.code AND q.taxonomy < %(end)s) FROM held WHERE held.code IS NOT NULL)
    SELECT code::text FROM held WHERE code IS NOT NULL"""
_HELD = f"""{_BORNE}
     UNION SELECT code::text FROM directory_taxonomy WHERE code >= %(start)s AND code < %(end)s
     ORDER BY 1"""

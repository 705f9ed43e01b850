"""How healthy the directory is: what is wrong with entries that are under contract, and where nobody can be found.

Each trouble is a condition that the search knows too, so every number leads to the list behind it. Counting a large
directory takes longer than a page may, so it is counted at night and kept.
"""

# ruff: noqa: S608, S611 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from secondopinion.directory.areas import Area, areas
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.directory.models_dated import NpiDeactivation
from secondopinion.directory.models_verifying import HealthReport
from secondopinion.directory.verifying import fresh_within, with_open_tasks
from secondopinion.people.models import Period
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.policy.specialties import specialists

SMALL: Final = 20_000
"""Up to about so many professionals a page counts by itself; a larger directory is counted at night."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that can be wrong with an entry: a short name for addresses, words, and the condition on a day."""

    name: str
    words: str
    why: str
    wrong: Callable[[date], Q]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many can be had within reach of each area, for one specialty; in the order of the areas."""

    code: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The directory on a day. `counts` has every trouble by name; all are of professionals under contract."""

    on_day: date
    counted_at: datetime | None  # none: just now
    contracted: int
    counts: Mapping[str, int]
    areas: tuple[Area, ...]
    coverage: tuple[Coverage, ...]
    miles: int

    @property
    def uncovered(self) -> int:
        """In how many areas some specialty cannot be had, each pair counted."""
        return sum(count == 0 for row in self.coverage for count in row.counts)


def health_on(on: date) -> Health:
    """The latest count that was kept, or a count made now where the directory is small enough for that."""
    kept = None if _is_small() else HealthReport.objects.filter(on_day__lte=on).first()
    return _read(kept) if kept else count(on)


def keep(now: datetime) -> Health:
    """Count and keep, for the nightly job, inside a transaction of the plan's."""
    on = now.astimezone(PACIFIC).date()
    found = count(on)
    figures = {
        "contracted": found.contracted,
        "counts": dict(found.counts),
        "areas": [asdict(area) for area in found.areas],
        "coverage": [[row.code, *row.counts] for row in found.coverage],
        "miles": found.miles,
    }
    HealthReport.objects.update_or_create(on_day=on, defaults={"counted_at": now, "figures": figures})
    return found


def last_kept_on(on: date) -> date | None:
    """The last day, up to `on`, whose health was kept; None: no night has counted yet."""
    return HealthReport.objects.filter(on_day__lte=on).values_list("on_day", flat=True).first()


def count(on: date) -> Health:
    """Count everything for a day."""
    everybody = QualifiedProfessional.objects.order_by().filter(_contracted(on))
    around = areas(on)
    miles = value("access.distance", on).number
    return Health(
        on_day=on,
        counted_at=None,
        contracted=everybody.count(),
        counts={t.name: everybody.filter(t.wrong(on)).count() for t in TROUBLES.values()},
        areas=around,
        coverage=tuple(_coverage(around, miles, on)),
        miles=miles,
    )


def condition(name: str) -> Callable[[date], Q] | None:
    """The condition of a trouble among those under contract, for the search; none when there is no such trouble."""
    trouble = TROUBLES.get(name)
    return (lambda on: _contracted(on) & trouble.wrong(on)) if trouble else None


def _contracted(on: date) -> Q:
    return Q(Exists(Contract.objects.filter(Period.covering(on), professional=OuterRef("pk"))))


def _stale(on: date) -> Q:
    return Q(verified_on__lt=on - timedelta(days=fresh_within(on).number))


def _ending(on: date) -> Q:
    last = on + timedelta(days=value("directory.license_warning", on).number)
    return Q(license_to_on__gte=on, license_to_on__lte=last)


def _dead(on: date) -> Q:
    return Q(Exists(NpiDeactivation.objects.filter(NpiDeactivation.covering(on), professional=OuterRef("pk"))))


def _conflicting(on: date) -> Q:
    return Q(pk__in=RawSQL(_CONFLICTS.replace("%(on)s", "%s"), [on] * _CONFLICTS.count("%(on)s")))


def _doubted(on: date) -> Q:
    return Q(pk__in=with_open_tasks().values("professional"))


_RUNS = "{0}.from_on <= %(on)s AND ({0}.to_on IS NULL OR {0}.to_on >= %(on)s)"
_SAME = "b.professional_id = a.professional_id AND b.said_by <> a.said_by"
_RANK = "array_position(ARRAY['plan', 'plan-net', 'listing', 'national'], {0}.said_by::text)"
_CONFLICTS = f"""
    SELECT a.professional_id FROM directory_membership a JOIN directory_membership b
        ON {_SAME} AND b.site_id IS NOT DISTINCT FROM a.site_id AND b.network_id IS NOT DISTINCT FROM a.network_id
     WHERE {_RUNS.format("a")} AND {_RUNS.format("b")} AND a.accepts AND NOT b.accepts
     UNION
    SELECT a.professional_id FROM directory_membership a JOIN directory_membership b
        ON {_SAME} AND b.network_id IS NOT DISTINCT FROM a.network_id AND {_RANK.format("a")} < {_RANK.format("b")}
     WHERE a.to_on >= a.from_on AND a.to_on < %(on)s AND {_RUNS.format("b")}
       AND NOT EXISTS (SELECT 1 FROM directory_membership c
                        WHERE c.professional_id = a.professional_id AND c.said_by = a.said_by
                          AND c.network_id IS NOT DISTINCT FROM a.network_id AND {_RUNS.format("c")})
     UNION
    SELECT a.professional_id FROM directory_licenseheld a JOIN directory_licenseheld b
        ON {_SAME} AND b.state = a.state AND b.number = a.number
     WHERE {_RUNS.format("a")} AND {_RUNS.format("b")} AND a.status = 'active' AND b.status = 'suspended'"""
"""Two sources that disagree today: on new Members, on whether a membership runs, on whether a licence is in force."""

TROUBLES: Final[Mapping[str, Trouble]] = {
    each.name: each
    for each in (
        Trouble(
            "excluded", "Excluded, yet under contract", "May not be paid. End the contract, or clear the list entry.",
            lambda on: Q(excluded=True),
        ),
        Trouble(
            "dead", "NPI deactivated, yet under contract", "A bill with a dead number is refused. Ask the office.",
            _dead,
        ),
        Trouble(
            "unlicensed", "No licence in force, yet under contract", "Cannot be offered. Ask for the renewal.",
            lambda on: Q(license_to_on__lt=on),
        ),
        Trouble(
            "ending", "Licence ends soon", "Ask for the renewal before the last day.", _ending,
        ),
        Trouble(
            "tasks", "Something was heard against the entry", "Call the office, and write down what it says.",
            _doubted,
        ),
        Trouble(
            "conflicting", "Sources disagree", "The most believed one counts. Ask the office who is right.",
            _conflicting,
        ),
        Trouble(
            "stale", "Not confirmed lately", "Listed after those who are. Call the office.", _stale,
        ),
        Trouble(
            "unplaced", "No coordinates", "Never counted as near to anybody. Load a file with coordinates.",
            lambda on: Q(latitude__isnull=True),
        ),
    )
}  # fmt: skip
"""What can be wrong, the gravest first."""

_COVERED = """
    WITH area AS (SELECT * FROM unnest(%(names)s::text[], %(up)s::float8[], %(across)s::float8[])
                           AS t(name, latitude, longitude)),
         able AS MATERIALIZED (
           SELECT q.id, q.taxonomy, q.other_taxonomies, q.latitude, q.longitude FROM directory_qualifiedprofessional q
            WHERE q.id IN (SELECT professional_id FROM directory_contract c
                            WHERE c.from_on <= %(on)s AND (c.to_on IS NULL OR c.to_on >= %(on)s))
              AND q.license_to_on >= %(on)s AND NOT q.excluded AND q.accepts_new_members),
         place AS (
           SELECT id, latitude, longitude FROM able WHERE latitude IS NOT NULL AND longitude IS NOT NULL
            UNION
           SELECT p.professional_id, s.latitude, s.longitude
             FROM able JOIN directory_practice p ON p.professional_id = able.id
                       JOIN directory_site s ON s.id = p.site_id
            WHERE p.from_on <= %(on)s AND (p.to_on IS NULL OR p.to_on >= %(on)s)
              AND s.latitude IS NOT NULL AND s.longitude IS NOT NULL),
         reached AS (
           SELECT DISTINCT area.name, place.id FROM area JOIN place
               ON place.latitude BETWEEN area.latitude - %(miles)s / 69.0 AND area.latitude + %(miles)s / 69.0
              AND app.miles(area.latitude, area.longitude, place.latitude, place.longitude) <= %(miles)s)
    SELECT reached.name, code, count(DISTINCT able.id)
      FROM reached JOIN able USING (id), unnest(able.taxonomy || able.other_taxonomies) AS code
     WHERE code = ANY (%(codes)s) GROUP BY reached.name, code"""


def _coverage(around: tuple[Area, ...], miles: int, on: date) -> Iterator[Coverage]:
    codes = [each.code for each in specialists()]
    given: dict[str, Any] = {
        "names": [area.name for area in around],
        "up": [area.latitude for area in around],
        "across": [area.longitude for area in around],
        "codes": codes,
        "miles": miles,
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, given)
        found = {(name, code): many for name, code, many in cursor.fetchall()}
    for code in codes:
        yield Coverage(code, tuple(found.get((area.name, code), 0) for area in around))


def _is_small() -> bool:
    """Whether there are few professionals, as far as PostgreSQL knows; before it knows, they are counted so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'directory_qualifiedprofessional'::regclass")
        estimate = cursor.fetchone()[0]
    if estimate >= 0:
        return bool(estimate <= SMALL)
    return QualifiedProfessional.objects.order_by()[: SMALL + 1].count() <= SMALL


def _read(kept: HealthReport) -> Health:
    told: dict[str, Any] = kept.figures
    return Health(
        on_day=kept.on_day,
        counted_at=kept.counted_at,
        contracted=told["contracted"],
        counts={name: told["counts"].get(name, 0) for name in TROUBLES},
        areas=tuple(Area(**area) for area in told["areas"]),
        coverage=tuple(Coverage(code, tuple(counts)) for code, *counts in told["coverage"]),
        miles=told["miles"],
    )

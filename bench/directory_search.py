"""The search of the desk over a directory of many professionals: every way to search, and how it grows.

Names are drawn as names are: few that very many bear, and a long tail. A fifth of the people are under contract. What
is timed is the whole answer, from what was typed to the rows with their count, as the application's role.
`BENCH_PROFESSIONALS=1000000,8000000` takes larger tables; the usual ones take two minutes.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Mapping

import psycopg
from ground import copied, database, fresh_database

from county import NOW, TODAY, County, county
from django.db import connections
from rows import row
from secondopinion.directory.areas import Area
from secondopinion.directory.health import TROUBLES, condition, count
from secondopinion.directory.search import Asked, codes_for, find, understood
from secondopinion.people.rls import plan_scope

SMALL, LARGE = (int(n) for n in os.environ.get("BENCH_PROFESSIONALS", "50000,400000").split(","))
TURNS = 15
SLOWEST = 500  # milliseconds that a search may take, 95 times of 100

PEOPLE = """
    INSERT INTO directory_qualifiedprofessional (id, npi, first_name, last_name, credential, taxonomy,
      other_taxonomies, serves_as_pcp, group_name, group_tax_id, languages, accepts_new_members, excluded,
      license_number, license_to_on, verified_on, phone, fax, address, city, state, zip_code, latitude, longitude)
    SELECT gen_random_uuid(), lpad((3000000000 + n)::text, 10, '0'),
           initcap(substr(md5('f' || (2000 ^ power(random(), 2))::int), 1, 5)),
           initcap(translate(substr(md5('l' || (60000 ^ power(random(), 0.7))::int), 1, 7),
                             '0123456789', 'oizeasgtbn')),
           'MD', '207' || chr(65 + (random() * 20)::int) || lpad((random() * 10)::int::text, 5, '0') || 'X',
           '{}', false, '', '',
           CASE WHEN random() < .15 THEN '{en,es}' WHEN random() < .002 THEN '{en,ko}' ELSE '{en}' END::varchar[],
           random() < .8, random() < .0005, 'A1', '2026-11-01'::date + (random() * 1500)::int,
           '2026-11-01'::date - (random() * 120)::int, '', '', '1 Street',
           'City ' || (400 ^ power(random(), 0.8))::int, 'CA', (90000 + random() * 2000)::int::text,
           33 + random() * 3, -119 + random() * 3
      FROM generate_series(1, %s) n"""
CONTRACTS = """
    INSERT INTO directory_contract (professional_id, network_id, from_on)
    SELECT id, CASE WHEN random() < .5 THEN %s::uuid END, '2020-01-01' FROM directory_qualifiedprofessional
     WHERE random() < .2"""


def fill(address: database.Address, many: int, there: County) -> None:
    """Make the people and their contracts, and tell PostgreSQL how they are spread."""
    with psycopg.connect(**address.for_psycopg(), autocommit=True) as owner:
        owner.execute("SELECT setseed(0.42)")
        owner.execute(PEOPLE, [many])
        owner.execute(CONTRACTS, [there.citrus.pk])
        for table in ("qualifiedprofessional", "contract"):
            owner.execute(f"VACUUM ANALYZE directory_{table}")


def questions(there: County) -> Mapping[str, Asked]:
    """Every way to search, by figure; the names are those that most and that few bear."""
    with plan_scope(TODAY), connections["default"].cursor() as cursor:
        cursor.execute(
            """SELECT first_name, last_name FROM (SELECT first_name, last_name,
                      count(*) OVER (PARTITION BY first_name) AS common, count(*) OVER (PARTITION BY last_name) AS rare
                 FROM directory_qualifiedprofessional) AS borne ORDER BY common DESC, rare, last_name LIMIT 1"""
        )
        first, last = cursor.fetchone()
    spine = codes_for("207A00001X")
    middle = Area("the middle", 34.5, -117.5)
    return {
        "a common first name": Asked(words=understood(first).words),
        "a rare last name": Asked(words=understood(last).words),
        "both, turned round": Asked(words=understood(f"{last} {first}").words),
        "a name with a slip": Asked(words=understood(f"{last[:3]}{last[4:]}q").words),
        "a specialty": Asked(codes=spine),
        "a large city": Asked(city=" city 1"),
        "a ZIP area": Asked(zip_code="91234"),
        "a specialty in a large city": Asked(codes=spine, city=" city 1"),
        "a rare language": Asked(language="ko"),
        "a network, new Members, a specialty": Asked(network=there.citrus, accepting=True, codes=spine),
        "a specialty within 15 miles, contracted": Asked(codes=spine, near=middle, miles=15, contracted=True),
        **{f"the list “{name}”": Asked(also=condition(name)) for name in TROUBLES},
    }


def taken(address: database.Address, asked: Asked) -> list[float]:
    """How long each of some answers took, in milliseconds, the first (cold) left out."""
    lead_to(address)
    times = []
    with plan_scope(NOW.date()):
        for _ in range(TURNS + 1):
            began = time.perf_counter()
            find(asked, TODAY)
            times.append((time.perf_counter() - began) * 1000)
    return times[1:]


def lead_to(address: database.Address) -> None:
    """Lead the program to another database of the same server."""
    here = connections["default"]
    if here.settings_dict["NAME"] != address.name:
        here.close()
        here.settings_dict["NAME"] = address.name


def main() -> None:
    """Fill both tables and ask both everything."""
    with fresh_database("bench_search_small") as small:
        with plan_scope(TODAY):
            there = county()
        with copied(small, "bench_search_large") as large:
            for address, many in ((small, SMALL), (large, LARGE)):
                fill(address, many, there)
            lead_to(large)
            for name, asked in questions(there).items():
                before, after = (statistics.quantiles(taken(at, asked), n=20) for at in (small, large))
                told = [f"p50 {cuts[9]:.1f}, p95 {cuts[18]:.1f} ms" for cuts in (after, before)]
                row(f"directory search, {name}, {LARGE:,}", f"itself at {SMALL:,}", *told, after[9] / before[9],
                    f"p95 < {SLOWEST} ms", met=after[18] < SLOWEST)  # fmt: skip
            lead_to(large)
            with plan_scope(TODAY):
                began = time.perf_counter()
                count(TODAY)
            seconds = time.perf_counter() - began
            row(f"health of the directory, counted at night, {LARGE:,}", "named", f"{seconds:.1f} s", "–", 1, "named",
                met=True)  # fmt: skip
            lead_to(small)


if __name__ == "__main__":
    main()

"""A made-up directory of any size as the flat rows of the match, drawn by DuckDB so that 8 million take a minute.

400 cities sized after Zipf in a box as large as California, 15 of 100 professionals spread over the country between
them; 200 common specialties and 40 rare ones; 12 Health Networks, none to three memberships each with their days; one
or two sites each, so 8 million people practise at 12 million places; of one site in fifty nobody knows where it lies.
The same size gives the same rows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOUTH, NORTH, WEST, EAST = 33.0, 42.0, -124.0, -114.0  # degrees
CITIES, COMMON, RARE, NETWORKS = 400, 200, 40, 12
NOBODY = "2099Z0000X"
"""A code that nobody bears."""
SAME, EQUIVALENT = "207XS0117X", "207T00000X"
"""Two codes of the law's own table among the common ones: `match_explained` asks for them."""
COLUMNS = (
    "professional_id, point, latitude, longitude, specialty, site_id, network, from_on, to_on, age_from, age_to, "
    "accepts, accessible, panel, languages"
)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a question is asked from, and for which codes."""

    latitude: float
    longitude: float
    codes: tuple[str, ...]


def code(number: int) -> str:
    """The made-up taxonomy code of a specialty; the last 40 are the rare ones."""
    return {10: SAME, 11: EQUIVALENT}.get(number) or f"207{chr(65 + number // 10)}{number % 10:05d}X"


def _chance(salt: str, of: str = "i") -> str:
    """SQL for a number from 0 to 1, the same each time. Of a text: numbers hashed beside a salt are not independent."""
    return f"(hash('{salt} ' || ({of})) / 18446744073709551616.0)"


def city(number: int) -> tuple[float, float]:
    """The middle of a city, the largest first."""
    chance = random.Random(1538 + number)
    return chance.uniform(SOUTH, NORTH), chance.uniform(WEST, EAST)


def draw(duck: Any, people: int, keys: Sequence[int], specialty_of: Any) -> int:
    """Make the table `rows` in a DuckDB connection. `keys`: those of the networks. Returns how many rows it has."""
    duck.execute("CREATE OR REPLACE TABLE city (number INTEGER, latitude DOUBLE, longitude DOUBLE)")
    duck.executemany("INSERT INTO city VALUES (?, ?, ?)", [(n, *city(n)) for n in range(CITIES)])
    duck.execute("CREATE OR REPLACE TABLE code (number INTEGER, specialty BIGINT)")
    duck.executemany("INSERT INTO code VALUES (?, ?)", [(n, specialty_of(code(n))) for n in range(COMMON + RARE)])
    duck.execute("CREATE OR REPLACE TABLE key (number INTEGER, key INTEGER)")
    duck.executemany("INSERT INTO key VALUES (?, ?)", list(enumerate(keys)))
    duck.execute(
        f"""
        CREATE OR REPLACE TABLE pro AS
        SELECT i, md5('professional ' || i)::UUID AS professional_id,
               least({CITIES - 1}, floor(exp({_chance("city")} * ln({CITIES + 1})))::INTEGER - 1) AS city,
               {_chance("rural")} < 0.15 AS rural,
               CASE WHEN {_chance("rare")} < 0.002 THEN {COMMON} + floor({_chance("which")} * {RARE})::INTEGER
                    ELSE floor({COMMON} * pow({_chance("which")}, 1.5))::INTEGER END AS speciality,
               CASE WHEN {_chance("in")} < 0.25 THEN 0 WHEN {_chance("in")} < 0.70 THEN 1
                    WHEN {_chance("in")} < 0.90 THEN 2 ELSE 3 END AS memberships,
               1 + ({_chance("places")} < 0.5)::INTEGER AS places,
               CASE WHEN {_chance("tongue")} < 0.25 THEN '{{en,es}}' WHEN {_chance("tongue")} < 0.32 THEN '{{en,vi}}'
                    WHEN {_chance("tongue")} < 0.35 THEN '{{en,ko}}' ELSE '{{en}}' END AS languages
          FROM range({people}) AS r(i)"""
    )
    duck.execute(
        f"""
        CREATE OR REPLACE TABLE place AS
        SELECT p.i, n, p.i * 2 + n AS site_id,
               CASE WHEN rural THEN {SOUTH} + {NORTH - SOUTH} * {_chance("a", "p.i * 2 + n")}
                    ELSE c.latitude + 0.12 * ({_chance("b", "p.i * 2 + n")} + {_chance("c", "p.i * 2 + n")}
                                              + {_chance("d", "p.i * 2 + n")} - 1.5) END AS latitude,
               CASE WHEN rural THEN {WEST} + {EAST - WEST} * {_chance("e", "p.i * 2 + n")}
                    ELSE c.longitude + 0.14 * ({_chance("f", "p.i * 2 + n")} + {_chance("g", "p.i * 2 + n")}
                                               + {_chance("h", "p.i * 2 + n")} - 1.5) END AS longitude
          FROM pro p JOIN city c ON c.number = p.city CROSS JOIN range(2) AS each(n) WHERE n < p.places"""
    )
    duck.execute(
        f"""
        CREATE OR REPLACE VIEW located AS
        SELECT i, n, site_id, CASE WHEN known THEN latitude END AS latitude,
               CASE WHEN known THEN longitude END AS longitude
          FROM (SELECT *, {_chance("known", "site_id")} >= 0.02 AS known FROM place) AS each"""
    )
    duck.execute(
        f"""
        CREATE OR REPLACE TABLE membership AS
        SELECT i, m % places AS n, k.key, from_on,
               CASE WHEN {_chance("end", "i * 3 + m")} < 0.1 THEN from_on + 1000 ELSE DATE '9999-12-31' END AS to_on
          FROM (SELECT p.*, m, DATE '2013-01-01' + (3500 * {_chance("begin", "i * 3 + m")})::INTEGER AS from_on
                  FROM pro p CROSS JOIN range(3) AS each(m) WHERE m < memberships) AS each
          JOIN key k ON k.number = (hash('network ' || i) + m * 5) % {NETWORKS}"""
    )
    duck.execute(
        """
        CREATE OR REPLACE TABLE rows AS
        SELECT p.professional_id, '(' || radians(s.longitude) || ',' || asinh(tan(radians(s.latitude))) || ')' AS point,
               s.latitude, s.longitude, c.specialty, s.site_id, told.network, told.from_on, told.to_on,
               NULL::SMALLINT AS age_from, NULL::SMALLINT AS age_to, p.i % 10 <> 0 AS accepts,
               p.i % 3 = 0 AS accessible, NULL::VARCHAR AS panel, p.languages
          FROM (SELECT i, n, key AS network, from_on, to_on FROM membership
                 UNION ALL
                SELECT i, n, 0, min(from_on), max(to_on) FROM membership GROUP BY i, n
                 UNION ALL
                SELECT p.i, s.n, -1, DATE '0001-01-01', DATE '9999-12-31'
                  FROM pro p JOIN place s ON s.i = p.i WHERE p.memberships = 0) AS told
          JOIN pro p ON p.i = told.i JOIN located s ON s.i = told.i AND s.n = told.n
          JOIN code c ON c.number = p.speciality"""
    )
    duck.execute("DROP VIEW located")
    for table in ("pro", "place", "membership"):
        duck.execute(f"DROP TABLE {table}")
    return int(duck.execute("SELECT count(*) FROM rows").fetchone()[0])


def write(duck: Any, path: Path) -> None:
    """The rows as text for COPY: fields between bars, nothing for NULL."""
    duck.execute(f"COPY rows TO '{path}' (FORMAT csv, DELIMITER '|', HEADER false, QUOTE '', ESCAPE '')")


def homes(kind: str, many: int) -> list[Home]:
    """So many questions of a kind: town, country, rare or empty; one to three codes that fit."""
    chance = random.Random(f"{kind} {many}")
    found = []
    for _ in range(many):
        middle = city(chance.randrange(20))
        near = (middle[0] + chance.uniform(-0.1, 0.1), middle[1] + chance.uniform(-0.1, 0.1))
        if kind == "country":
            near = (chance.uniform(SOUTH + 0.5, NORTH - 0.5), chance.uniform(WEST + 0.5, EAST - 0.5))
        wanted = [code(n) for n in chance.sample(range(60), chance.randrange(1, 4))]
        if kind == "rare":
            wanted = [code(COMMON + chance.randrange(RARE))]
        if kind == "empty":
            wanted = [NOBODY]
        found.append(Home(*near, tuple(wanted)))
    return found

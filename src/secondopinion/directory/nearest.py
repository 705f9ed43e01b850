"""The nearest candidates, exactly: who of a specialty was in a network on a day, nearest first, however many there are.

The index walks through Mercator's projection, where lengths grow towards the poles. Its order is nearly that of the
great circle; `_reach` bounds by how much it is not, and asking goes on until nobody who is unseen can be nearer than
those who are found. Where the projection bends too much, or the home is near its edge, everybody is measured instead.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import asinh, cos, inf, isfinite, pi, radians, tan
from typing import Any
from uuid import UUID

from secondopinion.directory.find import EARTH_MILES, miles_between
from secondopinion.directory.models_candidates import ANYWHERE, OUTSIDE, code_of, specialty_of
from secondopinion.people.prepared import send

HAIR = 1e-9
"""Miles by which a limit is stretched, and the share by which a bound is: far above what rounding does."""
STEEPEST = radians(80)
"""The latitude up to which the projection is trusted, with everything within the limit below it."""
MOST_ROWS = 1 << 30
MOST_COUNTED = 1000
"""Professionals up to which they are counted one by one; nobody reads on, and a count of millions takes seconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who is looked for. Raises ValueError, in a sentence, for what nobody can mean."""

    on: date
    latitude: float  # of the home, in degrees
    longitude: float
    codes: tuple[str, ...]  # NUCC codes that fit, in any order
    networks: frozenset[UUID | None] | None = None  # none: anywhere in the plan's networks; none within: the plan's own
    outside: bool = False  # only those with whom no contract runs; `networks` is not looked at
    miles: float = 30.0  # along the great circle, the limit included
    most: int = 25  # professionals
    language: str = ""  # only who speaks it at that place; empty: whoever
    leaving_out: frozenset[UUID] = frozenset()

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("The home does not lie on the Earth: give degrees, at most 90 north and 180 east.")
        if not (self.miles >= 0 and isfinite(self.miles)):
            raise ValueError("A distance is a number of miles, zero or more.")
        if self.most < 1:
            raise ValueError("Ask for at least one professional.")


@dataclass(frozen=True, slots=True)
class Near:
    """One professional at the nearest fitting place, and what is told of taking Members there."""

    professional_id: UUID
    site_id: int | None  # none: the address of the entry itself
    code: str
    miles: float  # inf: nobody knows
    accepts: bool | None
    panel: str
    age_from: int | None
    age_to: int | None
    languages: tuple[str, ...]
    accessible: bool | None


@dataclass(frozen=True, slots=True)
class _Found:
    """One row that the index gave, and from which of its walks."""

    near: Near
    walk: tuple[int, int]
    far: float  # in the projection, in radians


def nearest(question: Question) -> tuple[Near, ...]:
    """The nearest professionals within the limit, each once, at the nearest place; ties by key.

    Exact: the same as measuring everybody. At one and the same distance the place where new Members are taken
    counts first.
    """
    if not question.codes:
        return ()
    flat = _lies_flat(question)
    rows = question.most + question.most // 2 + 8 if flat else MOST_ROWS
    while True:
        found = _walk(question, rows, flat)
        answer = _each_once(each.near for each in found)[: question.most]
        if not flat or _nobody_nearer(question, found, rows, answer):
            return answer
        rows *= 4


def how_many(question: Question, up_to: int = MOST_COUNTED) -> int:
    """How many professionals there are within the limit, however many were asked for; `up_to` + 1 stands for more."""
    if not question.codes:
        return 0
    sql = (_COUNTED if _lies_flat(question) else _COUNTED_ALL)[_by(question)]
    return _counted(sql, _given(question), up_to)


def how_many_besides(question: Question, known: Question, up_to: int = MOST_COUNTED) -> int:
    """How many are within the limits of `question` and of whom no place is within those of `known`; `up_to` + 1 stands
    for more. Both ask on one day from one home."""
    if not question.codes:
        return 0
    sql = (_BESIDES if _lies_flat(question) else _BESIDES_ALL)[_by(question), _by(known)]
    besides = {f"known_{name}": value for name, value in _given(known).items()}
    return _counted(sql, {**_given(question), **besides}, up_to)


def how_many_unplaced(question: Question, up_to: int = MOST_COUNTED) -> int:
    """How many have a fitting place that nobody knows, and none within the limit; `up_to` + 1 stands for more."""
    if not question.codes:
        return 0
    by = _by(question)
    known = {f"known_{name}": value for name, value in _given(question).items()}
    return _counted(_BESIDES_UNPLACED[by, by], {**_given(question), **known}, up_to)


def _counted(sql: str, given: Mapping[str, Any], up_to: int) -> int:
    """Count until no walk was cut short, or there are more than anybody wants to know."""
    rows = 2 * up_to // len(given["codes"]) + 1
    while True:
        people, longest = send(sql, {**given, "rows": rows}).fetchall()[0]
        if people > up_to or longest < rows:
            return min(int(people), up_to + 1)
        rows *= 4


def unplaced(question: Question) -> tuple[Near, ...]:
    """Those of whom a fitting place is not known, at most as many as asked for, and those by name: the first by key,
    so that no name comes before another. Somebody may practise at a known place too, and stand in `nearest` as well:
    not known is not far."""
    if not question.codes:
        return ()
    return _by_name(_UNPLACED[_by(question)], _given(question), question.most)


def everywhere(
    on: date,
    codes: Sequence[str],
    networks: frozenset[UUID | None] | None = None,
    outside: bool = False,
    most: int = 25,
) -> tuple[Near, ...]:
    """Those who fit wherever they are, by name, for a Member whose home is not placed."""
    if not codes:
        return ()
    question = Question(on, 0, 0, tuple(codes), networks, outside, most=most)
    return _by_name(_EVERYWHERE[_by(question)], _given(question), most)


def _walk(question: Question, rows: int, flat: bool) -> list[_Found]:
    sql = _NEAREST if flat else _MEASURED
    found: list[_Found] = []
    for network, specialty, far, latitude, longitude, *told in send(
        sql[_by(question)], {**_given(question), "rows": rows}
    ).fetchall():
        miles = miles_between(question.latitude, question.longitude, latitude, longitude)
        found.append(_Found(_near(miles, specialty, told), (network, specialty), far))
    return found


def _near(miles: float, specialty: int, told: Sequence[Any]) -> Near:
    who, site, accepts, panel, age_from, age_to, languages, accessible = told
    return Near(
        who, site, code_of(specialty), miles, accepts, panel or "", age_from, age_to, tuple(languages or ()), accessible
    )


def _each_once(found: Iterable[Near]) -> tuple[Near, ...]:
    once: dict[UUID, Near] = {}
    for near in sorted(found, key=_order):
        once.setdefault(near.professional_id, near)
    return tuple(once.values())


def _order(near: Near) -> tuple[object, ...]:
    """Nearest first, then by key; of one professional's rows at one distance the one to be told first."""
    accepts = {True: 0, None: 1, False: 2}[near.accepts]
    ages = (-1 if near.age_from is None else near.age_from, 999 if near.age_to is None else near.age_to)
    rest = (near.site_id or 0, near.languages, str(near.accessible))
    return near.miles, near.professional_id, accepts, near.code, near.panel, ages, rest


def _nobody_nearer(question: Question, found: list[_Found], rows: int, answer: tuple[Near, ...]) -> bool:
    """Whether no row that the walks did not reach can belong before the end of the answer."""
    ends: dict[tuple[int, int], list[float]] = {}
    for each in found:
        ends.setdefault(each.walk, []).append(each.far)
    cut_short = [max(far) for far in ends.values() if len(far) >= rows]
    if not cut_short:
        return True
    # Too few professionals: whoever else is within the limit still belongs into the answer.
    if len(answer) < question.most:
        return False
    return _reach(question.latitude, answer[-1].miles) < min(cut_short)


def _reach(latitude: float, miles: float) -> float:
    """How far apart two places can lie in the projection, in radians, that lie `miles` apart on the Earth.

    Lengths at a latitude are stretched by its secant, and a way of d radians from latitude p nowhere passes |p| + d.
    So the stretched way, and with it the straight line between its ends, is at most d * sec(|p| + d) long. That grows
    with d, hence what lies farther off in the projection than `_reach(d)` is farther off than d on the Earth.
    """
    way = miles / EARTH_MILES
    return way / cos(radians(abs(latitude)) + way) * (1 + HAIR) + HAIR / EARTH_MILES


def _lies_flat(question: Question) -> bool:
    """Whether everything within the limit lies on the projection's trusted part, and not beyond its date line."""
    if radians(abs(question.latitude)) + question.miles / EARTH_MILES > STEEPEST:
        return False
    return radians(abs(question.longitude)) + _reach(question.latitude, question.miles) < pi


def _given(question: Question) -> dict[str, Any]:
    flat = _lies_flat(question)
    named = question.networks or frozenset()
    return {
        "on": question.on,
        "latitude": float(question.latitude),
        "longitude": float(question.longitude),
        "x": radians(question.longitude),
        "y": asinh(tan(radians(question.latitude))) if flat else 0.0,
        "reach": _reach(question.latitude, question.miles + HAIR) if flat else 0.0,
        "miles": float(question.miles) + HAIR,
        "codes": sorted({specialty_of(code) for code in question.codes}),
        "networks": [network for network in named if network is not None],
        "own": None in named,
        "key": OUTSIDE if question.outside else ANYWHERE,
        "language": question.language,
        "leaving_out": list(question.leaving_out),
    }


def _by(question: Question) -> str:
    """Which of the statements: by one key that all share, or by the networks named."""
    return "one" if question.outside or question.networks is None else "named"


def _by_name(sql: str, given: dict[str, Any], most: int) -> tuple[Near, ...]:
    found = send(sql, {**given, "most": most}).fetchall()
    return tuple(_near(inf, specialty, told) for specialty, *told in found)


_KEYS = {
    "one": "(SELECT %(key)s::int4 AS key) AS n",
    "named": """(SELECT key FROM directory_networkkey
                  WHERE network_id = ANY(%(networks)s::uuid[]) OR (%(own)s::boolean AND network_id IS NULL)) AS n""",
}
_FITS = """c.network = n.key AND c.specialty = s.specialty AND c.from_on <= %(on)s::date AND c.to_on >= %(on)s::date"""
_WANTED = """(%(language)s::text = '' OR %(language)s::text = ANY(c.languages))
           AND c.professional_id <> ALL(%(leaving_out)s::uuid[])"""
_HOME = "point(%(x)s::float8, %(y)s::float8)"
_WITHIN = f"c.point <@ circle({_HOME}, %(reach)s::float8)"
_MILES = f"""2 * {EARTH_MILES} * asin(least(1, sqrt(
             sin(radians(c.latitude - %(latitude)s::float8) / 2) ^ 2
             + cos(radians(%(latitude)s::float8)) * cos(radians(c.latitude))
             * sin(radians(c.longitude - %(longitude)s::float8) / 2) ^ 2)))"""
_TOLD = "c.professional_id, c.site_id, c.accepts, c.panel, c.age_from, c.age_to, c.languages, c.accessible"


def _each_key(inner: str, chosen: str) -> Mapping[str, str]:
    """A statement that goes through the keys and codes one by one, so that each is one walk through the index."""
    return {
        by: f"""SELECT {chosen} FROM {keys} CROSS JOIN unnest(%(codes)s::int8[]) AS s(specialty)
                 CROSS JOIN LATERAL ({inner}) AS t"""
        for by, keys in _KEYS.items()
    }


_FAR = f"{_MILES} <= %(miles)s::float8"
_ROW = f"c.latitude, c.longitude, {_TOLD}"
_NEAREST = _each_key(
    f"""SELECT c.point <-> {_HOME} AS far, {_ROW} FROM directory_candidateat c
         WHERE {_FITS} AND {_WITHIN} AND {_FAR} AND {_WANTED} ORDER BY c.point <-> {_HOME} LIMIT %(rows)s::int8""",
    "n.key, s.specialty, t.*",
)
_MEASURED = _each_key(
    f"""SELECT 0::float8 AS far, {_ROW} FROM directory_candidateat c
         WHERE {_FITS} AND c.point IS NOT NULL AND {_FAR} AND {_WANTED} LIMIT %(rows)s::int8""",
    "n.key, s.specialty, t.*",
)
_PLACED = f"c.point IS NOT NULL AND {_FAR}"


def _some(within: str) -> Mapping[str, str]:
    """The first rows of each walk, numbered: whose they are, and whether a walk was cut short."""
    return _each_key(
        f"""SELECT c.professional_id, row_number() OVER () AS at FROM directory_candidateat c
             WHERE {_FITS} AND {within} AND {_WANTED} LIMIT %(rows)s::int8""",
        "t.professional_id, t.at",
    )


def _count(within: str) -> Mapping[str, str]:
    counted = "SELECT count(DISTINCT professional_id), coalesce(max(at), 0) FROM"
    return {by: f"{counted} ({sql}) AS few" for by, sql in _some(within).items()}


def _count_besides(within: str) -> Mapping[tuple[str, str], str]:
    """A subquery for each row, never a join: PostgreSQL cannot know how few rows a walk is cut to."""
    fits = "b.specialty = ANY(%(known_codes)s::int8[]) AND b.from_on <= %(on)s::date AND b.to_on >= %(on)s::date"
    far, wanted = _FAR.replace("c.", "b.").replace("%(miles)s", "%(known_miles)s"), _WANTED.replace("c.", "b.")
    return {
        (by, of): f"""SELECT count(DISTINCT professional_id) FILTER (WHERE (
                               SELECT true FROM directory_candidateat b
                                WHERE b.professional_id = few.professional_id AND b.network IN {keys}
                                  AND {fits} AND b.point IS NOT NULL AND {far} AND {wanted} LIMIT 1) IS NULL),
                             coalesce(max(at), 0)
                        FROM ({sql}) AS few"""
        for by, sql in _some(within).items()
        for of, keys in _KEYS_OF_KNOWN.items()
    }


_KEYS_OF_KNOWN = {
    "one": "(%(known_key)s::int4)",
    "named": """(SELECT key FROM directory_networkkey
                  WHERE network_id = ANY(%(known_networks)s::uuid[])
                     OR (%(known_own)s::boolean AND network_id IS NULL))""",
}
_COUNTED = _count(f"{_WITHIN} AND {_FAR}")
_COUNTED_ALL = _count(_PLACED)
_BESIDES = _count_besides(f"{_WITHIN} AND {_FAR}")
_BESIDES_ALL = _count_besides(_PLACED)
_BESIDES_UNPLACED = _count_besides("c.point IS NULL")


# Of one professional's rows the one to be told.
_FIRST = """{0}.professional_id, {0}.accepts IS FALSE, {0}.accepts IS NULL, {1}, {0}.panel NULLS FIRST,
            {0}.age_from NULLS FIRST, {0}.age_to DESC, {0}.site_id, {0}.languages, {0}.accessible"""


def _named(inner: str, cut: str) -> Mapping[str, str]:
    first = _FIRST.format("t", "s.specialty")
    return {
        by: f"""SELECT found.* FROM ({sql} ORDER BY {first} {cut}) AS found
                  JOIN directory_qualifiedprofessional q ON q.id = found.professional_id
                 ORDER BY q.last_name, q.first_name, q.npi LIMIT %(most)s::int8"""
        for by, sql in _each_key(inner, "DISTINCT ON (t.professional_id) s.specialty, t.*").items()
    }


_UNPLACED = _named(
    f"""SELECT DISTINCT ON (c.professional_id) {_TOLD} FROM directory_candidateat c
         WHERE {_FITS} AND c.point IS NULL AND {_WANTED}
         ORDER BY {_FIRST.format("c", "c.specialty")} LIMIT %(most)s::int8""",
    "LIMIT %(most)s::int8",
)
_EVERYWHERE = _named(f"SELECT {_TOLD} FROM directory_candidateat c WHERE {_FITS} AND {_WANTED}", "")

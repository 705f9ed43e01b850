"""The nearest candidates are exactly those that measuring everybody gives, however one asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import asinh, inf, nan, radians, tan
from random import Random
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from county import CARDIOLOGY, FAMILY, NEUROSURGERY, SPINE, TODAY, county
from secondopinion.directory.find import miles_between
from secondopinion.directory.flattening import COLUMNS, flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_candidates import ANYWHERE, OUTSIDE, NetworkKey, code_of, specialty_of
from secondopinion.directory.nearest import (
    _NEAREST,
    Near,
    Question,
    _given,
    everywhere,
    how_many,
    how_many_besides,
    how_many_unplaced,
    nearest,
    unplaced,
)
from secondopinion.people.models import HealthNetwork
from secondopinion.people.prepared import send

pytestmark = pytest.mark.usefixtures("as_plan")

CODES = (SPINE, NEUROSURGERY, CARDIOLOGY, FAMILY)
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
HOME = (33.75, -117.87)
CENTERS = (HOME, (33.75, -117.60), (34.4, -119.0), (36.1, -115.2))


@dataclass(frozen=True, slots=True)
class Row:
    """One flat row, as the table holds it."""

    who: UUID
    latitude: float | None
    longitude: float | None
    code: str
    site: int | None
    network: int
    from_on: date
    to_on: date
    accepts: bool | None
    panel: str | None
    languages: tuple[str, ...] | None

    def near(self, question: Question) -> Near:
        """What is to be told of the row to who asks."""
        if self.latitude is None or self.longitude is None:
            miles = inf
        else:
            miles = miles_between(question.latitude, question.longitude, self.latitude, self.longitude)
        return Near(
            self.who,
            self.site,
            self.code,
            miles,
            self.accepts,
            self.panel or "",
            None,
            None,
            self.languages or (),
            None,
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """A county by lot, in the table and in memory."""

    rows: tuple[Row, ...]
    keys: dict[UUID | None, int]

    def fitting(self, question: Question) -> Iterator[Row]:
        """Every row that answers the question, wherever it lies: asked one by one, without an index."""
        if question.outside:
            keys = {OUTSIDE}
        elif question.networks is None:
            keys = {ANYWHERE}
        else:
            keys = {self.keys[network] for network in question.networks}
        for row in self.rows:
            if (
                row.network in keys
                and row.code in question.codes
                and row.from_on <= question.on <= row.to_on
                and (not question.language or question.language in (row.languages or ()))
                and row.who not in question.leaving_out
            ):
                yield row

    def measured(self, question: Question) -> list[Near]:
        """Everybody within the limit, by measuring all of them."""
        best: dict[UUID, tuple[object, Near]] = {}
        for row in self.fitting(question):
            near = row.near(question)
            if near.miles <= question.miles:
                taken = [True, None, False].index(near.accepts)
                order = (near.miles, taken, near.code, near.panel, near.site_id or 0, near.languages)
                best[row.who] = min(best.get(row.who, (order, near)), (order, near), key=lambda each: each[0])
        return [near for _, near in sorted(best.values(), key=lambda each: (each[1].miles, each[1].professional_id))]


def ground(lot: Random, people: int = 150) -> Ground:
    """Clustered places that many share, and people with several codes, places, networks, panels and periods."""
    networks = [HealthNetwork.objects.create(name=f"Network {n}", kind="hmo", phone="1-714-555-0110") for n in range(3)]
    keys = {n: NetworkKey.objects.create(network_id=n).key for n in (None, *(each.pk for each in networks))}
    places: list[tuple[float | None, float | None]] = [(None, None), *CENTERS]
    for _ in range(60):
        latitude, longitude = lot.choice(CENTERS)
        wide = lot.choice([0.001, 0.02, 0.3])
        places.append((latitude + lot.gauss(0, wide), longitude + lot.gauss(0, wide)))
    rows: list[Row] = []
    for _ in range(people):
        who = UUID(int=lot.getrandbits(128))
        for _ in range(lot.choice([1, 1, 2, 3, 14])):
            site = lot.randrange(len(places))
            begins = lot.choice([FIRST, date(2020, 1, 1), TODAY - timedelta(lot.randrange(400))])
            ends = lot.choice([LAST, LAST, begins + timedelta(lot.randrange(900)) if begins > FIRST else TODAY])
            rows.append(
                Row(
                    who,
                    *places[site],
                    lot.choice(CODES),
                    site,
                    lot.choice([ANYWHERE, OUTSIDE, *keys.values()]),
                    begins,
                    ends,
                    lot.choice([True, False, None]),
                    lot.choice([None, "ccs"]),
                    lot.choice([None, ("en",), ("en", "es")]),
                )
            )
    write(rows)
    return Ground(tuple(rows), keys)


def write(rows: list[Row]) -> None:
    """Put rows into the table as they are."""
    columns = "professional_id, point, latitude, longitude, specialty, site_id, network, from_on, to_on, accepts, panel"
    assert set(f"{columns}, languages".split(", ")) <= set(COLUMNS.split(", "))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY directory_candidateat ({columns}, languages) FROM STDIN") as copy,
    ):
        for row in rows:
            point = None
            if row.latitude is not None and row.longitude is not None:
                point = f"({radians(row.longitude)!r},{asinh(tan(radians(row.latitude)))!r})"
            told = (row.accepts, row.panel, list(row.languages) if row.languages else None)
            placed = (point, row.latitude, row.longitude, specialty_of(row.code), row.site, row.network)
            copy.write_row([row.who, *placed, row.from_on, row.to_on, *told])


def asked(lot: Random, there: Ground) -> Question:
    """A question by lot: every form of networks, a home among the places or beside them, tiny and huge limits."""
    latitude, longitude = lot.choice(CENTERS)
    aside = lot.choice([0.0, 0.05, 1.0])
    return Question(
        on=lot.choice([TODAY, TODAY - timedelta(lot.randrange(1500)), date(2019, 1, 1)]),
        latitude=latitude + lot.uniform(-aside, aside),
        longitude=longitude + lot.uniform(-aside, aside),
        codes=tuple(lot.sample(CODES, lot.randint(1, 4))),
        networks=lot.choice([None, frozenset(lot.sample(list(there.keys), lot.randint(0, 4)))]),
        outside=lot.random() < 0.2,
        miles=lot.choice([0.0, 1e-6, 0.3, 5.0, 30.0, 30.0, 200.0, 3000.0, 20_000.0]),
        most=lot.choice([1, 2, 5, 25, 400]),
        language=lot.choice(["", "", "es"]),
        leaving_out=frozenset(row.who for row in lot.sample(there.rows, lot.choice([0, 0, 5]))),
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_answer_is_what_measuring_everybody_gives(seed: int) -> None:
    lot = Random(seed)
    there = ground(lot)
    for index_only in (True, False):
        with connection.cursor() as cursor:  # with so few rows PostgreSQL would rather read all of them
            cursor.execute("SELECT set_config('enable_seqscan', %s, true)", ["off" if index_only else "on"])
        for _ in range(400):
            question = asked(lot, there)
            measured = there.measured(question)
            assert nearest(question) == tuple(measured[: question.most]), question
            assert how_many(question) == len(measured), question
            few = lot.choice([1, 3, 20])
            assert how_many(question, few) == min(len(measured), few + 1), question
            known = replace(question, miles=lot.choice([0.3, 5.0, 200.0]), networks=asked(lot, there).networks,
                            codes=lot.choice([question.codes, question.codes[:1]]))  # fmt: skip
            besides = {near.professional_id for near in measured} - {n.professional_id for n in there.measured(known)}
            assert how_many_besides(question, known, few) == min(len(besides), few + 1), (question, known)


def test_a_wider_limit_never_loses_anybody() -> None:
    there = ground(Random(77))

    @given(seed=st.integers(0, 10_000), limits=st.lists(st.floats(0, 12_000), min_size=2, max_size=4))
    @settings(max_examples=100, deadline=None)
    def never(seed: int, limits: list[float]) -> None:
        question = replace(asked(Random(seed), there), most=100_000)
        found = [nearest(replace(question, miles=miles)) for miles in sorted(limits)]
        for narrow, wide in pairwise(found):
            assert wide[: len(narrow)] == narrow

    never()


def row(at: int, latitude: float | None, longitude: float | None, **changed: object) -> Row:
    """A spine surgeon anywhere in the plan's networks, for ever."""
    plain = Row(UUID(int=at), latitude, longitude, SPINE, at, ANYWHERE, FIRST, LAST, True, None, ("en",))
    return replace(plain, **changed)  # type: ignore[arg-type]


def who(found: tuple[Near, ...]) -> list[int]:
    return [near.professional_id.int for near in found]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(89.99, 10.0), (-90.0, 0.0), (84.0, 179.0), (51.9, -179.99), (0.0, 180.0), (-60.0, 90.0)],
)
def test_homes_at_a_pole_and_on_the_date_line_are_measured_all_the_same(latitude: float, longitude: float) -> None:
    lot = Random(f"{latitude}{longitude}")
    rows = [
        row(at, max(-90.0, min(90.0, latitude + lot.gauss(0, 2))), (longitude + lot.gauss(0, 40) + 180) % 360 - 180)
        for at in range(1, 300)
    ]
    write(rows)
    there = Ground(tuple(rows), {})
    for miles in (1.0, 60.0, 400.0, 5000.0, 20_000.0):
        question = Question(TODAY, latitude, longitude, (SPINE,), miles=miles, most=50)
        measured = there.measured(question)
        assert (nearest(question), how_many(question)) == (tuple(measured[:50]), len(measured))


def test_at_one_place_the_order_is_by_key_and_the_limit_belongs_to_what_is_within() -> None:
    write([row(at, 33.9, -117.7) for at in (5, 3, 9, 1)])
    miles = miles_between(*HOME, 33.9, -117.7)
    question = Question(TODAY, *HOME, (SPINE,), miles=miles, most=3)
    assert who(nearest(question)) == [1, 3, 5]
    assert how_many(question) == 4
    assert nearest(replace(question, miles=miles - 1e-6)) == ()


def test_one_professional_on_many_rows_does_not_take_the_places_of_others() -> None:
    many = [row(1, 33.75, -117.87, site=site) for site in range(500)]
    write([*many, row(2, 33.8, -117.87), row(3, 33.9, -117.87)])
    question = Question(TODAY, *HOME, (SPINE,), most=3)
    assert who(nearest(question)) == [1, 2, 3]
    assert who(nearest(replace(question, most=1))) == [1]


def test_the_nearer_place_in_the_projection_is_not_taken_for_the_nearer_place() -> None:
    # Northwards the projection stretches what southwards it does not: thirty miles off, the order turns.
    north, south = (34.184, -117.87), (33.31545, -117.87)
    write([row(1, *north), row(2, *south), *(row(at, *south) for at in range(3, 30))])
    nearer = miles_between(*HOME, *north) < miles_between(*HOME, *south)
    found = nearest(Question(TODAY, *HOME, (SPINE,), miles=31, most=1))
    assert nearer
    assert who(found) == [1]


def test_who_has_no_known_place_is_listed_apart_by_name() -> None:
    there = county()
    for taken in (there.sam, there.first):
        QualifiedProfessional.objects.filter(pk=taken.pk).update(latitude=None)
    flatten([there.sam.pk, there.first.pk])
    question = Question(TODAY, *HOME, (SPINE,))
    assert [near.professional_id for near in nearest(question)] == [there.excluded.pk]
    assert [near.professional_id for near in unplaced(question)] == [there.first.pk, there.sam.pk]  # Holm, Specialist
    assert {near.miles for near in unplaced(question)} == {inf}
    assert (
        unplaced(replace(question, leaving_out=frozenset({there.first.pk}), most=1))[0].professional_id == there.sam.pk
    )
    first = min(there.first.pk, there.sam.pk)  # of too many the first by key, whose name is as good as another
    assert [near.professional_id for near in unplaced(replace(question, most=1))] == [first]
    assert (how_many_unplaced(question), how_many_unplaced(question, 1)) == (2, 2)
    assert how_many_unplaced(replace(question, networks=frozenset({there.citrus.pk}))) == 1
    assert unplaced(replace(question, language="vi")) == ()
    assert unplaced(replace(question, codes=())) == ()


def test_without_a_home_everybody_who_fits_is_listed_by_name() -> None:
    there = county()
    found = everywhere(TODAY, (SPINE, NEUROSURGERY), None, False, 25)
    by_name = [there.excluded.pk, there.neuro.pk, there.first.pk, there.sam.pk]  # Bar, Haddad, Holm, Specialist
    assert [near.professional_id for near in found] == by_name
    assert [near.professional_id for near in everywhere(TODAY, (SPINE,), frozenset({there.sierra.pk}))] == [
        there.sam.pk
    ]
    assert len(everywhere(TODAY, (SPINE,), most=2)) == 2
    outside = everywhere(TODAY, (SPINE,), outside=True)
    assert [near.professional_id for near in outside] == [there.outside.pk, there.former.pk]  # Far, Gone
    assert everywhere(TODAY, ()) == ()


def test_the_networks_are_those_named_and_the_day_is_the_one_asked() -> None:
    there = county()
    question = Question(TODAY, *HOME, (SPINE,), networks=frozenset({there.citrus.pk}))
    assert {near.professional_id for near in nearest(question)} == {there.first.pk}
    in_june = replace(question, on=date(2026, 6, 30))  # a Tuesday, the last day of one contract
    assert {near.professional_id for near in nearest(in_june)} == {there.first.pk, there.former.pk}
    own = {near.professional_id for near in nearest(replace(question, networks=frozenset({None})))}
    assert own == {there.first.pk, there.sam.pk, there.excluded.pk}
    outside = {near.professional_id for near in nearest(replace(question, outside=True))}
    assert outside == {there.outside.pk, there.former.pk}
    assert nearest(replace(question, networks=frozenset())) == ()
    assert (nearest(replace(question, codes=())), how_many(replace(question, codes=()))) == ((), 0)


@pytest.mark.parametrize(
    "changed",
    [{"latitude": 91.0}, {"longitude": -181.0}, {"latitude": nan}, {"miles": -1.0}, {"miles": inf}, {"most": 0}],
)
def test_what_nobody_can_mean_is_refused_in_a_sentence(changed: dict[str, float]) -> None:
    plain = {"on": TODAY, "latitude": 33.75, "longitude": -117.87, "codes": (SPINE,)}
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        Question(**plain | changed)  # type: ignore[arg-type]


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=9, max_size=9))
def test_a_code_and_its_number_are_one_and_the_same(stem: str) -> None:
    assert code_of(specialty_of(f"{stem}X")) == f"{stem}X"
    assert 0 <= specialty_of(stem) < 36**9


def test_a_question_is_one_statement_planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    write([row(at, 33.75 + at / 1000, -117.87) for at in range(1, 200)])
    asked_of_the_database: list[str] = []

    def counted(sql: str, values: object) -> object:
        asked_of_the_database.append(sql)
        return send(sql, values)  # type: ignore[arg-type]

    monkeypatch.setattr("secondopinion.directory.nearest.send", counted)
    for most in (5, 25, 60):
        nearest(Question(TODAY, *HOME, (SPINE, CARDIOLOGY), most=most))
    assert len(asked_of_the_database) == 3
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%point <-> point%' ")
        assert cursor.fetchone()[0] == 1


def test_the_index_walks_to_the_nearest_without_sorting() -> None:
    write([row(at, 33.75 + at / 9000, -117.87) for at in range(1, 3000)])
    question = Question(TODAY, *HOME, (SPINE, CARDIOLOGY), networks=frozenset({None}))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE directory_networkkey")
        for by in ("one", "named"):
            cursor.execute(f"EXPLAIN {_NEAREST[by]}", {**_given(question), "rows": 40})
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Scan using candidate_nearest" in plan
            assert "Order By: (point <->" in plan
            assert "Sort" not in plan

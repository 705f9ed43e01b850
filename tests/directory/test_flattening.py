"""The flat rows say what the periods say: the same on any day, for some people or all anew, and never half-way."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction

from county import FAMILY, NEUROSURGERY, SPINE, TODAY, county, npi
from secondopinion.directory.flattening import flatten, flatten_all, has_rows, placed_since, strays
from secondopinion.directory.models import Contract, LoadRun, QualifiedProfessional
from secondopinion.directory.models_candidates import ANYWHERE, OUTSIDE, NetworkKey, code_of
from secondopinion.directory.models_dated import Dated, Membership, Practice, Site, Source, SpecialtyHeld
from secondopinion.directory.nearest import Question, nearest, unplaced
from secondopinion.people.models import HealthNetwork
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.checks.candidates_are_flat import CandidatesAreFlat
from secondopinion.referrals.overnight import overnight

CODES = (SPINE, NEUROSURGERY, FAMILY)
BELIEVED = {source.value: at for at, source in enumerate(Source) if source is not Source.LISTS}
Told = tuple[Any, ...]
"""What one row says on a day: network key, code, site, coordinates, and what is told there."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Some people by lot with periods of several sources, and everything of them in memory."""

    people: tuple[QualifiedProfessional, ...]
    networks: tuple[HealthNetwork, ...]


def directory(lot: Random, people: int) -> Directory:
    """Write people of all kinds: by hand or from sources that disagree, moved, ended, empty and endless periods."""
    run = LoadRun.objects.create(kind="plain", file_name="a.csv", file_sha256="0" * 64, on_day=TODAY, state="done")
    networks = tuple(
        HealthNetwork.objects.create(name=f"Network {n}", kind="hmo", phone="1-714-555-0110") for n in range(2)
    )
    sites = [
        Site.objects.create(
            place=f"{n}|ORCHARD CITY|CA|92999", address=f"{n} Way", city="Orchard City", state="CA", zip_code="92999",
            latitude=None if n == 3 else 33.7 + n / 100, longitude=None if n == 3 else -117.9,
        )
        for n in range(4)
    ]  # fmt: skip
    made = []
    for at in range(people):
        who = QualifiedProfessional.objects.create(
            npi=npi(f"3{lot.randrange(100):02d}{at:06d}"), first_name="Ada", last_name=f"Made-Up{at}", credential="MD",
            taxonomy=lot.choice(["", *CODES]), other_taxonomies=lot.sample(CODES, lot.choice([0, 0, 2])),
            languages=lot.choice([[], ["vi"]]), accepts_new_members=lot.random() < 0.5, license_number="A1",
            license_to_on=TODAY, verified_on=TODAY, latitude=lot.choice([None, 33.8]), longitude=-117.8,
        )  # fmt: skip
        made.append(who)
        told: list[Dated] = []
        for _ in range(lot.choice([0, 1, 3])):
            told.append(SpecialtyHeld(code=lot.choice(CODES), is_primary=False, **period(lot, who, run)))
        for _ in range(lot.choice([0, 1, 2, 5])):
            site, languages = (
                lot.choice(sites[:2] if lot.random() < 0.7 else sites),
                lot.choice([[], ["en"], ["es", "en"]]),
            )
            there = {"languages": sorted(languages), "accessible": lot.choice([None, True, False])}
            told.append(Practice(site=site, **there, **period(lot, who, run)))
        for _ in range(lot.choice([0, 1, 2, 4])):
            takes = {"accepts": lot.choice([None, True, False]), "panel": lot.choice(["", "ccs"])}
            where = {"site": lot.choice([None, *sites]), "network": lot.choice([None, *networks])}
            told.append(Membership(**where, **takes, age_from=lot.choice([None, 18]), **period(lot, who, run)))
        for each in told:
            save_unless_two_run(each)
        for network in lot.sample([None, *networks], lot.choice([0, 1, 2])):
            first = TODAY - timedelta(lot.randrange(900))
            last = lot.choice([None, first + timedelta(lot.randrange(600))])
            Contract.objects.create(professional=who, network=network, from_on=first, to_on=last)
    return Directory(tuple(made), networks)


def period(lot: Random, who: QualifiedProfessional, run: LoadRun) -> dict[str, Any]:
    first = TODAY - timedelta(lot.choice([0, 100, 100, 400, lot.randrange(900)]))
    last = lot.choice([None, None, first - timedelta(1), first + timedelta(lot.randrange(500)), TODAY])
    last = None if last is None else max(last, first - timedelta(1))
    said_by = lot.choice(list(BELIEVED))
    return {"professional": who, "run": run, "said_by": said_by, "from_on": first, "to_on": last, "said_from_on": first}


def save_unless_two_run(each: Dated) -> None:
    """Save a period; the tables refuse two of one thing that still run."""
    key = {"site_id", "network_id", "code"} & {field.attname for field in each._meta.concrete_fields}
    same = {name: getattr(each, name) for name in key}
    same = {f"{name}__isnull" if value is None else name: value is None or value for name, value in same.items()}
    others = type(each).objects.filter(professional_id=each.professional_id, said_by=each.said_by, to_on=None, **same)
    if each.to_on is not None or not others.exists():
        each.save()


def expected(there: Directory, day: date) -> dict[UUID, set[Told]]:
    """What the periods say of each professional on one day, worked out person by person."""
    return {who.pk: set(_said_of(who, day)) for who in there.people}


def _said_of(who: QualifiedProfessional, day: date) -> Iterable[Told]:
    specialties, practices, memberships = (_in_force(kind, who) for kind in (SpecialtyHeld, Practice, Membership))
    by_hand = [code for code in [who.taxonomy, *who.other_taxonomies] if code]
    codes = {s.code for s in specialties if _runs(s, day, specialties)} if specialties else set(by_hand)
    best: dict[UUID | None, int] = {}
    for m in memberships:
        best[m.network_id] = min(best.get(m.network_id, 9), BELIEVED[m.said_by])
    believed = [m for m in memberships if BELIEVED[m.said_by] == best[m.network_id]]
    belongs = [
        (m.network_id, m.site_id, (m.accepts, m.panel, m.age_from))
        for m in believed
        if m.from_on <= day and (m.to_on is None or m.to_on >= day)
    ]
    belongs += [
        (c.network_id, None, (who.accepts_new_members, "", None))
        for c in Contract.objects.filter(Contract.covering(day), professional=who)
        if c.network_id not in best
    ]
    keys = dict(NetworkKey.objects.values_list("network_id", "key"))
    found_in = [(keys[network], site, told) for network, site, told in belongs]
    found_in += [(ANYWHERE, site, told) for _, site, told in belongs]
    if not belongs:
        accepts = None if specialties else who.accepts_new_members
        found_in.append((OUTSIDE, None, (accepts, "", None)))
    at_sites = _practises(practices, day)
    has_no_place = not practices and all(m.site_id is None for m in believed)
    for key, site, told in found_in:
        if site is not None:
            places = {site: at_sites.get(site, ((), None))}
        elif at_sites:
            places = at_sites
        else:
            places = {None: ((), None)}
        for place, (languages, accessible) in places.items():
            where = _where(place, who if has_no_place and place is None else None)
            if not languages and not any(p.languages for p in practices):
                languages = tuple(who.languages)
            for code in codes:
                yield key, code, place, *where, *told, languages, accessible


def _in_force(kind: Any, who: QualifiedProfessional) -> list[Any]:
    return [t for t in kind.objects.filter(professional=who) if t.to_on is None or t.to_on >= t.from_on]


def _runs(one: Dated, day: date, of: list[Dated]) -> bool:
    since = date.min if one.from_on == min(each.from_on for each in of) else one.from_on
    return since <= day and (one.to_on is None or one.to_on >= day)


def _practises(practices: list[Practice], day: date) -> dict[int | None, tuple[tuple[str, ...], bool | None]]:
    here: dict[int, list[Practice]] = defaultdict(list)
    for each in practices:
        here[each.site_id].append(each)
    found: dict[int | None, tuple[tuple[str, ...], bool | None]] = {}
    for site, all_told in here.items():
        best = min(BELIEVED[p.said_by] for p in all_told)
        told = sorted((p for p in all_told if _runs(p, day, practices)), key=lambda p: (BELIEVED[p.said_by], -p.pk))  # type: ignore[arg-type]
        if any(BELIEVED[p.said_by] == best for p in told):
            spoken = sorted({tongue for p in told for tongue in p.languages})
            found[site] = tuple(spoken), next((p.accessible for p in told if p.accessible is not None), None)
    return found


def _where(site: int | None, who: QualifiedProfessional | None) -> tuple[float | None, float | None]:
    at: Any = Site.objects.get(pk=site) if site is not None else who
    return (None, None) if at is None or at.latitude is None else (at.latitude, at.longitude)


def said(day: date) -> dict[UUID, set[Told]]:
    """What the flat rows say on one day."""
    found: dict[UUID, set[Told]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT professional_id, network, specialty, site_id, latitude, longitude, accepts, panel, age_from,
                      languages, accessible
                 FROM directory_candidateat WHERE %s BETWEEN from_on AND to_on""",
            [day],
        )
        for who, network, specialty, site, latitude, longitude, accepts, panel, age, languages, open_to in cursor:
            row = (network, code_of(specialty), site, latitude, longitude, accepts, panel or "", age)
            found[who].add((*row, tuple(languages or ()), open_to))
    return found


def rows() -> list[str]:
    """The whole table as text, in an order of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM directory_candidateat c ORDER BY 1")
        return [text for (text,) in cursor.fetchall()]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.usefixtures("as_plan")
def test_the_rows_say_on_any_day_what_the_periods_say(seed: int) -> None:
    lot = Random(seed)
    there = directory(lot, 40)
    flatten(who.pk for who in there.people)
    days = [
        date(2015, 1, 1),
        TODAY,
        TODAY + timedelta(4000),
        *(TODAY - timedelta(lot.randrange(950)) for _ in range(12)),
    ]
    for day in days:
        found = said(day)
        for who, told in expected(there, day).items():
            assert found.get(who, set()) == told, day


@pytest.mark.usefixtures("as_plan")
def test_some_at_a_time_or_all_anew_give_the_same_rows_and_twice_changes_nothing() -> None:
    lot = Random(11)
    there = directory(lot, 60)
    ids = [who.pk for who in there.people]
    assert not has_rows()
    for part in (ids[:1], ids[1:40], ids[20:]):
        flatten(part)
    some = rows()
    assert flatten(ids) == 0
    assert rows() == some
    assert flatten_all() == len(some)
    assert rows() == some
    assert flatten(ids) == 0
    assert strays(1000) == ()
    assert has_rows()
    assert flatten([]) == 0


@pytest.mark.usefixtures("as_plan")
def test_a_day_is_inside_or_outside_of_the_networks_and_never_both() -> None:
    there = directory(Random(5), 60)
    flatten_all()
    for day in (date(2015, 1, 1), TODAY - timedelta(300), TODAY):
        found = said(day)
        for who in there.people:
            sides = {key for key, *_ in found.get(who.pk, set()) if key in {ANYWHERE, OUTSIDE}}
            assert len(sides) == (1 if found.get(who.pk) else 0)


@pytest.mark.usefixtures("as_plan")
def test_a_change_moves_the_rows_of_that_professional_alone() -> None:
    there = county()
    before = rows()
    Contract.objects.filter(professional=there.sam).update(to_on=date(2026, 11, 20))  # a Friday
    QualifiedProfessional.objects.filter(pk=there.neuro.pk).update(taxonomy=SPINE)
    assert set(strays(1000)) == {there.sam.pk, there.neuro.pk}
    assert flatten([there.sam.pk]) > 0
    after = rows()
    changed = set(before) ^ set(after)
    assert changed
    assert all(str(there.sam.pk) in row for row in changed)
    question = Question(TODAY, 33.75, -117.87, (SPINE,))
    assert there.sam.pk not in {near.professional_id for near in nearest(question)}
    assert there.sam.pk in {
        near.professional_id for near in nearest(Question(TODAY, 33.75, -117.87, (SPINE,), outside=True))
    }
    assert set(strays(1000)) == {there.neuro.pk}


@pytest.mark.usefixtures("as_plan")
def test_a_site_that_gets_its_place_is_found_again() -> None:
    there = directory(Random(2), 30)
    flatten_all()
    site = Site.objects.get(latitude=None)
    lost = {row.professional_id for row in Practice.objects.filter(site=site)}
    assert placed_since() == ()
    Site.objects.filter(pk=site.pk).update(latitude=33.9, longitude=-117.9)
    found = set(placed_since())
    assert found
    assert found <= {who.pk for who in there.people}
    assert lost & found
    flatten(found)
    assert placed_since() == ()
    assert strays(1000) == ()


def test_a_rebuild_that_breaks_off_leaves_the_old_rows(committed: None) -> None:
    with plan_scope(TODAY):
        county()
    before = rows()
    assert before

    class Stopped(Exception):
        pass

    def break_off(after: Callable[[], int]) -> None:
        with plan_scope(TODAY):
            assert after() > 0
            assert rows() != before
            raise Stopped

    with plan_scope(TODAY):
        QualifiedProfessional.objects.update(taxonomy=FAMILY)
    for again in (flatten_all, lambda: flatten(QualifiedProfessional.objects.values_list("pk", flat=True))):
        with pytest.raises(Stopped):
            break_off(again)
        assert rows() == before
    with plan_scope(TODAY):
        flatten_all()
    assert rows() != before


def test_a_rebuild_that_is_killed_leaves_the_old_rows_and_the_next_one_works(committed: None) -> None:
    with plan_scope(TODAY):
        county()
    before = rows()
    with pytest.raises(Exception, match="terminat"), plan_scope(TODAY), connection.cursor() as cursor:
        cursor.execute("SELECT app.begin_candidates(); SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert rows() == before
    with plan_scope(TODAY):
        assert flatten_all() == len(before)
    assert rows() == before


def test_readers_see_rows_all_through_a_rebuild(committed: None) -> None:
    with plan_scope(TODAY):
        there = county()
    question = Question(TODAY, 33.75, -117.87, (SPINE,))
    whole = nearest(question)
    assert there.sam.pk in {near.professional_id for near in whole}
    done, wrong, asked = threading.Event(), [], [0]

    def read() -> None:
        while not done.is_set():
            answer = nearest(question)
            asked[0] += 1
            if answer != whole:
                wrong.append(answer)
        connections.close_all()

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(8):
        with plan_scope(TODAY):
            flatten_all()
    done.set()
    reader.join()
    assert asked[0] > 8
    assert wrong == []


def test_two_who_flatten_the_same_people_at_once_write_them_once(committed: None) -> None:
    with plan_scope(TODAY):
        there = county()
        Contract.objects.create(professional=there.outside, from_on=date(2026, 11, 2))  # a Monday
    ids = list(QualifiedProfessional.objects.values_list("pk", flat=True))
    written: list[int] = []

    def again() -> None:
        with transaction.atomic():
            written.append(flatten(ids))
        connections.close_all()

    both = [threading.Thread(target=again) for _ in range(4)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(written)[:3] == [0, 0, 0]
    assert strays(1000) == ()
    assert len(rows()) == len(set(rows()))


@pytest.mark.usefixtures("as_plan")
def test_what_nobody_can_place_is_not_lost() -> None:
    there = directory(Random(3), 80)
    flatten_all()
    question = Question(TODAY, 33.75, -117.87, CODES, miles=20_000, most=10_000)
    inside = {who for who, told in expected(there, TODAY).items() if any(key == ANYWHERE for key, *_ in told)}
    found = {near.professional_id for near in nearest(question)} | {near.professional_id for near in unplaced(question)}
    assert found == inside


@pytest.mark.usefixtures("as_plan")
def test_the_nightly_proof_says_whose_rows_are_not_what_the_periods_say() -> None:
    there = county()
    now = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # a Monday
    assert overnight(now, checks=(CandidatesAreFlat(),)).found == 0
    Contract.objects.filter(professional=there.sam).update(to_on=date(2026, 11, 20))  # a Friday
    (tally,) = overnight(now, checks=(CandidatesAreFlat(),)).tallies
    assert [each.what for each in tally.first] == [
        f"the rows of professional {there.sam.pk} are not what the periods say"
    ]

"""A prepared question answers what its queryset answers, as seen by whoever asks, and is compiled once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from county import NOW, TODAY, County, county
from secondopinion.people.models import AccessEntry, Enrollment, Member, Period
from secondopinion.people.prepared import OneOf, Prepared, insert
from secondopinion.people.rls import Scope, set_scope


@pytest.fixture
def orchard(as_plan: None) -> County:
    return county()


def test_it_answers_with_the_objects_of_its_queryset(orchard: County) -> None:
    born = Prepared(lambda given: Member.objects.filter(birth_date__gte=given("day")))
    assert born.all(day=date(1970, 1, 1)) == list(Member.objects.filter(birth_date__gte=date(1970, 1, 1)))
    assert born.first(day=TODAY) is None


def test_one_question_takes_new_values_each_time_it_is_asked(orchard: County) -> None:
    built = []

    def ask(given):
        built.append(given)
        covering = Period.covering(given("on"))
        return Enrollment.objects.filter(covering, member=given("member")).values_list("program")

    programs = Prepared(ask)
    assert programs.rows(member=orchard.one.pk, on=TODAY) == [("medi-cal",)]
    assert programs.rows(member=orchard.joe.pk, on=TODAY) == [("onecare",)]
    assert programs.rows(member=orchard.joe.pk, on=date(2019, 12, 31)) == []
    assert len(built) == 1


def test_a_condition_may_name_several_values(orchard: County) -> None:
    bearing = Prepared(lambda given: Member.objects.filter(OneOf("member_id", given("numbers"))))
    assert set(bearing.all(numbers=["M0000001", "M0000003"])) == {orchard.one, orchard.maria}
    assert bearing.all(numbers=[]) == []


def test_row_level_security_holds_for_it(orchard: County) -> None:
    everybody = Prepared(lambda given: Member.objects.all())
    assert len(everybody.all()) == 4
    set_scope(Scope((orchard.citrus.pk,), TODAY))
    assert everybody.all() == [orchard.maria]


def test_the_database_plans_it_once(orchard: County) -> None:
    asked = Prepared(lambda given: Member.objects.filter(cin=given("cin")))
    asked.all(cin="9")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%\"cin\" = %'")
        assert cursor.fetchone() == (1,)


def test_a_row_is_inserted_whole(orchard: County) -> None:
    insert(AccessEntry(at=NOW, person="Somebody", what="read", about="M0000001", why="to prove it"))
    kept = AccessEntry.objects.get()
    assert (kept.at, kept.person, kept.person_network, kept.why) == (NOW, "Somebody", None, "to prove it")

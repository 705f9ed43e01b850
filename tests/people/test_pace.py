"""So many at once, as many again over a time, and two at once cannot both take the last."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections

from county import NOW
from secondopinion.people.models import Pace
from secondopinion.people.pace import Limit, forget, take

THREE = Limit("three", 3, timedelta(seconds=30))


@pytest.mark.django_db
def test_what_is_asked_at_once_is_let_in_up_to_the_most_and_then_told_to_wait() -> None:
    assert [take(THREE, "somebody", NOW) for _ in range(3)] == [None, None, None]
    assert take(THREE, "somebody", NOW) == timedelta(seconds=10)
    assert take(THREE, "somebody", NOW + timedelta(seconds=9)) == timedelta(seconds=1)
    assert take(THREE, "somebody", NOW + timedelta(seconds=10)) is None


@pytest.mark.django_db
def test_one_who_waits_gets_the_whole_bucket_again_and_no_more() -> None:
    for _ in range(4):
        take(THREE, "somebody", NOW)
    later = NOW + timedelta(days=1)
    assert [take(THREE, "somebody", later) for _ in range(4)] == [None, None, None, timedelta(seconds=10)]


@pytest.mark.django_db
def test_being_refused_costs_nothing_more() -> None:
    for _ in range(50):
        take(THREE, "somebody", NOW)
    assert take(THREE, "somebody", NOW + timedelta(seconds=10)) is None


@pytest.mark.django_db
def test_everybody_has_a_bucket_for_each_rule_and_no_row_names_anybody() -> None:
    for _ in range(4):
        take(THREE, "203.0.113.7", NOW)
    assert take(THREE, "203.0.113.8", NOW) is None
    assert take(Limit("other", 3, timedelta(seconds=30)), "203.0.113.7", NOW) is None
    assert Pace.objects.count() == 3
    assert not any("203" in each.key and "." in each.key for each in Pace.objects.all())


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["", "\x00", "\udcff", "x" * 100_000])
def test_whoever_asks_has_a_key_of_one_length(who: str) -> None:
    assert take(THREE, who, NOW) is None
    assert len(Pace.objects.get().key) == 64


@pytest.mark.django_db
def test_a_clock_that_is_set_back_shuts_nobody_out() -> None:
    for _ in range(4):
        take(THREE, "somebody", NOW + timedelta(days=30))
    assert [take(THREE, "somebody", NOW) for _ in range(4)] == [None, None, None, timedelta(seconds=10)]


@pytest.mark.django_db
def test_full_buckets_are_forgotten() -> None:
    take(THREE, "one", NOW)
    take(THREE, "two", NOW + timedelta(minutes=1))
    assert forget(NOW + timedelta(minutes=1)) == 1
    assert Pace.objects.count() == 1


def test_the_table_is_not_written_ahead(committed: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'people_pace'")
        assert cursor.fetchone() == ("u",)


def test_eight_at_once_take_no_more_than_there_is(committed: None) -> None:
    let_in: list[bool] = []

    def ask() -> None:
        try:
            let_in.extend(take(THREE, "somebody", NOW) is None for _ in range(5))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(let_in), sum(let_in)) == (40, 3)

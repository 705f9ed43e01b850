"""A job names rows by their keys and nothing else, so the queue, which no policy guards, tells of nobody."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from procrastinate.contrib.django import app

from apart.cells import rows_written
from apart.test_every_table import asked
from apart.world import AT, DAY, STEM, World
from secondopinion.people.rls import Scope, set_scope
from secondopinion.referrals.ledger import MAIL_TASK, OFFICE_TASK
from secondopinion.site import tasks

KEYS = {"letter_id", "referral_id", "request_id"}
QUEUED = {MAIL_TASK: {"letter_id", "referral_id"}, OFFICE_TASK: {"request_id"}}  # what is put into the queue, by whom
OF_THE_HOUSE = {"timestamp", "context"}  # when a periodic job is due, and the job itself


def test_no_job_takes_anything_but_the_keys_of_rows(world: World) -> None:
    ours = {name: task for name, task in app.tasks.items() if not name.startswith(("builtin", "procrastinate"))}
    assert len(ours) >= 5
    told = {name: set(inspect.signature(task.func).parameters) - KEYS - OF_THE_HOUSE for name, task in ours.items()}
    assert {name: more for name, more in told.items() if more} == {}


def test_the_jobs_in_the_queue_hold_keys_and_not_a_word_of_anybody(world: World) -> None:
    with transaction.atomic():
        jobs = asked("SELECT args, lock, queueing_lock, task_name, queue_name FROM procrastinate_jobs")
        (rows,) = zip(*asked("SELECT j::text FROM procrastinate_jobs j"), strict=True)
    for name in QUEUED:
        assert sum(task == name for _, _, _, task, _ in jobs) >= len(world.subjects)
    for written, lock, queueing_lock, name, _ in jobs:
        args = json.loads(written)
        assert set(args) == QUEUED[name]
        assert all(str(UUID(value)) == value for value in args.values())
        assert (lock, queueing_lock) == (args.get("referral_id"), None)
    assert not any(STEM in row for row in rows)


@pytest.fixture
def take_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[object], object]]:
    """The job of an office's request, run on Wednesday in a transaction that sees nothing; it is taken back."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return AT.astimezone(tz)

    monkeypatch.setattr(tasks, "datetime", Stopped)
    monkeypatch.setattr(tasks.connections, "close_all", lambda: None)  # it is the connection of the test

    def run(key: object) -> object:
        set_scope(Scope((), DAY))
        assert asked("SELECT count(*) FROM referrals_officerequest") == [(0,)]
        return app.tasks[OFFICE_TASK].func(request_id=str(key))

    with transaction.atomic():
        yield run
        transaction.set_rollback(True)


def test_the_job_of_an_offices_request_sees_it_by_a_scope_of_its_own(world: World, take_in) -> None:  # type: ignore[no-untyped-def]
    mine = world.subjects["own"].from_office
    set_scope(Scope(None, DAY))
    ((key,),) = asked("UPDATE referrals_officerequest SET held_at = NULL WHERE number = %s RETURNING id", [mine])
    assert take_in(key) == "held", "the name is written otherwise, and nothing else is trusted"
    set_scope(Scope(None, DAY))
    assert asked("SELECT held_at FROM referrals_officerequest WHERE id = %s", [key]) == [(AT,)]


def test_the_key_of_anything_else_makes_the_job_do_nothing(world: World, take_in) -> None:  # type: ignore[no-untyped-def]
    set_scope(Scope(None, DAY))
    ((settled,),) = asked(
        "SELECT id FROM referrals_officerequest WHERE number = %s", [world.subjects["own"].from_office]
    )
    before = rows_written()
    for subject in world.subjects.values():
        for key in (settled, uuid4(), subject.member, subject.referral, subject.letter, subject.paper):
            assert take_in(key) == "done before"
    assert rows_written() == before
    with pytest.raises(ValueError, match="UUID"):
        take_in("x' OR '1'='1")

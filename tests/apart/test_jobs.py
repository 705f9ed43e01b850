"""A job names rows by their keys and nothing else, so the queue, which no policy guards, tells of nobody."""

from __future__ import annotations

import inspect
import json
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from apart.test_every_table import asked
from apart.world import STEM, World

KEYS = {"letter_id", "referral_id"}
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
    assert len(jobs) >= len(world.subjects)
    for written, lock, queueing_lock, _, _ in jobs:
        args = json.loads(written)
        assert set(args) == KEYS
        assert all(str(UUID(value)) == value for value in args.values())
        assert (lock, queueing_lock) == (args["referral_id"], None)
    assert not any(STEM in row for row in rows)

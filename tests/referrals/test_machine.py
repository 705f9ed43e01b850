"""The machine lives through the whole table; what it promises is written beside it (machine.py)."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from referrals.machine import Life

LIVES = int(os.environ.get("SECONDOPINION_LIVES", "30"))
STEPS_EACH = 20
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.mark.parametrize("part", range(2))
def test_whatever_people_try_the_history_leads_to_the_state_and_every_promise_holds(there, part):
    Life.there = there
    # A failing life is long and costs minutes to shorten, so it is shown as it was.
    rules = settings(max_examples=LIVES, stateful_step_count=STEPS_EACH, deadline=None, suppress_health_check=QUIET,
                     derandomize=part == 0, database=None, phases=(Phase.generate,))  # fmt: skip
    run_state_machine_as_test(Life, settings=rules)

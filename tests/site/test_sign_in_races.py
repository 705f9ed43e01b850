"""Many tries at the same instant: each is counted, and no code opens two browsers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client

from arriving import Clock, code_at, give_app, type_code, type_password
from county import TODAY, county
from secondopinion.people.models_signing_in import SignInEntry
from secondopinion.people.rls import plan_scope
from secondopinion.people.signing_in import TRIES

AT_ONCE = 12


@pytest.fixture
def clock(committed: None, monkeypatch: pytest.MonkeyPatch) -> Clock:
    with plan_scope(TODAY):
        county()
    give_app("nurse@plan")
    return Clock(monkeypatch)


def test_tries_side_by_side_do_not_get_past_the_count(clock: Clock) -> None:
    together = Barrier(AT_ONCE)

    def tries(at: int) -> int:
        try:
            client = Client()
            together.wait(timeout=30)
            return type_password(client, "nurse@plan", f"wrong {at}").status_code  # type: ignore[no-any-return]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        statuses = Counter(threads.map(tries, range(AT_ONCE)))
    assert statuses == {200: TRIES, 429: AT_ONCE - TRIES}
    counted = Counter(SignInEntry.objects.values_list("what", flat=True))
    assert counted == {"refused": TRIES, "locked": AT_ONCE - TRIES}


def test_one_code_opens_one_of_two_browsers(clock: Clock) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        type_password(browser, "nurse@plan")
    code, together = code_at(clock.now), Barrier(2)

    def types(browser: Client) -> int:
        try:
            together.wait(timeout=30)
            return type_code(browser, code).status_code  # type: ignore[no-any-return]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(types, browsers)) == [200, 302]

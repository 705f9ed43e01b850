"""The world, made once for a file of tests that changes nothing in it, and a front door on Wednesday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

import pytest
import pytest_django
from django.db import connections

from apart.world import AT, World, make
from emptying import empty_tables
from secondopinion.site import front
from secondopinion.site.database import Address


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker, test_owner: Address,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:  # fmt: skip
    """The world, committed. Whoever writes in it takes it back; afterwards the owner empties it."""
    with django_db_blocker.unblock():
        yield make(tmp_path_factory.mktemp("print-house"))
        connections.close_all()
    empty_tables(test_owner)


@pytest.fixture(autouse=True)
def on_wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are asked on Wednesday 2026-11-25 at 10:00 in California."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return AT.astimezone(tz)

    monkeypatch.setattr(front, "datetime", Stopped)

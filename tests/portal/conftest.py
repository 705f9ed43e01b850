"""The ground of the Member's page: the small county, committed, a clock in the test's hand, and a page just given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import pytest

from county import NOW, TODAY, County, county
from desk.life import again, authorized
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import pages
from secondopinion.referrals.models import Referral
from secondopinion.referrals.pages import Given
from secondopinion.site import front


@pytest.fixture
def place(committed: None) -> County:
    """The small county, on Monday 2026-11-23."""
    with plan_scope(TODAY):
        return county()


@pytest.fixture(autouse=True)
def front_door_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Pages are asked on Monday 2026-11-23 at 10:00 in California; call it to ask at another instant."""

    def stop(at: datetime) -> None:
        class Stopped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return at.astimezone(tz)

        monkeypatch.setattr(front, "datetime", Stopped)

    stop(NOW)
    return stop


@pytest.fixture
def referral(place: County) -> Referral:
    """Member One's referral, authorized by the policy itself."""
    return authorized(place)


@pytest.fixture
def given(place: County, referral: Referral) -> Given:
    """A page for Member One, given a moment ago."""
    with plan_scope(TODAY):
        return pages.give(again(referral), place.person("intake@plan"), NOW)

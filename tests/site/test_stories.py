"""The made-up referrals were told through the doors, so their histories, clocks and letters hold."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from secondopinion.letters.models import Letter
from secondopinion.people.models import HealthNetwork
from secondopinion.people.rls import Scope, set_scope
from secondopinion.referrals.access import work_list
from secondopinion.referrals.checks.every import EVERY
from secondopinion.referrals.models import Referral, RunningClock
from secondopinion.referrals.overnight import differences
from secondopinion.site.seeding import seed
from secondopinion.site.stories import STORIES, staff

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # Monday 10:00 in California
TODAY = date(2026, 11, 23)


@pytest.fixture
def told(as_plan: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    monkeypatch.setattr(settings, "PRINT_HOUSE", tmp_path)
    seed(NOW)
    return tmp_path


def test_the_first_work_list_is_alive(told: Path) -> None:
    states = Counter(Referral.objects.values_list("state", flat=True))
    assert states == {
        "received": 2, "nurse_review": 2, "physician_review": 3, "awaiting_information": 1, "authorized": 1,
        "scheduled": 1, "seen": 1, "closed": 1, "denied": 1, "withdrawn": 1,
    }  # fmt: skip
    assert sum(states.values()) == len(STORIES)
    # Every check holds: nothing was written past the door.
    assert list(differences(checks=EVERY, now=NOW)) == []
    # One referral is late, and the list starts with it.
    late = Referral.objects.filter(due_at__lt=NOW).exclude(state__in=("closed", "denied", "withdrawn"))
    first = work_list(staff("nurse@plan", NOW))[0]
    assert [r.number for r in late] == [first.number]
    # What a story mailed lies in the print house; a letter that waits has no paper yet.
    mailed = Letter.objects.filter(mailed_at__isnull=False)
    printed = [path for path in told.glob("*/*.pdf") if "-enclosure-" not in path.name]
    assert mailed.count() == len(printed) > 10
    assert not Letter.objects.filter(mailed_at__isnull=True).exists()
    # No notice clock of a story was missed: those letters left in time.
    missed = [c for c in RunningClock.objects.exclude(kind="decision") if c.due_at and c.stopped_at is None]
    assert [c.kind for c in missed if c.due_at and c.due_at < NOW] == []
    # The Members that the guides' samples name start without a referral.
    assert not Referral.objects.filter(member__member_id__in=("M0000001", "1122334455")).exists()


def test_stories_are_told_once(told: Path) -> None:
    before = Referral.objects.count()
    assert seed(NOW).added == 0
    assert Referral.objects.count() == before


def test_each_network_has_something_to_do(told: Path) -> None:
    for key, name in (("citrus", "Citrus Valley Medical Group"), ("harbor", "Harbor Light Physicians")):
        person = staff(f"nurse@{key}", NOW)
        network = HealthNetwork.objects.get(name=name)
        set_scope(Scope((network.pk,), TODAY))
        assert list(work_list(person)), key
        set_scope(Scope(None, TODAY))


def test_a_first_start_on_a_sunday_night_after_holidays_works_too(
    as_plan: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    monkeypatch.setattr(settings, "PRINT_HOUSE", tmp_path)
    seed(datetime(2026, 11, 30, 5, 30, tzinfo=UTC))  # Sunday 2026-11-29, 21:30 in California
    assert Referral.objects.count() == len(STORIES)

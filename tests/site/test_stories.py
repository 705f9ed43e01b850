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
from secondopinion.referrals.sweep import due_steps
from secondopinion.site.seeding import seed
from secondopinion.site.stories import STORIES
from secondopinion.site.telling import staff

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
        "received": 4, "nurse_review": 2, "physician_review": 2, "awaiting_information": 2, "visit_review": 1,
        "authorized": 5, "scheduled": 1, "seen": 2, "closed": 2, "denied": 1, "deemed_denied": 1, "dismissed": 1,
        "withdrawn": 1,
    }  # fmt: skip
    # Every story is one referral, but that of the third opinion, which is two.
    assert sum(states.values()) == len(STORIES) + 1
    # Every check holds: nothing was written past the door.
    assert list(differences(checks=EVERY, now=NOW)) == []
    # One referral is late, and the list starts with it.
    late = Referral.objects.filter(due_at__lt=NOW)
    first = work_list(staff("nurse@plan", NOW))[0]
    assert [(r.number, r.state, r.due_kind) for r in late] == [(first.number, "seen", "report")]
    # The house has done what it had to do at its time: a sweep of this minute finds nothing.
    assert due_steps(NOW) == ()
    set_scope(Scope(None, TODAY))
    # What a story mailed lies in the print house; a letter that waits has no paper yet.
    mailed = Letter.objects.filter(mailed_at__isnull=False)
    printed = [path for path in told.glob("*/*.pdf") if "-enclosure-" not in path.name]
    assert mailed.count() == len(printed) > 10
    left = Letter.objects.filter(mailed_at__isnull=True)
    assert not left.exists(), list(left.values_list("kind", "recipient_role", "recipient_name"))
    # No clock of a letter was missed: they left in time. What was missed is what the stories say.
    missed = RunningClock.objects.filter(outcome="missed").values_list("kind", flat=True)
    assert set(missed) == {"decision", "appointment"}, (
        "nobody decided for the heart; an appointment was not made in time"
    )
    # The Members that the guides' samples name start without a referral.
    assert not Referral.objects.filter(member__member_id__in=("M0000001", "1122334455")).exists()


def test_stories_are_told_once(told: Path) -> None:
    before = Referral.objects.count()
    assert seed(NOW).added == 0
    assert Referral.objects.count() == before


BRANCHES = {
    "a representative whose authority is awaited": {"state": "received", "representative_needed": True},
    "more time taken": {"state": "awaiting_information", "extension_days": 14},
    "time ran out, appealed": {"state": "deemed_denied", "appeal_resolved_at": None, "appeal_expedited": True},
    "a choice kept to the network": {"state": "authorized", "decision": "limit"},
    "an agreement sent to a doctor outside": {"state": "authorized", "agreement": "drafted", "member_pays": 0},
    "a visit found by a claim": {"state": "visit_review", "found_by": "claim"},
    "a report that differs": {"state": "closed", "report__agrees": False},
    "the third opinion after it": {"state": "authorized", "opinion_number": 3, "follows__report__agrees": False},
    "reminded, no appointment": {"state": "authorized", "reminded_at__isnull": False, "appointment_at": None},
    "a request that may be an appeal": {"state": "received", "maybe_appeal_of__state": "denied"},
    "a dismissal that can be taken back": {"state": "dismissed", "decision": "dismiss"},
    "a report that was asked for once": {"state": "seen", "chased": 1},
}


def test_each_branch_has_something_alive_to_look_at(told: Path) -> None:
    found = {branch: Referral.objects.filter(**what).count() for branch, what in BRANCHES.items()}
    assert found == dict.fromkeys(BRANCHES, 1)


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
    assert Referral.objects.count() == len(STORIES) + 1

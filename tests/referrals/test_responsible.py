"""Who may decide after a merger and after a delegation: from the first midnight on, and not before (II.L)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from county import TODAY, County, county
from referrals.test_moves import MERGED_ON, MIDNIGHT, received
from secondopinion.people.models import Delegation, Succession
from secondopinion.people.rls import Scope, plan_scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.sweep import take_due
from secondopinion.referrals.told import TakeUp


@pytest.mark.clause("II.L")
def test_after_a_merger_the_successor_decides_and_the_old_network_does_not(there: County) -> None:
    Delegation.objects.create(network=there.sierra, program="medi-cal", from_on=MERGED_ON)
    referral = received(there)
    Succession.objects.create(predecessor=there.citrus, successor=there.sierra, from_on=MERGED_ON, why="Merger")
    old = there.person("nurse@citrus", MERGED_ON)
    set_scope(old.scope(MERGED_ON))
    with pytest.raises(Refused, match="stands in the place of the one that was"):
        advance(referral.pk, TakeUp(), person=old, now=MIDNIGHT)
    heir = there.person("nurse@sierra", MERGED_ON)
    set_scope(heir.scope(MERGED_ON))
    assert advance(referral.pk, TakeUp(), person=heir, now=MIDNIGHT).state == "nurse_review"


@pytest.mark.clause("II.L")
def test_from_the_day_a_delegation_has_ended_the_plan_decides_what_is_still_open(there: County) -> None:
    referral = received(there)
    Delegation.objects.filter(network=there.citrus).update(to_on=date(2026, 11, 30))  # a Monday
    old = there.person("nurse@citrus", MERGED_ON)
    set_scope(old.scope(MERGED_ON))
    with pytest.raises(Refused, match="is not any more"):
        advance(referral.pk, TakeUp(), person=old, now=MIDNIGHT)
    set_scope(Scope(None, MERGED_ON))
    assert advance(referral.pk, TakeUp(), person=there.person("nurse@plan", MERGED_ON), now=MIDNIGHT)


@pytest.mark.clause("II.L")
def test_a_merger_at_midnight_is_written_into_every_open_referral_once_and_no_clock_moves(committed: None) -> None:
    merged_on = date(2026, 11, 27)  # a Friday
    midnight = datetime(2026, 11, 27, tzinfo=PACIFIC)
    with plan_scope(TODAY):
        there = county()
        Delegation.objects.create(network=there.sierra, program="medi-cal", from_on=merged_on)
        Succession.objects.create(predecessor=there.citrus, successor=there.sierra, from_on=merged_on, why="Merger")
        dues = dict(_open(there) for _ in range(20))
    assert take_due(midnight - timedelta(seconds=1)).taken == {}
    assert take_due(midnight).taken == {"carry_over": 20}
    assert take_due(midnight + timedelta(minutes=1)).taken == {}
    with plan_scope(merged_on):
        assert dict(Referral.objects.values_list("pk", "due_at")) == dues
        said = Event.objects.filter(step="carry_over").values_list("details", flat=True)
        assert [details["network"] for details in said] == ["Sierra Oak Health"] * 20
        assert list(differences()) == []


def _open(there: County) -> tuple[UUID, datetime | None]:
    referral = received(there)
    return referral.pk, referral.due_at

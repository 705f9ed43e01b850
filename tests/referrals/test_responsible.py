"""Who may decide after a merger and after a delegation: from the first midnight on, and not before (II.L)."""

from __future__ import annotations

from datetime import date

import pytest

from county import County
from referrals.test_moves import MERGED_ON, MIDNIGHT, received
from secondopinion.people.models import Delegation, Succession
from secondopinion.people.rls import Scope, set_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
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

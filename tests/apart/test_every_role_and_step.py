"""Every step x every role x the plan, the network that decides and another: only whom the table names may take it.

Each referral is brought to where the step can be taken, and what is told is whole, so that nothing but role and place
can stand in the way.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import transaction

from county import County, county
from referrals.ways import WAYS, way_to
from secondopinion.people.models import Delegation, Period, Role
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import Event, Referral

ROLES = (*Role.values, "member", "policy", "system")


@pytest.fixture
def there(as_plan: None) -> County:
    return county()


@pytest.mark.parametrize("name", WAYS)
def test_only_whom_the_table_names_may_take_a_step_and_only_where_the_request_is(there: County, name: str) -> None:
    way, step = way_to(name, there), STEPS[name]
    day = way.now.astimezone(PACIFIC).date()
    before = Referral.objects.get(pk=way.referral)
    delegated = before.decider == "network" and Delegation.objects.filter(
        Period.covering(day), network=before.network, program=before.program, function="second-opinion-authorization"
    ).exists()  # fmt: skip
    decides = before.network_id if delegated else None
    wrong, cells = [], 0
    for place, network in (("plan", None), ("citrus", there.citrus.pk), ("sierra", there.sierra.pk)):
        sees = network is None or before.network_id == network
        for role in ROLES:
            house = role in ("policy", "system")
            in_time = not step.decider_only or house or decides == network
            expected = sees and in_time and role in {each.value for each in step.by}
            person = replace(way.person, roles=frozenset({role}), network=network)
            took = False
            with transaction.atomic():
                set_scope(Scope(None if network is None else (network,), day))
                try:
                    advance(way.referral, way.told, person=person, now=way.now)
                    took = True
                except Refused:
                    pass
                set_scope(Scope(None, day))
                took = took or Event.objects.filter(referral=way.referral).count() != before.position
                transaction.set_rollback(True)
            cells += 1
            if role == "member" and expected:
                continue  # what a Member tells on a page of the Member's own is told otherwise: tests/portal
            if took is not expected:
                wrong.append(f"{name} by {role} of {place}: {'taken' if took else 'refused'}")
    assert not wrong, "\n".join(wrong)
    assert cells == 3 * len(ROLES)

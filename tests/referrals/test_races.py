"""Two press the same step in the same instant: on PostgreSQL one is taken, the other is told, nothing is doubled."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from county import NOW, county
from referrals.ways import WAYS, way_to
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import Event, Notice, Referral
from secondopinion.referrals.overnight import differences


@pytest.mark.parametrize("name", WAYS)
def test_of_two_who_press_a_step_at_once_one_takes_it(committed, name):
    with plan_scope(NOW.date()):
        way = way_to(name, county())
        seen = Referral.objects.values_list("position", flat=True).get(pk=way.referral)
    start, outcomes = threading.Barrier(2), []

    def press():
        try:
            with plan_scope(way.now.date()):
                start.wait()
                outcomes.append(advance(way.referral, way.told, person=way.person, now=way.now, seen=seen).position)
        except Refused as refused:
            outcomes.append(str(refused))
        finally:
            connections.close_all()

    both = [threading.Thread(target=press) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(map(str, outcomes))[0] == str(seen + 1)
    assert any("has moved on" in str(outcome) for outcome in outcomes)
    with plan_scope(way.now.date()):
        referral = Referral.objects.get(pk=way.referral)
        assert referral.position == seen + 1
        assert Event.objects.filter(referral=referral, step=name, position__gt=seen).count() == 1
        kinds = list(Notice.objects.filter(referral=referral, position=seen + 1).values_list("kind", "recipient_role"))
        assert len(kinds) == len(set(kinds))
        assert set(STEPS[name].always) <= {kind for kind, _ in kinds}
        assert list(differences([referral.number])) == []

"""Is a referral the work of the person who opens it? Where it is not, the person says why (45 CFR 164.312(b))."""

from __future__ import annotations

from datetime import datetime, timedelta

from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.access import OWN_CLOCKS
from secondopinion.referrals.lifecycle import steps_from
from secondopinion.referrals.models import Event, Referral, RunningClock
from secondopinion.referrals.states import FINISHED, State


def is_own_work(found: Referral, person: Person, now: datetime) -> bool:
    """Is there something to do on this referral for one of the person's roles, or did the person just do it?

    At a Health Network every referral that can be seen is its own.
    """
    if person.network is not None:
        return True
    if found.state not in FINISHED or found.due_at is not None:
        clocks = [kind for role in person.roles for kind in OWN_CLOCKS.get(role, ())]
        running = RunningClock.objects.filter(
            referral=found, kind__in=clocks, stopped_at__isnull=True, due_at__isnull=False
        )
        if steps_from(State(found.state), person.roles) or (clocks and running.exists()):
            return True
    days = value("privacy.own_work", now.astimezone(PACIFIC).date()).number
    own = Event.objects.filter(
        referral=found, actor=person.name, actor_staff=person.staff_id, at__gte=now - timedelta(days=days)
    )
    return own.exists()

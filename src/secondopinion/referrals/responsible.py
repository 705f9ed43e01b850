"""Who answers for a referral on a day: the entity of receipt, its successor after a merger, or the plan (II.L)."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from secondopinion.people.delegation import Responsible, responsible_for
from secondopinion.people.find import health_network
from secondopinion.people.models import HealthNetwork
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.calendar import PACIFIC

PLAN = "plan"


class Received(Protocol):
    """A referral, as a row or as a snapshot: whose it was on the day of receipt."""

    @property
    def network_id(self) -> UUID | None: ...
    @property
    def program(self) -> str: ...
    @property
    def decider(self) -> str: ...


def responsible(received: Received, now: datetime) -> Responsible:
    """Who decides on the Pacific day of `now`."""
    day = now.astimezone(PACIFIC).date()
    return responsible_for(received.network_id, received.program, received.decider, day)


def entity(who: Responsible) -> str:
    """The entity in one word, as a referral keeps it once it was carried over: the network's id, or the plan."""
    return PLAN if who.network is None else str(who.network)


def may_decide(received: Received, person: Person, now: datetime) -> bool:
    """Does the person work for the entity that decides on that day?"""
    return responsible(received, now).network == person.network


def deciding_network(received: Received, now: datetime) -> HealthNetwork | None:
    """The Health Network that decides on that day; none: the plan."""
    return health_network(responsible(received, now).network)


def decider_name(received: Received, now: datetime) -> str:
    """Who decides on that day, by name."""
    network = deciding_network(received, now)
    return network.name if network else the_plan().name

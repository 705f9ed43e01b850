"""The only way to a referral for a person: `visible_to`. Row-level security is the second guard behind it."""

from __future__ import annotations

from django.db.models import QuerySet

from secondopinion.people.person import Person
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import OPEN, Referral


def visible_to(person: Person) -> QuerySet[Referral]:
    """The referrals a person may see: all of them at the plan, those of the network at a Health Network."""
    everything = Referral.objects.select_related("member", "network", "professional")
    return everything if person.network is None else everything.filter(network_id=person.network)


def one(person: Person, number: str) -> Referral:
    """One referral by its number. Unknown and not yours are the same answer."""
    found = visible_to(person).filter(number=number).first()
    if found is None:
        raise Refused("There is no such referral here. Check the number, or whose network you are signed in for.")
    return found


def work_list(person: Person) -> QuerySet[Referral]:
    """Open referrals, the one with the least time left first."""
    return visible_to(person).filter(OPEN).order_by("due_at", "id")

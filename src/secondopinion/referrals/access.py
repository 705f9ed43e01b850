"""The only way to a referral for a person: `visible_to`. Row-level security is the second guard behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.db.models import DateField, Exists, Func, OuterRef, Q, QuerySet, Subquery

from secondopinion.people.models import NetworkAssignment, Period
from secondopinion.people.person import Person
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import OPEN, Referral, RunningClock
from secondopinion.referrals.sensitive import sees_sensitive, without_sensitive
from secondopinion.referrals.states import GOING_ON

TO_HONOUR = tuple(state.value for state in GOING_ON)
TODAY = Func(function="app.today", output_field=DateField())  # the day of the transaction's scope

# The clocks that are a role's own: who works through the list by the earliest of these, and of no other.
OWN_CLOCKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "contracting": ("agreement",),
        "appeals": (
            "appeal-acknowledge", "appeal-resolve", "appeal-refusal-told", "appeal-refusal-written", "appeal-written",
            "external-review", "hearing-packet", "complaint-acknowledge", "complaint-resolve",
        ),
    }
)  # fmt: skip


def visible_to(person: Person) -> QuerySet[Referral]:
    """The referrals a person may see: all of them at the plan, those of their networks at a Health Network.

    A Health Network also sees, to read, what another has authorized for a Member who is its own today.
    """
    # Reading: who was responsible at receipt decides; the network that the Member moves to honours what was
    # authorized until it is finished, and changes nothing in it.
    if person.network is None:
        return _seen_by(person)
    present = NetworkAssignment.objects.filter(
        Period.covering(TODAY), member=OuterRef("member"), network_id__in=person.networks
    )
    return _seen_by(person).filter(_of_its_own(person) | (Q(state__in=TO_HONOUR) & Exists(present)))


def _seen_by(person: Person) -> QuerySet[Referral]:
    """Everything, but for what is sensitive where the person's roles need not know it.

    Contracting sees a sensitive referral while an agreement is to be made for it: that is work of its own.
    """
    if sees_sensitive(person):
        return _everything()
    own = RunningClock.objects.filter(
        referral=OuterRef("pk"), kind__in=OWN_CLOCKS["contracting"], stopped_at=None, due_at__isnull=False
    )
    plain = Q(pk__in=without_sensitive(Referral.objects.all()).values("pk"))
    return _everything().filter(plain | Exists(own) if person.is_a("contracting") else plain)


def _everything() -> QuerySet[Referral]:
    return Referral.objects.select_related("member", "network", "professional")


def _of_its_own(person: Person) -> Q:
    """The referrals of the person's network, and of those in whose place it stands."""
    return Q(network_id__in=person.networks) if person.predecessors else Q(network_id=person.network)


def one(person: Person, number: str) -> Referral:
    """One referral by its number. Unknown and not yours are the same answer."""
    found = visible_to(person).filter(number=number).first()
    if found is None:
        raise Refused("There is no such referral here. Check the number, or whose network you are signed in for.")
    return found


def work_list(person: Person) -> QuerySet[Referral]:
    """Open referrals that are the person's to work on, the one with the least time left first."""
    return _to_work_on(person).filter(OPEN).order_by("due_at", "id")


def with_a_clock(person: Person, due_from: datetime | None = None) -> QuerySet[Referral]:
    """The part of the work list on which a clock runs, from a due instant on; the least time left first."""
    # A running clock makes a referral open. Each of these conditions implies the others, and PostgreSQL would multiply
    # their odds: it would expect a handful of rows, and sort ten thousand instead of reading fifty from the index.
    running = Q(due_at__isnull=False) if due_from is None else Q(due_at__gte=due_from)
    return _to_work_on(person).filter(running).order_by("due_at", "id")


def by_own_clock(person: Person, role: str, due_from: datetime | None = None) -> QuerySet[Referral]:
    """The referrals on which a clock of the role's own runs, from a due instant on; the least time left first.

    `own_due_at` and `own_kind` are that clock. Raises KeyError for a role that has none of its own.
    """
    own = RunningClock.objects.filter(
        referral=OuterRef("pk"), kind__in=OWN_CLOCKS[role], stopped_at=None, due_at__isnull=False
    ).order_by("due_at")
    rows = _to_work_on(person).annotate(
        own_due_at=Subquery(own.values("due_at")[:1]), own_kind=Subquery(own.values("kind")[:1])
    )
    running = Q(own_due_at__isnull=False) if due_from is None else Q(own_due_at__gte=due_from)
    return rows.filter(running).order_by("own_due_at", "id")


def _to_work_on(person: Person) -> QuerySet[Referral]:
    return _seen_by(person) if person.network is None else _seen_by(person).filter(_of_its_own(person))

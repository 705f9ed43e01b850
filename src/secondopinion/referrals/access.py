"""The only way to a referral for a person: `visible_to`. Row-level security is the second guard behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Final

from django.db.models import DateField, Exists, Func, OuterRef, Q, QuerySet, Subquery

from secondopinion.people.delegation import Part
from secondopinion.people.models import Member, NetworkAssignment, Period
from secondopinion.people.person import Person
from secondopinion.people.prepared import Prepared
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.change import Taken
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import OPEN, Referral, RunningClock
from secondopinion.referrals.sensitive import sees_sensitive, without_sensitive
from secondopinion.referrals.states import GOING_ON, UNDECIDED

TO_HONOUR = tuple(state.value for state in GOING_ON)
TO_DECIDE = tuple(state.value for state in UNDECIDED)
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
BY_KEY = Prepared(lambda given: Referral.objects.filter(pk=given("id")))


def visible_to(person: Person) -> QuerySet[Referral]:
    """The referrals a person may see: all of them at the plan, those of their networks at a Health Network.

    A sub-delegate's staff see what their network has handed on to it.
    A Health Network also sees, to read, what another has authorized for a Member who is its own today.
    """
    # Reading: who was responsible at receipt decides; the network that the Member moves to honours what was
    # authorized until it is finished, and changes nothing in it.
    # Reading: a network keeps the records of what it received, and opens no page of a Member whom it may not see any
    # more. Asking for the Member's row says so for counts, too, which leave the join out.
    if person.network is None:
        return _seen_by(person)
    present = NetworkAssignment.objects.filter(
        Period.covering(TODAY), member=OuterRef("member"), network_id__in=person.networks
    )
    known = _seen_by(person).filter(Exists(Member.objects.filter(pk=OuterRef("member"))))
    if person.sub_delegate:
        return known.filter(_of_its_own(person))
    return known.filter(_of_its_own(person) | (Q(state__in=TO_HONOUR) & Exists(present)))


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
    """The referrals of the person's network and of those in whose place it stands; for a sub-delegate, its part."""
    if person.sub_delegate:
        return reduce(or_, (_of_the_part(part) for part in person.parts), Q(pk__in=()))
    return Q(network_id__in=person.networks) if person.predecessors else Q(network_id=person.network)


def _of_the_part(part: Part) -> Q:
    """The referrals that a network has handed on: of the program, received on the part's days."""
    came = Q(network_id=part.network, program=part.program, received_at__gte=_midnight(part.from_on))
    return came if part.to_on is None else came & Q(received_at__lt=_midnight(part.to_on + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PACIFIC)


def one(person: Person, number: str) -> Referral:
    """One referral by its number. Unknown and not yours are the same answer."""
    found = visible_to(person).filter(number=number).first()
    if found is None:
        raise Refused("There is no such referral here. Check the number, or whose network you are signed in for.")
    return found


def similar(person: Person, member: Member, now: datetime, *, days: int = 30) -> list[Referral]:
    """Referrals of the same Member that look like the same request: undecided, or received in the last days."""
    recent = Q(received_at__gte=now - timedelta(days=days))
    return list(visible_to(person).filter(recent | Q(state__in=TO_DECIDE), member=member))


def just_taken(taken: Taken) -> Referral:
    """The referral on which a step was just taken, for whoever took it."""
    return BY_KEY.all(id=taken.referral_id)[0]


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

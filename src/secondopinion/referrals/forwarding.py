"""A misdirected request (GG.1538 II.L): sent on at once, never refused, and its clock never starts again.

The entity that got it by mistake writes down what came and sends it on; the one that gets it takes it in as a
referral whose receipt is still the first arrival anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from secondopinion.people.delegation import successor_of
from secondopinion.people.find import health_network
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import decision_clocks
from secondopinion.referrals.access import one
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Channel, Referral
from secondopinion.referrals.models_forwarding import Forwarded
from secondopinion.referrals.receive import checked_instant

OPEN = Q(taken_by__isnull=True, sent_on_at__isnull=True)
PING_PONG = 2  # hops from which on somebody must call instead of sending on once more
GONE = "This request has been taken in or sent on already, or it was not sent to you. Go back to the work list."


@dataclass(frozen=True, slots=True)
class Misdirected:
    """A request as it came to the wrong door. `who` names the Member as the request does."""

    received_at: datetime | None
    channel: str
    urgency: str
    who: str
    asked_by: str
    words: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A forwarded request that waits to be taken in: from whom, by when, and whether it is being sent to and fro."""

    forwarded: Forwarded
    sender: str
    due_at: datetime | None
    ping_pong: bool


def forward(said: Misdirected, *, to: UUID | None, person: Person, now: datetime) -> Forwarded:
    """Send a misdirected request on to a Health Network, or to the plan (None). Raises `Refused`; then nothing is kept.

    After a merger it goes to the network that stands in the named one's place.
    """
    received_at = checked_instant(said.received_at, now)
    _check_said(said)
    return Forwarded.objects.create(
        from_network_id=person.network,
        to_network_id=_target(to, person, now),
        received_at=received_at,
        channel=said.channel,
        urgency=said.urgency,
        who=said.who.strip(),
        asked_by=said.asked_by.strip(),
        words=said.words.strip(),
        forwarded_at=now,
        forwarded_by=person.name,
    )


def forward_again(forwarded_id: UUID, *, to: UUID | None, person: Person, now: datetime) -> Forwarded:
    """Send on what was sent here by mistake. What came with it, and the first receipt, go along unchanged.

    Raises `Refused`.
    """
    before = _locked(forwarded_id, person)
    target = _target(to, person, now)
    before.sent_on_at = now
    before.save(update_fields=("sent_on_at",))
    return Forwarded.objects.create(
        from_network_id=person.network,
        to_network_id=target,
        earlier=before,
        hops=before.hops + 1,
        received_at=before.received_at,
        channel=before.channel,
        urgency=before.urgency,
        who=before.who,
        asked_by=before.asked_by,
        words=before.words,
        forwarded_at=now,
        forwarded_by=person.name,
    )


def waiting_for(person: Person) -> list[Waiting]:
    """What was forwarded to the person's entity and waits to be taken in, the first received first."""
    return [_waiting(each) for each in _open_for(person).select_related("from_network")]


def waiting(forwarded_id: UUID, person: Person) -> Waiting:
    """One forwarded request that waits for the person's entity. Raises `Refused`."""
    found = _open_for(person).select_related("from_network").filter(pk=forwarded_id).first()
    if found is None:
        raise Refused(GONE)
    return _waiting(found)


def sent_here(forwarded_id: UUID, person: Person) -> Waiting:
    """A request that was forwarded to the person's entity, whatever became of it since. Raises `Refused`."""
    found = Forwarded.objects.filter(_is("to_network", person), pk=forwarded_id).select_related("from_network").first()
    if found is None:
        raise Refused(GONE)
    return _waiting(found)


def sent_by(person: Person) -> list[Forwarded]:
    """What the person's entity has sent on and nobody has taken in yet, the first received first."""
    return list(
        Forwarded.objects.filter(_is("from_network", person), OPEN)
        .select_related("to_network")
        .order_by("received_at", "id")
    )


def take(forwarded_id: UUID, number: str, *, person: Person, now: datetime) -> Forwarded:
    """Say which referral a forwarded request has become. Raises `Refused`.

    The referral may have been received earlier, where the request had come by two doors; never later.
    """
    found = _locked(forwarded_id, person)
    referral: Referral = one(person, number)
    if referral.received_at > found.received_at:
        raise Refused(
            "The referral counts from a later receipt than the forwarded request. The clock runs from the first "
            "arrival anywhere: take the request in with the instant that was sent along."
        )
    found.taken_by, found.taken_at, found.taken_in_by = referral, now, person.name
    found.save(update_fields=("taken_by", "taken_at", "taken_in_by"))
    return found


def _check_said(said: Misdirected) -> None:
    if said.channel not in Channel.values:
        raise Refused(f"“{said.channel}” is no way in. Use one of: {', '.join(Channel.values)}.")
    if said.urgency not in {u.value for u in Urgency}:
        raise Refused("The urgency must be standard or expedited.")
    for given, what in ((said.who, "who the Member is"), (said.asked_by, "who asks"), (said.words, "what is asked")):
        if not given.strip():
            raise Refused(
                f"One thing is missing: {what}. Write down what the request says, so that nobody has to ask again."
            )


def _target(to: UUID | None, person: Person, now: datetime) -> UUID | None:
    if to is not None:
        if health_network(to) is None:
            raise Refused("There is no such Health Network. Choose one of the list, or the plan.")
        to = successor_of(to, now.astimezone(PACIFIC).date())
    if to == person.network or to in person.networks:
        raise Refused("This request is at your own desk already. Choose whose Member it is, or send it to the plan.")
    return to


def _open_for(person: Person) -> QuerySet[Forwarded]:
    return Forwarded.objects.filter(_is("to_network", person), OPEN).order_by("received_at", "id")


def _is(column: str, person: Person) -> Q:
    """The condition that a column names the person's entity: the plan by none, a network by itself or a predecessor."""
    return Q(**{f"{column}__isnull": True}) if person.network is None else Q(**{f"{column}__in": person.networks})


def _locked(forwarded_id: UUID, person: Person) -> Forwarded:
    """The row, locked until the transaction ends, when it still waits for the person's entity."""
    found = Forwarded.objects.select_for_update().filter(_is("to_network", person), OPEN, pk=forwarded_id).first()
    if found is None:
        raise Refused(GONE)
    return found


def _waiting(each: Forwarded) -> Waiting:
    sender = each.from_network.name if each.from_network else the_plan().name
    return Waiting(each, sender, due_at(each), each.hops >= PING_PONG)


def due_at(each: Forwarded) -> datetime | None:
    """By when it must be decided, counted from the first receipt: the strictest clock runs."""
    return strictest(each.received_at, each.urgency)


def strictest(received_at: datetime, urgency_word: str) -> datetime | None:
    """By when a request must be decided of which nobody knows the program yet, nor what kind of opinion it is.

    The earliest over the programs, counted from the first receipt anywhere.
    """
    urgency, member = Urgency(urgency_word), Requester.MEMBER
    clocks = [
        clock.due_at
        for program in Program
        for clock in decision_clocks(
            Asked(program, received_at, None, urgency, member, Opinion.SECOND, About.SPECIALIST_CARE),
            prior_authorization=None,
        )
    ]
    return min((at for at in clocks if at is not None), default=None)

"""Who decides, by date: what is delegated to whom (GG.1538 II.L, GG.1541), and which network came after which.

Every question takes a day. A day begins at its midnight in California, so a merger or an end of delegation is true
from that midnight on and at no instant before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from secondopinion.people.models import Delegation, Period, SubDelegation, Succession
from secondopinion.people.prepared import Prepared
from secondopinion.policy.asked import Program
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.questions import Decider

DELEGATED = Prepared(
    lambda given: Delegation.objects.filter(
        Period.covering(given("on")),
        network=given("network"),
        program=given("program"),
        function=given("function"),
    ).values_list("pk")
)
SUCCESSIONS = Prepared(
    lambda given: (
        Succession.objects.filter(from_on__lte=given("on")).order_by("from_on").values_list("predecessor", "successor")
    )
)
HANDED_ON = Prepared(
    lambda given: (
        SubDelegation.objects.filter(
            entity=given("entity"),
            delegation__network=given("network"),
            delegation__function=Delegation.Function.AUTHORIZATION,
            from_on__lte=given("on"),
        )
        .order_by("delegation__program", "from_on")
        .values_list("delegation__program", "from_on", "to_on")
    )
)


class Part(NamedTuple):
    """What a network has handed on: its requests of a program, received from a day to a day (None: still)."""

    network: UUID
    program: str
    from_on: date
    to_on: date | None

    def covers(self, day: date) -> bool:
        """Is the day one of the part's?"""
        return self.from_on <= day and (self.to_on is None or self.to_on >= day)


class Responsible(NamedTuple):
    """Who decides: the plan (then `network` is None), or this Health Network."""

    decider: Decider
    network: UUID | None


def is_delegated(network: UUID, program: str, on: date, function: str = Delegation.Function.AUTHORIZATION) -> bool:
    """Has the plan delegated a function for a program to this very network on a day (II.L)?"""
    return bool(DELEGATED.rows(network=network, program=program, function=function, on=on))


def successor_of(network: UUID, on: date) -> UUID:
    """The network that stands in a network's place on a day: itself, unless another came after it by then."""
    return _last(network, _successions(on))


def predecessors_of(network: UUID, on: date) -> tuple[UUID, ...]:
    """Every network in whose place this one stands on a day, the oldest succession first; itself is none of them."""
    after = _successions(on)
    return tuple(earlier for earlier in after if _last(earlier, after) == network)


def responsible_for(
    network_at_receipt: UUID | None, program: str, decider: str, on: date, *, out_of_area: bool = False
) -> Responsible:
    """Who decides on a day a request for which `decider` ("plan" or "network") was responsible at receipt.

    `network_at_receipt` is the Member's Health Network on the day of receipt. `out_of_area`: the visit lies outside
    the service area. Raises ValueError for a decider or a program that the policy does not know.
    """
    # Reading: the entity responsible on the day of receipt decides, also when the Member has moved on since.
    # Reading: after a merger the successor decides what its predecessor had received, from the first midnight on.
    # Reading: a merger hands over the work, not the delegation: a successor to which this program is not delegated
    # on the day does not decide it; the plan does.
    # Reading: from the day on which the delegation has ended the plan decides what is still open.
    # Reading: what the plan was responsible for at receipt stays with the plan, whatever is delegated later.
    if Decider(decider) is Decider.PLAN or network_at_receipt is None:
        return Responsible(Decider.PLAN, None)
    network = successor_of(network_at_receipt, on)
    now = questions.who_decides(
        questions.edition_on(on), Program(program), is_delegated(network, program, on), out_of_area=out_of_area
    )
    return Responsible(now, network if now is Decider.NETWORK else None)


def handed_on(entity: str, network: UUID, on: date) -> tuple[Part, ...]:
    """What a sub-delegate of a network holds on a day; nothing before its first day, after its last, or since a merger.

    Each part is a stretch of days: a request is handed on when it was received on one of them.
    """
    # Reading: a sub-delegate sees the requests of its program that were received on its days, as long as it holds
    # the program: what came before is the network's own, and what it worked on is the network's again when it ends.
    # Reading: to see a request is part of deciding it; who prints or mails notices for a network is given letters by
    # the carriers and opens no page here.
    # Reading: after a merger nothing is handed on any more until the successor hands it on, with its own approval.
    if successor_of(network, on) != network:
        return ()
    parts = [Part(network, *row) for row in HANDED_ON.rows(entity=entity, network=network, on=on)]
    held = {part.program for part in parts if part.covers(on)}
    return tuple(part for part in parts if part.program in held)


def _successions(on: date) -> Mapping[UUID, UUID]:
    """Predecessor to successor, for all that took effect by a day."""
    return dict(SUCCESSIONS.rows(on=on))


def _last(network: UUID, after: Mapping[UUID, UUID]) -> UUID:
    """The end of the chain. It ends: the database refuses a circle."""
    while network in after:
        network = after[network]
    return network

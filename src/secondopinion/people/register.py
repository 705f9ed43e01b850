"""The register of delegation as it stands on a day: network by network, program by program, function by function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from secondopinion.people.models import Delegation, HealthNetwork, Period, SubDelegation, Succession
from secondopinion.policy.asked import Program

FUNCTIONS = tuple(Delegation.Function)


@dataclass(frozen=True, slots=True)
class Held:
    """One function of one program: the delegation in force on the day, else the last that ended, the next to come."""

    function: Delegation.Function
    now: Delegation | None
    ended: Delegation | None
    coming: Delegation | None


@dataclass(frozen=True, slots=True)
class ForProgram:
    """What one network holds for one program, every function there is."""

    program: Program
    held: tuple[Held, ...]

    @property
    def decides(self) -> Held:
        """The function that says who decides requests for second opinions."""
        return next(each for each in self.held if each.function is Delegation.Function.AUTHORIZATION)


@dataclass(frozen=True, slots=True)
class NetworkOn:
    """One network on a day. `gone_over`: the succession by which another stands in its place, if one does."""

    network: HealthNetwork
    programs: tuple[ForProgram, ...]
    gone_over: Succession | None


def register_on(on: date) -> tuple[NetworkOn, ...]:
    """Every network by name, those that another stands for at the end."""
    rows = list(Delegation.objects.order_by("from_on"))
    gone = {s.predecessor_id: s for s in successions() if s.from_on <= on}
    networks = [
        NetworkOn(
            network,
            tuple(
                ForProgram(program, tuple(_held(rows, network, program, function, on) for function in FUNCTIONS))
                for program in Program
            ),
            gone.get(network.pk),
        )
        for network in HealthNetwork.objects.all()
    ]
    return tuple(sorted(networks, key=lambda each: each.gone_over is not None))


def sub_delegates_on(on: date) -> tuple[SubDelegation, ...]:
    """The sub-delegates who hold a function on a day."""
    found = SubDelegation.objects.filter(Period.covering(on)).select_related("delegation__network")
    return tuple(found.order_by("delegation__network__name", "entity", "pk"))


def successions() -> tuple[Succession, ...]:
    """Every succession there was and is to be, the latest first."""
    return tuple(Succession.objects.select_related("predecessor", "successor").order_by("-from_on", "pk"))


def _held(
    rows: Iterable[Delegation], network: HealthNetwork, program: Program, function: Delegation.Function, on: date
) -> Held:
    own = [r for r in rows if (r.network_id, r.program, r.function) == (network.pk, program, function)]
    before = [r for r in own if r.to_on is not None and r.to_on < on]
    after = [r for r in own if r.from_on > on]
    now = [r for r in own if r not in before and r not in after]
    # The database lets no two hold on one day, so the first is the only one.
    return Held(function, next(iter(now), None), before[-1] if before else None, next(iter(after), None))

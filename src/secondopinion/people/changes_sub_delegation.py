"""Whom a Health Network hands a delegated function on to, with the plan's approval in writing (HH.2025)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from secondopinion.people.changes import Ask, Line, NotProposable, Sort, State, Subject
from secondopinion.people.changes_delegation import (
    PROGRAM_NAMES,
    end,
    holding,
    last_day,
    parts_of,
    refused_by_the_register,
    until,
)
from secondopinion.people.models import Delegation, Period, Proposal, Role, SubDelegation
from secondopinion.people.person import Person
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC

LONGEST = 120  # characters of a name


class SubDelegations(Sort):
    """One function of one program that one network hands on to one entity."""

    kind = Proposal.Kind.SUB_DELEGATION
    title = "Sub-delegation by Health Networks"
    lead = (
        "Whom a Health Network hands a delegated function on to. The plan approves it in writing before the first day."
    )
    proposers = frozenset({Role.OVERSIGHT, Role.COMPLIANCE})
    approvers = frozenset({Role.OVERSIGHT, Role.COMPLIANCE})
    from_today = False

    def subjects(self, on: date) -> tuple[Subject, ...]:
        """Every sub-delegate there was or is to be, and a new one for each delegation that holds."""
        known = dict.fromkeys(
            (each.delegation.network, each.delegation.program, each.delegation.function, each.entity)
            for each in SubDelegation.objects.select_related("delegation__network").order_by("entity")
        )
        held = Delegation.objects.filter(Period.covering(on)).select_related("network")
        return (
            *(Subject(f"{n.pk}/{p}/{f}/{entity}", f"{entity}: {_name(p, f)}", n.name) for n, p, f, entity in known),
            *(
                Subject(f"{d.network_id}/{d.program}/{d.function}/", f"Somebody new: {_name(d.program, d.function)}",
                        d.network.name)
                for d in held
            ),
        )  # fmt: skip

    def subject(self, key: str, on: date) -> Subject:
        """One of them; a key that ends in a slash is somebody new. Raises NotProposable."""
        delegation, entity = _split(key)
        network, program, function = parts_of(delegation)
        return Subject(key, f"{entity or 'Somebody new'}: {_name(program.value, function.value)}", network.name)

    def held(self, key: str, on: date) -> State:
        """What the entity holds on a day."""
        row = _holding(key, on)
        if row is None:
            return {"held": False, "entity": _split(key)[1], "approval": "", "until": None}
        last = row.to_on.isoformat() if row.to_on else None
        return {"held": True, "entity": row.entity, "approval": row.approval, "until": last}

    def asks(self, key: str) -> tuple[Ask, ...]:
        """Who, whether, with which approval, until when."""
        entity = _split(key)[1]
        who = () if entity else (Ask("entity", "Name of the sub-delegate", "text"),)
        return (
            *who,
            Ask("held", "From then on", "yes-no", "Yes: the sub-delegate does it. No: the network does."),
            Ask("approval", "Number of the plan's written approval", "text", needed=False),
            Ask("until", "Last day, if it is known", "day", needed=False),
        )

    def filled(self, held: State) -> Mapping[str, Any]:
        """What holds now."""
        return {**held, "held": "yes" if held["held"] else "no"}

    def read(self, key: str, said: Mapping[str, Any], from_on: date) -> State:
        """What shall hold. Raises NotProposable."""
        delegation, entity = _split(key)
        entity = " ".join(str(said.get("entity") or entity).split())
        if len(entity) > LONGEST or "/" in entity:
            raise NotProposable(f"A name has at most {LONGEST} characters and no slash.", "entity")
        if said["held"] != "yes":
            return {"held": False, "entity": entity, "approval": "", "until": None}
        approval = str(said["approval"]).strip()
        if not approval:
            raise NotProposable("The plan approves in writing: enter the number of that paper.", "approval")
        if holding(delegation, from_on) is None:
            raise NotProposable("The network does not hold the function on that day: delegate it first.", "from_on")
        return {"held": True, "entity": entity, "approval": approval, "until": until(said["until"], from_on)}

    def lines(self, key: str, state: State) -> tuple[Line, ...]:
        """Who does it, with which approval, until when."""
        return (
            Line("Who does it", state["entity"] if state["held"] else "The Health Network"),
            Line("Written approval", state["approval"] or "None"),
            Line("Last day", last_day(state)),
        )

    def carry_out(self, proposal: Proposal, person: Person, now: datetime) -> None:
        """Give the row that holds its last day, and write the one that follows. Raises NotProposable."""
        after, from_on = proposal.after, proposal.from_on
        delegation = _split(proposal.subject)[0]
        row = _holding(f"{delegation}/{after['entity']}", from_on)
        whole = holding(delegation, from_on)
        with refused_by_the_register():
            if row is not None:
                end(row, from_on)
            if after["held"]:
                if whole is None:
                    raise NotProposable("The function is not delegated to the network on that day.", "from_on")
                last = date.fromisoformat(after["until"]) if after["until"] else whole.to_on
                SubDelegation.objects.create(
                    delegation=whole, entity=after["entity"], approval=after["approval"], from_on=from_on, to_on=last,
                    approved_on=now.astimezone(PACIFIC).date(),
                )  # fmt: skip


def _split(key: str) -> tuple[str, str]:
    """The key of the delegation, and the name of the entity. Raises NotProposable."""
    if key.count("/") != 3:
        raise NotProposable("There is no such sub-delegation: choose one from the list.")
    delegation, _, entity = key.rpartition("/")
    return delegation, entity


def _holding(key: str, on: date) -> SubDelegation | None:
    delegation, entity = _split(key)
    network, program, function = parts_of(delegation)
    rows = SubDelegation.objects.filter(
        Period.covering(on), delegation__network=network, delegation__program=program.value,
        delegation__function=function, entity=entity,
    )  # fmt: skip
    return rows.first()


def _name(program: str, function: str) -> str:
    return f"{Delegation.Function(function).label}, {PROGRAM_NAMES[Program(program)]}"

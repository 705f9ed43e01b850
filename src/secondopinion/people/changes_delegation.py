"""What is delegated to a Health Network, and whom it hands a part on to, from a day on (GG.1538 II.L, HH.2025)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DataError, IntegrityError, transaction

from secondopinion.people.changes import Ask, Line, NotProposable, Sort, State, Subject, days_in_words
from secondopinion.people.models import Delegation, HealthNetwork, Period, Proposal, Role
from secondopinion.people.person import Person
from secondopinion.policy.asked import Program

PROGRAM_NAMES: Final = {Program.MEDI_CAL: "Medi-Cal", Program.ONECARE: "OneCare"}
OVERLAP: Final = (
    "The register holds the same thing on some of these days already, or a sub-delegation that would outlast it. "
    "End that first, or choose other days."
)
NO_SUCH: Final = "There is no such delegation: choose a Health Network, a program and a function from the list."


class Delegations(Sort):
    """One function of one program, delegated to one network."""

    kind = Proposal.Kind.DELEGATION
    title = "Delegation to Health Networks"
    lead = (
        "What a Health Network does in the plan's place. It begins and ends at a midnight, Pacific time; the plan "
        "answers for it either way."
    )
    proposers = frozenset({Role.OVERSIGHT, Role.COMPLIANCE})
    approvers = frozenset({Role.OVERSIGHT, Role.COMPLIANCE})
    from_today = False

    def subjects(self, on: date) -> tuple[Subject, ...]:
        """Every network, program and function."""
        return tuple(
            Subject(f"{network.pk}/{program.value}/{function.value}", _name(program, function), network.name)
            for network in HealthNetwork.objects.all()
            for program in Program
            for function in Delegation.Function
        )

    def subject(self, key: str, on: date) -> Subject:
        """One of them. Raises NotProposable."""
        network, program, function = parts_of(key)
        return Subject(key, _name(program, function), network.name)

    def held(self, key: str, on: date) -> State:
        """The delegation that holds on a day."""
        return _state(holding(key, on))

    def listed(self, on: date) -> tuple[tuple[Subject, tuple[Line, ...]], ...]:
        """The whole register, asked for once."""
        rows = {f"{d.network_id}/{d.program}/{d.function}": d for d in Delegation.objects.filter(Period.covering(on))}
        return tuple((each, self.lines(each.key, _state(rows.get(each.key)))) for each in self.subjects(on))

    def asks(self, key: str) -> tuple[Ask, ...]:
        """Whether, under which agreement, and until when."""
        return (
            Ask("held", "From then on", "yes-no", "Yes: the network does it. No: the plan does."),
            Ask("agreement", "Number of the delegation agreement", "text", needed=False),
            Ask("until", "Last day, if it is known", "day", needed=False),
        )

    def filled(self, held: State) -> Mapping[str, Any]:
        """What holds now."""
        return {**held, "held": "yes" if held["held"] else "no"}

    def read(self, key: str, said: Mapping[str, Any], from_on: date) -> State:
        """What shall hold. Raises NotProposable for an end before the beginning."""
        if said["held"] != "yes":
            return {"held": False, "agreement": "", "until": None}
        return {"held": True, "agreement": str(said["agreement"]).strip(), "until": until(said["until"], from_on)}

    def lines(self, key: str, state: State) -> tuple[Line, ...]:
        """Who does it, under what, until when."""
        return (
            Line("Who does it", "The Health Network" if state["held"] else "The plan"),
            Line("Agreement", state["agreement"] or "No number"),
            Line("Last day", last_day(state)),
        )

    def carry_out(self, proposal: Proposal, person: Person, now: datetime) -> None:
        """Give the row that holds its last day, and write the one that follows. Raises NotProposable."""
        network, program, function = parts_of(proposal.subject)
        row, after = holding(proposal.subject, proposal.from_on), proposal.after
        with refused_by_the_register():
            if row is not None:
                end(row, proposal.from_on)
            if after["held"]:
                Delegation.objects.create(
                    network=network, program=program.value, function=function.value, agreement=after["agreement"],
                    from_on=proposal.from_on, to_on=date.fromisoformat(after["until"]) if after["until"] else None,
                )  # fmt: skip


class refused_by_the_register:  # noqa: N801 - reads as a phrase: with refused_by_the_register()
    """Say in a sentence what the register's own constraints refuse, and take nothing of it over."""

    def __enter__(self) -> None:
        self._inner = transaction.atomic()
        self._inner.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self._inner.__exit__(kind, error, trace)
        if isinstance(error, IntegrityError | DataError):
            raise NotProposable(OVERLAP, "from_on") from None


def parts_of(key: str) -> tuple[HealthNetwork, Program, Delegation.Function]:
    """Network, program and function out of a key. Raises NotProposable."""
    try:
        network, program, function = key.split("/")
        found = HealthNetwork.objects.get(pk=UUID(network))
        return found, Program(program), Delegation.Function(function)
    except (ValueError, HealthNetwork.DoesNotExist):
        raise NotProposable(NO_SUCH) from None


def holding(key: str, on: date) -> Delegation | None:
    """The row of the register that holds on a day."""
    network, program, function = parts_of(key)
    rows = Delegation.objects.filter(Period.covering(on), network=network, program=program.value, function=function)
    return rows.first()


def end(row: Any, from_on: date) -> None:
    """The last day of a row is the one before `from_on`. Raises NotProposable where it only begins then."""
    if row.from_on == from_on:
        raise NotProposable("The register begins anew on that very day: choose the day after.", "from_on")
    row.to_on = from_on - timedelta(days=1)
    row.save(update_fields=["to_on"])


def until(said: date | None, from_on: date) -> str | None:
    """A last day, not before the first one. Raises NotProposable."""
    if said is not None and said < from_on:
        raise NotProposable("The last day lies before the first one.", "until")
    return None if said is None else said.isoformat()


def last_day(state: State) -> str:
    """The last day in words."""
    if not state["held"]:
        return "None"
    return days_in_words(date.fromisoformat(state["until"])) if state["until"] else "Not set"


def _state(row: Delegation | None) -> State:
    if row is None:
        return {"held": False, "agreement": "", "until": None}
    return {"held": True, "agreement": row.agreement, "until": row.to_on.isoformat() if row.to_on else None}


def _name(program: Program, function: Delegation.Function) -> str:
    return f"{function.label}, {PROGRAM_NAMES[program]}"

"""Equivalence sets: which specialties count as equivalent for a family of conditions (GG.1538 III.B)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from secondopinion.people.changes import Ask, Line, NotProposable, Sort, State, Subject
from secondopinion.people.models import Proposal, Role
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.specialties import families, named, plain_name, sets_in_force


class Sets(Sort):
    """The codes of one family. A medical judgement: a physician approves it."""

    kind = Proposal.Kind.EQUIVALENCE
    title = "Equivalence sets"
    lead = (
        "Specialties that count as equivalent for a family of conditions. A set widens the Member's choice and is "
        "never a reason to pass over the same specialty. It is a medical judgement: a physician of the plan approves."
    )
    proposers = frozenset({Role.PHYSICIAN, Role.COMPLIANCE})
    approvers = frozenset({Role.PHYSICIAN})
    from_today = False

    def subjects(self, on: date) -> tuple[Subject, ...]:
        """Every family there is."""
        return tuple(Subject(family, _words(family), "Families of conditions") for family in families())

    def subject(self, key: str, on: date) -> Subject:
        """One family. Raises NotProposable."""
        if key not in families():
            raise NotProposable("There is no such family of conditions: choose one from the list.")
        return Subject(key, _words(key), "Families of conditions")

    def held(self, key: str, on: date) -> State:
        """The set that holds on a day; no codes where none does."""
        for each in sets_in_force(key, on, the_plan().name):
            return {"codes": sorted(each.codes), "because": each.because}
        return {"codes": [], "because": ""}

    def asks(self, key: str) -> tuple[Ask, ...]:
        """The specialties, and the medical reason."""
        every = tuple((each.code, f"{each.name} ({each.code})") for each in named())
        return (
            Ask(
                "codes", "Specialties that count as equivalent", "choices", "None ends the family.", every, needed=False
            ),
            Ask("because", "The medical reason", "text", "Kept with every search that rests on the set"),
        )

    def filled(self, held: State) -> Mapping[str, Any]:
        """What holds now."""
        return {"codes": list(held["codes"]), "because": held["because"]}

    def read(self, key: str, said: Mapping[str, Any], from_on: date) -> State:
        """The set. Raises NotProposable for a set of one, which makes nothing equivalent to anything."""
        codes = sorted(set(said["codes"]))
        if len(codes) == 1:
            raise NotProposable("One specialty alone is equivalent to nothing: tick two or more, or none.", "codes")
        return {"codes": codes, "because": " ".join(str(said["because"]).split()), "plan": the_plan().name}

    def lines(self, key: str, state: State) -> tuple[Line, ...]:
        """The specialties in words with their codes, one a line, and the reason."""
        codes = "\n".join(f"{plain_name(code)} ({code})" for code in state["codes"])
        return Line("Specialties", codes or "None"), Line("Reason", state["because"] or "None")

    def carry_out(self, proposal: Proposal, person: Person, now: datetime) -> None:
        """Nothing: the law reads the approval."""


def _words(family: str) -> str:
    return family.replace("-", " ").replace("_", " ").capitalize()

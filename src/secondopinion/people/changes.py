"""What kinds of change two people decide about, and what each kind must be able to say of itself.

A kind knows its subjects, what holds of one on a day, how the answers of a form become what shall hold, and how both
read in words. It decides nothing: `proposing.py` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from secondopinion.people.models import Proposal
from secondopinion.people.person import Person

State = Mapping[str, Any]
"""What holds of one subject, as it is kept in a proposal: plain JSON."""


class NotProposable(ValueError):
    """A change that cannot be proposed or approved as it stands. Carries a sentence, and where it belongs a field."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Subject(NamedTuple):
    """One thing that can be changed: its key in a proposal, its name in words, and the group it is listed in."""

    key: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of the form for a change. `form`: number, yes-no, text, lines, day, or choices (several of them)."""

    name: str
    label: str
    form: str
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    needed: bool = True


class Line(NamedTuple):
    """One line of a comparison: what it is called, and what it says in words."""

    label: str
    text: str


class Sort(Protocol):
    """One kind of change."""

    kind: Proposal.Kind
    title: str
    lead: str
    proposers: frozenset[str]
    approvers: frozenset[str]
    from_today: bool

    def subjects(self, on: date) -> tuple[Subject, ...]:
        """Everything of this kind that can be changed, as of a day."""
        ...

    def subject(self, key: str, on: date) -> Subject:
        """One subject by its key. Raises NotProposable."""
        ...

    def held(self, key: str, on: date) -> State:
        """What holds of a subject on a day, as far as it was approved by now."""
        ...

    def listed(self, on: date) -> tuple[tuple[Subject, tuple[Line, ...]], ...]:
        """Every subject with what holds of it on a day, in words."""
        return tuple((each, self.lines(each.key, self.held(each.key, on))) for each in self.subjects(on))

    def asks(self, key: str) -> tuple[Ask, ...]:
        """The fields of the form for a change of a subject."""
        ...

    def filled(self, held: State) -> Mapping[str, Any]:
        """What the form holds before anybody writes: what holds now."""
        ...

    def read(self, key: str, said: Mapping[str, Any], from_on: date) -> State:
        """What shall hold, out of the cleaned answers of the form. Raises NotProposable."""
        ...

    def lines(self, key: str, state: State) -> tuple[Line, ...]:
        """A state in words, line by line; both sides of a comparison have the same labels."""
        ...

    def carry_out(self, proposal: Proposal, person: Person, now: datetime) -> None:
        """What is to be written besides the approval itself; most kinds are read from it. Raises NotProposable."""
        ...


def days_in_words(day: date) -> str:
    """A day as a comparison tells it."""
    return f"{day:%a, %b} {day.day}, {day.year}"

"""What two people have approved, as it stands: read once for each state, and handed to whoever asks.

A transaction that is given its scope is told the newest approval by the same statement (`rls.set_scope`). Only when
that is another one than before are the approved changes read again, so that a change costs nothing until there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from secondopinion.people.models_administration import Answer, Proposal
from secondopinion.people.prepared import send
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.chosen import NOTHING, Chosen, ChosenSet, ChosenValue, choose

NEWEST = "SELECT mark FROM people_answer WHERE approved ORDER BY id DESC LIMIT 1"
"""The newest approval. Approvals follow one another, so it names the state of everything approved before it."""

Text: TypeAlias = str | tuple[str, ...]
Changed: TypeAlias = tuple[tuple[str, Text], ...]
"""Parts of the plan by dotted name, each with what it is now."""


@dataclass(frozen=True)
class Standing:
    """Everything approved so far, the earliest day first: for the law, of the plan, and the roles of staff."""

    chosen: Chosen = NOTHING
    plan: tuple[tuple[date, str, Text], ...] = ()
    roles: Mapping[int, tuple[tuple[date, frozenset[str]], ...]] = field(default_factory=dict)
    today: date | None = None  # the day of the transaction that asked

    def of_the_plan(self, on: date) -> Changed:
        """What of the plan is no longer as its file says, on a day."""
        return tuple(sorted({name: is_ for from_on, name, is_ in self.plan if from_on <= on}.items()))

    def of_the_plan_today(self) -> Changed:
        """The same, on the day of the running transaction; nothing while there was none."""
        return () if self.today is None else self.of_the_plan(self.today)

    def roles_of(self, staff: int, on: date) -> frozenset[str] | None:
        """The roles that were approved for a staff member by a day; None when they never changed."""
        last = None
        for from_on, roles in self.roles.get(staff, ()):
            if from_on <= on:
                last = roles
        return last


NOTHING_YET = Standing()
_HERE: ContextVar[Standing] = ContextVar("what two people have approved", default=NOTHING_YET)


def the_standing() -> Standing:
    """What was approved, as the running transaction saw it when it was given its scope."""
    return _HERE.get()


def stand(newest: UUID | None, on: date) -> Standing:
    """Let everything that this thread asks rest on the state that `newest` names, as of a day."""
    if newest is None:
        found = Standing(today=on)
    else:
        read = _read(newest)
        found = Standing(read.chosen, read.plan, read.roles, on)
    _HERE.set(found)
    choose(found.chosen)
    return found


def stand_now(on: date) -> Standing:
    """The same, for whoever has no scope yet: asks the database for the newest approval."""
    newest = send(NEWEST, []).fetchone()
    return stand(newest[0] if newest else None, on)


@lru_cache(maxsize=8)
def _read(newest: UUID) -> Standing:
    """Every approved change, in the order in which they were approved: of two for one day the later one holds."""
    last = Answer.objects.get(mark=newest).pk
    rows = list(
        Answer.objects.filter(approved=True, pk__lte=last).select_related("proposal", "answered_by").order_by("pk")
    )
    rows.sort(key=lambda row: row.proposal.from_on)
    values: dict[str, tuple[ChosenValue, ...]] = {}
    sets: dict[str, tuple[ChosenSet, ...]] = {}
    plan: list[tuple[date, str, Text]] = []
    roles: dict[int, tuple[tuple[date, frozenset[str]], ...]] = {}
    for row in rows:
        asked = row.proposal
        subject, after, from_on = asked.subject, asked.after, asked.from_on
        match asked.kind:
            case Proposal.Kind.VALUE:
                approved_on = row.answered_at.astimezone(PACIFIC).date()
                own = ChosenValue(subject, _frozen(after["is"]), from_on, asked.why, approved_on)
                values[subject] = (*values.get(subject, ()), own)
            case Proposal.Kind.EQUIVALENCE:
                sets[subject] = (*sets.get(subject, ()), _set_of(row))
            case Proposal.Kind.PLAN:
                plan.append((from_on, subject, _frozen(after["is"])))
            case Proposal.Kind.ROLES:
                who = int(subject)
                roles[who] = (*roles.get(who, ()), (from_on, frozenset(after["roles"])))
    return Standing(Chosen(str(newest), values, sets), tuple(plan), roles)


def _set_of(row: Answer) -> ChosenSet:
    after = row.proposal.after
    return ChosenSet(
        family=row.proposal.subject,
        codes=frozenset(after["codes"]),
        because=after["because"],
        from_on=row.proposal.from_on,
        plan=after["plan"],
        role=row.answered_by.title,
        approved_on=row.answered_at.astimezone(PACIFIC).date(),
    )


def _frozen(is_: Any) -> Any:
    return tuple(is_) if isinstance(is_, list) else is_

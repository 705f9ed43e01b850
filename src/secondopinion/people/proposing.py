"""Two people change how the house is run: one proposes, with a day and a reason; another approves or refuses.

Nothing that held is overwritten: a change is one more row, with its first day, and what held before goes on telling.
It never reaches back. What was decided on a day was decided by what held then, and stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from secondopinion.people.changes import Line, NotProposable, Sort, Subject
from secondopinion.people.changes_delegation import Delegations
from secondopinion.people.changes_plan import OfThePlan
from secondopinion.people.changes_roles import Roles
from secondopinion.people.changes_sets import Sets
from secondopinion.people.changes_sub_delegation import SubDelegations
from secondopinion.people.changes_values import Values
from secondopinion.people.models import Answer, Proposal
from secondopinion.people.person import Person
from secondopinion.people.standing import stand_now
from secondopinion.policy.calendar import PACIFIC

SORTS: Final[tuple[Sort, ...]] = (Values(), OfThePlan(), Sets(), Delegations(), SubDelegations(), Roles())
FURTHEST: Final = timedelta(days=3 * 366)  # a day beyond it is a slip of the pen
NOT_BY_ONE: Final = "You proposed this. Another person approves it; you can only take it back."


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a comparison: what held before, what shall hold, and whether they differ."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Do the two sides say different things?"""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Told:
    """A proposal with everything that a page says of it."""

    proposal: Proposal
    sort: Sort
    subject: Subject
    compared: tuple[Compared, ...]
    answer: Answer | None

    def stands(self, today: date) -> str:
        """Where it stands on a day: waits, late, coming, holds, refused or taken-back."""
        if self.answer is None:
            return "waits" if self.proposal.from_on >= earliest(self.sort, today) else "late"
        if not self.answer.approved:
            by_itself = self.answer.answered_by_id == self.proposal.proposed_by_id
            return "taken-back" if by_itself else "refused"
        return "coming" if self.proposal.from_on > today else "holds"


def sort_of(kind: str) -> Sort:
    """The kind of change by its name. Raises NotProposable."""
    for sort in SORTS:
        if sort.kind == kind:
            return sort
    raise NotProposable("There is no such kind of change.")


def earliest(sort: Sort, today: date) -> date:
    """The first day from which a change that is approved today may hold."""
    # Reading: a day begins at its midnight, so a change of a number, a contact or a delegation begins tomorrow at the
    # earliest: no request of a day is judged by two of them. Roles may change at once, because each request asks anew.
    return today if sort.from_today else today + timedelta(days=1)


def propose(
    kind: str, key: str, said: Mapping[str, Any], *, from_on: date, why: str, person: Person, now: datetime
) -> Proposal:
    """Write down a proposal. `said`: the cleaned answers of the form of the subject. Raises NotProposable."""
    sort, today = sort_of(kind), now.astimezone(PACIFIC).date()
    by = _allowed(person, sort.proposers, "propose")
    sort.subject(key, today)
    if from_on < earliest(sort, today):
        first = "today" if sort.from_today else "tomorrow"
        raise NotProposable(f"A change does not reach back: its first day is {first} or later.", "from_on")
    if from_on > today + FURTHEST:
        raise NotProposable("That day is more than three years away: check the year.", "from_on")
    if not why.strip():
        raise NotProposable("Say why, for whoever approves it and for whoever reads it in years.", "why")
    _one_after_another()
    stand_now(today)
    before, after = dict(sort.held(key, from_on)), dict(sort.read(key, said, from_on))
    if sort.lines(key, _unsigned(before)) == sort.lines(key, _unsigned(after)):
        raise NotProposable("That is what holds on this day already: nothing would change.")
    if Proposal.objects.filter(
        kind=kind, subject=key, answer__isnull=True, from_on__gte=earliest(sort, today)
    ).exists():
        raise NotProposable("A proposal for the same thing waits already: it is approved or taken back first.")
    return Proposal.objects.create(
        kind=kind, subject=key, from_on=from_on, before=before, after=after, why=" ".join(why.split()),
        proposed_by_id=by, proposed_at=now,
    )  # fmt: skip


def answer(proposal_id: UUID, *, approved: bool, words: str = "", person: Person, now: datetime) -> Answer:
    """Approve a proposal, refuse it, or take one's own back. Raises NotProposable."""
    _one_after_another()
    proposal = Proposal.objects.select_related("proposed_by").filter(pk=proposal_id).first()
    if proposal is None:
        raise NotProposable("There is no such proposal.")
    sort, today = sort_of(proposal.kind), now.astimezone(PACIFIC).date()
    takes_back = not approved and proposal.proposed_by_id == person.staff_id
    by = _allowed(person, sort.proposers if takes_back else sort.approvers, "answer")
    if Answer.objects.filter(proposal=proposal).exists():
        raise NotProposable("Somebody has answered this proposal already: open it again to read what.")
    if not approved and not words.strip():
        raise NotProposable("Say why: whoever proposed it reads it.", "words")
    if approved:
        _may_approve(proposal, sort, person, today)
    # Before the row is written: the newest approval names a state that is whole.
    if approved:
        sort.carry_out(proposal, person, now)
    written = Answer.objects.create(
        proposal=proposal, approved=approved, words=" ".join(words.split()), answered_by_id=by,
        answered_at=now,
    )  # fmt: skip
    stand_now(today)
    return written


def _may_approve(proposal: Proposal, sort: Sort, person: Person, today: date) -> None:
    if proposal.proposed_by_id == person.staff_id:
        raise NotProposable(NOT_BY_ONE)
    if sort.kind == Proposal.Kind.ROLES and proposal.subject == str(person.staff_id):
        raise NotProposable("These are your own roles: another person approves them.")
    if proposal.from_on < earliest(sort, today):
        raise NotProposable(
            "Its first day has come without an approval, and a change does not reach back. "
            "Refuse it, and propose it anew from a later day."
        )
    stand_now(today)
    if dict(sort.held(proposal.subject, proposal.from_on)) != proposal.before:
        raise NotProposable(
            "What held before has changed since this was proposed, so the comparison is no longer true. "
            "Refuse it, and propose it anew."
        )


def told(proposal_id: UUID) -> Told | None:
    """One proposal with its comparison and its answer; None when there is no such one."""
    return next(iter(_told(_all().filter(pk=proposal_id))), None)


def waiting() -> tuple[Told, ...]:
    """What nobody has answered yet, the one with the earliest first day first."""
    return _told(_all().filter(answer__isnull=True).order_by("from_on", "proposed_at"))


def coming(today: date) -> tuple[Told, ...]:
    """What was approved and does not hold yet."""
    return _told(_all().filter(answer__approved=True, from_on__gt=today).order_by("from_on", "proposed_at"))


def history(kind: str = "", key: str = "", *, most: int = 50) -> tuple[Told, ...]:
    """What was answered, the latest first; of one kind, or of one subject."""
    rows = _all().filter(answer__isnull=False).order_by("-answer__answered_at", "-answer__id")
    if kind:
        rows = rows.filter(kind=kind)
    if key:
        rows = rows.filter(subject=key)
    return _told(rows[:most])


def _all() -> Any:
    return Proposal.objects.select_related("proposed_by", "answer__answered_by")


def _told(rows: Iterable[Proposal]) -> tuple[Told, ...]:
    found = []
    for each in rows:
        sort = sort_of(each.kind)
        before, after = (sort.lines(each.subject, state) for state in (each.before, each.after))
        found.append(Told(each, sort, _named(sort, each), _compared(before, after), getattr(each, "answer", None)))
    return tuple(found)


def _named(sort: Sort, proposal: Proposal) -> Subject:
    try:
        return sort.subject(proposal.subject, proposal.from_on)
    except NotProposable:
        return Subject(proposal.subject, proposal.subject, "No longer in the list")


def _compared(before: tuple[Line, ...], after: tuple[Line, ...]) -> tuple[Compared, ...]:
    return tuple(Compared(one.label, one.text, other.text) for one, other in zip(before, after, strict=True))


def _unsigned(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """A state without who says so: the same number on another authority changes nothing."""
    return {**state, "authority": ""} if "authority" in state else state


def _allowed(person: Person, roles: frozenset[str], what: str) -> int:
    """The number of the staff row of somebody who may. Raises NotProposable."""
    if person.network is not None or person.staff_id is None or not person.is_a(*roles):
        raise NotProposable(f"Your sign-in may not {what} this: {' or '.join(sorted(roles))} at the plan may.")
    return person.staff_id


def _one_after_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('people_answer', 0))")

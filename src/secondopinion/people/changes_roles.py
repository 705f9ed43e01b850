"""What a staff member may be, from a day on: at each request the roles approved last for that day are read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from secondopinion.people.changes import Ask, Line, NotProposable, Sort, State, Subject
from secondopinion.people.models import Proposal, Role, Staff
from secondopinion.people.person import Person
from secondopinion.people.standing import the_standing

NO_SUCH: Final = "There is no such staff member: choose one from the list."


class Roles(Sort):
    """The roles of one person."""

    kind = Proposal.Kind.ROLES
    title = "Roles of staff"
    lead = (
        "What a person may do. A change holds from the first request of its day, or at once when it begins today; it "
        "ends no session, because the roles are read anew at every request."
    )
    proposers = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
    approvers = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
    from_today = True

    def subjects(self, on: date) -> tuple[Subject, ...]:
        """Everybody who works at the plan or at a network."""
        everybody = Staff.objects.select_related("network").order_by("name", "pk")
        return tuple(_subject(each) for each in everybody)

    def subject(self, key: str, on: date) -> Subject:
        """One person by the number of the staff row. Raises NotProposable."""
        return _subject(_staff(key))

    def held(self, key: str, on: date) -> State:
        """The roles on a day."""
        who = _staff(key)
        approved = the_standing().roles_of(who.pk, on)
        return {"roles": _in_order(who.roles if approved is None else approved)}

    def asks(self, key: str) -> tuple[Ask, ...]:
        """The roles, any number of them."""
        help_text = "None: the person can sign in and open nothing."
        return (Ask("roles", "Roles from then on", "choices", help_text, tuple(Role.choices), needed=False),)

    def filled(self, held: State) -> Mapping[str, Any]:
        """What holds now."""
        return {"roles": list(held["roles"])}

    def read(self, key: str, said: Mapping[str, Any], from_on: date) -> State:
        """The roles. Raises NotProposable: who administers accounts sees no health data, so is nothing else."""
        roles = _in_order(said["roles"])
        if Role.ADMINISTRATOR.value in roles and len(roles) > 1:
            raise NotProposable("An administrator of accounts sees no health data, so has no other role.", "roles")
        if Role.ADMINISTRATOR.value in roles and _staff(key).network_id is not None:
            raise NotProposable("Accounts are administered by the plan: nobody at a Health Network is one.", "roles")
        return {"roles": roles}

    def lines(self, key: str, state: State) -> tuple[Line, ...]:
        """The roles in words, one a line."""
        return (Line("Roles", "\n".join(str(Role(each).label) for each in state["roles"]) or "None"),)

    def carry_out(self, proposal: Proposal, person: Person, now: datetime) -> None:
        """Nothing: the door reads the approval at every request."""


def _subject(who: Staff) -> Subject:
    return Subject(str(who.pk), f"{who.name}, {who.title}", who.network.name if who.network else "The plan")


def _staff(key: str) -> Staff:
    found = Staff.objects.select_related("network").filter(pk=int(key)).first() if _is_number(key) else None
    if found is None:
        raise NotProposable(NO_SUCH)
    return found


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) < 18


def _in_order(roles: Any) -> list[str]:
    return [role.value for role in Role if role.value in set(roles)]

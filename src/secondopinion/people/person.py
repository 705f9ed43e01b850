"""The person (or system) at the door: who they are, what they may be, and whose rows they may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from secondopinion.people.delegation import predecessors_of
from secondopinion.people.models import License, Period, Role, Staff
from secondopinion.people.rls import Scope
from secondopinion.people.standing import stand_now

ADMINISTERS = (Role.ADMINISTRATOR, Role.COMPLIANCE, Role.OVERSIGHT, Role.PHYSICIAN)


@dataclass(frozen=True, slots=True)
class Credential:
    """The licence that a physician signs an adverse decision with."""

    license: str
    state: str
    specialty: str
    unrestricted: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever acts, as of a day. `roles` are strings of `Role`, or `policy` and `system` for the house itself.

    `predecessors` are the Health Networks in whose place the person's network stands on the day.
    """

    name: str
    roles: frozenset[str]
    network: UUID | None = None
    staff_id: int | None = None
    title: str = ""
    phone: str = ""
    npi: str = ""
    credentials: tuple[Credential, ...] = field(default=())
    predecessors: tuple[UUID, ...] = field(default=())

    @property
    def networks(self) -> tuple[UUID, ...]:
        """The Health Networks whose work is this person's: their own and its predecessors; none at the plan."""
        return () if self.network is None else (self.network, *self.predecessors)

    def scope(self, on: date) -> Scope:
        """Whose rows this person may see on a day: those of their networks, or all of them at the plan."""
        return Scope(self.networks or None, on)

    @property
    def takes_in(self) -> bool:
        """May the person take in requests?"""
        return self.is_a(Role.INTAKE, Role.NURSE, Role.PHYSICIAN)

    @property
    def administers(self) -> bool:
        """May the person see what two people decide about the running of the house? Nobody at a network may."""
        return self.network is None and self.is_a(*ADMINISTERS)

    def is_a(self, *roles: str) -> bool:
        """Does the person hold any of these roles?"""
        return bool(self.roles.intersection(roles))


POLICY = Person("The policy itself", frozenset({"policy"}))
SYSTEM = Person("Second Opinion", frozenset({"system"}))


def person_of(staff: Staff, on: date) -> Person:
    """The person behind a staff row, with the licences in force and the networks gone over to theirs by a day.

    The roles are those that two people approved last for that day; without any, those the person was hired with.
    """
    approved = stand_now(on).roles_of(staff.pk, on)
    roles = frozenset(staff.roles) if approved is None else approved
    licenses = License.objects.filter(Period.covering(on), staff=staff) if Role.PHYSICIAN in roles else ()
    return Person(
        name=staff.name,
        roles=roles,
        network=staff.network_id,
        staff_id=staff.pk,
        title=staff.title,
        phone=staff.phone,
        npi=staff.npi,
        credentials=tuple(Credential(x.number, x.state, x.specialty, x.unrestricted) for x in licenses),
        predecessors=predecessors_of(staff.network_id, on) if staff.network_id else (),
    )

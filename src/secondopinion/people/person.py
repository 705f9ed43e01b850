"""The person (or system) at the door: who they are, what they may be, and whose rows they may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.contrib.auth.models import User

from secondopinion.people.delegation import Part, handed_on, predecessors_of
from secondopinion.people.models import License, Period, Role, Staff
from secondopinion.people.rls import Scope
from secondopinion.people.standing import stand_now
from secondopinion.policy.privacy import sensitive_codes

# Reading: who takes the request in, who reviews it, who handles its appeal, and who answers for privacy need to know
# what it is about (45 CFR 164.502(b)); nobody else does by their role alone, as an auditor of delegates or an agent on
# the telephone.
SAY_SENSITIVE = (Role.INTAKE, Role.NURSE, Role.PHYSICIAN, Role.APPEALS)
SEE_SENSITIVE = (*SAY_SENSITIVE, Role.COMPLIANCE)
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

    `predecessors` are the Health Networks in whose place the person's network stands on the day. Who works for a
    `sub_delegate` of the network has, on the day, the `parts` that it hands on, and nothing else of it.
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
    sub_delegate: str = ""
    parts: tuple[Part, ...] = field(default=())

    @property
    def networks(self) -> tuple[UUID, ...]:
        """The Health Networks whose work is this person's: their own and its predecessors; none at the plan."""
        return () if self.network is None else (self.network, *self.predecessors)

    def only_honours(self, network: UUID | None) -> bool:
        """Is a referral of this network (none: the plan) another's, which the person may at most read?"""
        return self.network is not None and network not in self.networks

    def scope(self, on: date) -> Scope:
        """Whose rows this person may see on a day: those of their networks, or all of them at the plan.

        Nobody's, for an administrator of accounts: the database refuses every row of a Member. And nothing sensitive,
        for roles that need not know. Contracting does while an agreement is to be made: `referrals.access` knows when.
        """
        whose = () if self.is_a(Role.ADMINISTRATOR) else self.networks or None
        knows = self.is_a(*SEE_SENSITIVE, Role.CONTRACTING, "policy", "system")
        return Scope(whose, on, self.sub_delegate, "" if knows else sensitive_codes(date.max))

    def is_handed_on(self, program: str, received_on: date) -> bool:
        """Was a request of the person's network, received on a day, handed on to the person's sub-delegate?"""
        return any(part.program == program and part.covers(received_on) for part in self.parts)

    @property
    def takes_in(self) -> bool:
        """May the person take in requests?"""
        return self.is_a(Role.INTAKE, Role.NURSE, Role.PHYSICIAN)

    @property
    def sees_referrals(self) -> bool:
        """Does the person read the whole of a referral? A call-centre agent and an administrator do not."""
        return bool(self.roles - {Role.CALL_CENTRE, Role.ADMINISTRATOR})

    @property
    def reads_aloud(self) -> bool:
        """Does the person answer calls?"""
        return self.is_a(Role.CALL_CENTRE)

    @property
    def home(self) -> str:
        """The name of the page where the person's work begins."""
        if self.sees_referrals:
            return "work-list"
        return "aloud" if self.reads_aloud else "accounts"

    @property
    def looks_after_accounts(self) -> bool:
        """Does the person look after accounts?"""
        return self.is_a(Role.ADMINISTRATOR)

    @property
    def administers(self) -> bool:
        """May the person see what two people decide about the running of the house? Nobody at a network may."""
        return self.network is None and self.is_a(*ADMINISTERS)

    def is_a(self, *roles: str) -> bool:
        """Does the person hold any of these roles?"""
        return bool(self.roles.intersection(roles))


POLICY = Person("The policy itself", frozenset({"policy"}))
SYSTEM = Person("Second Opinion", frozenset({"system"}))


def npi_of(staff_id: int) -> str:
    """The NPI of a member of the staff; empty where there is none."""
    return Staff.objects.filter(pk=staff_id).values_list("npi", flat=True).first() or ""


def person_of(staff: Staff, on: date) -> Person:
    """The person behind a staff row, with the licences in force and the networks gone over to theirs by a day.

    The roles are those that two people approved last for that day; without any, those the person was hired with.
    """
    network, entity = staff.network_id, staff.sub_delegate
    approved = stand_now(on).roles_of(staff.pk, on)
    roles = frozenset(staff.roles) if approved is None else approved
    licenses = License.objects.filter(Period.covering(on), staff=staff) if Role.PHYSICIAN in roles else ()
    return Person(
        name=staff.name,
        roles=roles,
        network=network,
        staff_id=staff.pk,
        title=staff.title,
        phone=staff.phone,
        npi=staff.npi,
        credentials=tuple(Credential(x.number, x.state, x.specialty, x.unrestricted) for x in licenses),
        predecessors=predecessors_of(network, on) if network and not entity else (),
        sub_delegate=entity,
        parts=handed_on(entity, network, on) if network and entity else (),
    )


def place_of(account: User) -> str | None:
    """The Health Network an account's staff member works at, by name; empty at the plan; None: no staff member."""
    staff = Staff.objects.select_related("network").filter(user=account).first()
    return None if staff is None else staff.network.name if staff.network else ""


def home_of(account: User, on: date) -> str:
    """The name of the page where an account's work begins, on a day."""
    staff = Staff.objects.filter(user=account).first()
    return "work-list" if staff is None else person_of(staff, on).home

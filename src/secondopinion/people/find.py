"""Finding one Member for certain: two identifiers that agree, never a list to pick from.

A wrong Member is worse than none, so a search answers with exactly one Member or with a sentence. Whose
Members can be found at all is row-level security's to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from secondopinion.people.delegation import is_delegated, successor_of
from secondopinion.people.models import (
    AccessEntry,
    AuthorizedRepresentative,
    Enrollment,
    HealthNetwork,
    Member,
    NetworkAssignment,
    Period,
    RepresentativeEnd,
    Staff,
)
from secondopinion.people.person import Person
from secondopinion.people.prepared import OneOf, Prepared, insert
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.identifiers import cin_of
from secondopinion.policy.privacy import born_by

PROGRAMS = Prepared(
    lambda given: Enrollment.objects.filter(Period.covering(given("on")), member=given("member")).values_list("program")
)
NETWORK = Prepared(
    lambda given: HealthNetwork.objects.filter(
        assignments__in=NetworkAssignment.objects.filter(Period.covering(given("on")), member=given("member"))
    )
)
NAMED_NETWORK = Prepared(lambda given: HealthNetwork.objects.filter(pk=given("id")))
MAY_ACT = Prepared(
    lambda given: (
        AuthorizedRepresentative.objects.filter(Period.covering(given("on")), member=given("member"))
        .exclude(Q(authority="parent") & Q(member__birth_date__lte=given("of_age_if_born_by")))
        .exclude(Exists(RepresentativeEnd.objects.filter(representative=OuterRef("pk"), from_on__lte=given("on"))))
    )
)
MEMBER = Prepared(lambda given: Member.objects.filter(pk=given("id")))


class NotMatched(Exception):
    """No one Member for certain: what happened and what to do instead. Holds no name."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Standing:
    """How a Member stands with the plan on a day: programs, Health Network, representatives."""

    programs: tuple[str, ...]
    network: HealthNetwork | None  # none: the plan's own direct network
    representatives: tuple[AuthorizedRepresentative, ...]


def match_member(
    *, card: str = "", birth_date: date | None = None, last_name: str = "", first_name: str = ""
) -> Member:
    """The one Member on whom two identifiers agree. Raises NotMatched.

    `card` is the number on the plan's card, the Medi-Cal Client Index Number or the Medicare Beneficiary
    Identifier. The birth date is always one of the two; the other is `card`, or the full name. Everything
    given must agree.
    """
    card, last_name, first_name = card.strip(), last_name.strip(), first_name.strip()
    if birth_date is None or not (card or (last_name and first_name)):
        raise NotMatched(
            "Two identifiers are needed: the birth date, and the ID number or the full name. "
            "Ask the caller for what is missing."
        )
    found = Member.objects.filter(birth_date=birth_date)
    if last_name:
        found = found.filter(last_name__iexact=last_name)
    if first_name:
        found = found.filter(first_name__iexact=first_name)
    if card:
        number = card.replace(" ", "").replace("-", "").upper()
        cin = cin_of(number) or number  # the Medi-Cal card prints more than the CIN
        found = found.filter(Q(member_id=card) | Q(member_id=number) | Q(cin=cin) | Q(mbi=number))
    members = list(found[:2])
    if not members:
        raise NotMatched(
            "No Member here agrees with everything you entered. Check each part with the caller, letter by letter; "
            "a Member of another plan or Health Network is not found from here."
        )
    if len(members) > 1:
        raise NotMatched(
            "More than one Member has this name and birth date. Ask for the number on the plan’s card, "
            "and search with that."
        )
    return members[0]


def bearing(numbers: Mapping[str, Sequence[str]], most: int) -> list[Member]:
    """The Members who bear one of the numbers given for a column (`member_id`, `cin`, `mbi`), at most so many."""
    return _bearing(tuple(numbers), most).all(**numbers)


@cache
def _bearing(columns: tuple[str, ...], most: int) -> Prepared[Member]:
    """The question for these columns, compiled once."""
    return Prepared(
        lambda given: Member.objects.filter(reduce(or_, (Q(OneOf(column, given(column))) for column in columns)))[:most]
    )


def member_by(member_id: str) -> Member:
    """The Member with this number on the plan's card. Raises NotMatched; unknown and not yours are the same."""
    member = Member.objects.filter(member_id=member_id.replace("\x00", "")).first()
    if member is None:
        raise NotMatched("There is no such Member here. Search again with two identifiers.")
    return member


def log_found(member: Member, person: Person, at: datetime) -> None:
    """Write down that a search showed this Member: no address names one yet, so no door has done it."""
    insert(
        AccessEntry(
            at=at,
            person=person.name,
            person_network=person.network,
            what="find",
            about=member.member_id,
            why="find a Member for a request",
        )
    )


def found_today(member: Member, person: Person, now: datetime) -> bool:
    """Did the person find this Member by a search today, Pacific time?"""
    today = datetime.combine(now.astimezone(PACIFIC).date(), time(), PACIFIC)
    found = AccessEntry.objects.filter(what="find", about=member.member_id, at__gte=today)
    return found.filter(person=person.name, person_network=person.network).exists()


def member_with(key: UUID) -> Member | None:
    """The Member whom a row names; none where the Member may not be seen."""
    return MEMBER.first(id=key)


def health_network(key: UUID | None) -> HealthNetwork | None:
    """The Health Network that a row names, or none."""
    return NAMED_NETWORK.first(id=key) if key else None


def standing(member: Member, on: date) -> Standing:
    """How a Member stands with the plan on a day."""
    return Standing(programs_of(member, on), network_of(member, on), representatives_of(member.pk, on))


def programs_of(member: Member, on: date) -> tuple[str, ...]:
    """The programs a Member is enrolled in on a day."""
    return tuple(program for (program,) in PROGRAMS.rows(member=member.pk, on=on))


def network_of(member: Member, on: date) -> HealthNetwork | None:
    """The Health Network that a Member belongs to on a day; none: the plan's own direct network."""
    # Reading: after a merger the Members of the predecessor are the successor's from the first midnight on, also
    # while the plan's own list of assignments still names the predecessor.
    assigned = NETWORK.first(member=member.pk, on=on)
    if assigned is None:
        return None
    network = successor_of(assigned.pk, on)
    return assigned if network == assigned.pk else health_network(network)


def decides_itself(network: HealthNetwork | None, program: str, on: date) -> bool:
    """Had the plan delegated second opinions of this program to the network on a day (II.L)?"""
    return network is not None and is_delegated(network.pk, program, on)


def health_networks() -> list[HealthNetwork]:
    """Every Health Network by name."""
    return list(HealthNetwork.objects.all())


def representatives_of(member_id: UUID, on: date) -> tuple[AuthorizedRepresentative, ...]:
    """Who may act for a Member on a day: neither ended nor refused by then, and no parent of a Member who is of age.

    For what each may act: `representing.acting`.
    """
    return tuple(MAY_ACT.all(member=member_id, on=on, of_age_if_born_by=born_by(on)))


def staff_phone(staff_id: int) -> str:
    """The direct line of a person who works here, for a provider who wants to talk; empty where there is none."""
    return Staff.objects.filter(pk=staff_id).values_list("phone", flat=True).first() or ""


def language_of(member_id: UUID) -> str:
    """The language of a Member, as the enrollment file has it (ISO 639)."""
    return Member.objects.values_list("language", flat=True).get(pk=member_id)

"""The search of the network, frozen as proof: every candidate, and the reason each failed (II.G, II.H; F17).

A professional counts as available when qualified, independent, open to new Members, within reach, able to see the
Member in time, and able to serve the Member's language. What nobody has asked yet is not known, never no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from secondopinion.directory.find import in_network_on
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import Member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import appointment_clock
from secondopinion.policy.parameters import value
from secondopinion.referrals import match
from secondopinion.referrals.clockwork import asked_of
from secondopinion.referrals.snapshot import Snapshot

QUALIFIED = "network_has_qualified_professional"
GATES = (  # each gate, and the fact that says whether anybody is left after it
    ("independent", "network_professional_is_independent"),
    ("accepts", "network_professional_accepts_member"),
    ("within_reach", "network_professional_is_within_reach"),
    ("in_time", "network_professional_can_see_member_in_time"),
    ("accessible", "network_professional_is_accessible"),
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One professional as the search found one. None: not known. `against` says in words what failed first."""

    npi: str
    miles: float | None
    independent: bool
    accepts: bool
    within_reach: bool | None
    in_time: bool | None
    accessible: bool
    first_opening: str
    verified_on: str
    against: str


@dataclass(frozen=True, slots=True)
class Found:
    """The whole search: when, the limits it used, everybody qualified, and the facts it answers."""

    at: str
    most_miles: int
    see_by: str
    looked: tuple[Looked, ...]
    answers: Mapping[str, bool | None]


def search_for(before: Snapshot, member: Member, openings: Mapping[str, date], now: datetime) -> Found:
    """Search everybody in the plan's networks today. `openings`: first appointments that offices gave, by NPI."""
    day = now.astimezone(PACIFIC).date()
    going = match.where_to(before)
    taken = {before.clinician_id, *match.gave_an_opinion(before, going)}
    most = value("access.distance", day).number
    due = appointment_clock(asked_of(before), now).due_at
    see_by = due.astimezone(PACIFIC).date() if due else day
    looked = tuple(
        _look(who, member, who.pk not in taken, openings.get(who.npi), most, see_by)
        for who in in_network_on(day)
        if not match.wrong_specialty(before, going, who)
    )
    return Found(at=now.isoformat(), most_miles=most, see_by=see_by.isoformat(), looked=looked, answers=_facts(looked))


def _look(
    who: QualifiedProfessional, member: Member, independent: bool, opening: date | None, most: int, see_by: date
) -> Looked:
    miles = match.miles_from(member, who)
    within = None if miles is None else miles <= most
    in_time = None if opening is None else opening <= see_by
    accessible = member.language in who.languages or member.language == "en"
    tests = (
        (independent, "is the clinician questioned, or gave an opinion already"),
        (who.accepts_new_members, "takes no new Members"),
        (within, f"is more than {most} miles away"),
        (in_time, f"has no appointment by {see_by:%A, %B %-d, %Y}"),
    )
    against = next((words for holds, words in tests if holds is False), "")
    return Looked(
        npi=who.npi, miles=None if miles is None else round(miles, 1), independent=independent,
        accepts=who.accepts_new_members, within_reach=within, in_time=in_time, accessible=accessible,
        first_opening=opening.isoformat() if opening else "", verified_on=who.verified_on.isoformat(), against=against,
    )  # fmt: skip


def _facts(looked: tuple[Looked, ...]) -> dict[str, bool | None]:
    """The six facts of availability: after each gate, is anybody left? Unknown where only not-knowing keeps one."""
    # Reading: an interpreter is free and always to be had, so a language that the professional does not speak fails
    # nobody; it is shown, and those who speak it come first.
    answers: dict[str, bool | None] = {QUALIFIED: bool(looked)}
    left = looked
    for gate, fact in GATES:
        if gate == "accessible":
            answers[fact] = bool(left)
            continue
        passed = tuple(x for x in left if getattr(x, gate) is not False)
        sure = any(getattr(x, gate) is True for x in passed)
        answers[fact] = True if sure else None if passed else False
        left = passed
    return answers

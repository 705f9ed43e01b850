"""Finding the Member whose request it is: two identifiers, then a card to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from secondopinion.desk.errors import summary_of
from secondopinion.desk.forms_members import MemberSearch
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.doors import signed_in
from secondopinion.people.find import log_found, standing
from secondopinion.people.models import AuthorizedRepresentative, HealthNetwork, Member, Period
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.access import similar
from secondopinion.referrals.models import Referral


@dataclass(frozen=True, slots=True)
class Banner:
    """What a person must see to be sure of the Member: who, and how they stand with the plan on a day."""

    member: Member
    on: date
    age: int
    programs: tuple[str, ...]
    network: HealthNetwork | None
    pcp: QualifiedProfessional | None
    representatives: tuple[AuthorizedRepresentative, ...]


def banner_of(member: Member, now: datetime) -> Banner:
    """The Member banner as it stands today."""
    on = now.astimezone(PACIFIC).date()
    stands = standing(member, on)
    pcps = member.pcps
    assigned = pcps.filter(Period.covering(on)).select_related("professional").first()
    return Banner(
        member=member,
        on=on,
        age=age_on(member.birth_date, on),
        programs=stands.programs,
        network=stands.network,
        pcp=assigned.professional if assigned else None,
        representatives=stands.representatives,
    )


def age_on(born: date, on: date) -> int:
    """Completed years of life on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@signed_in("intake", "nurse", "physician", why="find a Member for a request")
def find(request: HttpRequest) -> HttpResponse:
    """Search by two identifiers; a Member found is shown on a card to confirm, never opened by itself.

    The search is a POST, so that identifiers stay out of addresses, histories and logs.
    """
    now: datetime = request.now  # type: ignore[attr-defined]
    form = MemberSearch(request.POST if request.method == "POST" else None)
    banner: Banner | None = None
    known: list[Referral] = []
    if form.is_bound and form.is_valid() and form.member is not None:
        banner = banner_of(form.member, now)
        person: Person = request.person  # type: ignore[attr-defined]
        known = similar(person, form.member, now)
        log_found(form.member, person, now)
    context = {"form": form, "banner": banner, "known": known, "summary": summary_of(form)}
    return render(request, "desk/members_find.html", context)

"""Which Member a request is for: two identifiers, the number and the birth date, or else the number and the name."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Q

from secondopinion.fhir.request import AskedFor, SecondOpinionRequest
from secondopinion.people.models import Member, Period
from secondopinion.policy.identifiers import cin_of, mbi_of

MOST_NUMBERS = 20


def member_for(request: SecondOpinionRequest) -> Member | None:
    """The one Member whom two identifiers of the request agree on; None when there is none, or more than one."""
    numbers = [n for n in (*request.asked_for.numbers, request.subscriber_number) if n][:MOST_NUMBERS]
    where = Q(member_id__in=numbers)
    for column, reading in (("cin", cin_of), ("mbi", mbi_of)):
        read = [plain for n in numbers if (plain := reading(n)) is not None]
        if read:
            where |= Q(**{f"{column}__in": read})
    found = [m for m in Member.objects.filter(where)[: MOST_NUMBERS + 1] if _agrees(m, request.asked_for)]
    return found[0] if len(found) == 1 else None


def programs_of(member: Member, day: date) -> list[str]:
    """The programs the Member is enrolled in on a day."""
    return list(member.enrollments.filter(Period.covering(day)).values_list("program", flat=True))


def _agrees(member: Member, asked_for: AskedFor) -> bool:
    # Reading: a birth date that is sent must be right, whatever the name; people change their names.
    if asked_for.birth_on is not None:
        return member.birth_date == asked_for.birth_on
    ours = (_plain(member.last_name), _plain(member.first_name).split(" ")[0])
    return any((_plain(n.family), _plain(n.given).split(" ")[0]) == ours for n in asked_for.names)


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", name.casefold()).split())

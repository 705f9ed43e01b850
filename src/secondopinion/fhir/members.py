"""Which Member a request is for: two identifiers, the number and the birth date, or else the number and the name."""

from __future__ import annotations

import re

from secondopinion.fhir.request import AskedFor, SecondOpinionRequest
from secondopinion.people.find import bearing
from secondopinion.people.models import Member
from secondopinion.policy.identifiers import cin_of, mbi_of

MOST_NUMBERS = 20


def member_for(request: SecondOpinionRequest) -> Member | None:
    """The one Member whom two identifiers of the request agree on; None when there is none, or more than one."""
    numbers = [n for n in (*request.asked_for.numbers, request.subscriber_number) if n][:MOST_NUMBERS]
    read = {"member_id": numbers}
    for column, reading in (("cin", cin_of), ("mbi", mbi_of)):
        if plain := [p for n in numbers if (p := reading(n)) is not None]:
            read[column] = plain
    found = [m for m in bearing(read, MOST_NUMBERS + 1) if _agrees(m, request.asked_for)]
    return found[0] if len(found) == 1 else None


def _agrees(member: Member, asked_for: AskedFor) -> bool:
    # Reading: a birth date that is sent must be right, whatever the name; people change their names.
    if asked_for.birth_on is not None:
        return member.birth_date == asked_for.birth_on
    ours = (_plain(member.last_name), _plain(member.first_name).split(" ")[0])
    return any((_plain(n.family), _plain(n.given).split(" ")[0]) == ours for n in asked_for.names)


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", name.casefold()).split())

"""The doctor whose opinion a Member doubts: the Member's own main doctor, or one of the directory by name."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from secondopinion.directory.find import in_network_on, professional_with
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import Member, Period

SHOWN: Final = 5  # more than these means: type more of the name
TITLES: Final = frozenset({"dr", "doctor", "md", "do", "np", "pa", "mr", "mrs", "ms"})


def named(typed: str, on: date) -> list[QualifiedProfessional]:
    """Professionals in the network on a day by beginnings of their names; none where too little was typed."""
    words = [word.strip(",.") for word in typed.replace("\x00", "").split()]
    words = [word for word in words if len(word) > 1 and word.lower() not in TITLES][:4]
    if not words:
        return []
    found = in_network_on(on)
    for word in words:
        found = found.filter(last_name__istartswith=word) | found.filter(first_name__istartswith=word)
    return list(found[:SHOWN])


def doctor_with(key: UUID) -> QualifiedProfessional | None:
    """The professional behind a key, or none."""
    return professional_with(key)


def pcp_on(member: Member, on: date) -> QualifiedProfessional | None:
    """The Member's main doctor on a day, or none on record."""
    found = member.pcps.filter(Period.covering(on)).select_related("professional").first()
    return found.professional if found else None

"""The clinician whose opinion is questioned: found in the directory by name or NPI, or kept as typed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from secondopinion.directory.find import in_network_on
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.policy.specialties import plain_name

SHOWN = 8  # more than these means: type more of the name
TITLES = frozenset({"dr", "doctor", "md", "do", "np", "pa"})


def named(typed: str, chosen: str, on: date) -> list[QualifiedProfessional]:
    """Professionals in the network on a day by NPI or by beginnings of their names. The one whose id was
    chosen already stays among them."""
    network = in_network_on(on)
    words = [word.strip(",.") for word in typed.replace("\x00", "").split()]
    words = [word for word in words if word and word.lower() not in TITLES][:4]
    first: list[QualifiedProfessional] = []
    if words:
        found = network
        for word in words:
            found = found.filter(npi=word) if word.isdigit() else (
                found.filter(last_name__istartswith=word) | found.filter(first_name__istartswith=word)
            )  # fmt: skip
        first = list(found[:SHOWN])
    if _is_id(chosen) and all(str(who.pk) != chosen for who in first):
        first += list(network.filter(pk=chosen))
    return first


def specialties(on: date) -> list[tuple[str, str]]:
    """The specialties there are in the network on a day: NUCC code and plain name, by name."""
    codes = in_network_on(on).order_by("taxonomy").values_list("taxonomy", flat=True).distinct()
    return sorted(((code, plain_name(code)) for code in codes), key=lambda pair: pair[1])


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

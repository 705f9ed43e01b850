"""Finding professionals: who is contracted, licensed and able on a day, and how far away."""

from __future__ import annotations

from datetime import date
from math import asin, cos, radians, sin, sqrt

from django.db.models import Exists, OuterRef, QuerySet

from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.people.models import Period

EARTH_MILES = 3958.8


def in_network_on(day: date) -> QuerySet[QualifiedProfessional]:
    """Professionals anywhere in the plan's networks on a day: contracted, licensed and not excluded."""
    contracted = Contract.objects.filter(Period.covering(day), professional=OuterRef("pk"))
    return QualifiedProfessional.objects.filter(Exists(contracted), license_to_on__gte=day, excluded=False)


def is_contracted(who: QualifiedProfessional, day: date) -> bool:
    """Does any contract with the plan or a Health Network run on the day? If not: a Non-Contracted Provider."""
    return Contract.objects.filter(Period.covering(day), professional=who).exists()


def network_name_of(who: QualifiedProfessional, day: date) -> str:
    """The Health Network through which a professional is contracted on a day; empty: the plan's own."""
    contract = (
        Contract.objects.filter(Period.covering(day), professional=who, network__isnull=False)
        .select_related("network")
        .first()
    )
    return contract.network.name if contract and contract.network else ""


def miles_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in miles (haversine)."""
    up, across = radians(other_latitude - latitude), radians(other_longitude - longitude)
    half = sin(up / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(across / 2) ** 2
    return 2 * EARTH_MILES * asin(sqrt(half))

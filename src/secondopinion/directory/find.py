"""Finding professionals: who is contracted, licensed and able on a day, and how far away."""

from __future__ import annotations

from datetime import date
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from secondopinion.directory.models import Contract, PcpAssignment, QualifiedProfessional
from secondopinion.people.models import Period
from secondopinion.people.prepared import Prepared

EARTH_MILES = 3958.8
PROFESSIONAL = Prepared(lambda given: QualifiedProfessional.objects.filter(pk=given("id")))
BY_NPI = Prepared(lambda given: QualifiedProfessional.objects.filter(npi=given("npi")))
PCP = Prepared(
    lambda given: QualifiedProfessional.objects.filter(
        panel__in=PcpAssignment.objects.filter(Period.covering(given("on")), member=given("member"))
    )
)
CONTRACTED = Prepared(
    lambda given: Contract.objects.filter(Period.covering(given("on")), professional=given("who")).values_list("pk")
)
NETWORK_NAMES = Prepared(
    lambda given: Contract.objects.filter(
        Period.covering(given("on")), professional=given("who"), network__isnull=False
    ).values_list("network__name")
)


def in_network_on(day: date) -> QuerySet[QualifiedProfessional]:
    """Professionals anywhere in the plan's networks on a day: contracted, licensed and not excluded."""
    contracted = Contract.objects.filter(Period.covering(day), professional=OuterRef("pk"))
    return QualifiedProfessional.objects.filter(Exists(contracted), license_to_on__gte=day, excluded=False)


def is_contracted(who: QualifiedProfessional, day: date) -> bool:
    """Does any contract with the plan or a Health Network run on the day? If not: a Non-Contracted Provider."""
    return bool(CONTRACTED.rows(who=who.pk, on=day))


def network_name_of(who: QualifiedProfessional, day: date) -> str:
    """The Health Network through which a professional is contracted on a day; empty: the plan's own."""
    names = NETWORK_NAMES.rows(who=who.pk, on=day)
    return str(names[0][0]) if names else ""


def professional_with(key: UUID | None) -> QualifiedProfessional | None:
    """A professional of the directory by key, or none."""
    return PROFESSIONAL.first(id=key) if key else None


def professional_by(npi: str) -> QualifiedProfessional | None:
    """The professional of the directory with this NPI, or none."""
    return BY_NPI.first(npi=npi)


def pcp_of(member: UUID, day: date) -> QualifiedProfessional | None:
    """A Member's Primary Care Physician on a day."""
    return PCP.first(member=member, on=day)


def miles_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in miles (haversine)."""
    up, across = radians(other_latitude - latitude), radians(other_longitude - longitude)
    half = sin(up / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(across / 2) ** 2
    return 2 * EARTH_MILES * asin(sqrt(half))

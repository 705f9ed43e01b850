"""The directory as it stood on a day, past days too: who was in the network, and what was known of somebody.

Each source keeps periods of its own. Of memberships the best source counts that knows the professional in the network
at all, so the plan's own word that a contract has ended outweighs a listing that has not noticed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_dated import (
    Dated,
    Exclusion,
    LicenseHeld,
    Membership,
    NpiDeactivation,
    Practice,
    Source,
    SpecialtyHeld,
    Verification,
)
from secondopinion.people.models import HealthNetwork

ORDER = {source.value: place for place, source in enumerate(Source)}
"""The sources, the most believed first."""
BELIEVED = Case(*(When(said_by=by, then=Value(at)) for by, at in ORDER.items()), output_field=IntegerField())
Held = TypeVar("Held", bound=Dated)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the directory held of a professional on a day, the most believed source first."""

    specialties: tuple[SpecialtyHeld, ...]
    licenses: tuple[LicenseHeld, ...]
    practices: tuple[Practice, ...]
    memberships: tuple[Membership, ...]
    exclusions: tuple[Exclusion, ...]
    verification: Verification | None  # the last one, up to the day
    npi_is_dead: bool

    @property
    def is_licensed(self) -> bool:
        """Whether somebody but the holder says that a licence was in force."""
        return any(held.status == LicenseHeld.Status.ACTIVE for held in self.licenses)


def standing_of(who: QualifiedProfessional, day: date) -> Standing:
    """What was held of a professional on a day."""
    confirmed = Verification.objects.filter(professional=who, on_day__lte=day)
    return Standing(
        specialties=_on(SpecialtyHeld.objects.all(), who, day),
        licenses=_on(LicenseHeld.objects.all(), who, day),
        practices=_on(Practice.objects.select_related("site"), who, day),
        memberships=_on(_believed(day).select_related("site", "network"), who, day),
        exclusions=_on(Exclusion.objects.all(), who, day),
        verification=confirmed.order_by("-on_day", "-pk").first(),
        npi_is_dead=NpiDeactivation.objects.filter(NpiDeactivation.covering(day), professional=who).exists(),
    )


def in_network_as_of(
    day: date, networks: Iterable[HealthNetwork | None] | None = None
) -> QuerySet[QualifiedProfessional]:
    """Professionals who were in the plan's networks on a day: a member, licensed, not excluded, the NPI alive.

    `networks` names those to look in, none of them meaning the plan's own; without it anywhere counts.
    """
    belongs = _believed(day).filter(professional=OuterRef("pk"))
    if networks is not None:
        named = list(networks)
        inside = Q(network__in=[network for network in named if network is not None])
        belongs = belongs.filter(inside | Q(network__isnull=True) if None in named else inside)
    licensed = LicenseHeld.objects.filter(
        LicenseHeld.covering(day), professional=OuterRef("pk"), status=LicenseHeld.Status.ACTIVE
    )
    excluded = Exclusion.objects.filter(Exclusion.covering(day), professional=OuterRef("pk"))
    dead = NpiDeactivation.objects.filter(NpiDeactivation.covering(day), professional=OuterRef("pk"))
    return QualifiedProfessional.objects.filter(Exists(belongs), Exists(licensed), ~Exists(excluded), ~Exists(dead))


def _believed(day: date) -> QuerySet[Membership]:
    """Memberships in force on a day that no better source speaks of."""
    better = (
        Membership.objects.annotate(believed=BELIEVED)
        .filter(Q(network=OuterRef("network")) | Q(network__isnull=True) & Q(professional=OuterRef("of_the_plan")))
        .filter(professional=OuterRef("professional"), believed__lt=OuterRef("believed"))
        # An empty period was never in force: it says nothing.
        .filter(Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")))
    )
    of_the_plan = Case(When(network__isnull=True, then=F("professional")))
    marked = Membership.objects.annotate(believed=BELIEVED, of_the_plan=of_the_plan)
    return marked.filter(Membership.covering(day)).filter(~Exists(better))


def _on(held: QuerySet[Held], who: QualifiedProfessional, day: date) -> tuple[Held, ...]:
    running = held.filter(Dated.covering(day), professional=who).annotate(place=BELIEVED)
    return tuple(running.order_by("place", "from_on", "pk"))

"""Professionals who can give an opinion: who they are, where they practise, with whom they contract, by date."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from secondopinion.directory.models_candidates import CandidateAt as CandidateAt  # its tables belong to this room
from secondopinion.directory.models_dated import LoadRun as LoadRun  # its tables too
from secondopinion.people.models import HealthNetwork, Member, Period, ends_after_it_starts


class QualifiedProfessional(models.Model):
    """A licensed professional in the plan's directory (glossary: appropriately qualified health care professional)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    npi = models.CharField(max_length=10, unique=True)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    credential = models.CharField(max_length=12, help_text="MD, DO, NP …")
    taxonomy = models.CharField(max_length=10, help_text="Primary NUCC code")
    other_taxonomies = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    serves_as_pcp = models.BooleanField(default=False)
    group_name = models.CharField(max_length=120, blank=True)
    group_tax_id = models.CharField(max_length=10, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    accepts_new_members = models.BooleanField(default=True)
    excluded = models.BooleanField(default=False, help_text="On a federal or State exclusion list")
    license_number = models.CharField(max_length=20)
    license_to_on = models.DateField(help_text="The last day the licence is in force")
    verified_on = models.DateField(help_text="The day a person last confirmed this entry")
    phone = models.CharField(max_length=20)
    fax = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    state = models.CharField(max_length=2, default="CA")
    zip_code = models.CharField(max_length=10)
    latitude = models.FloatField(null=True, help_text="None: no source gave the place's coordinates")
    longitude = models.FloatField(null=True)

    class Meta:
        ordering = ("last_name", "first_name", "npi")
        indexes = (models.Index(fields=("taxonomy",)),)

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name as a letter prints it."""
        return f"{self.first_name} {self.last_name}, {self.credential}"

    @property
    def address_lines(self) -> list[str]:
        """The lines of the envelope, without the name."""
        return [self.address, f"{self.city}, {self.state} {self.zip_code}"]


class Contract(Period):
    """A professional's written contract with the plan (no network) or with a Health Network, by date.

    Contracted anywhere in the plan's networks means: not a Non-Contracted Provider (glossary).
    """

    professional = models.ForeignKey(QualifiedProfessional, models.PROTECT, related_name="contracts")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, blank=True, related_name="contracts")

    class Meta:
        ordering = ("professional", "from_on")
        constraints = (ends_after_it_starts("contract"),)

    def __str__(self) -> str:
        return f"{self.professional_id} with {self.network_id or 'the plan'} from {self.from_on}"


class PcpAssignment(Period):
    """The Member's Primary Care Physician, by date."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="pcps")
    professional = models.ForeignKey(QualifiedProfessional, models.PROTECT, related_name="panel")

    class Meta:
        ordering = ("member", "from_on")
        constraints = (
            ends_after_it_starts("pcp"),
            models.UniqueConstraint(name="one_pcp_at_a_time", fields=("member",), condition=Q(to_on__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.member_id}: {self.professional_id} from {self.from_on}"

"""Members, the Health Networks they are assigned to by date, their representatives, and staff."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from secondopinion.people.models_administration import Answer as Answer  # tables of this room
from secondopinion.people.models_administration import Proposal as Proposal
from secondopinion.people.models_confidential import ConfidentialRequest as ConfidentialRequest  # a table of this room
from secondopinion.people.models_disclosing import Disclosure as Disclosure  # a table of this room
from secondopinion.people.models_formats import FormatPreference as FormatPreference
from secondopinion.people.models_own_page import OwnPage as OwnPage
from secondopinion.people.models_pace import Pace as Pace
from secondopinion.people.models_representing import RepresentativeEnd as RepresentativeEnd  # likewise
from secondopinion.people.models_representing import RepresentativePaper as RepresentativePaper  # likewise
from secondopinion.people.models_representing import Scope, every_scope
from secondopinion.people.models_signing_in import SignInEntry as SignInEntry  # tables of this room, too
from secondopinion.policy.asked import Program

PROGRAMS = [(p.value, p.name) for p in Program]


class Period(models.Model):
    """A stretch of days, both ends included; no end means it still runs."""

    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def covering(day: date | models.Expression) -> Q:
        """The condition that picks the rows in force on a day."""
        return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))


def ends_after_it_starts(table: str) -> models.CheckConstraint:
    """A period may not end before it starts."""
    return models.CheckConstraint(
        name=f"{table}_ends_after_it_starts",
        condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")),
        violation_error_message="The last day lies before the first day.",
    )


def one_at_a_time(table: str, *same: str, says: str) -> ExclusionConstraint:
    """No two rows that agree on every column of `same` may hold on one and the same day."""
    both_ends = RangeBoundary(inclusive_lower=True, inclusive_upper=True)
    days = Func(F("from_on"), F("to_on"), both_ends, function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=f"{table}_one_at_a_time",
        expressions=[(days, RangeOperators.OVERLAPS), *((column, RangeOperators.EQUAL) for column in same)],
        violation_error_message=says,
    )


class HealthNetwork(models.Model):
    """A contracted Health Network (glossary: PHC, shared-risk physician group, or HMO)."""

    class Kind(models.TextChoices):
        PHC = "phc", "Physician Hospital Consortium"
        SHARED_RISK = "shared-risk", "Shared-risk physician group"
        HMO = "hmo", "Health Maintenance Organization"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    phone = models.CharField(max_length=20)
    claims_address = models.TextField(blank=True, help_text="Where claims go, a line each")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def claims_lines(self) -> list[str]:
        """The lines of the address that claims go to."""
        return [line.strip() for line in self.claims_address.splitlines() if line.strip()]


class Delegation(Period):
    """What the plan has delegated to a network, for a program, from a day to a day (II.L, GG.1541)."""

    class Function(models.TextChoices):
        AUTHORIZATION = "second-opinion-authorization", "Deciding second opinions"
        MEMBER_NOTICES = "member-notices", "Notices to Members"
        PROVIDER_NOTICES = "provider-notices", "Notices to providers"

    network = models.ForeignKey(HealthNetwork, models.PROTECT, related_name="delegations")
    program = models.CharField(max_length=10, choices=PROGRAMS)
    function = models.CharField(max_length=40, choices=Function.choices, default=Function.AUTHORIZATION)
    agreement = models.CharField(max_length=60, blank=True, help_text="The number of the delegation agreement")

    class Meta:
        ordering = ("network", "program", "from_on")
        constraints = (
            ends_after_it_starts("delegation"),
            one_at_a_time(
                "delegation", "network", "program", "function",
                says="This function of this program is delegated to the network on some of these days already.",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.network}: {self.function}, {self.program}, from {self.from_on}"


class SubDelegation(Period):
    """Whom a network hands a delegated function on to, with the plan's approval in writing (HH.2025).

    The database keeps its days inside those of the delegation it is part of.
    """

    delegation = models.ForeignKey(Delegation, models.PROTECT, related_name="sub_delegations")
    entity = models.CharField(max_length=120, help_text="The name of the sub-delegate")
    approval = models.CharField(max_length=60, help_text="The number of the plan's written approval")
    approved_on = models.DateField()

    class Meta:
        ordering = ("delegation", "entity", "from_on")
        constraints = (
            ends_after_it_starts("subdelegation"),
            models.CheckConstraint(
                name="subdelegation_is_approved",
                condition=~Q(approval="") & Q(approved_on__lte=F("from_on")),
                violation_error_message="The plan approves a sub-delegate in writing before the first day.",
            ),
            one_at_a_time(
                "subdelegation", "delegation", "entity",
                says="The sub-delegate has this function on some of these days already.",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.entity} for {self.delegation}"


class Succession(models.Model):
    """One network takes another's place at a midnight: a merger, a purchase, a new name. Never in a circle."""

    predecessor = models.OneToOneField(HealthNetwork, models.PROTECT, related_name="succession")
    successor = models.ForeignKey(HealthNetwork, models.PROTECT, related_name="successions")
    from_on = models.DateField(help_text="The first day of the successor; the midnight before it, Pacific time")
    why = models.CharField(max_length=200)

    class Meta:
        ordering = ("from_on", "predecessor")

    def __str__(self) -> str:
        return f"{self.predecessor} became {self.successor} on {self.from_on}"


class Member(models.Model):
    """A person enrolled with the plan (glossary: Member)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member_id = models.CharField(max_length=20, unique=True, help_text="The number on the plan's card")
    cin = models.CharField(max_length=9, blank=True, help_text="Medi-Cal Client Index Number")
    mbi = models.CharField(max_length=11, blank=True, help_text="Medicare Beneficiary Identifier")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    birth_date = models.DateField()
    language = models.CharField(max_length=8, default="en")
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    state = models.CharField(max_length=2, default="CA")
    zip_code = models.CharField(max_length=10)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    needs_wheelchair_access = models.BooleanField(null=True, help_text="At the place of a visit; none: nobody asked")
    has_ccs_condition = models.BooleanField(
        null=True, help_text="One that California Children's Services covers; none: nobody has said"
    )

    class Meta:
        ordering = ("last_name", "first_name", "member_id")
        indexes = (
            models.Index(fields=("last_name", "birth_date")),
            models.Index(fields=("cin",)),
            models.Index(fields=("mbi",)),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def address_lines(self) -> list[str]:
        """The lines of the envelope, without the name."""
        return [self.address, f"{self.city}, {self.state} {self.zip_code}"]


class Enrollment(Period):
    """The program a Member is enrolled in, by date."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="enrollments")
    program = models.CharField(max_length=10, choices=PROGRAMS)

    class Meta:
        ordering = ("member", "from_on")
        constraints = (ends_after_it_starts("enrollment"),)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.program} from {self.from_on}"


class NetworkAssignment(Period):
    """The Health Network a Member is assigned to, by date; none means the plan's own direct network."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="assignments")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, related_name="assignments")

    class Meta:
        ordering = ("member", "from_on")
        constraints = (ends_after_it_starts("assignment"),)

    def __str__(self) -> str:
        return f"{self.member_id}: {self.network_id} from {self.from_on}"


class AuthorizedRepresentative(Period):
    """Who may act for a Member, on what authority, from a day to a day.

    Medi-Cal: appointed in writing by the Member. OneCare: legal authority to make health decisions, or
    a parent or guardian (glossary; 45 CFR 164.502(g)).
    """

    class Authority(models.TextChoices):
        IN_WRITING = "in-writing", "Appointed in writing by the Member"
        LEGAL = "legal", "Legal authority for health decisions"
        PARENT = "parent", "Parent or guardian"

    class Basis(models.TextChoices):
        APPOINTMENT = "appointment", "An appointment that the Member signed"
        MEDICARE_FORM = "cms-1696", "Medicare’s form CMS-1696"
        POWER_OF_ATTORNEY = "power-of-attorney", "A power of attorney for health care"
        COURT_ORDER = "court-order", "An order of a court: conservator or guardian"
        SURROGATE = "surrogate", "A surrogate for health decisions"
        PARENT = "parent", "The parent of a minor"
        GUARDIAN = "guardian", "The guardian of a minor, or who stands in a parent’s place"

    member = models.ForeignKey(Member, models.PROTECT, related_name="representatives")
    name = models.CharField(max_length=120)
    authority = models.CharField(max_length=12, choices=Authority.choices)
    basis = models.CharField(max_length=20, choices=Basis.choices, blank=True, db_default="", default="")
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope.choices), default=every_scope)
    signed_on = models.DateField(null=True, help_text="The day on the paper")
    recorded_at = models.DateTimeField(null=True, help_text="None: brought in from before")
    recorded_by = models.CharField(max_length=120, blank=True, db_default="", default="")
    evidence = models.CharField(max_length=200, help_text="What paper proves it, and where it is kept")
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=160, blank=True)
    language = models.CharField(
        max_length=8, blank=True, db_default="", default="", help_text="None: nobody asked; copies are in the Member's"
    )

    class Meta:
        ordering = ("member", "from_on")
        constraints = (ends_after_it_starts("representative"),)

    def __str__(self) -> str:
        return f"{self.name} for {self.member_id}"


class Role(models.TextChoices):
    """What a person may be at the desk. Permissions are read from the lifecycle table, not from here.

    Who works at a Health Network has the same roles as who works at the plan: the network is the staff member's.
    """

    INTAKE = "intake", "Intake coordinator"
    NURSE = "nurse", "Nurse reviewer"
    PHYSICIAN = "physician", "Physician reviewer"
    CONTRACTING = "contracting", "Contracting analyst"
    APPEALS = "appeals", "Appeals coordinator"
    OVERSIGHT = "oversight", "Delegation oversight auditor"
    COMPLIANCE = "compliance", "Compliance officer"
    CALL_CENTRE = "call_centre", "Call-centre agent"
    ADMINISTRATOR = "administrator", "Administrator of accounts"


class Staff(models.Model):
    """A person who works at the plan (no network), at one Health Network, or at a sub-delegate of one."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="staff")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, blank=True, related_name="staff")
    roles = ArrayField(models.CharField(max_length=16, choices=Role.choices))
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=80)
    phone = models.CharField(max_length=30, help_text="Direct line, printed for the provider in a denial")
    npi = models.CharField(max_length=10, blank=True)
    # Dated by the sub-delegations of that name: when they end, so does what the person sees.
    sub_delegate = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="The sub-delegate of the network that the person works for, named as in its approval",
    )

    class Meta:
        ordering = ("name",)
        verbose_name_plural = "staff"
        constraints = (
            models.CheckConstraint(
                name="an_administrator_is_nothing_else",
                condition=~Q(roles__contains=[Role.ADMINISTRATOR.value]) | Q(roles__len=1),
                violation_error_message="An administrator of accounts sees no health data, so has no other role.",
            ),
            models.CheckConstraint(
                name="a_sub_delegate_is_of_a_network",
                condition=Q(sub_delegate="") | Q(network__isnull=False),
                violation_error_message="A sub-delegate works for a Health Network: name the network, too.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def role_words(self) -> list[str]:
        """The roles as a person reads them."""
        return [Role(role).label for role in self.roles]


class License(Period):
    """A California licence on record. Only a physician with one in force may sign an adverse decision."""

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="licenses")
    number = models.CharField(max_length=20)
    state = models.CharField(max_length=2, default="CA")
    specialty = models.CharField(max_length=10, help_text="NUCC taxonomy code")
    unrestricted = models.BooleanField(default=True)

    class Meta:
        ordering = ("staff", "from_on")
        constraints = (ends_after_it_starts("license"),)

    def __str__(self) -> str:
        return f"{self.state} {self.number}"


class ApiClient(models.Model):
    """A system that calls the FHIR door with a bearer token. Only the token's SHA-256 is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, unique=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AccessEntry(models.Model):
    """One look at a Member's record: who, what, when, why (45 CFR 164.312(b)). Write-once."""

    at = models.DateTimeField()
    person = models.CharField(max_length=120)
    person_network = models.UUIDField(null=True)
    what = models.CharField(max_length=60)
    about = models.CharField(max_length=40, help_text="Referral number or member id")
    why = models.CharField(max_length=80)
    purpose = models.CharField(max_length=16, blank=True, db_default="", default="", help_text="As in `looking`")
    words = models.CharField(max_length=300, blank=True, db_default="", default="", help_text="Why, as it was said")

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("about", "at")),)
        verbose_name_plural = "access entries"

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.person}: {self.what} {self.about}"

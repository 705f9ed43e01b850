"""A referral for a second opinion: its state, its write-once history, its clocks, notices and papers.

Only `advance` (and `receive`, for the first event) writes these rows.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.letters.models import Letter
from secondopinion.people.kept.rows import KeptFile
from secondopinion.people.models import PROGRAMS, HealthNetwork, Member
from secondopinion.policy.asked import About, Opinion, Requester, Urgency
from secondopinion.policy.opinions import Need
from secondopinion.referrals.models_asking import Draft as Draft  # its table belongs to this room
from secondopinion.referrals.models_choosing import ChoicePage as ChoicePage
from secondopinion.referrals.models_choosing import Choosing
from secondopinion.referrals.models_forwarding import Forwarded as Forwarded  # its table belongs to this room
from secondopinion.referrals.models_objections import Objections
from secondopinion.referrals.models_offices import DoorTry as DoorTry
from secondopinion.referrals.models_offices import OfficeKey as OfficeKey
from secondopinion.referrals.models_offices import OfficePaper as OfficePaper
from secondopinion.referrals.models_offices import OfficeRequest as OfficeRequest
from secondopinion.referrals.models_offices import OfficeVisit as OfficeVisit
from secondopinion.referrals.models_offices import VisitLink as VisitLink
from secondopinion.referrals.models_privacy import SensitiveMark as SensitiveMark  # likewise
from secondopinion.referrals.models_right import EnrollmentFile as EnrollmentFile
from secondopinion.referrals.models_right import RightStatement as RightStatement
from secondopinion.referrals.models_translating import ReadingAloud as ReadingAloud
from secondopinion.referrals.models_translating import Translation as Translation
from secondopinion.referrals.models_working import PaperRead as PaperRead
from secondopinion.referrals.models_working import SavedView as SavedView
from secondopinion.referrals.states import FINISHED, State

# Open: not finished, or finished with a clock still running, as a denial whose letter has not left yet (F03).
OPEN = ~Q(state__in=FINISHED) | Q(due_at__isnull=False)
VISIT_AHEAD = (State.AUTHORIZED.value, State.SCHEDULED.value)
STATES = [(s.value, s.words) for s in State]


def choices(enum: type) -> list[tuple[str, str]]:
    """Django choices from one of the policy's enumerations."""
    return [(e.value, e.value) for e in enum]  # type: ignore[attr-defined]


class Channel(models.TextChoices):
    """How a request reached the plan or its delegate."""

    PHONE = "phone", "Phone"
    FAX = "fax", "Fax"
    MAIL = "mail", "Mail"
    WALK_IN = "walk-in", "Walk-in"
    FHIR = "fhir", "Electronic (FHIR)"
    CLAIM = "claim", "A claim"
    OFFICE = "office", "Page for offices"
    PAGE = "page", "The Member’s own page"


class Decider(models.TextChoices):
    """Who decides for this Member on the day of receipt (II.L)."""

    PLAN = "plan", "The plan"
    NETWORK = "network", "The Health Network"


class Decision(models.TextChoices):
    """How a referral was decided."""

    AUTHORIZE = "authorize", "Authorized"
    LIMIT = "limit", "Authorized, with the choice kept to the network"
    PARTIAL = "partial", "Authorized in part"
    DENY = "deny", "Denied"
    DEEM = "deem", "Not decided in time"
    DISMISS = "dismiss", "Dismissed"


class Agreement(models.TextChoices):
    """Where the letter of agreement with a Non-Contracted Provider stands."""

    DRAFTED = "drafted", "Sent, not signed yet"
    SIGNED = "signed", "Signed"
    DROPPED = "dropped", "No agreement came about"


class Found(models.TextChoices):
    """How a visit without authorization came to light."""

    CLAIM = "claim", "By a claim"
    CALL = "call", "By a call"
    REQUEST = "request", "By a request after the visit"


class Referral(Choosing, Objections):
    """One request for one opinion. The state here is a copy: the events are the truth."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=20, unique=True)
    member = models.ForeignKey(Member, models.PROTECT, related_name="referrals")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="referrals")
    program = models.CharField(max_length=10, choices=PROGRAMS)
    decider = models.CharField(max_length=8, choices=Decider.choices)
    edition = models.CharField(max_length=20)

    channel = models.CharField(max_length=8, choices=Channel.choices)
    received_at = models.DateTimeField(help_text="First arrival anywhere, by the channel's own clock")
    entered_at = models.DateTimeField(help_text="When it was put into the system")
    requester = models.CharField(max_length=25, choices=choices(Requester))
    requester_name = models.CharField(max_length=120)
    requester_phone = models.CharField(max_length=30, blank=True)
    requester_npi = models.CharField(max_length=10, blank=True)
    requester_address = models.CharField(max_length=200, blank=True)
    request_words = models.TextField(blank=True, help_text="What was asked, in the asker's words")
    opinion = models.CharField(max_length=12, choices=choices(Opinion), blank=True)
    about = models.CharField(max_length=16, choices=choices(About), blank=True)
    urgency = models.CharField(max_length=10, choices=choices(Urgency))
    urgency_reason = models.CharField(max_length=300, blank=True)
    condition = models.CharField(max_length=120, blank=True, help_text="In plain words, for letters")
    condition_code = models.CharField(max_length=10, blank=True, help_text="ICD-10-CM")
    procedure = models.CharField(max_length=160, blank=True, help_text="What was recommended, in plain words")
    clinician = models.ForeignKey(
        QualifiedProfessional, models.PROTECT, null=True, related_name="+", help_text="Whose care is questioned"
    )
    clinician_name = models.CharField(max_length=120, blank=True)
    clinician_taxonomy = models.CharField(max_length=10, blank=True)
    information_complete_at = models.DateTimeField(null=True)

    state = models.CharField(max_length=24, choices=STATES)
    position = models.IntegerField(help_text="How many events have happened")
    head_hash = models.CharField(max_length=64)
    yes = models.BigIntegerField(default=0, help_text="Facts answered yes, one bit each, by edition")
    no = models.BigIntegerField(default=0, help_text="Facts answered no, one bit each, by edition")
    due_at = models.DateTimeField(null=True, help_text="The earliest running clock")
    due_kind = models.CharField(max_length=24, blank=True)

    professional = models.ForeignKey(QualifiedProfessional, models.PROTECT, null=True, related_name="opinions")
    authorization_number = models.CharField(max_length=20, null=True, unique=True)
    authorized_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    appointment_at = models.DateTimeField(null=True)
    visited_on = models.DateField(null=True)

    # The six instants are received_at, entered_at and these four. The clocks are computed from them (clockwork.py).
    decided_at = models.DateTimeField(null=True)
    provider_told_at = models.DateTimeField(null=True)
    member_notice_at = models.DateTimeField(null=True, help_text="When the notice of the decision was mailed")
    report_received_at = models.DateTimeField(null=True)
    member_told_at = models.DateTimeField(null=True, help_text="When the decision was said to the Member by voice")
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True, db_default="")

    expedite_asked_at = models.DateTimeField(null=True)
    expedite_supported = models.BooleanField(default=False, db_default=False, help_text="A provider says so too")
    expedite_settled_at = models.DateTimeField(null=True, help_text="When it was said that it is, or is not")
    expedite_refused = models.BooleanField(default=False, db_default=False)
    expedite_told_at = models.DateTimeField(null=True, help_text="When the refusal was said to the Member")
    expedite_mailed_at = models.DateTimeField(null=True, help_text="When the refusal was mailed")
    upgraded_at = models.DateTimeField(null=True, help_text="When a standard request became expedited")
    information_asked_at = models.DateTimeField(null=True, help_text="Since when somebody waits for information")
    delayed_at = models.DateTimeField(null=True)
    extension_days = models.SmallIntegerField(default=0, db_default=0)
    representative_needed = models.BooleanField(default=False, db_default=False, help_text="Authority is not shown yet")
    representative_valid_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True, help_text="When a dismissal was taken back")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_notice_at = models.DateTimeField(null=True)

    first_need = models.CharField(max_length=16, choices=choices(Need), blank=True, db_default="")
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    opinion_number = models.SmallIntegerField(default=2, db_default=2)
    parent_reference = models.CharField(max_length=40, blank=True, db_default="", help_text="What the plan asks for")
    parent_service = models.CharField(max_length=160, blank=True, db_default="")
    parent_due_at = models.DateTimeField(null=True)
    parent_decided_at = models.DateTimeField(null=True)
    carried_to = models.CharField(max_length=36, blank=True, db_default="", help_text="Who decides since a merger")
    maybe_appeal_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    outside_professional = models.ForeignKey(QualifiedProfessional, models.PROTECT, null=True, related_name="+")
    outside_agreed_at = models.DateTimeField(null=True)
    agreement = models.CharField(max_length=8, choices=Agreement.choices, blank=True, db_default="")
    agreement_rate = models.CharField(max_length=200, blank=True, db_default="")
    agreement_payer = models.CharField(max_length=8, choices=Decider.choices, blank=True, db_default="")
    agreement_signed_on = models.DateField(null=True)
    member_pays = models.SmallIntegerField(default=0, db_default=0, help_text="Dollars; always none (II.F)")
    found_by = models.CharField(max_length=8, choices=Found.choices, blank=True, db_default="")
    outside_name = models.CharField(max_length=120, blank=True, db_default="", help_text="Who gave the visit found")

    appointment_from_at = models.DateTimeField(null=True, help_text="Since when an appointment is looked for")
    reminded_at = models.DateTimeField(null=True)
    chased = models.SmallIntegerField(default=0, db_default=0)
    chased_on = models.DateField(null=True)
    rescinded_at = models.DateTimeField(null=True)
    valid_before = models.DateField(null=True, help_text="The last day before the authorization was taken back")
    report_delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("due_at", "id")
        indexes = (
            models.Index(name="referral_open_due", fields=("due_at", "id"), condition=OPEN),
            models.Index(
                name="referral_open_network_due",
                fields=("network", "due_at", "id"),
                condition=OPEN,
            ),
            # What the sweep asks for: authorizations by their last day, visits by theirs while the report is missing.
            models.Index(name="referral_ends", fields=("valid_until",), condition=Q(state__in=VISIT_AHEAD)),
            models.Index(name="referral_report_due", fields=("visited_on",), condition=Q(state=State.SEEN.value)),
        )
        constraints = (
            models.CheckConstraint(
                name="received_before_entered",
                condition=Q(received_at__lte=models.F("entered_at")),
                violation_error_message="A request cannot be entered before it was received.",
            ),
            models.CheckConstraint(
                name="authorized_has_a_number",
                condition=~Q(state__in=("authorized", "scheduled", "seen", "report_received"))
                | Q(authorization_number__isnull=False, authorized_on__isnull=False),
                violation_error_message="An authorized referral has an authorization number and a day.",
            ),
            models.CheckConstraint(
                name="the_member_pays_nothing",
                condition=Q(member_pays=0),
                violation_error_message="An opinion costs the Member nothing (II.F).",
            ),
            models.CheckConstraint(
                name="an_adverse_end_was_decided",
                condition=~Q(state__in=("denied", "deemed_denied", "dismissed"))
                | Q(decided_at__isnull=False, decision__in=("deny", "deem", "dismiss")),
                violation_error_message="A denial or dismissal has its instant and its kind.",
            ),
            models.CheckConstraint(
                name="yes_and_no_differ",
                condition=Q(yes__gte=0) & Q(no__gte=0),
                violation_error_message="Answers are two sets of bits.",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Event(models.Model):
    """One step taken. Never changed, never deleted; each carries the hash of the one before."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="events")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    position = models.IntegerField()
    step = models.CharField(max_length=32)
    source = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24)
    actor = models.CharField(max_length=120)
    actor_staff = models.IntegerField(null=True)
    role = models.CharField(max_length=12)
    at = models.DateTimeField()
    edition = models.CharField(max_length=20)
    yes = models.BigIntegerField()
    no = models.BigIntegerField()
    finding = models.JSONField(null=True)
    details = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("referral", "position")
        constraints = (
            models.UniqueConstraint(
                name="one_event_per_position",
                fields=("referral", "position"),
                violation_error_message="Somebody else has just taken a step on this referral.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.step}"


class Ended(models.TextChoices):
    """How a clock ended."""

    MET = "met", "Met"
    MISSED = "missed", "Missed"
    REPLACED = "replaced", "Another limit took its place"
    VOID = "void", "Not needed any more"


class RunningClock(models.Model):
    """A clock of the law: when it started, is due, and was met or missed. One that has ended stays as it ended."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="clocks")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=24)
    rule = models.CharField(max_length=60)
    label = models.CharField(max_length=160)
    authority = models.CharField(max_length=160)
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True, help_text="Since when it waits for something")
    stopped_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Ended.choices, blank=True, db_default="", default="")

    class Meta:
        ordering = ("due_at", "rule")
        constraints = (
            models.UniqueConstraint(
                name="one_running_clock_per_rule",
                fields=("referral", "kind", "rule"),
                condition=Q(stopped_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} by {self.rule}"


class Notice(models.Model):
    """What an event owes in writing, and the letter that pays the debt."""

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="notices")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    position = models.IntegerField(help_text="The event that owes it")
    kind = models.CharField(max_length=40)
    recipient_role = models.CharField(max_length=24)
    letter = models.OneToOneField(Letter, models.PROTECT, related_name="notice")

    class Meta:
        ordering = ("referral", "position", "kind")

    def __str__(self) -> str:
        return f"{self.kind} for event {self.position}"


class Paper(KeptFile):
    """A file that came with the referral: a record, or the consultation report. Sealed; `plain()` opens it."""

    class Kind(models.TextChoices):
        RECORD = "record", "Medical record"
        REPORT = "report", "Consultation report"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="papers")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=120)
    pages = models.IntegerField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)

    class Meta:
        ordering = ("referral", "added_at")

    def __str__(self) -> str:
        return self.name


class ConsultationReport(models.Model):
    """What the consulting professional wrote, in a form that can be compared with the first opinion (III.F.1)."""

    class Need(models.TextChoices):
        NEEDED = Need.NEEDED.value, "The procedure is needed"
        NOT_NEEDED = Need.NOT_NEEDED.value, "The procedure is not needed"
        ALTERNATIVE = Need.ALTERNATIVE.value, "Something else should be done instead"
        DEFER = Need.DEFER.value, "It should wait"
        UNDETERMINED = Need.UNDETERMINED.value, "Cannot say yet"
        NO_PROCEDURE = Need.NO_PROCEDURE.value, "No procedure was in question"

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="report")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    paper = models.OneToOneField(Paper, models.PROTECT, related_name="report")
    visited_on = models.DateField()
    need = models.CharField(max_length=16, choices=Need.choices)
    agrees = models.BooleanField(null=True, help_text="On the need for the procedure; empty: none in question")
    summary = models.TextField()
    recommended = models.TextField(blank=True)
    other_disparity = models.TextField(blank=True, db_default="", help_text="A difference of another kind (II.I)")
    signed_on = models.DateField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ("received_at",)

    def __str__(self) -> str:
        return f"Report on {self.referral_id}"

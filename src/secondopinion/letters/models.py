"""A letter: frozen when owed, sealed when printed, and never changed once it has left the house."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from secondopinion.letters.kinds import ADVERSE
from secondopinion.letters.models_approving import WordingApproval as WordingApproval  # its table belongs to this room
from secondopinion.letters.models_formats import LetterFile as LetterFile
from secondopinion.letters.models_mailing import Mailing as Mailing  # its tables belong to this room
from secondopinion.letters.models_mailing import OfficeAddress as OfficeAddress
from secondopinion.people.models import PROGRAMS, HealthNetwork


class Exists(models.Func):
    """Whether a JSON value holds anything at a path."""

    function = "jsonb_path_exists"
    template = "%(function)s(%(expressions)s)"
    output_field = models.BooleanField()

    def __init__(self, column: str, path: str) -> None:
        as_path = models.Func(models.Value(path), template="(%(expressions)s)::jsonpath")
        super().__init__(models.F(column), as_path)


class Says(models.Func):
    """Whether a JSON value holds words at a path: `Says("data", "$.appeal.by")`. Blank is not words."""

    function = "jsonb_path_exists"
    template = "%(function)s(%(expressions)s)"
    output_field = models.BooleanField()

    def __init__(self, column: str, path: str) -> None:
        words = models.Func(
            models.Value(f'{path} ? (@.type() == "string" && @ like_regex "[^[:space:]]")'),
            template="(%(expressions)s)::jsonpath",
        )
        super().__init__(models.F(column), words)


def says_all(*paths: str) -> Q:
    """The condition that a letter's data holds words at each of the paths."""
    return Q(*(Says("data", path) for path in paths))


# What the database itself looks for in a letter that can be appealed, whoever writes the row: each reason with its
# rule, the right to appeal, the State Hearing, the free copy of the rules, and where to complain (GG.1538 II.K; 42 CFR
# 438.404(b)). No reason among several may be blank.
EVERY_APPEALABLE = says_all(
    "$.reasons[*].reason", "$.reasons[*].criterion", "$.reasons[*].clause", "$.appeal.by", "$.appeal.phone",
    "$.hearing.phone", "$.criteria.title", '$.complaint[*] ? (@.key == "dhcs").phone', "$.complaint[*].name",
) & ~Q(Exists("data", '$.reasons[*] ? (!(exists(@.reason ? (@ like_regex "[^[:space:]]"))))'))  # fmt: skip
APPEALABLE_MORE: Mapping[str, Q] = MappingProxyType(
    {
        # The medical reason and what would lead to a yes stand in every denial; who decided, where an office reads it.
        "denial_": says_all("$.clinical_reason", "$.to_approve[*]"),
        "modification_": says_all("$.change.asked", "$.change.approved"),
        "deemed_denial_": says_all("$.time_limit.due_on"),
        "rescission_": says_all("$.ends_on", "$.continuation_by"),
        "cost_notice_": says_all("$.visit.on"),
    }
)
NAMES_THE_PHYSICIAN = ("denial_to_requester", "denial_to_pcp", "modification_to_requester", "modification_to_pcp")
BOTH_PROGRAMS = tuple(kind for kind in ADVERSE if kind.startswith(("denial_", "modification_")))
ADVERSE_SAYS_ALL = (
    EVERY_APPEALABLE
    & (~Q(program="onecare") | says_all('$.complaint[*] ? (@.key == "qio").phone'))
    & (~Q(program="onecare") | ~Q(kind__in=BOTH_PROGRAMS) | says_all("$.rules.medicare", "$.rules.medi_cal"))
    & (~Q(kind__in=NAMES_THE_PHYSICIAN) | says_all("$.physician.name", "$.physician.phone"))
)
for begins, more in APPEALABLE_MORE.items():
    ADVERSE_SAYS_ALL &= ~Q(kind__in=tuple(kind for kind in ADVERSE if kind.startswith(begins))) | more


class Letter(models.Model):
    """One letter to one reader. The database refuses a change of its data, and any change after mailing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    program = models.CharField(max_length=10, choices=PROGRAMS)
    language = models.CharField(max_length=8)
    recipient_role = models.CharField(max_length=24)
    recipient_name = models.CharField(max_length=160)
    data = models.JSONField()
    data_sha256 = models.CharField(max_length=64)
    template_sha256 = models.CharField(max_length=64)
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+")
    owed_at = models.DateTimeField()
    batch_on = models.DateField(help_text="The local day it was owed; names the print house's batch")

    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True, db_default="", default="")
    marks = ArrayField(models.CharField(max_length=60), default=list, db_default=[])
    printed_with = models.CharField(
        max_length=64, blank=True, db_default="", default="", help_text="The template's SHA-256 when it was printed"
    )
    printed = models.JSONField(
        null=True, help_text="Its data in the words of its language, as it was printed; none: as it was frozen"
    )
    wording_sha256 = models.CharField(
        max_length=64, blank=True, db_default="", default="", help_text="Of its template's words when it was printed"
    )
    sealed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    batch_line = models.CharField(max_length=200, blank=True, db_default="", default="")

    class Meta:
        ordering = ("owed_at", "id")
        indexes = (models.Index(name="letter_waiting", fields=("owed_at",), condition=Q(mailed_at__isnull=True)),)
        constraints = (
            models.CheckConstraint(
                name="denial_says_what_it_must",
                condition=~Q(kind__in=ADVERSE) | ADVERSE_SAYS_ALL,
                violation_error_message=(
                    "A letter that can be appealed lacks something it must say: a reason, the right to appeal, the "
                    "State Hearing, the rules, or where to complain."
                ),
            ),
            models.CheckConstraint(
                name="mailed_only_when_sealed",
                condition=Q(mailed_at__isnull=True)
                | (Q(sealed_at__isnull=False, pdf__isnull=False) & ~Q(pdf_sha256="")),
                violation_error_message="A letter is sealed before it is mailed.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

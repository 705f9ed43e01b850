"""What changes by day in the directory, as periods. A change closes the old period and opens a new one.

Each source keeps periods of its own (`said_by`), so that two files that disagree stay visible. A period that is
replaced on its own first day ends the day before that: it was never in force, and is kept all the same.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from secondopinion.directory.folding import Folded
from secondopinion.people.models import HealthNetwork, Period

WHO = "directory.QualifiedProfessional"


class Source(models.TextChoices):
    """Who said it, in the order in which today's columns believe them, the first the most; lists tell of exclusions."""

    PLAN = "plan", "The plan's own file"
    PLAN_NET = "plan-net", "A Plan-Net directory"
    LISTING = "listing", "The State's managed-care provider listing"
    NATIONAL = "national", "The national NPI file"
    LISTS = "lists", "A list of people who may not be paid"


class LoadRun(models.Model):
    """One file read into the directory: what it was, how far it came, what became of its rows."""

    class State(models.TextChoices):
        RUNNING = "running", "Running, or killed"
        STOPPED = "stopped", "Stopped by a fault of the file"
        DONE = "done", "Done"

    kind = models.CharField(max_length=12)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    on_day = models.DateField(help_text="The day the file speaks of: what is new in it begins then")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    why = models.TextField(blank=True, help_text="The sentence that stopped it")
    rows_done = models.BigIntegerField(default=0, help_text="Rows of the file up to the last committed batch")
    new = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    passed_over = models.BigIntegerField(default=0, help_text="Rows of no concern to us, as organizations")
    ended = models.BigIntegerField(default=0, help_text="Periods that a complete file does not hold any more")
    refused = models.JSONField(default=dict, help_text="How many rows for each reason")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "directory"
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                name="one_unfinished_load_of_a_file",
                fields=("kind", "file_sha256", "on_day"),
                condition=~Q(state="done"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}, {self.state}"


class Taxonomy(models.Model):
    """One code of the NUCC set with its names, from the file the plan downloads. We ship no names."""

    code = models.CharField(max_length=10, primary_key=True)
    grouping = models.CharField(max_length=200)
    classification = models.CharField(max_length=200)
    specialization = models.CharField(max_length=200, blank=True)
    display = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "directory"
        ordering = ("code",)
        verbose_name_plural = "taxonomies"

    def __str__(self) -> str:
        return self.code


class Site(models.Model):
    """A place where professionals practise. A place does not move: another address is another site."""

    place = models.CharField(max_length=240, help_text="Address, city, State and zip, made alike")
    address = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    state = models.CharField(max_length=2)
    zip_code = models.CharField(max_length=10)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    class Meta:
        app_label = "directory"
        ordering = ("place",)
        indexes = (
            models.Index(OpClass(Folded("city"), name="text_pattern_ops"), name="site_in_city"),
            models.Index(name="site_in_zip", fields=("zip_code",), opclasses=("varchar_pattern_ops",)),
        )
        # Not `unique=True`, with which Django makes a second index, for patterns, that nobody asks.
        constraints = (models.UniqueConstraint(name="one_site_a_place", fields=("place",)),)

    def __str__(self) -> str:
        return self.place


class Dated(Period):
    """A period of a professional, as one source tells it. `said_from_on` is the first day as the source gives it."""

    # No index of its own: `of_whom` begins with the professional.
    professional = models.ForeignKey(WHO, models.PROTECT, related_name="+", db_index=False)
    said_by = models.CharField(max_length=8, choices=Source.choices)
    said_from_on = models.DateField()
    # No index and no check: nobody asks for the periods of a run, no run is ever deleted, and the load that writes
    # the periods has written the run. Looking it up again for every period took a fifth of a first load.
    run = models.ForeignKey(LoadRun, models.PROTECT, related_name="+", db_index=False, db_constraint=False)

    class Meta:
        abstract = True


def not_two_open(table: str, *key: str) -> tuple[models.CheckConstraint, models.UniqueConstraint]:
    """The last day is at most one before the first, and of one thing at most one period still runs."""
    return (
        models.CheckConstraint(
            name=f"{table}_ends_where_it_may",
            condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on") - 1),
            violation_error_message="The last day lies before the day before the first.",
        ),
        models.UniqueConstraint(
            name=f"{table}_one_still_runs",
            fields=("professional", "said_by", *key),
            condition=Q(to_on__isnull=True),
            nulls_distinct=False,
        ),
    )


def of_whom(table: str) -> tuple[models.Index, ...]:
    """The index by which the periods of a professional are found."""
    return (models.Index(name=f"{table}_of_whom", fields=("professional", "said_by", "from_on")),)


class SpecialtyHeld(Dated):
    """A taxonomy code that a professional bears."""

    code = models.CharField(max_length=10)
    is_primary = models.BooleanField()

    class Meta:
        app_label = "directory"
        constraints = not_two_open("specialty", "code")
        indexes = of_whom("specialty")


class LicenseHeld(Dated):
    """A licence to practise. Only `active` counts; `reported` is what the holder once told the national file."""

    class Status(models.TextChoices):
        ACTIVE = "active", "In force, as the plan or the board says"
        REPORTED = "reported", "Told by the holder, confirmed by nobody"
        SUSPENDED = "suspended", "Suspended, revoked, expired or surrendered"

    number = models.CharField(max_length=20)
    state = models.CharField(max_length=2)
    status = models.CharField(max_length=10, choices=Status.choices)

    class Meta:
        app_label = "directory"
        constraints = not_two_open("licence", "state", "number")
        indexes = of_whom("licence")


class Practice(Dated):
    """That a professional practises at a site, and how to reach, speak and get in there."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="practices")
    phone = models.CharField(max_length=20, blank=True)
    fax = models.CharField(max_length=20, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    accessible = models.BooleanField(null=True, help_text="For a wheelchair; none: not known")

    class Meta:
        app_label = "directory"
        constraints = not_two_open("practice", "site")
        indexes = of_whom("practice")


class Membership(Dated):
    """That a professional at a site belongs to a Health Network, or with none to the plan's own."""

    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="memberships")
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="memberships")
    accepts = models.BooleanField(null=True, help_text="Takes new Members; none: not known")
    panel = models.CharField(max_length=20, blank=True, help_text="The kind of panel, such as ccs")
    age_from = models.SmallIntegerField(null=True, help_text="The youngest Member seen, in years")
    age_to = models.SmallIntegerField(null=True, help_text="The oldest, in years")

    class Meta:
        app_label = "directory"
        constraints = not_two_open("membership", "site", "network")
        indexes = of_whom("membership")


class Exclusion(Dated):
    """That a professional stands on a list of people who may not be paid."""

    register = models.CharField(max_length=12, help_text="Which list: oig, sam, medi-cal, preclusion")

    class Meta:
        app_label = "directory"
        constraints = not_two_open("exclusion", "register")
        indexes = of_whom("exclusion")


class NpiDeactivation(Dated):
    """That an NPI was dead: from the day it was deactivated to the day before it came back."""

    class Meta:
        app_label = "directory"
        constraints = not_two_open("deactivation")
        indexes = of_whom("deactivation")


class Verification(models.Model):
    """On which day a person confirmed the entry, and by what means. A day only: nothing in it ends."""

    professional = models.ForeignKey(WHO, models.PROTECT, related_name="verifications", db_index=False)
    on_day = models.DateField()
    by = models.CharField(max_length=40)
    run = models.ForeignKey(LoadRun, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        app_label = "directory"
        ordering = ("professional", "-on_day")
        constraints = (models.UniqueConstraint(name="one_verification_a_day", fields=("professional", "on_day", "by")),)

    def __str__(self) -> str:
        return f"{self.professional_id} on {self.on_day} by {self.by}"

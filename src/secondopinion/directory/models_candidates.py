"""The flat rows that nearest candidates are found in. Derived from the periods, of no record, rebuilt at will.

A professional may be looked for in one Health Network, anywhere in the plan's networks, or outside all of them; under
any of several codes; on any day. One row stands for one of these answers over a stretch of days, so that an index
finds the nearest one without a join. `flattening` alone writes it, `nearest` alone reads it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from secondopinion.people.models import HealthNetwork

ANYWHERE = 0
"""The key that stands for all of the plan's networks together, and its own contracts."""
OUTSIDE = -1
"""The key of the days on which no contract runs: a Non-Contracted Provider (glossary)."""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODE_LENGTH = 9  # the tenth character of a NUCC code is always an X


def specialty_of(code: str) -> int:
    """A taxonomy code as a number: its first nine characters, read to the base of 36."""
    number = 0
    for character in code.upper()[:CODE_LENGTH].ljust(CODE_LENGTH, "0"):
        number = number * len(DIGITS) + DIGITS.find(character)
    return number


def code_of(specialty: int) -> str:
    """The taxonomy code that `specialty_of` made a number of."""
    found = ""
    for _ in range(CODE_LENGTH):
        specialty, digit = divmod(specialty, len(DIGITS))
        found = DIGITS[digit] + found
    return f"{found}X"


class NetworkKey(models.Model):
    """The small number by which the flat rows name a Health Network; none is the plan's own direct network."""

    key = models.AutoField(primary_key=True)
    network = models.ForeignKey(HealthNetwork, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        app_label = "directory"
        constraints = (models.UniqueConstraint(name="one_key_a_network", fields=("network",), nulls_distinct=False),)

    def __str__(self) -> str:
        return f"{self.key}: {self.network_id or 'the plan'}"


class CandidateAt(models.Model):
    """One professional under one code at one place for one network key, over a stretch of days.

    The table is made by hand (migration 0003): PostgreSQL's point is no field of Django's, and no unique key is kept,
    because nothing refers to a row. `point` holds the place in Mercator's projection, in radians.
    """

    pk = models.CompositePrimaryKey("professional_id", "network", "specialty", "from_on")
    professional_id = models.UUIDField()
    network = models.IntegerField(help_text="0: anywhere in the plan's networks, -1: outside, else a NetworkKey")
    specialty = models.BigIntegerField(help_text="The code as `specialty_of` gives it")
    site_id = models.BigIntegerField(null=True, help_text="None: the entry's own address, or not known that day")
    latitude = models.FloatField(null=True, help_text="In degrees; none: nobody knows where the place lies")
    longitude = models.FloatField(null=True)
    from_on = models.DateField(help_text="0001-01-01: for as long as can be asked")
    to_on = models.DateField(help_text="9999-12-31: it still runs")
    accepts = models.BooleanField(null=True)
    panel = models.TextField(null=True, help_text="None, not empty: it costs no room in millions of rows")
    age_from = models.SmallIntegerField(null=True)
    age_to = models.SmallIntegerField(null=True)
    languages = ArrayField(models.TextField(), null=True, help_text="None: nobody told any")
    accessible = models.BooleanField(null=True)

    class Meta:
        app_label = "directory"
        managed = False
        db_table = "directory_candidateat"

    def __str__(self) -> str:
        return f"{self.professional_id} as {code_of(self.specialty)} from {self.from_on}"

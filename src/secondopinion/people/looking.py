"""Why somebody looks at a record outside the own work, and the log of looks that a Member can be shown.

Nobody looks without a trace (people/doors.py). Here stand the purposes a person may have, the word of the person that
is good for the day, and everything that was looked at about one Member.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum

from secondopinion.people.models import AccessEntry, HealthNetwork
from secondopinion.people.person import Person
from secondopinion.people.prepared import insert
from secondopinion.policy.calendar import PACIFIC

LONGEST = 300  # characters of a sentence
MOST = 1000  # looks on one page


class Why(Enum):
    """The purposes: a name, and the words."""

    ASKED = ("asked", "The Member, or who acts for the Member, asks about it")
    PROVIDER = ("provider", "An office or a professional asks about it")
    OBJECTION = ("objection", "An appeal, a complaint or a hearing")
    CORRECTION = ("correction", "Something that was recorded is to be put right")
    AUDIT = ("audit", "An audit, a review or a report")
    SAFETY = ("safety", "A danger to the Member or to somebody else")
    OTHER = ("other", "Something else")

    def __init__(self, key: str, words: str) -> None:
        self.key, self.words = key, words


class NoPurpose(ValueError):
    """A purpose that was not said. Carries a sentence."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look, as a Member reads of it. `where` is the plan's name or a Health Network's."""

    at: datetime
    who: str
    where: str
    what: str
    about: str
    why: str


def say_why(about: str, purpose: str, words: str, *, person: Person, now: datetime) -> None:
    """Write down why a person looks at a record outside the own work; good for the day. Raises NoPurpose."""
    words = " ".join(words.split())
    if purpose not in {why.key for why in Why}:
        raise NoPurpose("Choose why you open it.")
    if not words or len(words) > LONGEST:
        raise NoPurpose(f"Say why in a sentence of at most {LONGEST} characters.")
    insert(
        AccessEntry(
            at=now, person=person.name, person_network=person.network, what="say_why", about=about[:40],
            why="outside the own work", purpose=purpose, words=words,
        )
    )  # fmt: skip


def has_said_why(about: str, person: Person, now: datetime) -> bool:
    """Has the person said today, Pacific time, why this record is opened?"""
    today = datetime.combine(now.astimezone(PACIFIC).date(), time(), PACIFIC)
    said = AccessEntry.objects.filter(about=about, person=person.name, person_network=person.network, at__gte=today)
    return said.exclude(purpose="").exists()


def looks_at(abouts: Collection[str], since: date, plan: str) -> list[Look]:
    """Every look at what these numbers name since a day, the newest first, at most `MOST`. `plan` is its name."""
    names = dict(HealthNetwork.objects.values_list("pk", "name"))
    begin = datetime.combine(since, time(), PACIFIC)
    rows = AccessEntry.objects.filter(about__in=abouts, at__gte=begin).order_by("-at", "-pk")[:MOST]
    return [
        Look(
            row.at, row.person, names.get(row.person_network, plan) if row.person_network else plan, row.what,
            row.about, _why(row),
        )
        for row in rows
    ]  # fmt: skip


def _why(row: AccessEntry) -> str:
    if not row.purpose:
        return row.why
    words = next((why.words for why in Why if why.key == row.purpose), row.purpose)
    return f"{words}: {row.words}"

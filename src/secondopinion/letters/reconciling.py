"""Reconciliation: what was owed, printed, handed over and acknowledged, day by day and carrier by carrier.

Every mailing of a day is counted once in each column that it has reached, so the columns can only fall from left to
right; a difference between two of them is a list of mailings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.policy.parameters import value

ACKNOWLEDGED = (Stands.ACCEPTED, Stands.ARRIVED, Stands.RETURNED)
NOBODY = "none"  # letters that no worker has taken up yet


@dataclass(frozen=True, slots=True)
class Tally:
    """One day and carrier: how many mailings reached each station, and how many failed or came back."""

    on: date
    carrier: str
    owed: int
    printed: int
    handed_over: int
    acknowledged: int
    failed: int
    returned: int

    @property
    def words(self) -> str:
        """The carrier in words."""
        return "Not taken up yet" if self.carrier == NOBODY else str(By(self.carrier).label)

    @property
    def differs(self) -> bool:
        """Is there something that has not reached its end?"""
        return self.acknowledged < self.owed


@dataclass(frozen=True, slots=True)
class Sum:
    """All carriers and days together, and how many mailings have not reached each next station."""

    owed: int
    printed: int
    handed_over: int
    acknowledged: int
    failed: int
    returned: int

    @property
    def unprinted(self) -> int:
        """Owed and not printed."""
        return self.owed - self.printed

    @property
    def kept(self) -> int:
        """Printed and not handed over."""
        return self.printed - self.handed_over

    @property
    def unanswered(self) -> int:
        """Handed over and not acknowledged."""
        return self.handed_over - self.acknowledged


def sum_of(found: Sequence[Tally]) -> Sum:
    """The tallies of some days added up."""
    names = ("owed", "printed", "handed_over", "acknowledged", "failed", "returned")
    return Sum(*(sum(getattr(tally, name) for tally in found) for name in names))


def tallies(since: date, until: date) -> list[Tally]:
    """Every day and carrier between two days, both included; the newest day first. In the caller's scope."""
    stations = {
        "owed": Count("pk"),
        "printed": Count("pk", filter=Q(letter__sealed_at__isnull=False)),
        "handed_over": Count("pk", filter=Q(handed_over_at__isnull=False)),
        "acknowledged": Count("pk", filter=Q(stands__in=ACKNOWLEDGED)),
        "failed": Count("pk", filter=Q(stands=Stands.FAILED)),
        "returned": Count("pk", filter=Q(stands=Stands.RETURNED)),
    }
    counted = Mailing.objects.filter(batch_on__range=(since, until)).order_by().values_list("batch_on", "carrier")
    found = [Tally(*row) for row in counted.annotate(**stations)]
    for on, number in untouched(since, until).order_by().values_list("batch_on").annotate(Count("pk")):
        found.append(Tally(on, NOBODY, number, 0, 0, 0, 0, 0))
    order = [*By.values, NOBODY]
    return sorted(found, key=lambda t: (-t.on.toordinal(), order.index(t.carrier)))


def untouched(since: date, until: date) -> QuerySet[Letter]:
    """The letters that no worker has taken up yet, or that wait for something before it may; the oldest first."""
    rows = Letter.objects.filter(batch_on__range=(since, until), mailings__isnull=True, mailed_at__isnull=True)
    return rows.defer("pdf", "data").order_by("owed_at", "id")


def unfinished(since: date, until: date) -> QuerySet[Mailing]:
    """The mailings behind the differences, the oldest first, with their letters but not the letters' bytes."""
    rows = Mailing.objects.filter(batch_on__range=(since, until)).exclude(stands__in=ACKNOWLEDGED)
    return rows.select_related("letter").defer("letter__pdf", "letter__data").order_by("batch_on", "owed_at", "id")


def acknowledgement_due(handed_over_at: datetime) -> datetime:
    """By when the print house must have acknowledged a letter."""
    days = value("post.acknowledgement", handed_over_at.astimezone(PACIFIC).date()).number
    return business_calendar().end_after_business_days(handed_over_at, days)


def is_late(carrier: str, stands: str, handed_over_at: datetime | None, now: datetime) -> bool:
    """Has the print house kept silent for too long about a letter?"""
    silent = carrier == By.PRINT and stands == Stands.HANDED_OVER and handed_over_at is not None
    return silent and handed_over_at is not None and acknowledgement_due(handed_over_at) < now


def week_before(day: date) -> tuple[date, date]:
    """The seven days that end with a day."""
    return day - timedelta(days=6), day


def as_rows(found: Sequence[Tally]) -> list[tuple[str, ...]]:
    """The tallies as lines of a table, its heading first."""
    heading = ("day", "carrier", "owed", "printed", "handed_over", "acknowledged", "failed", "came_back")
    numbers = ((t.owed, t.printed, t.handed_over, t.acknowledged, t.failed, t.returned) for t in found)
    return [heading] + [(t.on.isoformat(), t.carrier, *map(str, n)) for t, n in zip(found, numbers, strict=True)]

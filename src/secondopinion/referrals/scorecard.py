"""A Health Network's own score, from the clocks that its events started and ended: before the plan sees it.

Each number is a count of clocks that have ended, or of referrals. Nothing is weighed, and nothing is left out but
clocks that another limit replaced or that were not needed any more. A referral counts by the day of its receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.models import Ended, Referral, RunningClock
from secondopinion.referrals.states import ADVERSE_ENDS, UNDECIDED, State

MEASURES: Final = (
    ("decision", "Decided in time"),
    ("provider-notice", "The office told in time"),
    ("member-notice", "The Member told in time"),
    ("written-notice", "Confirmed in writing in time"),
    ("appointment", "Appointment in time"),
    ("report", "Report in time"),
)
OPEN: Final = tuple(state.value for state in UNDECIDED)
NO: Final = tuple(state.value for state in ADVERSE_ENDS)


@dataclass(frozen=True, slots=True)
class Measure:
    """One promise: how many referrals kept it, and how many missed it, of those on which it has ended."""

    kind: str
    words: str
    met: int
    missed: int

    @property
    def of(self) -> int:
        """On how many it has ended."""
        return self.met + self.missed

    @property
    def rate(self) -> float | None:
        """The part that kept it, in percent; None where it has ended on none."""
        return 100 * self.met / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Score:
    """A network's score over the referrals received on some days, both included."""

    since: date
    until: date
    received: int
    undecided: int
    overdue: int  # undecided, and the time to decide is over now
    approved: int
    not_approved: int
    deemed: int  # of those not approved: nobody decided in time
    hours_to_decide: float | None  # the median, over those decided
    measures: tuple[Measure, ...]
    late: tuple[Referral, ...]  # on which a promise was missed, or is being missed: what to look at


def score(networks: tuple[UUID, ...], since: date, until: date, now: datetime) -> Score:
    """The score of a Health Network over the referrals received from a day to a day.

    `networks`: the network itself and those in whose place it stands; none: the plan's own direct network.
    """
    rows = _received(since, until)
    rows = rows.filter(network_id__in=networks) if networks else rows.filter(network=None)
    state = {row["state"]: row["number"] for row in rows.order_by().values("state").annotate(number=Count("pk"))}
    running = RunningClock.objects.filter(referral__in=rows, kind="decision", stopped_at=None, due_at__lt=now)
    decided = rows.filter(decided_at__isnull=False).values_list("received_at", "decided_at")
    hours = [(decided_at - received_at) / timedelta(hours=1) for received_at, decided_at in decided if decided_at]
    missed = RunningClock.objects.filter(referral__in=rows, outcome=Ended.MISSED)
    late = rows.filter(Q(pk__in=missed.values("referral")) | Q(pk__in=running.values("referral")))
    not_approved = sum(state.get(name, 0) for name in NO)
    return Score(
        since=since,
        until=until,
        received=sum(state.values()),
        undecided=sum(state.get(name, 0) for name in OPEN),
        overdue=running.values("referral").distinct().count(),
        approved=rows.filter(authorization_number__isnull=False).exclude(state__in=NO).count(),
        not_approved=not_approved,
        deemed=state.get(State.DEEMED_DENIED.value, 0),
        hours_to_decide=median(hours) if hours else None,
        measures=tuple(_measure(rows, kind, words) for kind, words in MEASURES),
        late=tuple(late.order_by("received_at", "id")[:100]),
    )


def _measure(rows: QuerySet[Referral], kind: str, words: str) -> Measure:
    """A referral keeps a promise when each of its limits was met; several laws may have set one each."""
    ended = RunningClock.objects.filter(referral__in=rows, kind=kind)
    missed = ended.filter(outcome=Ended.MISSED).values("referral").distinct()
    met = ended.filter(outcome=Ended.MET).exclude(referral__in=missed).values("referral").distinct()
    return Measure(kind, words, met.count(), missed.count())


def _received(since: date, until: date) -> QuerySet[Referral]:
    first = datetime.combine(since, time(), PACIFIC)
    after = datetime.combine(until + timedelta(days=1), time(), PACIFIC)
    return Referral.objects.filter(received_at__gte=first, received_at__lt=after)

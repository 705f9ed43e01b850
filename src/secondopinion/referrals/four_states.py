"""Four states of a piece of work, told from the referral's state and its last event: nobody has looked, somebody has,
it waits for somebody else, it is done.

“Not complete” hides two things: that nobody has begun, and that somebody looked and something is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.states import FINISHED, State


class Work(StrEnum):
    """Where a piece of work stands."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    WAITING = "waiting"
    DONE = "done"

    @property
    def words(self) -> str:
        """The state in words."""
        return WORDS[self]


WORDS: Final[Mapping[Work, str]] = MappingProxyType(
    {
        Work.NOT_STARTED: "Not started",
        Work.IN_PROGRESS: "In progress",
        Work.WAITING: "Waiting on someone",
        Work.DONE: "Done",
    }
)
WAITS: Final = (State.AWAITING_INFORMATION, State.AUTHORIZED, State.SCHEDULED, State.SEEN)
WITH_US: Final = (State.RECEIVED, State.NURSE_REVIEW, State.PHYSICIAN_REVIEW, State.VISIT_REVIEW, State.REPORT_RECEIVED)
# The steps that put a referral on somebody's desk. While one of these is the last, whoever's desk it is has not begun.
HANDED: Final = ("receive", "discover", "supply", "refer_up", "send_back", "late_information", "vacate", "carry_over")
HOUSE: Final = ("mailed", "postmarked", "not_delivered", "came_back", "mail_again", "mailed_again")
"""What the post does is no work of a reviewer: it neither begins nor ends a piece of it."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work: where it stands, whom it waits for, and until when."""

    work: Work
    whom: str = ""
    until: datetime | None = None


def tasks_of(rows: Iterable[Referral]) -> dict[UUID, Task]:
    """The task of each referral on a page, with one question for all."""
    found = list(rows)
    events = Event.objects.filter(referral__in=[row.pk for row in found]).exclude(step__in=HOUSE)
    latest = events.order_by("referral_id", "-position").distinct("referral_id")
    last: dict[UUID, str] = dict(latest.values_list("referral_id", "step"))
    return {row.pk: task_of(row, last.get(row.pk, "receive")) for row in found}


def task_of(row: Referral, last_step: str) -> Task:
    """The task of one referral, whose last step other than the post's is given."""
    state = State(row.state)
    if row.state in FINISHED:
        return Task(Work.DONE if row.due_at is None else Work.IN_PROGRESS)
    if row.representative_needed:
        return Task(Work.WAITING, "the representative’s authority", row.due_at)
    if state is State.AWAITING_INFORMATION:
        return Task(Work.WAITING, "the information we asked for", row.due_at)
    if state is State.AUTHORIZED:
        whom = "the Member’s choice" if row.professional_id is None else "an appointment"
        return Task(Work.WAITING, whom, row.due_at)
    if state is State.SCHEDULED:
        return Task(Work.WAITING, "the visit", row.appointment_at)
    if state is State.SEEN:
        return Task(Work.WAITING, "the report", row.due_at)
    return Task(Work.NOT_STARTED if last_step in HANDED else Work.IN_PROGRESS)


def in_state(rows: QuerySet[Referral], work: str) -> QuerySet[Referral]:
    """The referrals of a list whose task stands so; all of them for a word that is none."""
    waits = Q(state__in=WAITS) | Q(representative_needed=True)
    if work == Work.WAITING:
        return rows.filter(waits).exclude(state__in=FINISHED)
    if work == Work.DONE:
        return rows.filter(state__in=FINISHED, due_at=None)
    if work == Work.IN_PROGRESS:
        return rows.filter(Q(state__in=FINISHED) | (Q(state__in=WITH_US, representative_needed=False) & ~_untouched()))
    if work == Work.NOT_STARTED:
        return rows.filter(_untouched(), state__in=WITH_US, representative_needed=False)
    return rows


def _untouched() -> Q:
    """Was the last step, the post's aside, one that only put it on the desk?"""
    of_it = Event.objects.filter(referral=OuterRef("pk")).exclude(step__in=HOUSE)
    later = Event.objects.filter(referral=OuterRef("referral"), position__gt=OuterRef("position"))
    last = of_it.filter(~Exists(later.exclude(step__in=HOUSE)))
    return Q(Exists(last.filter(step__in=HANDED)))

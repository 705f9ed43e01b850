"""Doubts about an entry: raised by a decline or a person, read by the rank, settled by a call to the office.

A task is all that is open of one question about one professional, however many times it was raised, so two declines
at the same moment never stand in each other's way. No Member is named: whoever may see the directory may see these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from django.db.models import Q, QuerySet

from secondopinion.directory.amending import Heard, amend
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.directory.models_verifying import Doubt
from secondopinion.people.prepared import OneOf, Prepared
from secondopinion.policy.parameters import Dated, value

ASKED_BY = MappingProxyType(
    {
        "not-accepting": Doubt.Asks.ACCEPTS,
        "not-at-this-place": Doubt.Asks.PLACE,
        "not-my-field": Doubt.Asks.FIELD,
    }
)
"""Which reasons to decline speak against the entry, and what has to be asked then."""
REMARK = "remark"
"""The reason of a doubt that a person raised by hand."""
FIRST_VALUES = date(2015, 1, 1)
"""The house holds dated values from this Thursday on."""
OPEN = Q(settled_at__isnull=True) & ~Q(asks="")
_OPEN_OF = Prepared(
    lambda given: Doubt.objects.filter(OPEN, OneOf("professional", given("ids"))).order_by("raised_at", "pk")
)


@dataclass(frozen=True, slots=True)
class Task:
    """One question about a professional that nobody has asked the office yet."""

    asks: Doubt.Asks
    reasons: tuple[str, ...]  # each once, the first heard first
    times: int
    since: datetime
    raised_by: str  # who raised it first


def fresh_within(on: date) -> Dated:
    """How long an entry counts as confirmed. A day before the first dated value is judged by that one."""
    return value("directory.verified_within", max(on, FIRST_VALUES))


def doubt_of(professional_id: UUID, reason: str, by: str, at: datetime) -> Doubt:
    """What a decline says about the directory, as a row still to be written: `referrals` does it with the step."""
    asks = ASKED_BY.get(reason, "")
    return Doubt(professional_id=professional_id, asks=asks, reason=reason, raised_by=by, raised_at=at)


def raise_doubt(who: QualifiedProfessional, asks: Doubt.Asks, by: str, at: datetime) -> Doubt:
    """Open a task by hand."""
    return Doubt.objects.create(professional=who, asks=asks, reason=REMARK, raised_by=by, raised_at=at)


def open_tasks(ids: Iterable[UUID]) -> Mapping[UUID, tuple[Task, ...]]:
    """The open tasks of these professionals, by professional; who has none is not among the keys."""
    doubts: dict[UUID, dict[str, list[Doubt]]] = defaultdict(lambda: defaultdict(list))
    for each in _OPEN_OF.all(ids=list(ids)):
        doubts[each.professional_id][each.asks].append(each)
    return {who: tuple(_task(asks, raised) for asks, raised in asked.items()) for who, asked in doubts.items()}


def with_open_tasks() -> QuerySet[Doubt]:
    """The open doubts, for whoever asks which professionals have one."""
    return Doubt.objects.filter(OPEN)


def heard_of(who: QualifiedProfessional) -> tuple[Doubt, ...]:
    """Everything that was ever heard against an entry, the newest first."""
    return tuple(Doubt.objects.filter(professional=who))


def settle(who: QualifiedProfessional, heard: Heard, by: str, now: datetime) -> bool:
    """Write down what the office said, and close the open tasks that it answers.

    A question that was not put stays open; that of the whole entry is answered by any other. Returns whether the
    entry was corrected. Raises CannotAmend, and then nothing is written.
    """
    corrected = amend(who, heard, now)
    answered = [*heard.answers, Doubt.Asks.ENTRY] if heard.answers else []
    Doubt.objects.filter(OPEN, professional=who, asks__in=answered).update(
        settled_at=now,
        settled_by=by,
        outcome=Doubt.Outcome.CORRECTED if corrected else Doubt.Outcome.CONFIRMED,
    )
    return corrected


def _task(asks: str, raised: list[Doubt]) -> Task:
    reasons = tuple(dict.fromkeys(each.reason for each in raised))
    return Task(Doubt.Asks(asks), reasons, len(raised), raised[0].raised_at, raised[0].raised_by)

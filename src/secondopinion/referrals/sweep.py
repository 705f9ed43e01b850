"""What the house itself must do at its time: find it by a few narrow questions, and take each step by the one door.

`due_steps` asks the clocks and days that are over, never every referral. `take_due` takes each step in a transaction
of its own and goes on after one that cannot be taken. The verbs judge again under the lock, so two sweeps at once, or
one sweep twice, do nothing twice.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from traceback import extract_tb
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from secondopinion.people.delegation import responsible_for
from secondopinion.people.person import SYSTEM
from secondopinion.people.rls import plan_scope
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import load, value
from secondopinion.referrals import chasing, clockwork
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.models import OPEN, VISIT_AHEAD, Notice, Referral, RunningClock
from secondopinion.referrals.responsible import entity
from secondopinion.referrals.snapshot import COLUMNS, Snapshot
from secondopinion.referrals.states import UNDECIDED, State
from secondopinion.referrals.told import Close, Told
from secondopinion.referrals.told_after import Chase, Lapse, Remind
from secondopinion.referrals.told_time import CarryOver, Deem

logger = logging.getLogger("secondopinion.sweep")


@dataclass(frozen=True, slots=True)
class Due:
    """One step that the house must take now, and on which referral."""

    referral_id: UUID
    number: str
    told: Told


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: steps taken by name, how many were not possible any more, and how many failed."""

    taken: Mapping[str, int]
    refused: int = 0
    failed: int = 0


def due_steps(now: datetime) -> tuple[Due, ...]:
    """Every step of the house's own that is due at an instant, the decisions first: a day hangs on them."""
    with plan_scope(now.astimezone(PACIFIC).date()):
        return tuple(_due(now))


def take_due(now: datetime) -> Swept:
    """Take every step that is due, each in a transaction of its own. A failure is logged and does not stop the rest.

    Raises OperationalError or InterfaceError when the database itself is away: then the whole sweep is tried again.
    """
    taken: Counter[str] = Counter()
    refused = failed = 0
    for due in due_steps(now):
        try:
            with plan_scope(now.astimezone(PACIFIC).date()):
                advance(due.referral_id, due.told, person=SYSTEM, now=now)
        except Refused as refusal:
            # Somebody moved the referral since we looked: another sweep, or a person who was faster.
            logger.warning("%s: “%s” was due and is refused: %s", due.number, due.told.step, refusal.sentence)
            refused += 1
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
                raise
            _log_failure(due, error)
            failed += 1
        else:
            taken[due.told.step] += 1
    return Swept(dict(taken), refused, failed)


def _log_failure(due: Due, error: Exception) -> None:
    # The words of an error may quote a letter's data, and so a Member: only its kind and place are written down.
    place = extract_tb(error.__traceback__)[-1]
    where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
    logger.error("%s: “%s” is due and failed: %s in %s.", due.number, due.told.step, type(error).__name__, where)


def _due(now: datetime) -> Iterator[Due]:
    today = now.astimezone(PACIFIC).date()
    for row in _rows(undecided_in_time(now)):
        from_at = clockwork.counts_as_denied_at(row)
        if from_at is not None and now >= from_at:
            yield Due(row.id, row.number, Deem())
    for row in _rows(with_another_decider(now)):
        yield Due(row.id, row.number, CarryOver(MOVED))
    for row in _rows(without_an_appointment(now)):
        if chasing.is_reminder_due(row, now):
            yield Due(row.id, row.number, Remind())
    for row in _rows(without_a_report(today)):
        rung = chasing.rung_due(row, now)
        if rung is not None:
            yield Due(row.id, row.number, Chase(rung))
    for row in _rows(past_the_last_day(today)):
        if chasing.has_ended(row, now):
            yield Due(row.id, row.number, Lapse())
    for row in _rows(with_nothing_open()):
        yield Due(row.id, row.number, Close())


def _rows(found: QuerySet[Referral]) -> Iterator[Snapshot]:
    for row in found.order_by("due_at", "id").values_list(*COLUMNS):
        yield Snapshot(*row)


def _clock(kind: str, due_by: datetime) -> Exists:
    """Does a clock of this kind run on the referral that is due by an instant?"""
    running = RunningClock.objects.filter(referral=OuterRef("pk"), kind=kind, stopped_at__isnull=True)
    return Exists(running.filter(due_at__lte=due_by))


MOVED = "By the register of delegation: a merger, or the end of a delegation. The clocks go on."


def with_another_decider(now: datetime) -> QuerySet[Referral]:
    """Open referrals that another entity decides today than the last one written down (II.L; 42 CFR 438.230)."""
    today = now.astimezone(PACIFIC).date()
    pairs = Referral.objects.filter(OPEN, decider="network").values_list("network_id", "program").distinct().order_by()
    moved = Q(pk__in=())
    for network, program in pairs:
        who = entity(responsible_for(network, program, "network", today))
        written = ("", who) if who == str(network) else (who,)  # nothing written says: as at receipt
        moved |= Q(network_id=network, program=program) & ~Q(carried_to__in=written)
    return Referral.objects.filter(moved, state__in=STEPS["carry_over"].sources)


# Each question reads an index of the open referrals (`referral_open_due` and those of models.py beside it) over what
# is over already, and may give a few too many: who asks judges each row again.


def undecided_in_time(now: datetime) -> QuerySet[Referral]:
    """Undecided referrals whose time to decide is over, or so nearly that they may count as denied now."""
    days = {now.astimezone(PACIFIC).date() + timedelta(days=n) for n in (0, 1)}
    minutes = max(value("decision_time.deemed.last_call", day).number for day in days)
    by = now + timedelta(minutes=minutes)
    return Referral.objects.filter(_clock("decision", by), state__in=UNDECIDED, due_at__lte=by)


def without_an_appointment(now: datetime) -> QuerySet[Referral]:
    """Authorized referrals whose time to an appointment is over, the Member not reminded since it was looked for."""
    unreminded = Q(reminded_at__isnull=True) | Q(reminded_at__lt=F("appointment_from_at"))
    return Referral.objects.filter(
        unreminded, _clock("appointment", now), state=State.AUTHORIZED.value, due_at__lte=now
    )


def without_a_report(today: date) -> QuerySet[Referral]:
    """Visits so long ago, and last asked about so long ago, that the report may have to be asked for today."""
    # So many business days are never fewer calendar days.
    first, network, again = (
        today - timedelta(days=_fewest(name)) for name in ("chase", "chase_network", "chase_again")
    )
    rung = (
        Q(chased=0, visited_on__lte=first)
        | Q(chased__gt=0, chased__lt=chasing.NETWORK_RUNG, visited_on__lte=network)
        | Q(chased__gte=chasing.NETWORK_RUNG, chased_on__lte=again)
    )
    return Referral.objects.filter(rung, state=State.SEEN.value, visited_on__lte=max(first, network))


def _fewest(name: str) -> int:
    """The least number of days that the value ever had, in any program."""
    kept = load("report_time")
    keys = [f"{name}.{program.value.replace('-', '_')}" for program in Program]
    return min(dated.number for key in keys for dated in kept.ever(key))


def past_the_last_day(today: date) -> QuerySet[Referral]:
    """Authorizations whose last day is over, without an appointment inside it that a person must settle first."""
    unkept = Q(appointment_at__isnull=True) | Q(appointment_at__gte=F("valid_until"))
    return Referral.objects.filter(unkept, state__in=VISIT_AHEAD, valid_until__lt=today)


def with_nothing_open() -> QuerySet[Referral]:
    """Referrals whose report has come and on which no clock runs and no letter waits: they are to be closed.

    The last letter closes a referral as it leaves; this finds one that was held by something else, as a complaint.
    """
    waits = Notice.objects.filter(referral=OuterRef("pk"), letter__mailed_at__isnull=True)
    return Referral.objects.filter(~Exists(waits), state=State.REPORT_RECEIVED.value, due_at__isnull=True)

"""Who must be told of the right to a second opinion, by when, and who was (GG.1538 II.A).

A debt is a row without a day on which the Member was told. `owe_what_is_due` runs every night; the enrollment file
owes by itself (`enrolling.py`); telling is in `right_telling.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from secondopinion.people.models import Enrollment, Member, Period
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.models_right import EnrollmentFile, RightStatement

AT_ONCE: Final = 1000  # debts made in one statement
SHOWN: Final = 200  # rows of one list on a page
OPEN: Final = Q(told_on__isnull=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the plan stands with telling on a day, by numbers of Members in a program."""

    program: Program
    enrolled: int
    told: int  # within the last year
    owed: int  # not yet told, still in time
    overdue: int

    @property
    def unknown(self) -> int:
        """For how many nothing at all is on record yet: the next night owes them a statement."""
        return max(0, self.enrolled - self.told - self.owed - self.overdue)


def due_at_enrollment(program: str, received_on: date) -> date:
    """The last day on which a new Member may be told."""
    # Reading: "at the time of enrollment" is within seven days after the plan has the eligibility data, whenever the
    # enrollment itself begins (DD.2005 III.A.4). A file that names a later first day starts the days all the same.
    return received_on + timedelta(days=_days("right_at_enrollment", program, received_on))


def owe_what_is_due(now: datetime) -> int:
    """Owe the yearly statement to each Member whose year is nearly over, and to whom nobody is known to have told.

    In the caller's scope; may be repeated. Returns how many debts it made.
    """
    today, made = now.astimezone(PACIFIC).date(), 0
    for program in Program:
        year = timedelta(days=_days("right_yearly", program.value, today))
        ahead = timedelta(days=_days("right_yearly_ahead", program.value, today))
        enrolled = Enrollment.objects.filter(Period.covering(today), program=program.value)
        told = RightStatement.objects.filter(program=program.value, member=OuterRef("member"))
        rows = (
            enrolled.exclude(Exists(told.filter(OPEN)))
            .annotate(last=Max("member__right_statements__told_on", filter=_of(program)))
            .filter(Q(last__isnull=True) | Q(last__lte=today - year + ahead))
            .order_by("member_id")
            .values_list("member_id", "last")
        )
        # Reading: for whom nothing is on record counts as not told, and is owed a statement from the day the plan
        # finds that out; the time is that of a new Member.
        debts = [
            RightStatement(
                member_id=member,
                program=program.value,
                occasion=RightStatement.Occasion.YEARLY,
                counts_from=last or today,
                due_on=last + year if last else due_at_enrollment(program.value, today),
                owed_at=now,
            )
            for member, last in dict(rows).items()
        ]
        RightStatement.objects.bulk_create(debts, batch_size=AT_ONCE, ignore_conflicts=True)
        made += len(debts)
    return made


def owed_again(statement: RightStatement, on: date, now: datetime) -> RightStatement:
    """A letter that came back has told nobody: the Member is owed another statement, from the day it came back."""
    # Reading: the days to tell count anew from the day the plan learns that its letter did not arrive.
    return RightStatement.objects.get_or_create(
        member_id=statement.member_id,
        program=statement.program,
        occasion=statement.occasion,
        counts_from=max(on, statement.counts_from + timedelta(days=1)),
        defaults={"due_on": due_at_enrollment(statement.program, on) + timedelta(days=1), "owed_at": now},
    )[0]


def waiting(limit: int) -> list[UUID]:
    """The debts that wait to be paid: what was tried least often first, so that what cannot leave holds up nobody."""
    return list(
        RightStatement.objects.filter(OPEN).order_by("tries", "due_on", "id").values_list("pk", flat=True)[:limit]
    )


def overdue_on(today: date) -> list[RightStatement]:
    """Whose last day is past and who is not told, the oldest first."""
    return _shown(Q(due_on__lt=today))


def owed_on(today: date) -> list[RightStatement]:
    """Who is not told yet and still in time, what is due first at the top."""
    return _shown(Q(due_on__gte=today))


def told_to(member: Member) -> list[RightStatement]:
    """Every statement to a Member, owed or told, the newest first."""
    return list(RightStatement.objects.filter(member=member).order_by("-counts_from", "program"))


def standings(today: date) -> tuple[Standing, ...]:
    """How the plan stands with telling, program by program."""
    found = []
    for program in Program:
        rows = RightStatement.objects.filter(program=program.value)
        here = Q(member__in=Enrollment.objects.filter(Period.covering(today), program=program.value).values("member"))
        since = today - timedelta(days=_days("right_yearly", program.value, today))
        behind = rows.filter(OPEN)
        counts = rows.filter(here).aggregate(
            owed=Count("member", distinct=True, filter=OPEN & Q(due_on__gte=today)),
            overdue=Count("member", distinct=True, filter=OPEN & Q(due_on__lt=today)),
        )
        told = rows.filter(here, told_on__gt=since).exclude(Exists(behind.filter(member=OuterRef("member"))))
        found.append(
            Standing(
                program=program,
                enrolled=Enrollment.objects.filter(Period.covering(today), program=program.value).count(),
                told=told.values("member").distinct().count(),
                owed=counts["owed"],
                overdue=counts["overdue"],
            )
        )
    return tuple(found)


def files_read(limit: int = 10) -> list[EnrollmentFile]:
    """The enrollment files that were read last."""
    return list(EnrollmentFile.objects.all()[:limit])


def late(today: date) -> Sequence[RightStatement]:
    """Every debt that is overdue, for the nightly proof."""
    return list(RightStatement.objects.filter(OPEN, due_on__lt=today).only("pk", "due_on", "occasion", "program"))


def lapsed(today: date) -> int:
    """For how many enrolled Members the year is over since they were told, and no debt stands."""
    found = 0
    for program in Program:
        since = today - timedelta(days=_days("right_yearly", program.value, today))
        open_debt = RightStatement.objects.filter(OPEN, program=program.value, member=OuterRef("member"))
        found += (
            Enrollment.objects.filter(Period.covering(today), program=program.value)
            .exclude(Exists(open_debt))
            .annotate(last=Max("member__right_statements__told_on", filter=_of(program)))
            .filter(last__lt=since)
            .count()
        )
    return found


def _shown(when: Q) -> list[RightStatement]:
    rows = RightStatement.objects.filter(OPEN & when).select_related("member").annotate(language=F("member__language"))
    return list(rows[:SHOWN])


def _of(program: Program) -> Q:
    return Q(member__right_statements__program=program.value)


def _days(name: str, program: str, on: date) -> int:
    return value(f"notice_time.{name}.{program.replace('-', '_')}", on).number

"""Nightly proof: every history is replayed, every clock computed again, and what must be true is looked at.

Referrals are read a batch at a time, each batch in one sight of the database, so that a step taken meanwhile is seen
whole or not at all. Every check is fed from the same pass. Nothing is repaired here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.checks.case import Case, Check, Difference
from secondopinion.referrals.checks.cases import cases, licenses_of_the_staff
from secondopinion.referrals.checks.every import EVERY, HISTORY
from secondopinion.referrals.models import OPEN, Referral

BATCH = 500  # referrals read at once
KEY = 16  # bytes of an identifier
SHOWN = 50  # findings of one check that are kept in words; all are counted


@dataclass(slots=True)
class Tally:
    """What one check found: how many, and the first of them."""

    check: Check
    count: int = 0
    first: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a night found: how many referrals were looked at, and the tally of each check."""

    looked: int
    tallies: Sequence[Tally]

    @property
    def found(self) -> int:
        """How many findings there are in all."""
        return sum(tally.count for tally in self.tallies)


def overnight(now: datetime, *, everything: bool = False, checks: Sequence[Check] = EVERY) -> Summary:
    """Look at every open referral, or at `everything` there is, in the plan's scope."""
    tallies: Mapping[str, Tally] = {check.name: Tally(check) for check in checks}
    looked = 0
    with _one_sight(now):
        keys = _keys(everything=everything)
        licenses = licenses_of_the_staff()
        for check in checks:
            for difference in check.look_around():
                _count(tallies, difference)
    for batch in _batches(keys):
        with _one_sight(now):
            for case in cases(batch, licenses, now):
                looked += 1
                for difference in look(case, checks):
                    _count(tallies, difference)
    return Summary(looked, tuple(tallies.values()))


def differences(
    numbers: list[str] | None = None, *, checks: Sequence[Check] = HISTORY, now: datetime | None = None
) -> Iterator[Difference]:
    """Look in the caller's transaction, unless told otherwise at the histories alone: gaps, hashes, state and answers.

    At all referrals, or at those with these `numbers`. Without `now` nothing can be too late.
    """
    licenses = licenses_of_the_staff()
    referrals = Referral.objects.order_by("number")
    if numbers is not None:
        referrals = referrals.filter(number__in=numbers)
    for batch in _batches(_joined(referrals.values_list("pk", flat=True).iterator(chunk_size=10 * BATCH))):
        for case in cases(batch, licenses, now):
            yield from look(case, checks)


def look(case: Case, checks: Iterable[Check]) -> Iterator[Difference]:
    """Whatever the checks find on one referral."""
    for check in checks:
        yield from check.look(case)


def _count(tallies: Mapping[str, Tally], difference: Difference) -> None:
    tally = tallies[difference.check]
    tally.count += 1
    if len(tally.first) < SHOWN:
        tally.first.append(difference)


def _keys(*, everything: bool) -> bytes:
    referrals = Referral.objects.order_by() if everything else Referral.objects.filter(OPEN).order_by()
    return _joined(referrals.values_list("pk", flat=True).iterator(chunk_size=10 * BATCH))


def _joined(ids: Iterable[UUID]) -> bytes:
    """Identifiers in one piece: the only thing that is held of every referral at once."""
    return b"".join(key.bytes for key in ids)


def _batches(keys: bytes) -> Iterator[list[UUID]]:
    for start in range(0, len(keys), BATCH * KEY):
        part = keys[start : start + BATCH * KEY]
        yield [UUID(bytes=part[at : at + KEY]) for at in range(0, len(part), KEY)]


@contextmanager
def _one_sight(now: datetime) -> Iterator[None]:
    """A transaction in the plan's scope whose questions all see the database as it is at the first of them."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:  # a caller's transaction has chosen its own
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        set_scope(Scope(None, now.astimezone(PACIFIC).date()))
        yield

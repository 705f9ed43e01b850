"""Confidential communications: a Member is written to where the Member asked, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Greatest

from secondopinion.people.models import Member
from secondopinion.people.models_confidential import ConfidentialRequest
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value

FEWEST, MOST = 2, 4  # lines of an address in the window of an envelope


class NotUnderstood(ValueError):
    """A request that cannot be honored as it was told. Carries a sentence, and neither name nor address."""


def ask_in_confidence(
    member: Member, how: str, received_on: date, lines: Sequence[str], *, phone: str = "", person: Person, now: datetime
) -> ConfidentialRequest:
    """Write down a standing request. It holds from today on, and takes the place of the one before.

    Raises NotUnderstood.
    """
    today = now.astimezone(PACIFIC).date()
    lines = _lines(lines)
    if received_on > today:
        raise NotUnderstood("The request cannot have been received after today. Enter the day it reached the plan.")
    # Reading: the law gives seven or fourteen days to begin; a program can begin at once, and so it does. A request
    # that is written down later than that is honored from today, and its last day is today.
    last = received_on + timedelta(days=value(f"post.confidential.{how}", received_on).number)
    end_request(member, now)
    return ConfidentialRequest.objects.create(
        member=member, how=how, received_on=received_on, honor_by=max(last, today), from_on=today,
        address_lines=lines, phone=phone.strip(), recorded_at=now, recorded_by=person.name,
    )  # fmt: skip


def end_request(member: Member, now: datetime) -> bool:
    """The Member takes the standing request back, or replaces it, from today on. Says whether there was one."""
    today = now.astimezone(PACIFIC).date()
    standing = ConfidentialRequest.objects.filter(member=member, ended_at__isnull=True)
    return bool(standing.update(ended_at=now, to_on=Greatest(F("from_on"), Value(today - timedelta(days=1)))))


def request_of(member_id: UUID) -> ConfidentialRequest | None:
    """The request that stands, or none."""
    return ConfidentialRequest.objects.filter(member_id=member_id, ended_at__isnull=True).first()


def _lines(typed: Sequence[str]) -> list[str]:
    lines = [" ".join(line.split()) for line in typed]
    lines = [line for line in lines if line]
    if not FEWEST <= len(lines) <= MOST:
        raise NotUnderstood("The address needs a street line and a line with city, State and ZIP; four lines at most.")
    if any(len(line) > 60 for line in lines):
        raise NotUnderstood("A line of the address is longer than the window of an envelope: 60 characters at most.")
    return lines

"""A request that a Member fills in page by page: kept as a draft, sent once, and gone after some days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from secondopinion.people.own_page import Own
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.models import Draft
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request


def draft_of(own: Own) -> Draft | None:
    """The unfinished request of whoever has the page open."""
    return _own(own).filter(sent_number="").first()


def keep(own: Own, answers: Mapping[str, Any], now: datetime) -> Draft:
    """Keep answers beside those that were given before; the days for which they are kept begin anew."""
    draft = _own(own).select_for_update().filter(sent_number="").first()
    if draft is None:
        draft = Draft(member=own.member, representative=own.representative, begun_at=now)
    draft.answers = {**draft.answers, **answers}
    draft.saved_at, draft.gone_on = now, gone_on(now)
    draft.save()
    return draft


def throw_away(own: Own) -> None:
    """Delete the unfinished request."""
    _own(own).filter(sent_number="").delete()


def send(own: Own, key: UUID, made_of: Callable[[Draft], Request], *, person: Person, now: datetime) -> str:
    """Receive the request that a draft holds, once; the number of its referral. Raises Refused.

    A draft that was sent already answers with the number it was sent under. Raises Draft.DoesNotExist for one that was
    thrown away, or is somebody else's.
    """
    with transaction.atomic():
        draft = _own(own).select_for_update().get(pk=key)
        if draft.sent_number:
            return draft.sent_number
        taken = receive(made_of(draft), person=person, now=now)
        draft.answers, draft.sent_number, draft.gone_on = {}, taken.number, gone_on(now)
        draft.save()
    return taken.number


def gone_on(now: datetime) -> date:
    """The last day of a draft that is saved now."""
    today = now.astimezone(PACIFIC).date()
    return today + timedelta(days=value("own_page.draft_days", today).number)


def delete_old_drafts(today: date) -> int:
    """Delete every draft whose last day is over; how many there were. The scope must be the plan's."""
    deleted, _ = Draft.objects.filter(gone_on__lt=today).delete()
    return deleted


def _own(own: Own) -> QuerySet[Draft]:
    return Draft.objects.filter(member=own.member, representative=own.representative)

"""How a person works at the desk: views kept under names of their own, and which papers they have not opened yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from secondopinion.people.person import Person
from secondopinion.referrals.access import visible_to
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Paper, PaperRead, Referral, SavedView

MOST_VIEWS: Final = 12
LONGEST: Final = 40  # characters of a name


def views_of(person: Person) -> list[SavedView]:
    """A person's own views, by name."""
    return list(SavedView.objects.filter(staff_id=person.staff_id, dropped_at=None)) if person.staff_id else []


def save_view(name: str, filters: Mapping[str, str], person: Person, now: datetime) -> SavedView:
    """Keep filters under a name. Raises Refused for none of either, a name twice, and more than a page can show."""
    name = " ".join(name.split())[:LONGEST]
    if person.staff_id is None or not name:
        raise Refused("Give the view a name, so that you find it again.")
    if person.sub_delegate and not person.parts:
        raise Refused("Nothing is handed on to you today, so there is no list to keep a view of. Ask your network.")
    if not any(filters.values()):
        raise Refused("Nothing is filtered, so the view would be the whole list. Choose a filter first.")
    if len(views_of(person)) >= MOST_VIEWS:
        raise Refused(f"You have {MOST_VIEWS} views, as many as the page shows. Drop one first.")
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                staff_id=person.staff_id, network_id=person.network, name=name,
                filters={key: value for key, value in filters.items() if value}, saved_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise Refused("You have a view of this name already. Choose another name, or drop that one first.") from None


def drop_view(view_id: int, person: Person, now: datetime) -> bool:
    """Drop one of a person's own views. Whether there was one."""
    if person.staff_id is None:
        return False
    mine = SavedView.objects.filter(pk=view_id, staff_id=person.staff_id, dropped_at=None)
    return mine.update(dropped_at=now) > 0


def mark_read(paper_id: UUID, person: Person, now: datetime) -> None:
    """Write down that a person has opened a paper that they may see. The first time counts."""
    if person.staff_id is None:
        return
    seen = visible_to(person).order_by().values("pk")
    paper = Paper.objects.filter(pk=paper_id, referral__in=seen).values_list("referral_id", "network_id").first()
    if paper is None:
        return
    row = PaperRead(staff_id=person.staff_id, paper_id=paper_id, referral_id=paper[0], network_id=paper[1], read_at=now)
    PaperRead.objects.bulk_create([row], ignore_conflicts=True)


def unread_papers(referral: Referral, person: Person) -> set[UUID]:
    """The papers of a referral that a person has not opened yet; their own filings count as read."""
    return {*_unread(person).filter(referral=referral).values_list("pk", flat=True)}


def unread_on(rows: Iterable[Referral], person: Person) -> dict[UUID, int]:
    """How many papers a person has not opened yet, for each referral on a page that has some."""
    counted = _unread(person).filter(referral__in=[row.pk for row in rows]).order_by()
    return dict(counted.values_list("referral").annotate(number=Count("pk")).values_list("referral", "number"))


def _unread(person: Person) -> QuerySet[Paper]:
    read = PaperRead.objects.filter(paper=OuterRef("pk"), staff_id=person.staff_id or 0)
    return Paper.objects.filter(~Exists(read)).exclude(added_by=person.name)

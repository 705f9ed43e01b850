"""What the desk asks about the post: what is stuck, what came back, what is on its way, and how the days add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.letters.reconciling import Tally, is_late, tallies, unfinished, untouched
from secondopinion.people.person import Person
from secondopinion.referrals.access import visible_to
from secondopinion.referrals.models import Notice, Referral

SOON: Final = timedelta(hours=1)  # a letter that waits longer wants a look even if nothing has failed yet
SHOWN: Final = 200  # rows of one list on a page
FAILED: Final = (Stands.FAILED, Stands.RETURNED)


@dataclass(frozen=True, slots=True)
class Piece:
    """One mailing as the desk lists it: with its referral, and whether its carrier keeps silent for too long."""

    mailing: Mailing
    referral: Referral
    late: bool

    @property
    def by(self) -> str:
        """The carrier in words."""
        return str(By(self.mailing.carrier).label)

    @property
    def stands(self) -> str:
        """Where it stands, in words."""
        return self.mailing.stands_words


def stuck(person: Person, now: datetime) -> list[Piece]:
    """What waits and was tried in vain, or waits for more than an hour: what has the least time left first."""
    waiting = _seen_by(person).filter(stands=Stands.WAITING).filter(Q(tries__gt=0) | Q(owed_at__lt=now - SOON))
    found = _pieces(waiting.order_by("owed_at")[:SHOWN], now)
    never = datetime.max.replace(tzinfo=now.tzinfo)
    return sorted(found, key=lambda piece: piece.referral.due_at or never)


def undelivered(person: Person, now: datetime) -> list[Piece]:
    """What came back or was not carried, and was not sent again since; the oldest first."""
    under_way = Mailing.objects.filter(letter=OuterRef("letter")).exclude(carrier=By.PORTAL).exclude(stands__in=FAILED)
    rows = _seen_by(person).filter(stands__in=FAILED).exclude(carrier=By.PORTAL).exclude(Exists(under_way))
    return _pieces(rows.order_by("ended_at")[:SHOWN], now)


def silent(person: Person, now: datetime) -> list[Piece]:
    """What the print house has kept silent about for too long; the oldest first."""
    rows = _seen_by(person).filter(stands=Stands.HANDED_OVER, carrier=By.PRINT, handed_over_at__lt=now - SOON)
    return [piece for piece in _pieces(rows.order_by("handed_over_at")[:SHOWN], now) if piece.late]


def days(since: date, until: date) -> list[Tally]:
    """The tallies of some days, in the scope of whoever asks."""
    return tallies(since, until)


def differences_of(person: Person, since: date, until: date, now: datetime) -> list[Piece]:
    """The mailings behind the differences of some days."""
    mine = Q(letter__notice__referral__in=visible_to(person).order_by().values("pk"))
    return _pieces(unfinished(since, until).filter(mine)[:SHOWN], now)


def not_taken_up(person: Person, since: date, until: date) -> list[tuple[Letter, Referral]]:
    """The letters of some days that nobody has begun to mail, each with its referral; the oldest first."""
    seen = visible_to(person).order_by().values("pk")
    letters = list(untouched(since, until).filter(notice__referral__in=seen)[:SHOWN])
    notices = Notice.objects.filter(letter__in=[letter.pk for letter in letters]).select_related("referral")
    by_letter = {notice.letter_id: notice.referral for notice in notices}
    return [(letter, by_letter[letter.pk]) for letter in letters]


def mailings_of(referral: Referral) -> dict[object, list[Mailing]]:
    """The mailings of a referral's letters, by letter, in the order in which they were owed."""
    found: dict[object, list[Mailing]] = {}
    rows = Mailing.objects.filter(letter__notice__referral=referral)
    for mailing in rows.order_by("owed_at", "nth", "carrier"):
        found.setdefault(mailing.letter_id, []).append(mailing)
    return found


def _seen_by(person: Person) -> QuerySet[Mailing]:
    seen = visible_to(person).order_by().values("pk")
    rows = Mailing.objects.filter(letter__notice__referral__in=seen)
    return rows.select_related("letter").defer("letter__pdf", "letter__data")


def _pieces(rows: QuerySet[Mailing], now: datetime) -> list[Piece]:
    mailings = list(rows)
    notices = Notice.objects.filter(letter__in=[m.letter_id for m in mailings]).select_related("referral")
    by_letter = {notice.letter_id: notice.referral for notice in notices}
    return [
        Piece(m, by_letter[m.letter_id], is_late(m.carrier, m.stands, m.handed_over_at, now))
        for m in mailings
        if m.letter_id in by_letter
    ]

"""What the desk does and asks about the language of letters: approve, read out, release, and what is still to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from secondopinion.letters import approving
from secondopinion.letters.approving import Wording
from secondopinion.letters.freeze import Path, in_words
from secondopinion.letters.kinds import kind_named
from secondopinion.letters.models import Letter
from secondopinion.people.person import Person
from secondopinion.referrals.access import visible_to
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.ledger import have_mailed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, ReadingAloud, Referral, Translation
from secondopinion.referrals.posting import close_if_done
from secondopinion.referrals.reading_aloud import now_read
from secondopinion.referrals.told_translating import ApproveWords, ReadAloud
from secondopinion.referrals.translating import fingerprint, now_approved

SHOWN: Final = 200  # rows of one list on a page
FIRST: Final = ("referral", "reasons", "clinical_reason", "to_approve")  # what a person wrote stands above the rest


@dataclass(frozen=True, slots=True)
class Words:
    """One text of a letter to translate: the row, where it stands, the clause it goes with, and what was seen."""

    row: Translation
    where: str
    clause: str
    seen: str


@dataclass(frozen=True, slots=True)
class ToTranslate:
    """A letter that waits for translations: of which referral, how many texts, how many of them are entered."""

    notice: Notice
    referral: Referral
    language: str
    since: datetime
    texts: int
    entered: int


def approve(referral_id: UUID, told: ApproveWords, *, person: Person, now: datetime) -> Taken:
    """Approve translations; whichever letter then waits for no words more is put into the queue. Raises Refused."""
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        taken = advance(referral_id, told, person=person, now=now)
        for letter_id in now_approved(referral_id, told, person, now):
            have_mailed(letter_id, referral_id)
    return taken


def read_out(referral_id: UUID, told: ReadAloud, *, person: Person, now: datetime) -> Taken:
    """Write down that a letter was read out, and close the task. Raises Refused."""
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        taken = advance(referral_id, told, person=person, now=now)
        now_read(referral_id, told, person, now)
        close_if_done(referral_id, now)
    return taken


def approve_wordings(keys: Iterable[str], *, person: Person, now: datetime) -> tuple[list[Wording], int]:
    """Approve wordings, and have every letter tried again that waited for one. Returns both. Raises NotSo."""
    with transaction.atomic():
        approved = approving.approve(keys, person, now)
        waiting = waiting_for(approved)
        for letter_id, referral_id in waiting:
            have_mailed(letter_id, referral_id)
    return approved, len(waiting)


def waiting_for(wordings: Iterable[Wording]) -> list[tuple[UUID, UUID]]:
    """The letters that are owed, wait for no translation and are of one of these wordings, or carry such a leaflet."""
    of = Q(pk__in=[])
    for each in wordings:
        # Which letters carry a leaflet, and in which language, depends on their day: all are tried, which harms none.
        of |= (
            Q(pk__isnull=False) if kind_named(each.kind).leaflet else Q(kind=each.kind, letter__language=each.language)
        )
    owed = with_all_their_words(Notice.objects.filter(of, letter__sealed_at__isnull=True))
    return list(owed.order_by("letter__owed_at").values_list("letter_id", "referral_id"))


def with_all_their_words(owed: QuerySet[Notice]) -> QuerySet[Notice]:
    """Those of some notices whose letters wait for no translation."""
    return owed.exclude(Exists(_waiting(letter=OuterRef("letter"))))


def unprinted() -> Mapping[tuple[str, str], int]:
    """How many letters are owed and not printed yet, by kind and language."""
    owed = Letter.objects.filter(sealed_at__isnull=True).order_by().values_list("kind", "language")
    return {(kind, language): number for kind, language, number in owed.annotate(Count("pk"))}


def to_translate(person: Person, referral: Referral | None = None) -> list[ToTranslate]:
    """The letters that wait for translations, the one whose clock ends first at the top."""
    rows = _of(person, _waiting(), referral).select_related("letter__notice__referral__member")
    by_letter: dict[UUID, list[Translation]] = {}
    for row in rows.defer("letter__pdf", "letter__data", "letter__printed").order_by("owed_at"):
        by_letter.setdefault(row.letter_id, []).append(row)
    found = [
        ToTranslate(
            rows[0].letter.notice, rows[0].letter.notice.referral, rows[0].language, rows[0].letter.owed_at, len(rows),
            sum(row.entered_at is not None for row in rows),
        )
        for rows in by_letter.values()
    ]  # fmt: skip
    return sorted(found, key=_least_time)[:SHOWN]


def to_read_out(person: Person, referral: Referral | None = None) -> list[ReadingAloud]:
    """The letters that wait to be read out to their readers, the oldest first."""
    rows = _of(person, ReadingAloud.objects.filter(done_at__isnull=True), referral)
    rows = rows.select_related("letter__notice__referral__member")
    return list(rows.defer("letter__pdf", "letter__data", "letter__printed").order_by("owed_at")[:SHOWN])


def words_of_letter(referral: Referral, letter: Letter) -> list[Words]:
    """Every text of a letter that needed a translation of its own, by where it stands, and how far it is."""
    rows = Translation.objects.filter(referral=referral, letter=letter)
    found = [Words(row, _where(row.field), _clause(row.field, letter.data), fingerprint(row)) for row in rows]
    return sorted(found, key=lambda each: _order(each.row.field))


def words_waiting(letter: Letter) -> int:
    """How many texts of a letter wait for a translation or its approval."""
    return _waiting(letter=letter.pk).count()


def task_of(referral: Referral, letter: Letter) -> ReadingAloud:
    """The task to read a letter out. Raises Refused."""
    task = ReadingAloud.objects.filter(referral=referral, letter=letter).first()
    if task is None:
        raise Refused("This letter need not be read out: it is written in its reader’s language.")
    return task


def wait_for_words(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Those of some referrals of which a letter waits for a translation, or to be read out."""
    aloud = ReadingAloud.objects.filter(referral=OuterRef("pk"), done_at__isnull=True)
    return rows.filter(Exists(_waiting(referral=OuterRef("pk"))) | Exists(aloud))


def _of(person: Person, rows: QuerySet[Any], referral: Referral | None) -> QuerySet[Any]:
    if referral is not None:
        return rows.filter(referral=referral)
    return rows.filter(referral__in=visible_to(person).order_by().values("pk"))


def _waiting(**where: Any) -> QuerySet[Translation]:
    return Translation.objects.filter(approved_at__isnull=True, **where)


def _least_time(each: ToTranslate) -> tuple[bool, datetime]:
    due = each.referral.due_at
    return due is None, due or each.since


def _path(field: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in field.split("."))


def _where(field: str) -> str:
    return in_words(_path(field)).capitalize()


def _clause(field: str, data: Mapping[str, Any]) -> str:
    """The clause that stands beside words in a letter, as beside each reason; empty where none does."""
    around: Any = data
    for step in _path(field)[:-1]:
        around = around[step]
    clause = around.get("clause", "") if isinstance(around, Mapping) else ""
    return clause if isinstance(clause, str) else ""


def _order(field: str) -> tuple[int, list[str]]:
    path = _path(field)
    first = FIRST.index(str(path[0])) if path[0] in FIRST else len(FIRST)
    return first, [f"{step:04}" if isinstance(step, int) else step for step in path]

"""What people wrote for one letter, in the language of the letter: entered by one person, approved by another.

A letter in another language is owed in the step that makes it due, and waits until every text that was written for it
is translated. The approval that completes it puts its mailing into the queue in the same transaction; nothing else
does. A translation that was approved is used again for the same words on the same referral.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from secondopinion.letters.freeze import CODE
from secondopinion.letters.languages import ENGLISH
from secondopinion.letters.mailing import finished
from secondopinion.letters.models import Letter
from secondopinion.letters.refusal import Incomplete, KeptBack
from secondopinion.letters.translating import free_places, sha256_of
from secondopinion.letters.typeface import unprintable
from secondopinion.people.person import Person
from secondopinion.referrals.change import Change
from secondopinion.referrals.languages import as_field
from secondopinion.referrals.ledger import lock
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, Translation
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_translating import ApproveWords

LONGEST: Final = 5000  # characters of one text
SHORTEST_NAME: Final = 3
NOTHING_WAITS: Final = "No words of this letter wait for a translation. Open the referral to see how it stands."


def approved_words(notice: Notice) -> dict[str, str]:
    """The approved translations that a letter is printed with, by the original."""
    return _words(notice.letter, notice.referral_id, approved_at__isnull=False)


def words_so_far(letter: Letter, referral_id: UUID) -> dict[str, str]:
    """The same with what is entered and not approved yet, to look at before approving. It never leaves so."""
    return _words(letter, referral_id, entered_at__isnull=False)


def fingerprint(row: Translation) -> str:
    """What a person saw who approves: these words, as they were entered, by whom and when."""
    at = "" if row.entered_at is None else row.entered_at.isoformat()
    seen = "\n".join((str(row.pk), row.text, row.translator, str(row.entered_staff), at))
    return hashlib.sha256(seen.encode()).hexdigest()


def enter(
    referral_id: UUID, letter_id: UUID, texts: Mapping[UUID, str], translator: str, *, person: Person, now: datetime
) -> int:
    """Enter or change translations of a letter's words, by row; blank texts are left as they are. Returns how many.

    Raises Refused, and then nothing is kept.
    """
    if person.staff_id is None:
        raise Refused("A translation is entered by a person of the staff, by name.")
    if len(translator.strip()) < SHORTEST_NAME:
        raise Refused("Say who translated: the qualified translator’s name, or the agency’s.")
    with transaction.atomic():
        lock(referral_id)  # as an approval does, so that the two never meet half-way
        rows = {row.pk: row for row in _waiting(referral_id).filter(letter=letter_id)}
        if not rows:
            raise Refused(NOTHING_WAITS)
        entered = 0
        for key, text in texts.items():
            text = " ".join(text.split())
            row = rows.get(key)
            if not text:
                continue
            if row is None:
                raise Refused("One of these texts was approved in the meantime. Open the page again.")
            _check(text)
            if (text, translator.strip()) == (row.text, row.translator):
                continue
            # The same words of another letter of this referral wait for the same translation.
            same = _waiting(referral_id).filter(language=row.language, original_sha256=row.original_sha256)
            same.update(
                text=text, translator=translator.strip()[:120], entered_by=person.name, entered_staff=person.staff_id,
                entered_at=now,
            )  # fmt: skip
            entered += 1
    return entered


def owe_missing(notice: Notice, now: datetime) -> int:
    """Owe the translations that a letter lacks and nobody knew of when it was owed. Returns how many.

    A set phrase of then may be none any more when the letter is printed: a clause was restated in between.
    """
    letter = notice.letter
    if letter.language == ENGLISH or letter.sealed_at is not None:
        return 0
    with transaction.atomic():
        lock(notice.referral_id)
        of_this = Translation.objects.filter(referral=notice.referral_id, language=letter.language)
        known = set(
            of_this.filter(Q(letter=letter.pk) | Q(approved_at__isnull=False)).values_list("original", flat=True)
        )
        lacking = [
            Translation(
                referral_id=notice.referral_id, network_id=letter.network_id, letter=letter,
                field=as_field(place), original=original, original_sha256=sha256_of(original),
                language=letter.language, owed_at=now,
            )
            for original, place in free_places(letter.language, letter.data).items()
            if original not in known
        ]  # fmt: skip
        Translation.objects.bulk_create(lacking)
    return len(lacking)


def approve_words(before: Snapshot, told: ApproveWords, person: Person, now: datetime) -> Change:
    """Approve what others entered for one letter, exactly as it was read; write it into the history."""
    rows = _seen(before.id, told)
    if any(row.entered_staff == person.staff_id for row in rows) or person.staff_id is None:
        raise Refused(
            "You entered one of these translations yourself. Somebody else has to read it beside the original and "
            "approve it."
        )
    letter = rows[0].letter
    _print_once(letter, rows, before.id)
    notice = Notice.objects.get(letter=letter)
    return Change(
        {
            "letter": str(letter.pk), "kind": letter.kind, "to": notice.recipient_role, "language": letter.language,
            "words": [
                {
                    "original": row.original_sha256, "text": hashlib.sha256(row.text.encode()).hexdigest(),
                    "entered_by": row.entered_by, "translator": row.translator,
                }
                for row in rows
            ],
        }
    )  # fmt: skip


def now_approved(before_id: UUID, told: ApproveWords, person: Person, now: datetime) -> list[UUID]:
    """Set what the step just taken approved, here and wherever the same words wait on this referral.

    Call it in the transaction of the step. Returns the letters that wait for no words any more.
    """
    rows = _seen(before_id, told)
    done = {"approved_by": person.name, "approved_staff": person.staff_id, "approved_at": now}
    touched: set[UUID] = set()
    for row in rows:
        same = _waiting(before_id).filter(language=row.language, original_sha256=row.original_sha256)
        # A later letter with the same words may have come after these were entered.
        same.filter(entered_at__isnull=True).update(
            text=row.text, translator=row.translator, entered_by=row.entered_by, entered_staff=row.entered_staff,
            entered_at=row.entered_at,
        )  # fmt: skip
        touched |= set(same.values_list("letter_id", flat=True))
        same.update(**done)
    still = set(_waiting(before_id).values_list("letter_id", flat=True))
    return sorted(touched - still, key=str)


def _seen(referral_id: UUID, told: ApproveWords) -> list[Translation]:
    """The rows that the person read, still as they were read. The referral is locked by whoever asks."""
    waiting = _waiting(referral_id).filter(letter=told.letter_id, entered_at__isnull=False)
    rows = list(waiting.select_related("letter").order_by("field"))
    if not rows:
        raise Refused(NOTHING_WAITS)
    wanted = set(told.seen)
    chosen = [row for row in rows if fingerprint(row) in wanted]
    if not wanted or len(chosen) != len(wanted):
        raise Refused(
            "A translation was changed or approved since you opened the page. Nothing was approved now. Read the words "
            "as they are, then approve them."
        )
    return chosen


def _print_once(letter: Letter, rows: Iterable[Translation], referral_id: UUID) -> None:
    """Print the letter, if these are its last words, so that no approved words turn out not to fit on paper."""
    words = _words(letter, referral_id, approved_at__isnull=False) | {row.original: row.text for row in rows}
    others = _waiting(referral_id).filter(letter=letter.pk).exclude(pk__in=[row.pk for row in rows])
    if others.exists():
        return
    try:
        finished(letter, words)
    except KeptBack:
        return  # more words than anybody knew of: whoever mails it finds out, and owes them (owe_missing)
    except Incomplete as error:
        raise Refused(
            f"With these words the letter cannot be printed: {error.what}. Have the translation changed, then approve."
        ) from error


def _check(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused(f"One of the texts is longer than {LONGEST} characters. Check what was pasted.")
    if CODE.search(text):
        raise Refused("One of the texts holds what looks like a procedure code. A Member is told in plain words.")
    if (odd := unprintable(text)) is not None:
        raise Refused(
            f"One of the texts holds a character that the letters’ typeface cannot print (U+{ord(odd):04X}). "
            "Spell it in other letters."
        )


def _waiting(referral_id: UUID) -> QuerySet[Translation]:
    return Translation.objects.filter(referral=referral_id, approved_at__isnull=True)


def _words(letter: Letter, referral_id: UUID, **how: bool) -> dict[str, str]:
    if letter.language == ENGLISH:
        return {}
    rows = Translation.objects.filter(referral=referral_id, language=letter.language, **how)
    # What is approved stands above what is only entered.
    return dict(rows.order_by(F("approved_at").asc(nulls_first=True)).values_list("original", "text"))

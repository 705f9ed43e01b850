"""A letter in English to somebody who reads another language: it is read out, and that is written down.

Letters are not written in every language. A reader of another has the right to have the letter read out by an
interpreter, free of charge (42 CFR 438.10(d); 45 CFR 92.201). The letter leaves at once; the task stays until done.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from secondopinion.people.person import Person
from secondopinion.referrals.change import Change
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, ReadingAloud
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_translating import ReadAloud

SHORTEST_NAME = 3


def read_aloud(before: Snapshot, told: ReadAloud, person: Person, now: datetime) -> Change:
    """Write down that a letter was read out, by whose voice, or that its reader did not want that."""
    task = _task(before.id, told.letter_id)
    if told.outcome not in ReadingAloud.Outcome.values:
        raise Refused("Say whether the letter was read out, its reader did not want that, or could not be reached.")
    if told.outcome == ReadingAloud.Outcome.READ and len(told.interpreter.strip()) < SHORTEST_NAME:
        raise Refused("Say who interpreted: the interpreter’s name or number, or the agency’s.")
    notice = Notice.objects.get(letter=told.letter_id)
    return Change(
        {
            "letter": str(told.letter_id), "kind": notice.kind, "to": notice.recipient_role, "language": task.language,
            "outcome": told.outcome, "interpreter": told.interpreter.strip(),
        }
    )  # fmt: skip


def now_read(referral_id: UUID, told: ReadAloud, person: Person, now: datetime) -> None:
    """Close the task of the step just taken, in its transaction."""
    task = _task(referral_id, told.letter_id)
    task.outcome, task.interpreter = told.outcome, told.interpreter.strip()[:120]
    task.done_by, task.done_staff, task.done_at = person.name, person.staff_id, now
    task.save(update_fields=["outcome", "interpreter", "done_by", "done_staff", "done_at"])


def _task(referral_id: UUID, letter_id: UUID) -> ReadingAloud:
    task = ReadingAloud.objects.filter(referral=referral_id, letter=letter_id, done_at__isnull=True).first()
    if task is None:
        raise Refused("This letter does not wait to be read out. Open the referral to see how it stands.")
    return task

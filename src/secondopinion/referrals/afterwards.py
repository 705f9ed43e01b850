"""What is heard of a letter after it was handed over, and sending it once more: row and history in one transaction.

`take_acknowledgements` and `take_fax_reports` are the worker's, the others the desk's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from secondopinion.letters.acknowledging import Refused as RefusedRow
from secondopinion.letters.acknowledging import Row, RowRefused, Status, acknowledge, rows_of
from secondopinion.letters.carriers import Carrier, Fax, NotCarried
from secondopinion.letters.carriers.fax import FaxState
from secondopinion.letters.mailing import leaves_by_report, lock_letter
from secondopinion.letters.models import Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.people.person import SYSTEM, Person
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC, elapsed
from secondopinion.policy.parameters import value
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.ledger import have_mailed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice
from secondopinion.referrals.posted import mailing_on
from secondopinion.referrals.posting import has_left, notice_of
from secondopinion.referrals.right_telling import heard_of
from secondopinion.referrals.told_post import CameBack, MailAgain, NotDelivered, Postmarked

logger = logging.getLogger("secondopinion.post")
SILENT = "the line reported nothing for too long"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What came of an acknowledgement file: rows that said something new, rows known before, rows refused."""

    taken: int
    known: int
    refused: tuple[RefusedRow, ...]


def take_acknowledgements(content: bytes, now: datetime) -> Acknowledged:
    """Read a print house's file: each row and what it means for its referral in a transaction of its own.

    May be read again at any time, and after a crash at any row. Raises NotAFile.
    """
    taken = known = 0
    refused: list[RefusedRow] = []
    for row in list(rows_of(content)):
        if isinstance(row, RefusedRow):
            refused.append(row)
            continue
        try:
            with plan_scope(now.astimezone(PACIFIC).date()):
                new = _take(row, now)
        except RowRefused as error:
            refused.append(RefusedRow(row.number, str(error)))
            continue
        taken, known = taken + new, known + (not new)
    return Acknowledged(taken, known, tuple(refused))


def _take(row: Row, now: datetime) -> bool:
    mailing = acknowledge(row, now=now)
    if mailing is None:
        return False
    back = row.on if row.status is Status.RETURNED else now.astimezone(PACIFIC).date()
    if heard_of(mailing, now, came_back_on=back if row.status in (Status.RETURNED, Status.REJECTED) else None):
        return True  # a statement of the right is about no referral: the mailing's own row is its history
    referral_id = Notice.objects.values_list("referral_id", flat=True).get(letter_id=mailing.letter_id)
    if row.status is Status.MAILED:
        advance(referral_id, Postmarked(mailing.pk, row.on), person=SYSTEM, now=now)
    elif row.status is Status.REJECTED:
        advance(referral_id, NotDelivered(mailing.pk, row.reason), person=SYSTEM, now=now)
    elif row.status is Status.RETURNED:
        advance(referral_id, CameBack(mailing.pk, row.on, row.reason), person=SYSTEM, now=now)
    return True


def take_fax_reports(now: datetime, electronic: Mapping[str, Carrier]) -> int:
    """Ask the line about every fax that was handed over; what failed goes by mail. Returns how many came to an end."""
    day, ended = now.astimezone(PACIFIC).date(), 0
    with plan_scope(day):
        under_way = list(Mailing.objects.filter(carrier=By.FAX, stands=Stands.HANDED_OVER).order_by("handed_over_at"))
    for mailing in under_way:
        try:
            state, why = _report(mailing, electronic.get(By.FAX), now)
        except NotCarried as error:
            logger.warning("A fax report was not read: %s", error)
            continue
        if state is FaxState.SENDING:
            continue
        with plan_scope(day):
            if state is FaxState.DELIVERED:
                if leaves_by_report(mailing, now=now):
                    has_left(notice_of(mailing.letter_id), mailing.receipt, now, by=mailing.carrier)
            else:
                _failed(mailing, why, now)
        ended += 1
    return ended


def _report(mailing: Mailing, fax: Carrier | None, now: datetime) -> tuple[FaxState, str]:
    """What became of a fax; silence for too long is a failure, so that mail still leaves in time."""
    key = mailing.receipt.removeprefix("fax/")
    assert mailing.handed_over_at is not None
    on = mailing.handed_over_at.astimezone(PACIFIC).date()
    late = now > elapsed(mailing.handed_over_at, value("post.fax_report", on).number)
    try:
        if not isinstance(fax, Fax):
            raise NotCarried("The fax line is not set up any more.")
        said = fax.line.report(key)
    except NotCarried:
        if late:
            return FaxState.FAILED, SILENT
        raise
    if said.state is FaxState.SENDING and late:
        return FaxState.FAILED, SILENT
    return said.state, said.why or "the line gave no reason"


def _failed(mailing: Mailing, why: str, now: datetime) -> None:
    lock_letter(mailing.letter_id)
    notice = notice_of(mailing.letter_id)
    changed = Mailing.objects.filter(pk=mailing.pk, stands=Stands.HANDED_OVER).update(
        stands=Stands.FAILED, ended_at=now, acknowledged_at=now, why=why[:300]
    )
    if not changed:
        return
    advance(notice.referral_id, NotDelivered(mailing.pk, why), person=SYSTEM, now=now)
    told = MailAgain(mailing.letter_id, By.PRINT, f"not delivered by fax: {why}")
    advance(notice.referral_id, told, person=SYSTEM, now=now)
    have_mailed(mailing.letter_id, notice.referral_id)


def letter_came_back(
    referral_id: UUID, mailing_id: UUID, on: date, why: str, *, person: Person, now: datetime
) -> Taken:
    """The desk holds a letter that came back. Raises Refused."""
    mailing = mailing_on(referral_id, mailing_id)
    lock_letter(mailing.letter_id)
    mailing.refresh_from_db(fields=["stands"])
    if mailing.stands == Stands.RETURNED:
        raise Refused("It is written down already that this letter came back. Send it again, or look at the history.")
    taken = advance(referral_id, CameBack(mailing_id, on, why), person=person, now=now)
    Mailing.objects.filter(pk=mailing_id).update(stands=Stands.RETURNED, ended_at=now, why=why.strip()[:300])
    return taken


def send_again(
    referral_id: UUID, letter_id: UUID, by: str, why: str, *, lines: tuple[str, ...] = (), person: Person, now: datetime
) -> Taken:
    """Owe another mailing of a sealed letter, and put the job into the queue. Raises Refused."""
    lock_letter(letter_id)
    taken = advance(referral_id, MailAgain(letter_id, by, why, lines), person=person, now=now)
    # A way that still waits is given up: the letter goes the new way instead, not on both.
    Mailing.objects.filter(letter_id=letter_id, stands=Stands.WAITING).exclude(carrier__in=(by, By.PORTAL)).update(
        stands=Stands.FAILED, ended_at=now
    )
    have_mailed(letter_id, referral_id)
    return taken


def try_now(referral_id: UUID, letter_id: UUID) -> None:
    """Put a job for the letter into the queue now, rather than at the end of its pause. Raises Refused."""
    waits = Mailing.objects.filter(letter_id=letter_id, letter__notice__referral=referral_id, stands=Stands.WAITING)
    if not waits.exists():
        raise Refused("Nothing of this letter waits to be handed over. Open it again to see how it stands.")
    have_mailed(letter_id, referral_id)

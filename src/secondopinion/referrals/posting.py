"""From owed to mailed: hand over what of a letter waits, write the proof into the history, close what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from secondopinion.letters.carriers import Carrier, NotCarried, PortalCopy
from secondopinion.letters.kinds import UnknownLetter
from secondopinion.letters.mailing import hand_over, note_failure, waiting_mailings
from secondopinion.letters.models import Mailing
from secondopinion.letters.models_mailing import By
from secondopinion.letters.refusal import Incomplete, KeptBack
from secondopinion.people.person import SYSTEM
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import Format
from secondopinion.referrals.advance import advance
from secondopinion.referrals.closing import open_items
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Close, Mailed
from secondopinion.referrals.told_post import MailedAgain
from secondopinion.referrals.translating import approved_words, owe_missing
from secondopinion.referrals.ways_out import envelope_of, ways_of

PAPER_ONLY: Final[Mapping[str, Carrier]] = MappingProxyType({})
NOT_SENT = (NotCarried, Incomplete, UnknownLetter, KeptBack)


def post(letter_id: UUID, *, now: datetime, carrier: Carrier, electronic: Mapping[str, Carrier] = PAPER_ONLY) -> bool:
    """Hand over whatever of a letter waits, each mailing and its proof in one transaction. False: nothing waited.

    `carrier` takes paper, `electronic` holds the fax and e-mail that are set up. Safe to repeat after a crash at any
    instant. When a carrier fails, the others still get their turn; the failure is written down and raised at the end.
    """
    carriers = {By.PRINT: carrier, By.PORTAL: PortalCopy(), **electronic}
    day, sent, failed = now.astimezone(PACIFIC).date(), False, None
    with plan_scope(day):
        notice = notice_of(letter_id)
        waiting = waiting_mailings(letter_id, ways_of(notice, electronic, now), now=now)
    for mailing in waiting:
        try:
            with plan_scope(day):
                sent |= _hand_over(mailing, notice_of(letter_id), carriers, now)
        except NOT_SENT as error:
            with plan_scope(day):
                note_failure(mailing, str(error), now=now)
                owe_missing(notice_of(letter_id), now)
            failed = failed or error
    if failed is not None:
        raise failed
    return sent


def notice_of(letter_id: UUID) -> Notice:
    """What a letter pays the debt of, with its referral and letter, without the letter's bytes."""
    found = Notice.objects.select_related("letter", "referral__member").defer("letter__pdf", "letter__data")
    return found.get(letter_id=letter_id)


def _hand_over(mailing: Mailing, notice: Notice, carriers: Mapping[str, Carrier], now: datetime) -> bool:
    carrier = carriers.get(mailing.carrier)
    if carrier is None:
        raise NotCarried(
            f"The way “{By(mailing.carrier).label}” is not set up any more. Set it up, or send the letter by mail."
        )
    envelope = replace(envelope_of(notice, mailing, now), words=approved_words(notice))
    posted = hand_over(mailing, now=now, carrier=carrier, envelope=envelope)
    if posted is None:
        return False
    if posted.leaves:
        seals = (posted.file_sha256, *(e.sha256 for e in envelope.enclosures))
        has_left(
            notice, posted.batch_line, now, by=mailing.carrier, seals=tuple(s for s in seals if s),
            confidential=envelope.confidential, format=posted.format,
        )  # fmt: skip
    elif mailing.carrier == By.MAIL or (mailing.carrier == By.PRINT and mailing.nth > 1):
        told = MailedAgain(mailing.pk, envelope.confidential, posted.format.value)
        advance(notice.referral_id, told, person=SYSTEM, now=now)
    return True


def has_left(
    notice: Notice,
    receipt: str,
    now: datetime,
    *,
    by: str,
    seals: tuple[str, ...] = (),
    confidential: bool = False,
    format: Format = Format.STANDARD,
) -> None:
    """The letter has left the house for the first time: write it into the history, and close what is done."""
    told = Mailed(notice.letter_id, notice.kind, notice.recipient_role, receipt, seals, str(by), confidential,
                  format.value)  # fmt: skip
    advance(notice.referral_id, told, person=SYSTEM, now=now)
    close_if_done(notice.referral_id, now)


def close_if_done(referral_id: UUID, now: datetime) -> bool:
    """Close a referral whose report has arrived once nothing is open; closed is computed, never chosen."""
    state = Referral.objects.values_list("state", flat=True).get(pk=referral_id)
    if state != State.REPORT_RECEIVED or open_items(referral_id):
        return False
    advance(referral_id, Close(), person=SYSTEM, now=now)
    return True

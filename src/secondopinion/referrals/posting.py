"""From owed to mailed: post one letter, write the proof into the history, and close what has nothing open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from secondopinion.letters.carriers import Carrier, Enclosure
from secondopinion.letters.mailing import mail
from secondopinion.people.person import SYSTEM
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.advance import advance
from secondopinion.referrals.closing import open_items
from secondopinion.referrals.copies import refuse_to_leave
from secondopinion.referrals.leaflets import leaflets_with
from secondopinion.referrals.models import ConsultationReport, Notice, Referral
from secondopinion.referrals.states import State
from secondopinion.referrals.told import Close, Mailed


def post(letter_id: UUID, *, now: datetime, carrier: Carrier) -> bool:
    """Mail one letter and record it, in one transaction. Mailed before: nothing happens, and the answer is False.

    Safe to repeat after a crash at any instant: the carrier knows the letter by its id, and the history has the
    event only when the letter row says mailed.
    """
    with plan_scope(now.astimezone(PACIFIC).date()):
        notice = Notice.objects.get(letter_id=letter_id)
        refuse_to_leave(notice, now.astimezone(PACIFIC).date())
        enclosures = enclosed_with(notice)
        posted = mail(letter_id, now=now, carrier=carrier, enclosures=enclosures)
        if posted is None:
            return False
        told = Mailed(letter_id, notice.kind, notice.recipient_role, posted.batch_line,
                      tuple(e.sha256 for e in enclosures))  # fmt: skip
        advance(notice.referral_id, told, person=SYSTEM, now=now)
        close_if_done(notice.referral_id, now)
    return True


def enclosed_with(notice: Notice) -> tuple[Enclosure, ...]:
    """What goes into the same envelope: the consultation report with every letter that delivers it (III.F.1), and the
    leaflets that the law orders."""
    if notice.kind not in ("report_to_member", "report_to_professional"):
        return leaflets_with(notice.letter)
    file = ConsultationReport.objects.select_related("paper").get(referral_id=notice.referral_id).paper
    return (Enclosure(file.name, bytes(file.content), file.sha256),)


def close_if_done(referral_id: UUID, now: datetime) -> bool:
    """Close a referral whose report has arrived once nothing is open; closed is computed, never chosen."""
    state = Referral.objects.values_list("state", flat=True).get(pk=referral_id)
    if state != State.REPORT_RECEIVED or open_items(referral_id):
        return False
    advance(referral_id, Close(), person=SYSTEM, now=now)
    return True

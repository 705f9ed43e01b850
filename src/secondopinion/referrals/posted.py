"""After a letter was handed over: its postmark, its failure, its return, and sending it again.

Each of these writes the history alone, but for `mail_again`, which owes another mailing of the same sealed letter.
What a mailing's row says is changed in the same transaction, by `afterwards.py` and `posting.py`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from secondopinion.letters.mailing import Way, next_mailing
from secondopinion.letters.models import Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.change import Change
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_post import CameBack, MailAgain, MailedAgain, NotDelivered, Postmarked
from secondopinion.referrals.ways_out import office_way

SHORTEST = 4  # characters of a reason


def mailing_on(referral_id: UUID, mailing_id: UUID) -> Mailing:
    """One mailing of a letter of this referral. Raises Refused."""
    found = Mailing.objects.filter(pk=mailing_id, letter__notice__referral=referral_id).select_related("letter__notice")
    mailing = found.defer("letter__pdf", "letter__data").first()
    if mailing is None:
        raise Refused("There is no such mailing on this referral. Open the letter from the referral's page.")
    return mailing


def postmarked(before: Snapshot, told: Postmarked, person: Person, now: datetime) -> Change:
    """Write down the day of a postmark."""
    return Change(_about(mailing_on(before.id, told.mailing_id)) | {"on": told.on.isoformat()})


def not_delivered(before: Snapshot, told: NotDelivered, person: Person, now: datetime) -> Change:
    """Write down that a letter did not arrive."""
    return Change(_about(mailing_on(before.id, told.mailing_id)) | {"why": told.why})


def came_back(before: Snapshot, told: CameBack, person: Person, now: datetime) -> Change:
    """Write down that a letter came back."""
    mailing = mailing_on(before.id, told.mailing_id)
    if mailing.handed_over_at is None or mailing.carrier != By.PRINT:
        raise Refused("This letter did not go out by mail, so it cannot have come back in the mail.")
    today = now.astimezone(PACIFIC).date()
    if not mailing.handed_over_at.astimezone(PACIFIC).date() <= told.on <= today:
        raise Refused("Enter the day on which the letter came back: after it was handed over, and not after today.")
    if len(told.why.strip()) < SHORTEST:
        raise Refused("Say why the letter came back, as the envelope says it: for example “moved, no new address”.")
    return Change(_about(mailing) | {"on": told.on.isoformat(), "why": told.why.strip()})


def mail_again(before: Snapshot, told: MailAgain, person: Person, now: datetime) -> Change:
    """Owe another mailing of a letter that was sealed once."""
    notice = Notice.objects.filter(referral_id=before.id, letter_id=told.letter_id).select_related("letter").first()
    if notice is None:
        raise Refused("There is no such letter on this referral. Open it from the referral's page.")
    others = [m for m in Mailing.objects.filter(letter_id=told.letter_id) if m.carrier != By.PORTAL]
    if not others:
        raise Refused("The letter has not been handed over yet: the worker does it. It cannot be sent again before.")
    if any(m.stands == Stands.WAITING and m.carrier == told.by for m in others):
        raise Refused("The letter waits for this carrier already. Have it tried now, or send it another way.")
    if len(told.why.strip()) < SHORTEST:
        raise Refused("Say why the letter is sent again: for example “new address from the Member, by phone”.")
    way = Way(By.PRINT) if told.by == By.PRINT else office_way(notice, told.by, now)
    if way is None:
        raise Refused("No verified address of this office is on record for that way. Verify one, or send by mail.")
    made = next_mailing(notice.letter, way, now, lines=told.lines)
    return Change(_about(made) | {"why": told.why.strip(), "new_address": bool(told.lines)}, rows=(made,))


def mailed_again(before: Snapshot, told: MailedAgain, person: Person, now: datetime) -> Change:
    """Write down the proof of another mailing."""
    mailing = mailing_on(before.id, told.mailing_id)
    how = {"confidential": told.confidential, "format": told.format}
    return Change(_about(mailing) | {"batch": mailing.receipt} | how)


def _about(mailing: Mailing) -> dict[str, object]:
    """A mailing as the history names it; never an address."""
    return {
        "letter": str(mailing.letter_id), "mailing": str(mailing.pk), "kind": mailing.letter.kind,
        "to": mailing.letter.recipient_role, "by": str(mailing.carrier), "nth": mailing.nth,
    }  # fmt: skip

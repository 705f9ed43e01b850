"""When a Member had a notice to read: what was mailed, how the Member reads, and the day the policy makes of it."""

from __future__ import annotations

from uuid import UUID

from secondopinion.letters.languages import LANGUAGES, written
from secondopinion.letters.models import Letter, Mailing
from secondopinion.letters.models_mailing import By
from secondopinion.people.find import language_of
from secondopinion.people.formats import wanted_by
from secondopinion.policy.adequate_notice import AdequateNotice, Sent, adequate_notice
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import Format
from secondopinion.policy.parameters import value
from secondopinion.referrals.models import Event, Notice
from secondopinion.referrals.snapshot import Snapshot

MEMBER = "member"


def notice_of_decision(before: Snapshot, event: Event) -> AdequateNotice | None:
    """The adequate notice of a decision; None where no notice of it is owed to the Member."""
    owed = Notice.objects.filter(referral_id=before.id, position=event.position, recipient_role=MEMBER)
    letter = Letter.objects.filter(notice__in=owed).defer("pdf", "data").order_by("owed_at").first()
    return adequate_notice_of(letter, before.member_id) if letter is not None else None


def adequate_notice_of(letter: Letter, member_id: UUID) -> AdequateNotice:
    """The adequate notice that a letter to the Member gave, over all its mailings on paper."""
    own = _in_own_language(letter, member_id)
    rows = Mailing.objects.filter(letter=letter, carrier=By.PRINT, handed_over_at__isnull=False)
    sent = [Sent(at.astimezone(PACIFIC).date(), Format(format), own)
            for at, format in rows.values_list("handed_over_at", "format") if at]  # fmt: skip
    if not sent and letter.mailed_at is not None:
        sent = [Sent(letter.mailed_at.astimezone(PACIFIC).date(), in_own_language=own)]
    on = min((each.on for each in sent), default=letter.batch_on)
    days = value(f"appeal_time.file.{letter.program.replace('-', '_')}", on).number
    return adequate_notice(sent, wanted_by(member_id), days)


def _in_own_language(letter: Letter, member_id: UUID) -> bool:
    """Whether a letter is in the Member's language, as far as letters are written in it."""
    # Reading: a language in which the plan writes all its letters is one in which it must have written this one. To a
    # reader of any other language the English letter is adequate with the sheet that offers to have it read out.
    tag = written(language_of(member_id))
    return tag is None or tag == letter.language or not LANGUAGES[tag].complete

"""The accounting of disclosures: what left the house about one Member, to whom, when and why (45 CFR 164.528).

Read from the mailings, which say what was handed over and where to; from the requests that came electronically, whose
answers went back the same way; and from what people wrote down (people/disclosing.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from secondopinion.letters.models import Mailing
from secondopinion.people.disclosing import written_down
from secondopinion.people.models import Member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.privacy import Purpose, accounted_from
from secondopinion.referrals.models import Channel, Notice, Referral
from secondopinion.referrals.packet_words import letter_words

# Reading: an authorization and the records with it are for the care; the rest of what offices are told of a decision is
# for payment (45 CFR 164.501); a copy to a representative is one to the Member (164.502(g)(1)).
FOR_CARE: Final = frozenset({
    "authorization_to_professional", "report_to_professional", "approval_to_pcp", "denial_to_pcp",
    "modification_to_pcp",
})  # fmt: skip
TO_THE_MEMBER: Final = frozenset({"member", "representative"})


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One thing that left. `address` is empty where it is not known; `about` is the referral's number."""

    on: date
    to: str
    address: str
    what: str
    purpose: Purpose
    why: str
    about: str

    @property
    def accounted(self) -> bool:
        """Does the law have it in the accounting?"""
        return self.purpose.accounted


def disclosures_of(member: Member, today: date) -> list[Disclosed]:
    """All that left about a Member as far back as an accounting reaches, the newest first."""
    since = accounted_from(today)
    found = [*_letters(member, since), *_electronic(member, since), *_written(member, since)]
    return sorted(found, key=lambda each: (each.on, each.to), reverse=True)


def numbers_of(member: Member) -> list[str]:
    """What names a Member in the log of looks: the card's number, and the numbers of the referrals."""
    return [member.member_id, *Referral.objects.filter(member=member).values_list("number", flat=True)]


def _letters(member: Member, since: date) -> Iterator[Disclosed]:
    notices = Notice.objects.filter(referral__member=member).select_related("referral").defer("letter__pdf")
    by_letter = {notice.letter_id: notice for notice in notices}
    sent = Mailing.objects.filter(letter__in=by_letter, handed_over_at__isnull=False).exclude(carrier="portal")
    for mailing in sent.select_related("letter").defer("letter__pdf"):
        assert mailing.handed_over_at is not None
        on = mailing.handed_over_at.astimezone(PACIFIC).date()
        if on < since:
            continue
        notice, letter = by_letter[mailing.letter_id], mailing.letter
        lines = mailing.address or letter.data.get("recipient", {}).get("address_lines", ())
        yield Disclosed(
            on, letter.recipient_name, mailing.to or ", ".join(lines), f"Letter: {letter_words(notice.kind)}",
            _purpose(notice), "The letter was owed by law or by the policy", notice.referral.number,
        )  # fmt: skip


def _purpose(notice: Notice) -> Purpose:
    if notice.recipient_role in TO_THE_MEMBER:
        return Purpose.MEMBER
    return Purpose.TREATMENT if notice.kind in FOR_CARE else Purpose.PAYMENT


def _electronic(member: Member, since: date) -> Iterator[Disclosed]:
    for referral in Referral.objects.filter(member=member, channel=Channel.FHIR):
        on = referral.received_at.astimezone(PACIFIC).date()
        if on >= since:
            yield Disclosed(
                on, referral.requester_name, "", "Answer to an electronic request", Purpose.PAYMENT,
                "The office asked for an authorization", referral.number,
            )  # fmt: skip


def _written(member: Member, since: date) -> Iterator[Disclosed]:
    purposes = {purpose.key: purpose for purpose in Purpose}
    for row in written_down(member, since):
        yield Disclosed(row.on, row.to_name, row.to_address, row.what, purposes[row.purpose], row.why, row.about)

"""Telling a made-up story through the program's own doors: who came, who did what, which letters left.

Nothing is written past `receive` and `advance`. Each step is taken by a made-up person, or the house, at an instant
before `now`, so the clocks, letters and histories are what they would have been.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from secondopinion.directory.models import QualifiedProfessional
from secondopinion.letters.acknowledging import HEADING, Status
from secondopinion.letters.carriers import Carrier
from secondopinion.letters.carriers.parcel import key_of
from secondopinion.letters.models import Mailing
from secondopinion.letters.models_mailing import By
from secondopinion.people.models import Member, Staff
from secondopinion.people.person import SYSTEM, Person, person_of
from secondopinion.policy.calendar import business_calendar
from secondopinion.referrals.advance import advance
from secondopinion.referrals.afterwards import take_acknowledgements
from secondopinion.referrals.language_work import approve, read_out, with_all_their_words
from secondopinion.referrals.models import Notice, ReadingAloud, Translation
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.told import Told
from secondopinion.referrals.told_translating import ApproveWords, ReadAloud
from secondopinion.referrals.translating import enter, fingerprint

PACIFIC = ZoneInfo("America/Los_Angeles")
REPORT = Path(__file__).with_name("county") / "consultation-report.pdf"
WORDS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).with_name("county") / "translations.toml").read_text(encoding="utf-8")
)
DOUBTS_SURGERY = {"surgery_is_recommended": True, "member_questions_surgery": True}


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells stories that end before `now`. Letters that were mailed in a story go to `carrier`."""

    now: datetime
    carrier: Carrier

    def working(self, days_before: int, at: str) -> datetime:
        """An hour of the working day that lies so many (one or more) working days before today."""
        calendar, day = business_calendar(), self.now.astimezone(PACIFIC).date()
        while days_before:
            day -= timedelta(days=1)
            days_before -= calendar.is_business_day(day)
        return datetime.combine(day, time.fromisoformat(at), PACIFIC)

    def ago(self, *, hours: float) -> datetime:
        """So many hours before now."""
        return self.now - timedelta(hours=hours)

    def came_in(self, member_id: str, who: str, at: datetime, **asked: Any) -> UUID:
        """A request reached the desk; `who` entered it twenty minutes later. Returns the referral's id."""
        member = Member.objects.get(member_id=member_id)
        head = {"channel": "phone", "requester": "member", "requester_name": str(member), "opinion": "second",
                "about": "specialist-care", "requester_phone": member.phone}  # fmt: skip
        request = Request(member=member, received_at=at, **{**head, **asked})
        return receive(request, person=staff(who, at), now=at + timedelta(minutes=20)).referral_id

    def then(self, referral: UUID, who: str, at: datetime, told: Told) -> None:
        """Somebody took a step."""
        advance(referral, told, person=staff(who, at), now=at)

    def house(self, referral: UUID, at: datetime, told: Told) -> None:
        """The house itself took a step, at its time."""
        advance(referral, told, person=SYSTEM, now=at)

    def mailed(self, referral: UUID, at: datetime) -> None:
        """The worker mailed every letter that waited, once its words were translated; others were read out in English.

        A letter with words that the made-up agency has not translated goes on waiting.
        """
        owed = Notice.objects.filter(referral_id=referral, letter__mailed_at__isnull=True)
        for letter_id in owed.values_list("letter_id", flat=True):
            self._translated(referral, letter_id, at)
        for letter_id in list(with_all_their_words(owed).values_list("letter_id", flat=True)):
            post(letter_id, now=at, carrier=self.carrier)
        for letter_id in ReadingAloud.objects.filter(referral=referral, done_at=None).values_list("letter", flat=True):
            told = ReadAloud(letter_id, "read", "Interpreter 2231, Puente Interpreting")
            read_out(referral, told, person=staff("intake@plan", at), now=at)

    def _translated(self, referral: UUID, letter_id: UUID, at: datetime) -> None:
        """The agency translated a letter's words; one person entered them and another approved."""
        rows = Translation.objects.filter(letter=letter_id, approved_at__isnull=True)
        texts = {row.pk: words for row in rows if (words := WORDS.get(row.language, {}).get(row.original))}
        if not texts:
            return
        enter(referral, letter_id, texts, "Puente Translations", person=staff("intake@plan", at), now=at)
        seen = tuple(fingerprint(row) for row in rows.all() if row.pk in texts)
        approve(referral, ApproveWords(letter_id, seen), person=staff("nurse@plan", at), now=at)

    def acknowledged(self) -> None:
        """The made-up print house has answered for every letter of the days before today."""
        today = self.now.astimezone(PACIFIC).date()
        handed_over = Mailing.objects.filter(carrier=By.PRINT, handed_over_at__isnull=False).select_related("letter")
        rows = [",".join(HEADING)]
        for mailing in handed_over.defer("letter__pdf", "letter__data"):
            assert mailing.handed_over_at is not None
            on = mailing.handed_over_at.astimezone(PACIFIC).date()
            if on < today:
                key = key_of(mailing.letter_id, mailing.nth)
                seal = mailing.print_sha256 or mailing.letter.pdf_sha256
                rows.append(f"{key},{seal},{Status.ACCEPTED},{on.isoformat()},")
        refused = take_acknowledgements("\n".join(rows).encode(), self.now).refused
        assert not refused, refused


def staff(sign_in: str, at: datetime) -> Person:
    """The made-up person behind a sign-in name, with the licences of the day."""
    return person_of(Staff.objects.get(user__username=sign_in), at.astimezone(PACIFIC).date())


def professional(last_name: str) -> QualifiedProfessional:
    """A professional of the made-up directory by last name."""
    return QualifiedProfessional.objects.get(last_name=last_name)


def office(last_name: str, requester: str = "physician") -> dict[str, str]:
    """A professional of the directory as the one who asks."""
    who = professional(last_name)
    return {
        "requester": requester,
        "requester_name": who.full_name,
        "requester_npi": who.npi,
        "requester_phone": who.phone,
        "requester_address": "\n".join([who.group_name, *who.address_lines]),
    }

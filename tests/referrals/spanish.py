"""A Member who reads Spanish is denied, and what people then do about the words of the letter."""

from __future__ import annotations

from uuid import UUID

from county import NOW, County
from letters.tongues import complete
from referrals.brought import Brought, Way, denied, with_a_physician
from referrals.life import DENIAL
from secondopinion.letters.models import Letter
from secondopinion.referrals import language_work
from secondopinion.referrals.change import Taken
from secondopinion.referrals.models import Notice, Referral, Translation
from secondopinion.referrals.told_translating import ApproveWords, ReadAloud
from secondopinion.referrals.translating import enter, fingerprint

AGENCY = "Puente Translations"
INTO_SPANISH = {
    DENIAL.reasons[0].words: "Su tratamiento empezó hace nueve días, y su médico planeó seis semanas.",
    DENIAL.clinical_reason: "Las dos imágenes muestran desgaste de la articulación y ningún desgarro.",
    DENIAL.would_change: "Una nota de su médico de que seis semanas de tratamiento no ayudaron",
}


def denied_in_spanish(there: County, **other: object) -> Brought:
    """Denied by a physician; the plan writes letters in Spanish."""
    there.one.language = "es"
    there.one.save(update_fields=["language"])
    with complete("es"):
        return with_a_physician(there, **other).then(DENIAL, "physician@plan")


def to_the_reader(referral: UUID, role: str = "member", kind: str = "denial_to_member") -> Letter:
    return Notice.objects.select_related("letter").get(referral_id=referral, recipient_role=role, kind=kind).letter


def spanish_for(row: Translation) -> str:
    """Words that were really translated, or something that can be told from the English."""
    return INTO_SPANISH.get(row.original, f"En español: {row.original_sha256[:6]}")


def translated(there: County, letter: Letter, who: str = "nurse@plan") -> list[Translation]:
    """Somebody enters a translation of every text that waits."""
    referral = letter.notice.referral_id
    rows = list(Translation.objects.filter(letter=letter, approved_at__isnull=True))
    texts = {row.pk: spanish_for(row) for row in rows}
    enter(referral, letter.pk, texts, AGENCY, person=there.person(who), now=NOW)
    return list(Translation.objects.filter(letter=letter, approved_at__isnull=True))


def approval(rows: list[Translation]) -> ApproveWords:
    """What somebody says who has read these rows as they are."""
    return ApproveWords(rows[0].letter_id, tuple(fingerprint(row) for row in rows))


def approved(there: County, letter: Letter, who: str = "appeals@plan") -> Taken:
    """Somebody approves all that is entered."""
    rows = list(Translation.objects.filter(letter=letter, approved_at__isnull=True))
    referral = Referral.objects.get(notices__letter=letter)
    return language_work.approve(referral.pk, approval(rows), person=there.person(who), now=NOW)


def words_entered(there: County) -> Way:
    """Every word of a Spanish letter is entered, and waits for somebody else's approval."""
    way = denied_in_spanish(there)
    return way.ready(approval(translated(there, to_the_reader(way.referral))), "appeals@plan")


def denied_in_tagalog(there: County) -> Brought:
    """Denied, and the letter is in English, for letters are not written in the Member's language."""
    there.one.language = "tl"
    there.one.save(update_fields=["language"])
    return denied(there)


def to_be_read_out(there: County) -> Way:
    """A letter waits to be read out to the Member."""
    way = denied_in_tagalog(there)
    return way.ready(ReadAloud(to_the_reader(way.referral).pk, "read", "Interpreter 4711"))

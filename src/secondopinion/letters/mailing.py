"""Mailing a letter: exactly once by each carrier, whatever is killed in between.

A letter has a row for each of its mailings. The letter's row is locked, printed, sealed, handed to the carrier and
marked, in one transaction. When the process dies before the commit the mailing still waits, and the carrier, which
knows it by its key, takes the second try as the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from secondopinion.letters.approving import keep_back_a_draft
from secondopinion.letters.carriers import Carrier, Enclosure, NotCarried, Parcel
from secondopinion.letters.files import file_of, frozen_of
from secondopinion.letters.languages import ENGLISH
from secondopinion.letters.models import Letter, LetterFile, Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.letters.paper import Sealed, seal
from secondopinion.letters.refusal import KeptBack
from secondopinion.letters.sheets import address_sheet, fax_cover
from secondopinion.letters.translating import free_words, in_language
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import Format
from secondopinion.policy.gg1538 import questions

PROVEN_BY_REPORT = frozenset({By.FAX})
"""Carriers whose handing over proves nothing: the letter has left when their report says that it arrived."""


SEAL: Final = ("pdf", "pdf_sha256", "marks", "printed", "printed_with", "wording_sha256", "sealed_at")


class NoSuchLetter(LookupError):
    """No letter of that id is visible here."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on which a letter goes: the carrier, and the fax number or e-mail address with its certificate."""

    by: str
    to: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a mailing gets besides the letter: enclosures, and another address where the letter's own is not to be used.

    `format`: how its reader reads. `held`: why this mailing must not leave at all this way now. `words`: the approved
    translations of what people wrote for this letter, by the original.
    """

    enclosures: tuple[Enclosure, ...] = ()
    lines: tuple[str, ...] = ()
    confidential: bool = False
    certificate: str = ""
    held: str = ""
    format: Format = Format.STANDARD
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Posted:
    """A mailing that was handed over: the carrier's receipt, and the seal of the letter.

    `leaves`: whether with it the letter has left the house for the first time. `format`: the one it really went in.
    `file_sha256`: the seal of the file of that format; empty for standard print.
    """

    letter_id: UUID
    batch_line: str
    pdf_sha256: str
    mailed_at: datetime
    leaves: bool = True
    format: Format = Format.STANDARD
    file_sha256: str = ""


def mail(letter_id: UUID, *, now: datetime, carrier: Carrier, enclosures: tuple[Enclosure, ...] = ()) -> Posted | None:
    """Print, seal and post one letter on paper, with what goes into its envelope. None when it was mailed before.

    The caller's transaction carries the scope whose rows may be seen. Raises NoSuchLetter, Incomplete (the
    finished paper lacks words that a clause orders) and NotCarried; after each the letter still waits.
    """
    with transaction.atomic():
        for waiting in waiting_mailings(letter_id, (Way(By.PRINT),), now=now):
            return hand_over(waiting, now=now, carrier=carrier, envelope=Envelope(enclosures))
    return None


def waiting_mailings(letter_id: UUID, ways: Iterable[Way], *, now: datetime) -> list[Mailing]:
    """The mailings of a letter that wait to be handed over; its first ones are made here, on these ways.

    The letter's row stays locked until the transaction ends. Raises NoSuchLetter.
    """
    letter = Letter.objects.select_for_update().defer("pdf").filter(pk=letter_id).first()
    if letter is None:
        raise NoSuchLetter("There is no such letter here. Check the number, or whose network this is for.")
    found = list(Mailing.objects.filter(letter=letter).order_by("owed_at", "carrier", "nth"))
    if not found and letter.mailed_at is None:
        found = [first_mailing(letter, way) for way in ways]
        Mailing.objects.bulk_create(found)
    return [m for m in found if m.stands == Stands.WAITING]


def lock_letter(letter_id: UUID) -> None:
    """Lock a letter's row until the transaction ends. Always before its referral's: the worker takes both so."""
    Letter.objects.select_for_update().only("pk").filter(pk=letter_id).first()


def first_mailing(letter: Letter, way: Way) -> Mailing:
    """The row of a letter's first mailing on a way, not saved."""
    return Mailing(letter=letter, network_id=letter.network_id, carrier=way.by, owed_at=letter.owed_at,
                   batch_on=letter.batch_on, to=way.to)  # fmt: skip


def next_mailing(letter: Letter, way: Way, now: datetime, *, lines: tuple[str, ...] = ()) -> Mailing:
    """The row of another mailing of the same letter on a way, not saved. Its number is the next one free."""
    made = Mailing.objects.filter(letter=letter, carrier=way.by).count()
    return Mailing(
        letter=letter, network_id=letter.network_id, carrier=way.by, nth=made + 1, owed_at=now,
        batch_on=now.astimezone(PACIFIC).date(), to=way.to, address=list(lines) or None,
    )  # fmt: skip


def hand_over(mailing: Mailing, *, now: datetime, carrier: Carrier, envelope: Envelope) -> Posted | None:
    """Give one mailing to its carrier. None when that was done before. Raises Incomplete, KeptBack and NotCarried."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update().get(pk=mailing.letter_id)
        mailing = Mailing.objects.get(pk=mailing.pk)  # as it stands now that the letter is ours
        if mailing.stands != Stands.WAITING:
            return None
        if envelope.held:
            raise NotCarried(envelope.held)
        first = letter.mailed_at is None
        leaves = first and mailing.carrier != By.PORTAL
        if letter.sealed_at is None:
            _seal(letter, envelope.words, now)
        file, lacks = file_of(letter, envelope.format, marks_for(letter), now)
        receipt = carrier.post(_parcel(letter, mailing, envelope, file))
        leaves = leaves and mailing.carrier not in PROVEN_BY_REPORT
        if leaves:
            letter.mailed_at, letter.batch_line = now, receipt
        if first:
            letter.save(update_fields=[*SEAL, "mailed_at", "batch_line"])
        mailing.stands, mailing.handed_over_at, mailing.receipt = Stands.HANDED_OVER, now, receipt
        mailing.confidential, mailing.why = envelope.confidential, lacks
        mailing.format = file.format if file else Format.STANDARD
        mailing.print_sha256 = file.sha256 if file and file.format == Format.LARGE_PRINT else ""
        if mailing.carrier in (By.PORTAL, By.MAIL):  # taken is arrived: nothing more is reported
            mailing.stands, mailing.acknowledged_at = Stands.ARRIVED, now
        mailing.save()
        went, seal_of_file = Format(mailing.format), file.sha256 if file else ""
        return Posted(letter.pk, receipt, letter.pdf_sha256, now, leaves, went, seal_of_file)


def leaves_by_report(mailing: Mailing, *, now: datetime) -> bool:
    """A mailing whose carrier now reports that it arrived. Says whether with it the letter has left the house."""
    with transaction.atomic():
        letter = Letter.objects.select_for_update().defer("pdf").get(pk=mailing.letter_id)
        changed = Mailing.objects.filter(pk=mailing.pk, stands=Stands.HANDED_OVER).update(
            stands=Stands.ARRIVED, acknowledged_at=now
        )
        if not changed or letter.mailed_at is not None:
            return False
        letter.mailed_at, letter.batch_line = now, mailing.receipt
        letter.save(update_fields=["mailed_at", "batch_line"])
        return True


def note_failure(mailing: Mailing, why: str, *, now: datetime) -> None:
    """Write down that handing over failed, why and when, for the page of what is stuck. It still waits."""
    Mailing.objects.filter(pk=mailing.pk, stands=Stands.WAITING).update(
        tries=F("tries") + 1, tried_at=now, why=why[:300]
    )


def required_marks(kind: str, program: str, data: Mapping[str, Any]) -> frozenset[str]:
    """What the policy in force on the letter's day says the letter must say."""
    edition = questions.edition_on(date.fromisoformat(data["dated_on"]))
    outcome = data.get("outcome") or {}
    # Reading: II.D speaks of the first and second opinion; after a third there is no right to a fourth.
    second = data["referral"]["opinion"] == "second"
    differs = second and outcome.get("agrees") is False and bool(outcome.get("procedure"))
    return questions.what_must_the_letter_say(edition, kind, Program(program), differs=differs)


def marks_for(letter: Letter) -> frozenset[str]:
    """What the policy in force on a letter's day says it must say."""
    return required_marks(letter.kind, letter.program, letter.data)


def finished(letter: Letter, words: Mapping[str, str]) -> tuple[Sealed, dict[str, Any] | None]:
    """The letter printed in its language and read back, and the data it was printed from; None: as it was frozen.

    `words`: translations of what people wrote for it, by the original. Raises KeptBack where one is missing, and
    Incomplete.
    """
    if lacking := [each for each in free_words(letter.language, letter.data) if each not in words]:
        raise KeptBack(
            f"The letter “{letter.kind.replace('_', ' ')}” waits for a translation: {len(lacking)} of the texts that "
            "were written for it have none that is approved. Its clock runs; see “Translations”."
        )
    frozen, required = frozen_of(letter), marks_for(letter)
    if letter.language == ENGLISH:
        return seal(frozen, required), None
    # What was frozen stays; what is printed is kept beside it. The seal of the paper proves the second.
    printed = in_language(letter.language, letter.data, words)
    return seal(replace(frozen, data=printed), required), printed


def _seal(letter: Letter, words: Mapping[str, str], now: datetime) -> None:
    letter.wording_sha256 = keep_back_a_draft(letter.kind, letter.language)
    sealed, letter.printed = finished(letter, words)
    letter.pdf, letter.pdf_sha256, letter.sealed_at = sealed.pdf, sealed.sha256, now
    letter.marks, letter.printed_with = sorted(sealed.marks), sealed.template_sha256


def _parcel(letter: Letter, mailing: Mailing, envelope: Envelope, file: LetterFile | None) -> Parcel:
    shown = tuple(letter.data["recipient"]["address_lines"])
    lines = envelope.lines or tuple(mailing.address or ()) or shown
    pdf, sha256, enclosures = bytes(letter.pdf or b""), letter.pdf_sha256, envelope.enclosures
    if file is not None and file.format == Format.LARGE_PRINT:
        pdf, sha256 = bytes(file.content), file.sha256  # in the place of the smaller print
    elif file is not None:
        enclosures = (Enclosure(f"letter-{file.name}", bytes(file.content), file.sha256), *enclosures)
    cover, on = b"", mailing.batch_on
    if mailing.carrier == By.PRINT and lines != shown:
        cover = address_sheet(letter.recipient_name, lines, letter.program, on)
    elif mailing.carrier == By.FAX:
        papers = (pdf, *(e.content for e in enclosures))
        cover = fax_cover(letter.recipient_name, shown, mailing.to, letter.program, on, papers)
    return Parcel(
        letter_id=letter.pk,
        kind=letter.kind,
        language=letter.language,
        number=letter.data["referral"]["number"],
        batch_on=mailing.batch_on,
        recipient_name=letter.recipient_name,
        address_lines=lines,
        pdf=pdf,
        sha256=sha256,
        enclosures=enclosures,
        nth=mailing.nth,
        to=mailing.to,
        certificate=envelope.certificate,
        cover=cover,
    )

"""Letters and papers of a referral: the very PDF, its pages as pictures, and the proof of mailing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.errors import Line
from secondopinion.desk.forms_post import PostForm
from secondopinion.desk.kept_files import handed_out
from secondopinion.desk.mailings import NOTHING_TYPED, post_of
from secondopinion.desk.ordered import lines_of, sheets_of
from secondopinion.desk.referral import head_of, referral_or_404
from secondopinion.desk.referral_words import READERS
from secondopinion.letters.freeze import Frozen
from secondopinion.letters.kinds import template_sha256
from secondopinion.letters.languages import ENGLISH, LANGUAGES
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import passages
from secondopinion.letters.paper import render as print_letter
from secondopinion.letters.preview import Preview, in_order, preview
from secondopinion.letters.refusal import Incomplete
from secondopinion.letters.translating import in_language
from secondopinion.people.doors import signed_in
from secondopinion.people.kept.kinds import Kind
from secondopinion.people.person import Person
from secondopinion.referrals import reading
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from secondopinion.referrals.translating import words_so_far
from secondopinion.referrals.working import mark_read


@signed_in(why="read a letter")
@require_safe
def letter(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """One letter as its reader sees it, with what it had to say and the proof of mailing."""
    found = referral_or_404(request, number)
    return show_letter(request, found, letter_or_404(found, letter_id))


def show_letter(
    request: HttpRequest, found: Referral, one: Letter, *, errors: Sequence[Line] = (),
    forms: Mapping[str, PostForm] = NOTHING_TYPED, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of a letter, after a refusal with its sentences and everything that was typed."""
    edition, looked = reading.snapshot_of(found).edition_in_force, look_at(one)
    context = (
        head_of(request, found)
        | post_of(request, found, one, forms)
        | {
            "errors": errors,
            "letter": one,
            "looked": looked,
            "todo": what_to_do(one, looked),
            "pages": sheets_of(looked.pdf, looked.ordered) if looked.pdf else [],
            "said": lines_of(looked.ordered, edition),
            "tongue": one.language,
            "unplaced": one.sealed_at and not looked.ordered,
            "reader": READERS.get(one.recipient_role, one.recipient_name),
        }
    )
    return render(request, "desk/letter.html", context, status=status)


def look_at(letter: Letter) -> Preview:
    """A letter read for what it must say: as sealing would print it now, or as it was sealed.

    Where the template has changed since it was sealed, the places of its sentences are not known any more.
    """
    data = in_its_language(letter)
    frozen = Frozen(letter.kind, letter.program, letter.language, data, letter.data_sha256, letter.template_sha256)
    required = required_marks(letter.kind, letter.program, letter.data)
    if letter.pdf is None:
        return preview(frozen, required)
    sealed = bytes(letter.pdf)
    if letter.printed_with != template_sha256(letter.kind, letter.language):
        return Preview(sealed, (), ())
    said = passages(letter.kind, letter.program, letter.language, data)
    return Preview(sealed, tuple(in_order(sealed, said)), ())


def what_to_do(letter: Letter, looked: Preview) -> str:
    """What to do about a letter that cannot leave; empty when it can."""
    if looked.sendable:
        return ""
    if looked.lacking:
        tongue = "" if letter.language == ENGLISH else f" in {LANGUAGES[letter.language].name}"
        return (
            f"The words of this letter{tongue} must be mended by whoever keeps the letters; then it leaves by itself. "
            "The clock of the notice runs on: reach the reader by telephone, and write down that you did."
        )
    return (
        "A letter that is owed is never changed. Take the step that owes it again with the value put right, or have "
        "whoever keeps the letters look at it. The clock of the notice runs on."
    )


@signed_in(why="read a letter")
@require_safe
def letter_pdf(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """The PDF itself."""
    return letter_as_pdf(letter_or_404(referral_or_404(request, number), letter_id), number)


def was_opened(person: Person, named: Mapping[str, Any], now: datetime) -> None:
    """Opening a paper is reading it: the mark goes."""
    mark_read(named["paper_id"], person, now)


@signed_in(why="read a paper of a referral", leaves=was_opened)
@require_safe
def paper_pdf(request: HttpRequest, number: str, paper_id: UUID) -> HttpResponse:
    """A paper that came with the referral."""
    found = referral_or_404(request, number)
    try:
        paper = reading.paper_of(found, paper_id)
    except Refused as refused:
        raise Http404(refused.sentence) from None
    return handed_out(paper.plain(), Kind.PDF, f"{number}-{paper.kind}")


def letter_or_404(found: Referral, letter_id: UUID) -> Letter:
    """One letter of a referral, or the page that says there is none."""
    try:
        return reading.letter_of(found, letter_id)
    except Refused as refused:
        raise Http404(refused.sentence) from None


def letter_as_pdf(one: Letter, number: str) -> HttpResponse:
    """A letter of a referral as the browser shows it; the page that says so where it cannot be printed."""
    try:
        pdf = pdf_of(one)
    except Incomplete as refused:
        raise Http404(str(refused)) from None
    return inline(pdf, f"{number}-{one.kind.replace('_', '-')}.pdf")


def pdf_of(letter: Letter) -> bytes:
    """The sealed bytes once there are any; before that, the frozen data printed as sealing will print it."""
    if letter.pdf is not None:
        return bytes(letter.pdf)
    return print_letter(letter.kind, letter.program, letter.language, in_its_language(letter))


def in_its_language(letter: Letter) -> dict[str, Any]:
    """A letter's data in the words of its language, as far as they are translated."""
    return in_language(letter.language, letter.data, words_so_far(letter, letter.notice.referral_id))


def inline(pdf: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows rather than saves."""
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )

"""Letters and papers of a referral: the very PDF, its pages as pictures, and the proof of mailing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.errors import Line
from secondopinion.desk.forms_post import PostForm
from secondopinion.desk.kept_files import handed_out
from secondopinion.desk.mailings import NOTHING_TYPED, post_of
from secondopinion.desk.pictures import pictures
from secondopinion.desk.referral import head_of, referral_or_404
from secondopinion.desk.referral_words import READERS
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import render as print_letter
from secondopinion.people.doors import signed_in
from secondopinion.people.kept.kinds import Kind
from secondopinion.policy.asked import Program
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals import reading
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral


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
    edition = reading.snapshot_of(found).edition_in_force
    must_say = sorted(questions.what_must_the_letter_say(edition, one.kind, Program(one.program)))
    context = (
        head_of(request, found)
        | post_of(request, found, one, forms)
        | {
            "errors": errors,
            "letter": one,
            "pages": pictures(pdf_of(one)),
            "reader": READERS.get(one.recipient_role, one.recipient_name),
            "must_say": must_say,
        }
    )
    return render(request, "desk/letter.html", context, status=status)


@signed_in(why="read a letter")
@require_safe
def letter_pdf(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """The PDF itself."""
    one = letter_or_404(referral_or_404(request, number), letter_id)
    return inline(pdf_of(one), f"{number}-{one.kind.replace('_', '-')}.pdf")


@signed_in(why="read a paper of a referral")
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


def pdf_of(letter: Letter) -> bytes:
    """The sealed bytes once there are any; before that, the frozen data printed as sealing will print it."""
    if letter.pdf is not None:
        return bytes(letter.pdf)
    return print_letter(letter.kind, letter.program, letter.language, letter.data)


def inline(pdf: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows rather than saves."""
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )

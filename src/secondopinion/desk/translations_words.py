"""One letter's words side by side, entered by one person and approved by another; and a letter that is read out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_translations import ReadAloudForm, WordsForm
from secondopinion.desk.letters import letter_or_404
from secondopinion.desk.mailings import ROLES
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import head_of, now_of, person_of, referral_or_404
from secondopinion.desk.referral_words import READERS
from secondopinion.letters.languages import LANGUAGES
from secondopinion.letters.models import Letter
from secondopinion.people.doors import signed_in
from secondopinion.referrals import language_work
from secondopinion.referrals.language_work import Words, task_of, words_of_letter
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import ReadingAloud, Referral
from secondopinion.referrals.told_translating import ApproveWords, ReadAloud
from secondopinion.referrals.translating import enter


@signed_in(*ROLES, why="translate a letter")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_words(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """What people wrote for one letter beside its translation; sent, it enters what was typed."""
    found = referral_or_404(request, number)
    one = letter_or_404(found, letter_id)
    words = words_of_letter(found, one)
    if not words:
        raise Http404("No words of this letter needed a translation of their own.")
    if request.method != "POST":
        return _words(request, found, one, words)
    form = _form(words, one, request.POST)
    if not form.is_valid():
        return _words(request, found, one, words, form, summary_of(form))
    try:
        entered = enter(
            found.pk, one.pk, form.texts, form.cleaned_data["translator"], person=person_of(request),
            now=now_of(request),
        )  # fmt: skip
    except Refused as refused:
        return _words(request, found, one, words, form, [Line(refused.sentence, "words")])
    if entered:
        texts = "1 translation is" if entered == 1 else f"{entered} translations are"
        messages.success(request, f"{texts} entered. Somebody else now reads and approves.")
    else:
        messages.info(request, "Nothing was changed.")
    return _to("letter-words", found, one)


@signed_in(*ROLES, why="approve a translation")
@require_POST
def letter_words_approve(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """Approve the translations that were read; the letter leaves when they were its last."""
    found = referral_or_404(request, number)
    one = letter_or_404(found, letter_id)
    told = ApproveWords(one.pk, tuple(request.POST.getlist("seen")))
    try:
        language_work.approve(found.pk, told, person=person_of(request), now=now_of(request))
    except Refused as refused:
        words = words_of_letter(found, one)
        return _words(request, found, one, words, errors=[Line(refused.sentence, "approve")])
    if language_work.words_waiting(one):
        messages.success(request, "Approved. The letter waits for its other words.")
    else:
        messages.success(request, "Approved. The letter leaves within a minute or two, in its reader’s language.")
    return _to("letter-words", found, one)


@signed_in(*ROLES, why="read a letter out")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_aloud(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """A letter in English to a reader of another language: that it was read out, and by whose voice."""
    found = referral_or_404(request, number)
    one = letter_or_404(found, letter_id)
    try:
        task = task_of(found, one)
    except Refused as refused:
        raise Http404(refused.sentence) from None
    if request.method != "POST":
        return _aloud(request, found, one, task, ReadAloudForm(auto_id="aloud-%s"))
    form = ReadAloudForm(request.POST, auto_id="aloud-%s")
    if not form.is_valid():
        return _aloud(request, found, one, task, form, summary_of(form))
    told = ReadAloud(one.pk, form.cleaned_data["outcome"], form.cleaned_data["interpreter"])
    try:
        language_work.read_out(found.pk, told, person=person_of(request), now=now_of(request))
    except Refused as refused:
        return _aloud(request, found, one, task, form, [Line(refused.sentence, "aloud-interpreter")])
    messages.success(request, "Written down. Nothing more is owed for the language of this letter.")
    return _to("letter-aloud", found, one)


def _form(words: Sequence[Words], one: Letter, data: Any = None) -> WordsForm:
    waiting = [each for each in words if each.row.approved_at is None]
    return WordsForm(waiting, one.language, data, auto_id="words-%s")


def _words(
    request: HttpRequest, found: Referral, one: Letter, words: Sequence[Words], form: WordsForm | None = None,
    errors: Sequence[Line] = (),
) -> HttpResponse:  # fmt: skip
    person = person_of(request)
    form = form or _form(words, one)
    waiting = [each for each in words if each.row.approved_at is None]
    entered = [each for each in waiting if each.row.entered_at is not None]
    mine = [each for each in entered if each.row.entered_staff == person.staff_id]
    context = head_of(request, found) | {
        "errors": errors,
        "letter": one,
        "reader": READERS.get(one.recipient_role, one.recipient_name),
        "language": LANGUAGES[one.language],
        "form": form,
        "pairs": [(each, form.of(each) if each.row.approved_at is None else None) for each in words],
        "waiting": waiting,
        "to_approve": [each for each in entered if each not in mine],
        "mine": mine,
        "missing": len(waiting) - len(entered),
    }
    return render(request, "desk/translations_words.html", context, status=NOT_SO if errors else 200)


def _aloud(
    request: HttpRequest, found: Referral, one: Letter, task: ReadingAloud, form: ReadAloudForm,
    errors: Sequence[Line] = (),
) -> HttpResponse:  # fmt: skip
    context = head_of(request, found) | {
        "errors": errors,
        "letter": one,
        "reader": READERS.get(one.recipient_role, one.recipient_name),
        "task": task,
        "form": form,
    }
    return render(request, "desk/translations_aloud.html", context, status=NOT_SO if errors else 200)


def _to(name: str, found: Referral, one: Letter) -> HttpResponse:
    response = redirect(reverse(name, args=[found.number, one.pk]))
    response.status_code = 303
    return response

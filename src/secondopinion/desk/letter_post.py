"""One letter's way to its reader, on its own page: every mailing with its proof, and what can be done about one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_post import AgainForm, CameBackForm, PostForm
from secondopinion.desk.letters import letter_or_404, show_letter
from secondopinion.desk.mailings import ROLES
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of, referral_or_404
from secondopinion.letters.models import Letter
from secondopinion.people.doors import signed_in
from secondopinion.referrals import afterwards
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral


@signed_in(*ROLES, why="look after the post")
@require_POST
def letter_try_now(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """Have a waiting letter tried at once."""
    found = referral_or_404(request, number)
    one = letter_or_404(found, letter_id)
    try:
        afterwards.try_now(found.pk, one.pk)
    except Refused as refused:
        return _refused(request, found, one, refused, None)
    return _done(request, number, one, "The letter is tried again now. Open this page again in a minute.")


@signed_in(*ROLES, why="look after the post")
@require_POST
def letter_came_back(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """Record that a letter came back in the mail."""
    found = referral_or_404(request, number)
    one = letter_or_404(found, letter_id)
    form = CameBackForm(request.POST, auto_id="back-%s")
    if not form.is_valid():
        return show_letter(request, found, one, errors=summary_of(form), forms={"back": form}, status=NOT_SO)
    said = form.cleaned_data
    try:
        afterwards.letter_came_back(
            found.pk, said["mailing"], said["on"], said["why"], person=person_of(request), now=now_of(request)
        )
    except Refused as refused:
        return _refused(request, found, one, refused, ("back", form))
    return _done(request, number, one, "Recorded: the letter came back. Find the address, then send it again.")


@signed_in(*ROLES, why="look after the post")
@require_POST
def letter_again(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """Send the same sealed letter again."""
    found = referral_or_404(request, number)
    one = letter_or_404(found, letter_id)
    form = AgainForm(request.POST, auto_id="again-%s")
    if not form.is_valid():
        return show_letter(request, found, one, errors=summary_of(form), forms={"again": form}, status=NOT_SO)
    said = form.cleaned_data
    lines = said["address"] if said["by"] == "print" else ()
    try:
        afterwards.send_again(
            found.pk, one.pk, said["by"], said["why"], lines=lines, person=person_of(request), now=now_of(request)
        )
    except Refused as refused:
        return _refused(request, found, one, refused, ("again", form))
    return _done(
        request,
        number,
        one,
        "The same letter leaves again within a minute or two, in the format its reader has asked for.",
    )


def _refused(
    request: HttpRequest, found: Referral, one: Letter, refused: Refused, typed: tuple[str, PostForm] | None
) -> HttpResponse:
    errors = [Line(refused.sentence, "post")]
    forms = {typed[0]: typed[1]} if typed else {}
    return show_letter(request, found, one, errors=errors, forms=forms, status=NOT_SO)


def _done(request: HttpRequest, number: str, one: Letter, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    response = redirect(reverse("letter", args=[number, one.pk]) + "#post")
    response.status_code = 303
    return response

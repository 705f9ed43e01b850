"""Saying that a referral is sensitive, or that it is not: who sees it, and who gets copies, follows from that."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from secondopinion.desk.errors import summary_of
from secondopinion.desk.forms_privacy import SensitiveForm
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import head_of, now_of, person_of, referral_or_404
from secondopinion.people.doors import signed_in
from secondopinion.people.person import SAY_SENSITIVE
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.sensitive import mark, marks_of, segments, words_for


@signed_in(*SAY_SENSITIVE, why="say what is sensitive")
@require_http_methods(["GET", "HEAD", "POST"])
def sensitive(request: HttpRequest, number: str) -> HttpResponse:
    """What is known of it, what was said, and a form to say more."""
    found = referral_or_404(request, number)
    form = SensitiveForm(request.POST if request.method == "POST" else None, auto_id="said-%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            mark(found, said["segment"], said["holds"] == "yes", said["why"],
                 person=person_of(request), now=now_of(request))  # fmt: skip
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, "Written down. It holds for every page, letter and copy from now on.")
            response = redirect("sensitive", number)
            response.status_code = 303
            return response
    known = segments(found.pk, found.condition_code, now_of(request).astimezone(PACIFIC).date())
    errors = summary_of(form)
    context = head_of(request, found) | {
        "form": form, "errors": errors, "known": known is not None, "words": words_for(known), "marks": marks_of(found),
    }  # fmt: skip
    return render(request, "desk/sensitive.html", context, status=NOT_SO if errors else 200)

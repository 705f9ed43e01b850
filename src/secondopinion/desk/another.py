"""Asking for a third or further opinion from the page of the one before it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from secondopinion.desk import consultation, referral
from secondopinion.desk.errors import Line as ErrorLine
from secondopinion.desk.forms_another import AnotherForm
from secondopinion.desk.outcome import NOT_SO, again
from secondopinion.desk.referral import Refusal, now_of, person_of, referral_or_404, refusal_of_form, setting_of
from secondopinion.desk.words import lowered
from secondopinion.people.doors import signed_in
from secondopinion.referrals.chain import ask_for_another
from secondopinion.referrals.lifecycle import STEPS, Refused
from secondopinion.referrals.states import State

ROLES = ("intake", "nurse", "physician")


@signed_in(*ROLES, why="ask for a further opinion")
@require_POST
def ask_another(request: HttpRequest, number: str) -> HttpResponse:
    """Make the referral of the next opinion; the page of that one follows, or this one again with a sentence."""
    found = referral_or_404(request, number)
    show = consultation.show if request.POST.get("page") == "consultation" else referral.show
    form = AnotherForm(setting_of(request, found), request.POST)
    if not form.is_valid():
        return show(request, found, refusal_of_form(form.step, form), NOT_SO)
    said = form.cleaned_data
    try:
        taken = ask_for_another(
            found, channel=said["channel"], received_at=form.received_at, requester=said["requester"],
            requester_name=said["requester_name"], words=said["words"], person=person_of(request), now=now_of(request),
        )  # fmt: skip
    except Refused as refused:
        fresh, status = again(request, found)
        typed = AnotherForm(setting_of(request, fresh), request.POST)
        return show(request, fresh, Refusal(form.step, (ErrorLine(str(refused), f"step-{form.step}"),), typed), status)
    stands = "authorized by the policy" if taken.state == State.AUTHORIZED else lowered(STEPS[taken.step].words)
    messages.success(request, f"Done: the next opinion is referral {taken.number}, {stands}.")
    response = redirect("referral", number=taken.number)
    response.status_code = 303
    return response

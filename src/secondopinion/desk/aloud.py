"""The call centre's page: find the caller by two identifiers, read aloud where it stands, note that it was read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from secondopinion.desk.errors import summary_of
from secondopinion.desk.forms_members import MemberSearch
from secondopinion.desk.letters import letter_as_pdf
from secondopinion.desk.members import Banner, banner_of
from secondopinion.people.doors import signed_in
from secondopinion.people.find import log_found
from secondopinion.people.models import Role
from secondopinion.people.person import Person
from secondopinion.referrals.aloud import TO, Aloud, letter_aloud, to_read_aloud, was_read
from secondopinion.referrals.lifecycle import Refused


@signed_in(Role.CALL_CENTRE, why="answer a call")
def find(request: HttpRequest) -> HttpResponse:
    """Search by two identifiers; what is found stands on the same page. A POST keeps identifiers out of addresses."""
    person, now = _person(request), _now(request)
    form = MemberSearch(request.POST if request.method == "POST" else None)
    banner: Banner | None = None
    found: list[Aloud] = []
    if form.is_bound and form.is_valid() and form.member is not None:
        banner, found = banner_of(form.member, now), to_read_aloud(form.member, person, now)
        log_found(form.member, person, now)
    context = {"form": form, "banner": banner, "found": found, "summary": summary_of(form), "to": TO}
    return render(request, "desk/aloud.html", context)


@signed_in(Role.CALL_CENTRE, why="note what was read aloud")
@require_POST
def read(request: HttpRequest, number: str) -> HttpResponse:
    """Note that a referral was read aloud: the one thing that a call-centre agent writes."""
    try:
        was_read(number, request.POST.get("to", ""), _person(request), _now(request))
    except Refused as refused:
        raise Http404(refused.sentence) from None
    messages.success(request, f"Noted: {number} was read aloud.")
    return redirect("aloud")


@signed_in(Role.CALL_CENTRE, why="read a letter aloud")
@require_safe
def letter_to_read(request: HttpRequest, number: str, letter_id: UUID) -> HttpResponse:
    """A letter to the Member whom the agent found today, to be read aloud."""
    try:
        one = letter_aloud(number, letter_id, _person(request), _now(request))
    except Refused as refused:
        raise Http404(refused.sentence) from None
    return letter_as_pdf(one, number)


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined,no-any-return]


def _now(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined,no-any-return]

"""In which format a Member, and whoever may act for the Member, reads what the plan writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_formats import FormatForm
from secondopinion.desk.mailings import ROLES
from secondopinion.desk.members import banner_of
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, member_by, representatives_of
from secondopinion.people.formats import NotChosen, choose_format, preferences_of
from secondopinion.people.models import FormatPreference, Member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.formats import IN_WORDS, Format


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader: a name, the format that stands in words, and every choice, the last first."""

    name: str
    stands: str
    choices: tuple[FormatPreference, ...]


@signed_in(*ROLES, why="read or write the choice of a format")
@require_http_methods(["GET", "HEAD", "POST"])
def formats(request: HttpRequest, member_id: str) -> HttpResponse:
    """The formats that stand for a Member and those who act for the Member, and a form for another choice."""
    try:
        member = member_by(member_id)
    except NotMatched as error:
        raise Http404(error.sentence) from None
    readers, today = representatives_of(member.pk, _today(request)), _today(request)
    if request.method != "POST":
        form = FormatForm(readers, auto_id="format-%s", initial={"from_on": today.isoformat()})
        return _show(request, member, form)
    form = FormatForm(readers, request.POST, auto_id="format-%s")
    if not form.is_valid():
        return _show(request, member, form, summary_of(form))
    said = form.cleaned_data
    try:
        choose_format(
            member, Format(said["format"]), said["told"], said["from_on"], representative=form.representative,
            person=person_of(request), now=now_of(request),
        )  # fmt: skip
    except NotChosen as error:
        return _show(request, member, form, [Line(str(error), "format-format")])
    messages.success(
        request,
        "Written down. Every letter that has not left yet goes in this format. Send a letter again that left before.",
    )
    response = redirect(reverse("post-formats", args=[member_id]))
    response.status_code = 303
    return response


def _show(request: HttpRequest, member: Member, form: FormatForm, errors: list[Line] | None = None) -> HttpResponse:
    names = [None, *(who.name for who in representatives_of(member.pk, _today(request)))]
    context = {
        "form": form,
        "errors": errors or (),
        "member": member,
        "banner": banner_of(member, now_of(request)),
        "readers": [_reader(member, name) for name in names],
    }
    return render(request, "desk/post_formats.html", context, status=NOT_SO if errors else 200)


def _reader(member: Member, name: str | None) -> Reader:
    choices = tuple(reversed(preferences_of(member.pk, name)))
    stands = Format(choices[0].format) if choices else Format.STANDARD
    return Reader(name or str(member), IN_WORDS[stands], choices)


def _today(request: HttpRequest) -> date:
    return now_of(request).astimezone(PACIFIC).date()

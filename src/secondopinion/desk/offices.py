"""The desk's side of the doors for offices and professionals: what waits for a person, codes and links told once."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from secondopinion.desk.doors_panel import LINKS, ROLES
from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_members import MemberSearch
from secondopinion.desk.members import banner_of
from secondopinion.desk.outcome import line_of
from secondopinion.desk.referral import head_of, now_of, person_of, referral_or_404
from secondopinion.desk.words import WORDS
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, log_found, member_by, programs_of
from secondopinion.people.models import Member
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import offices, visit_links
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from secondopinion.referrals.offices import Held

NOT_SO: Final = 422
TOLD: Final = (
    ("requester_name", "Asked by"), ("requester_npi", "NPI"), ("requester_phone", "Phone"),
    ("requester_address", "Address"), ("condition", "About"), ("procedure", "Recommended"),
    ("clinician_name", "Whose opinion is questioned"), ("clinician_npi", "That doctor’s NPI"),
    ("urgency_reason", "Why expedited"), ("request_words", "In these words"),
)  # fmt: skip


class ProgramForm(forms.Form):
    """Under which program a request is taken in."""

    program = forms.ChoiceField(
        label="Program", widget=forms.Select(attrs={"class": "usa-select"}),
        error_messages={"required": "Choose the program.", "invalid_choice": "Choose a program of the Member’s."},
    )  # fmt: skip

    def __init__(self, data: Any, programs: tuple[str, ...], named: str) -> None:
        super().__init__(data, label_suffix="", initial={"program": named})
        choices = [(program, WORDS["program"].get(program, program)) for program in programs]
        self.fields["program"].choices = choices  # type: ignore[attr-defined]


@signed_in(*ROLES, why="take in what an office sent")
def held(request: HttpRequest, number: str) -> HttpResponse:
    """A request of an office that waits: find its Member and take it in, or say that it cannot be."""
    try:
        here = offices.held(number, person_of(request))
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("work-list")
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "take":
        return _take(request, here)
    if do == "end":
        return _end(request, here)
    search = MemberSearch(request.POST if do == "find" else None)
    if do == "find" and search.is_valid() and search.member is not None:
        log_found(search.member, person_of(request), now_of(request))
        return _held(request, here, search, search.member)
    return _held(request, here, search, lines=summary_of(search))


@signed_in(*ROLES, why="give the office a code")
@require_POST
def give_code(request: HttpRequest, number: str) -> HttpResponse:
    """A new code for the office that asked, shown once."""
    found = referral_or_404(request, number)
    try:
        sent = offices.give_code(found, person_of(request), now_of(request))
    except Refused as refused:
        messages.error(request, refused.sentence)
        return _back(found)
    told = {
        "title": "A code for the office that asked",
        "code": sent.code,
        "address": request.build_absolute_uri(reverse("office-status")),
        "link": "",
        "also": "The number of the referral and the Member’s date of birth",
        "say": "Go to this address. Type the number, the patient’s date of birth and this code. The reason of a "
        "decision, the physician’s phone and the report are there.",
        "until": getattr(offices.code_of(found, now_of(request)), "expires_at", None),
    }
    return _told_once(request, found, told)


@signed_in(*ROLES, why="confirm the office that asked")
@require_POST
def confirm_office(request: HttpRequest, number: str) -> HttpResponse:
    """The office was called back: its code opens the whole answer."""
    found = referral_or_404(request, number)
    try:
        offices.confirm_office(found, person_of(request), now_of(request))
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Done: the office’s code opens the whole answer.")
    return _back(found)


@signed_in(*LINKS, why="give the professional a link")
@require_POST
def give_link(request: HttpRequest, number: str) -> HttpResponse:
    """A link for the chosen professional, shown once."""
    found = referral_or_404(request, number)
    try:
        given = visit_links.give_link(found, person_of(request), now_of(request))
    except Refused as refused:
        messages.error(request, refused.sentence)
        return _back(found)
    address = request.build_absolute_uri(reverse("visit-enter"))
    told = {
        "title": f"A link for {given.professional}",
        "code": given.code,
        "address": address,
        "link": f"{address}{given.code}",
        "also": "The professional’s NPI with the last four digits of the office’s phone, or the licence number",
        "say": "Go to this address and type the code. What the visit covers and the patient’s records are there; you "
        "can say yes or no, set the day, and write the report in a few minutes.",
        "until": given.expires_at,
    }
    return _told_once(request, found, told)


@signed_in(*LINKS, why="take a code or a link back")
@require_POST
def take_back(request: HttpRequest, number: str) -> HttpResponse:
    """Close the office's code, or the professional's link."""
    found = referral_or_404(request, number)
    if request.POST.get("what") == "code":
        closed = offices.take_back_codes(found, person_of(request), now_of(request))
        messages.success(request, "The office’s code opens nothing any more." if closed else "No code was open.")
    else:
        closed = visit_links.take_back_link(found, person_of(request), now_of(request))
        messages.success(request, "The professional’s link opens nothing any more." if closed else "No link was open.")
    return _back(found)


def _take(request: HttpRequest, here: Held) -> HttpResponse:
    number, now = here.request.number, now_of(request)
    try:
        member = member_by(request.POST.get("member", ""))
        form = ProgramForm(request.POST, _programs(member, here), "")
        if not form.is_valid():
            return _held(request, here, MemberSearch(), member, form, lines=summary_of(form))
        taken = offices.take_for(number, member, form.cleaned_data["program"], person_of(request), now)
    except (NotMatched, Refused) as refused:
        return _held(request, here, MemberSearch(), lines=[Line(refused.sentence, "")])
    messages.success(request, f"Taken in with its number and its receipt: {taken.number}.")
    return redirect("referral", number=taken.number)


def _end(request: HttpRequest, here: Held) -> HttpResponse:
    try:
        offices.end(here.request.number, line_of(request, "why"), person_of(request), now_of(request))
    except Refused as refused:
        return _held(request, here, MemberSearch(), lines=[Line(refused.sentence, "why")])
    messages.success(request, f"{here.request.number} is ended; its page asks the office to call us.")
    return redirect("work-list")


def _held(
    request: HttpRequest, here: Held, search: MemberSearch, member: Member | None = None,
    form: ProgramForm | None = None, *, lines: list[Line] | None = None,
) -> HttpResponse:  # fmt: skip
    told, now = here.request.told, now_of(request)
    if member is not None and form is None:
        form = ProgramForm(None, _programs(member, here), told["program"])
    context = {
        "here": here,
        "told": [(label, told[name]) for name, label in TOLD if told.get(name)],
        "form": search,
        "program": form,
        "member": member,
        "banner": banner_of(member, now) if member else None,
        "summary": lines or [],
        "now": now,
    }
    return render(request, "desk/office_held.html", context, status=NOT_SO if lines else 200)


def _programs(member: Member, here: Held) -> tuple[str, ...]:
    return programs_of(member, here.request.received_at.astimezone(PACIFIC).date())


def _told_once(request: HttpRequest, found: Referral, told: dict[str, Any]) -> HttpResponse:
    return render(request, "desk/told_once.html", head_of(request, found) | told | {"errors": ()})


def _back(found: Referral) -> HttpResponse:
    response = redirect(reverse("referral", args=[found.number]) + "#doors")
    response.status_code = 303
    return response

"""Who may act for a Member: recorded with the paper, ended by another row; what is missing is said in words."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_post import PostForm
from secondopinion.desk.forms_privacy import EndForm, RepresentativeForm
from secondopinion.desk.kept_files import handed_out
from secondopinion.desk.members import banner_of
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of
from secondopinion.desk.step_fields import bytes_of
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, member_by, programs_of
from secondopinion.people.kept.kinds import Kind, NotTaken
from secondopinion.people.models import Member
from secondopinion.people.representing import (
    LARGEST,
    NotAnAuthority,
    Standing,
    Told,
    end,
    on_record,
    paper_with,
    record,
)
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.lifecycle import Refused

ROLES = ("intake", "nurse", "physician", "appeals")
WHY = "look after who may act for the Member"


@signed_in(*ROLES, why=WHY)
@require_http_methods(["GET", "HEAD", "POST"])
def representatives(request: HttpRequest, member_id: str) -> HttpResponse:
    """Everybody on record, and a form for another."""
    member = member_or_404(member_id)
    if request.method != "POST":
        return _show(request, member)
    form = RepresentativeForm(request.POST, request.FILES, auto_id="new-%s")
    if not form.is_valid():
        return _show(request, member, form, summary_of(form))
    said, file = form.cleaned_data, form.cleaned_data["paper"]
    try:
        paper = bytes_of(file, LARGEST) if file else b""
    except Refused as refused:
        return _show(request, member, form, [Line(refused.sentence, "new-paper")])
    told = Told(
        said["name"], said["basis"], tuple(said["scopes"]), said["signed_on"], said["from_on"], said["to_on"],
        said["phone"], said["address"], (file.name or "") if file else "", paper,
    )  # fmt: skip
    now = now_of(request)
    programs = programs_of(member, now.astimezone(PACIFIC).date())
    try:
        record(member, told, programs, person=person_of(request), now=now)
    except NotAnAuthority as error:
        return _show(request, member, form, [Line(sentence, "new-name") for sentence in error.sentences])
    except NotTaken as error:
        return _show(request, member, form, [Line(error.sentence, "new-paper")])
    messages.success(request, "Recorded, with its paper. Letters that are owed from now on are copied if it says so.")
    return _back(member_id)


@signed_in(*ROLES, why=WHY)
@require_POST
def end_representative(request: HttpRequest, member_id: str, representative: int) -> HttpResponse:
    """An authority ends, from a day on."""
    member = member_or_404(member_id)
    found = next((each.row for each in on_record(member, _today(request)) if each.row.pk == representative), None)
    if found is None:
        raise Http404("There is no such representative here.")
    form = EndForm(request.POST, auto_id=f"end-{representative}-%s")
    if not form.is_valid():
        return _show(request, member, None, summary_of(form), {representative: form})
    said = form.cleaned_data
    try:
        end(found, said["how"], said["from_on"], said["why"], person=person_of(request), now=now_of(request))
    except NotAnAuthority as error:
        lines = [Line(sentence, f"end-{representative}-why") for sentence in error.sentences]
        return _show(request, member, None, lines, {representative: form})
    messages.success(request, "Written down. No copy leaves and no act is taken from that day on.")
    return _back(member_id)


@signed_in(*ROLES, why=WHY)
@require_safe
def representative_paper(request: HttpRequest, member_id: str, paper_id: UUID) -> HttpResponse:
    """The paper of an authority, as it came."""
    found = paper_with(member_or_404(member_id), paper_id)
    if found is None:
        raise Http404("There is no such paper here.")
    kind = next(kind for kind in Kind if kind.ending == found.kind)
    return handed_out(found.plain(), kind, "authority")


def member_or_404(member_id: str) -> Member:
    """The Member of a card number. Unknown and not yours are the same page."""
    try:
        return member_by(member_id)
    except NotMatched as error:
        raise Http404(error.sentence) from None


def _show(
    request: HttpRequest, member: Member, form: PostForm | None = None, errors: list[Line] | None = None,
    ends: dict[int, EndForm] | None = None,
) -> HttpResponse:  # fmt: skip
    today = _today(request)
    rows: list[tuple[Standing, EndForm]] = []
    for each in on_record(member, today):
        fresh = EndForm(initial={"from_on": today}, auto_id=f"end-{each.row.pk}-%s")
        rows.append((each, (ends or {}).get(each.row.pk, fresh)))
    context = {
        "member": member, "banner": banner_of(member, now_of(request)), "rows": rows, "errors": errors or (),
        "form": form or RepresentativeForm(auto_id="new-%s"), "now": now_of(request), "tab": "representatives",
    }  # fmt: skip
    return render(request, "desk/representatives.html", context, status=NOT_SO if errors else 200)


def _today(request: HttpRequest) -> date:
    return now_of(request).astimezone(PACIFIC).date()


def _back(member_id: str) -> HttpResponse:
    response = redirect("representatives", member_id)
    response.status_code = 303
    return response

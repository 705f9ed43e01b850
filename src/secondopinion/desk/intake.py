"""Taking in a request: one page to fill in, one page to check, and the referral it makes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_intake import FACT, Intake
from secondopinion.desk.forwarding import came_with, receipt_of
from secondopinion.desk.intake_clinicians import named, specialties
from secondopinion.desk.intake_once import made_by, remember
from secondopinion.desk.intake_panel import edition_at, may_answer, missing_in, panel_of, sections_of
from secondopinion.desk.members import banner_of
from secondopinion.desk.words import pacific, words_of
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, member_by, standing
from secondopinion.people.models import Member
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.facts import Fact
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.specialties import plain_name
from secondopinion.referrals.access import one, similar
from secondopinion.referrals.change import Taken
from secondopinion.referrals.forwarding import GONE, take
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.receive import receive

ROLES = ("intake", "nurse", "physician")


@signed_in(*ROLES, why="take in a request")
def intake(request: HttpRequest, member_id: str) -> HttpResponse:
    """The form (GET), and what its buttons do (POST): find a clinician, check, change, submit."""
    try:
        member = member_by(member_id)
    except NotMatched as answer:
        messages.error(request, answer.sentence)
        return redirect("intake-start")
    if request.method != "POST":
        if "forwarded" in request.GET and came_with(request) is None:
            messages.error(request, GONE)
            return redirect("work-list")
        return _form_page(request, member, _form(request, member))
    form = _form(request, member, request.POST)
    do = request.POST.get("do", "check")
    if do == "find":
        return _form_page(request, member, form, searched=True)
    if not form.is_valid() or do == "change":
        return _form_page(request, member, form, summary=[] if do == "change" else None)
    if do == "submit":
        return _submit(request, member, form)
    return _check_page(request, member, form)


@require_POST
@signed_in(*ROLES, why="take in a request")
def findings(request: HttpRequest) -> HttpResponse:
    """The panel beside the form, for htmx: what the policy finds so far. Writes nothing."""
    try:
        member = member_by(request.POST.get("member", ""))
    except NotMatched as answer:
        return HttpResponse(answer.sentence, status=404)
    return render(request, "desk/intake_panel.html", _panel(request, member, _form(request, member, request.POST)))


@require_POST
@signed_in(*ROLES, why="take in a request")
def clinicians(request: HttpRequest) -> HttpResponse:
    """The clinicians of the directory whose name was typed, for htmx. Writes nothing."""
    try:
        member = member_by(request.POST.get("member", ""))
    except NotMatched as answer:
        return HttpResponse(answer.sentence, status=404)
    form = _form(request, member, request.POST)
    return render(request, "desk/intake_clinicians.html", {"form": form, "searched": True})


def _submit(request: HttpRequest, member: Member, form: Intake) -> HttpResponse:
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    already = made_by(request.session, form.entry_id)
    if already is not None:
        messages.info(request, f"This form made referral {already} already; nothing was sent twice.")
        return redirect("referral", number=already)
    if similar(person, member, now) and request.POST.get("another") != "yes":
        same = "Say that this is another request, or open the referral there is: it may be the same request."
        return _check_page(request, member, form, [Line(same, "id_another")])
    forwarded = form.cleaned_data["forwarded"]
    try:
        with transaction.atomic():  # a request that somebody else has taken in makes no second referral
            taken = receive(form.request(), person=person, now=now)
            if forwarded:
                take(forwarded, taken.number, person=person, now=now)
    except Refused as refusal:
        return _check_page(request, member, form, [Line(refusal.sentence, "")])
    remember(request.session, form.entry_id, taken.number)
    messages.success(request, _told(taken, person))
    return redirect("referral", number=taken.number)


def _told(taken: Taken, person: Person) -> str:
    """What just became of the request, in a sentence."""
    referral = one(person, taken.number)
    if taken.step == "authorize":
        last = referral.events.order_by("position").last()
        cites = (last.finding or {}).get("cites", []) if last else []
        own = [c for c in cites if not any(other.startswith(c + ".") for other in cites)]
        return f"Authorized by the policy ({', '.join(own)}). The letters are on their way."
    if referral.due_at is None:
        return "Received. No clock of its own runs: it follows the parent request."
    return f"Received. {words_of(referral.due_kind, 'due')} by {pacific(referral.due_at)}."


def _form_page(
    request: HttpRequest, member: Member, form: Intake, *, searched: bool = False, summary: list[Line] | None = None
) -> HttpResponse:
    now: datetime = request.now  # type: ignore[attr-defined]
    quiet = searched or summary is not None
    lines = [] if quiet else summary_of(form)
    if quiet:
        # Looking for a clinician, or coming back to change something, is not yet the moment to scold.
        form.full_clean()
        form.errors.clear()
    context = _panel(request, member, form) | {
        "banner": banner_of(member, now),
        "known": similar(request.person, member, now),  # type: ignore[attr-defined]
        "sections": sections_of(edition_at(now), form.facts, form.answers() if form.is_bound else {}, now),
        "summary": lines,
        "searched": searched,
        "forwarded": came_with(request),
        "may_ask_for_the_plan": request.person.is_a("nurse", "physician"),  # type: ignore[attr-defined]
    }
    return render(request, "desk/intake.html", context)


def _check_page(request: HttpRequest, member: Member, form: Intake, summary: list[Line] | None = None) -> HttpResponse:
    now: datetime = request.now  # type: ignore[attr-defined]
    given = form.cleaned_data
    clinician = form.clinicians.get(given["clinician"])
    context = _panel(request, member, form) | {
        "banner": banner_of(member, now),
        "known": similar(request.person, member, now),  # type: ignore[attr-defined]
        "given": given,
        "clinician": clinician.full_name if clinician else given["clinician_name"],
        "specialty": plain_name(clinician.taxonomy if clinician else given["clinician_taxonomy"])
        if clinician or given["clinician_taxonomy"]
        else "",
        "said": [(fact, "Yes" if form.answers()[fact.name] else "No") for fact in form.facts
                 if fact.name in form.answers()],
        "carried": [(name, value) for name, value in request.POST.items()
                    if name in form.fields or name.startswith(FACT)],
        "summary": summary or [],
    }  # fmt: skip
    return render(request, "desk/intake_check.html", context)


def _panel(request: HttpRequest, member: Member, form: Intake) -> dict[str, Any]:
    now: datetime = request.now  # type: ignore[attr-defined]
    asked, missing = None, missing_in(form.initial)
    if form.is_bound:
        form.is_valid()
        asked, missing = form.asked(), missing_in(form.cleaned_data)
    panel = None
    if asked is not None:
        panel = panel_of(questions.edition_for(asked), asked, form.answers(), form.facts, member)
    return {"form": form, "member": member, "panel": panel, "missing": missing, "now": now}


def _form(request: HttpRequest, member: Member, data: Any = None) -> Intake:
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    today = now.astimezone(PACIFIC).date()
    came = came_with(request)
    fixed, told = receipt_of(came.forwarded) if came else ({}, {})
    facts: list[Fact] = [f for f in questions.facts(edition_at(now)).values() if may_answer(f, person)]
    initial: dict[str, Any] = {"entry": uuid4(), "urgency": "standard"}
    if data is None:
        programs = standing(member, today).programs
        initial |= {"program": programs[0]} if len(programs) == 1 else {}
        initial |= told
    typed, chosen = ("", "") if data is None else (data.get("clinician_name", ""), data.get("clinician", ""))
    return Intake(
        data, member=member, person=person, now=now, facts=facts, clinicians=named(typed, chosen, today),
        specialties=specialties(today), initial=initial, fixed=fixed,
    )  # fmt: skip

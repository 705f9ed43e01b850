"""The pages of the consulting professional: what the visit covers, the records, yes or no, the day, the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from secondopinion.letters.languages import LANGUAGES, written
from secondopinion.portal.clinic_doors import (
    VISIT_COOKIE,
    VISIT_PATH,
    consult_of,
    frame,
    on_to,
    today_of,
    trace_code,
    visit_opened,
    way_in,
    with_cookie,
)
from secondopinion.portal.door import now_of
from secondopinion.portal.office_pages import NOT_SO, shown_pdf
from secondopinion.portal.office_words import day, instant
from secondopinion.portal.visit_forms import AppointmentForm, DeclineForm, OpenForm, ReportForm
from secondopinion.referrals import office_reading, reading, visit_links
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Paper
from secondopinion.referrals.states import State
from secondopinion.referrals.visit_links import Consult, LinkClosed

WHY: Final = {
    "wrong": "These do not fit together. Check the code, the NPI and the four digits. After a few wrong tries the link "
    "closes.",
    "locked": "This link is closed: the second proof was wrong too often. Call us for another.",
    "expired": "The time of this link is over. Call us if a report is still to come.",
    "taken-back": "This link opens nothing any more: the visit was changed, or the link was taken back. Call us.",
    "over": "For the patient’s protection the page closes by itself after a while. Open it again.",
}
SHUT: Final = ("locked", "expired", "taken-back")


@way_in("professional_way_in")
@require_safe
def enter(request: HttpRequest, code: str = "") -> HttpResponse:
    """Where the professional types the code, or only the second proof when the address holds the code."""
    return _asking(request, OpenForm(initial={"code": code}, label_suffix=""))


@way_in("professional_way_in")
@require_POST
def open_link(request: HttpRequest) -> HttpResponse:
    """Open the visit with the code and the second proof; a wrong try is written down, and too many close the link."""
    form, now = OpenForm(request.POST, label_suffix=""), now_of(request)
    if not form.is_valid():
        return _asking(request, form, status=NOT_SO)
    trace_code(form.cleaned_data["code"], now)
    secret, why = "", ""
    with transaction.atomic():  # committed either way: a wrong try counts
        try:
            secret = visit_links.open_link(form.cleaned_data["code"], form.cleaned_data["proof"], now)
        except LinkClosed as closed:
            why = closed.why
    if why:
        return _asking(request, form, why=why, status=403)
    return with_cookie(on_to("visit"), request, VISIT_COOKIE, secret, VISIT_PATH)


def closed(request: HttpRequest, why: str) -> HttpResponse:
    """What the door shows when a link is not open, or not any more."""
    return _asking(request, OpenForm(label_suffix=""), why=why, status=403)


@visit_opened(closed)
@require_safe
def visit(request: HttpRequest) -> HttpResponse:
    """The whole visit on one page."""
    return _visit(request)


@visit_opened(closed)
@require_safe
def record(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One of the patient’s records."""
    consult = consult_of(request)
    paper = visit_links.record_of(consult, paper_id) if _may_read(consult) else None
    if paper is None:
        raise Http404("There is no such record with this visit, or the visit is over.")
    return shown_pdf(paper.plain(), f"{consult.referral.number}-record.pdf")


@visit_opened(closed)
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Say yes; the day follows."""
    try:
        visit_links.accept(consult_of(request), now_of(request))
    except Refused as refused:
        return _visit(request, trouble=refused.sentence, status=NOT_SO)
    return on_to("visit")


@visit_opened(closed)
@require_POST
def appointment(request: HttpRequest) -> HttpResponse:
    """Set or move the day of the visit: that is a yes too."""
    form = AppointmentForm(request.POST, label_suffix="")
    return _take(request, "appointment", form)


@visit_opened(closed)
@require_POST
def decline(request: HttpRequest) -> HttpResponse:
    """Say no, and why. The link closes; the Member chooses again."""
    form = DeclineForm(request.POST, label_suffix="")
    return _take(request, "decline", form)


@visit_opened(closed)
def report(request: HttpRequest) -> HttpResponse:
    """The form of the report (GET), and filing it (POST)."""
    consult, today = consult_of(request), today_of(request)
    if not _may_report(consult):
        return on_to("visit")
    if request.method != "POST":
        return _report(request, ReportForm(today=today, visited_on=_visited_on(consult)))
    form = ReportForm(request.POST, request.FILES, today=today, visited_on=_visited_on(consult))
    if form.is_valid():
        try:
            with transaction.atomic():
                visit_links.write_report(consult, form.written(), now_of(request))
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return on_to("visit")
    return _report(request, form, NOT_SO)


@visit_opened(closed)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page until the second proof is given again."""
    visit_links.close_visit(consult_of(request))
    return _without_cookie("visit-enter")


@way_in("professional_way_in")
@require_safe
def declined(request: HttpRequest) -> HttpResponse:
    """Thanks for a plain no."""
    return render(request, "portal/visit_declined.html", frame())


def _take(request: HttpRequest, what: str, form: AppointmentForm | DeclineForm) -> HttpResponse:
    if form.is_valid():
        try:
            with transaction.atomic():
                visit_links.take(consult_of(request), form.told(), now_of(request))
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return _without_cookie("visit-declined") if what == "decline" else on_to("visit")
    return _visit(request, {what: form}, status=NOT_SO)


def _visit(
    request: HttpRequest, forms_: Mapping[str, forms.Form] | None = None, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    consult, typed = consult_of(request), dict(forms_ or {})
    may, referral = visit_links.steps_open(consult), consult.referral
    stands = office_reading.stands_of(referral)
    context: dict[str, Any] = {
        "consult": consult,
        "referral": referral,
        "open_until": instant(visit_links.open_until(consult, now_of(request))),
        "language": _language(consult),
        "born": day(consult.member.birth_date),
        "valid_until": day(referral.valid_until) if referral.valid_until else "",
        "visit_by": day(stands.visit_by) if stands.visit_by else "",
        "report_by": day(stands.report_by) if stands.report_by else "",
        "report_at": instant(stands.report_at) if stands.report_at else "",
        "appointment_at": instant(referral.appointment_at) if referral.appointment_at else "",
        "visited_on": day(referral.visited_on) if referral.visited_on else "",
        "records": _records(consult),
        "may_answer": "schedule" in may,
        "may_report": _may_report(consult),
        "accepted": consult.link.accepted_at,
        "appointment": typed.get("appointment") or AppointmentForm(label_suffix=""),
        "decline": typed.get("decline") or DeclineForm(label_suffix=""),
        "declining": "decline" in typed,
        "form": next(iter(typed.values()), None),
        "trouble": trouble,
    }
    return render(request, "portal/visit.html", frame() | context, status=status)


def _report(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    consult = consult_of(request)
    until = instant(visit_links.open_until(consult, now_of(request)))
    context = {"consult": consult, "referral": consult.referral, "form": form, "open_until": until}
    return render(request, "portal/visit_report.html", frame() | context, status=status)


def _asking(request: HttpRequest, form: OpenForm, *, why: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "why": WHY.get(why, ""), "shut": why in SHUT}
    return render(request, "portal/visit_enter.html", frame() | context, status=status)


def _records(consult: Consult) -> list[tuple[int, Paper]]:
    """The records with their numbers, while the visit lies ahead or the report is to be written: no longer."""
    papers = [paper for paper in reading.papers_of(consult.referral) if paper.kind == Paper.Kind.RECORD]
    return list(enumerate(papers, 1)) if _may_read(consult) else []


def _may_read(consult: Consult) -> bool:
    # Reading: the records are for giving the opinion (45 CFR 164.506(c)). Once the report is here they are shut.
    return State(consult.referral.state) in (State.AUTHORIZED, State.SCHEDULED, State.SEEN)


def _may_report(consult: Consult) -> bool:
    return bool({"see", "report"} & visit_links.steps_open(consult))


def _visited_on(consult: Consult) -> Any:
    return consult.referral.visited_on if consult.referral.state == State.SEEN.value else None


def _language(consult: Consult) -> str:
    tag = written(consult.member.language)
    return LANGUAGES[tag].name if tag else consult.member.language


def _without_cookie(name: str) -> HttpResponse:
    response = on_to(name)
    response.delete_cookie(VISIT_COOKIE, path=VISIT_PATH)
    return response

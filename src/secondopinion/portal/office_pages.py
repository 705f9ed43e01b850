"""The pages for offices: ask for a second opinion, see where a request stands, add a record, read the answer."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from secondopinion.people.rls import plan_scope
from secondopinion.portal.clinic_doors import (
    OFFICE_COOKIE,
    OFFICE_PATH,
    address_of,
    frame,
    office_opened,
    on_to,
    opened_of,
    today_of,
    trace_office,
    way_in,
    with_cookie,
)
from secondopinion.portal.door import now_of
from secondopinion.portal.office_forms import AskForm, RecordForm, StatusForm
from secondopinion.portal.office_words import days_of, headline_of, instant
from secondopinion.referrals import office_answers, office_reading, offices
from secondopinion.referrals.forwarding import strictest
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.office_answers import NotOpened, Said

NOT_SO: Final = 422
WHY: Final = {
    "wrong": "These do not fit together. Check the number, the date of birth and the NPI, phone or code; after a few "
    "wrong tries the number is closed for an hour.",
    "locked": "There were too many wrong tries, so this is closed for an hour. Try again later, or call us.",
    "over": "For the patient’s protection this page closes by itself after a while. Open it again.",
}


@way_in("office_way_in")
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What an office can do here."""
    return render(request, "portal/office_start.html", frame())


@way_in("office_way_in")
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and once it is sent the number and the code. Whoever is named on it, the answer is the same."""
    now = now_of(request)
    if request.method != "POST":
        return _form(request, AskForm(now=now, entry=uuid4()))
    form = AskForm(request.POST, request.FILES, now=now)
    if not form.is_valid():
        return _form(request, form, NOT_SO)
    try:
        with plan_scope(today_of(request)):
            sent = offices.send(form.said(), address_of(request), now)
    except Refused as refused:
        form.add_error("paper" if request.FILES else None, refused.sentence)
        return _form(request, form, NOT_SO)
    trace_office("ask", sent.number, now)
    by = strictest(sent.received_at, form.cleaned_data["urgency"])
    context = {"sent": sent, "received": instant(sent.received_at), "by": instant(by) if by else ""}
    return render(request, "portal/office_sent.html", frame() | context)


@way_in("office_way_in")
def status(request: HttpRequest) -> HttpResponse:
    """What opens an answer (GET), and opening it (POST): a wrong try is counted, and too many close the number."""
    if request.method != "POST":
        return _asking(request, StatusForm(label_suffix=""))
    form, now = StatusForm(request.POST, label_suffix=""), now_of(request)
    if not form.is_valid():
        return _asking(request, form, status=NOT_SO)
    given = form.cleaned_data
    said = Said(given["number"], given["birth_date"], given["proof"])
    trace_office("try_office_answer", said.number.strip().upper(), now)
    secret, why = "", ""
    with transaction.atomic():  # committed either way: a wrong try counts
        try:
            secret = office_answers.enter(said, address_of(request), now)
        except NotOpened as closed:
            why = closed.why
    if why:
        return _asking(request, form, why=why, status=403)
    with transaction.atomic():
        office_answers.tell_if_decided(office_answers.visit_of(secret, now), now)
    return with_cookie(on_to("office-answer"), request, OFFICE_COOKIE, secret, OFFICE_PATH)


def closed(request: HttpRequest, why: str) -> HttpResponse:
    """What the door shows when an answer is not open, or not any more."""
    return _asking(request, StatusForm(label_suffix=""), why=why, status=403)


@office_opened(closed)
@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Where the request stands; the whole answer where the code opened it."""
    return _answer(request, RecordForm(label_suffix=""))


@office_opened(closed)
@require_POST
def add_record(request: HttpRequest) -> HttpResponse:
    """Take one more record."""
    form = RecordForm(request.POST, request.FILES, label_suffix="")
    if form.is_valid():
        paper = form.cleaned_data["paper"]
        try:
            with transaction.atomic():
                office_answers.add_record(opened_of(request), paper.name, paper.read(), now_of(request))
        except Refused as refused:
            form.add_error("paper", refused.sentence)
        else:
            return on_to("office-record-added")
    return _answer(request, form, NOT_SO)


@office_opened(closed)
@require_safe
def record_added(request: HttpRequest) -> HttpResponse:
    """The answer again, with the word that a record has come."""
    return _answer(request, RecordForm(label_suffix=""), added=True)


@office_opened(closed)
@require_POST
def have_read(request: HttpRequest) -> HttpResponse:
    """Write down that the office has read the decision, where it came while the page was open."""
    office_answers.tell_if_decided(opened_of(request), now_of(request))
    return on_to("office-answer")


@office_opened(closed)
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The consultation report, as the professional signed it."""
    opened = opened_of(request)
    file = office_reading.report_file(opened.referral) if opened.whole and opened.referral else None
    if file is None:
        raise Http404("There is no report here yet, or the status alone was opened.")
    return shown_pdf(file.plain(), f"{opened.number}-report.pdf")


@office_opened(closed)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the answer."""
    office_answers.leave(opened_of(request), now_of(request))
    response = on_to("office-start")
    response.delete_cookie(OFFICE_COOKIE, path=OFFICE_PATH)
    return response


def shown_pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that the browser shows rather than saves."""
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _form(request: HttpRequest, form: AskForm, code: int = 200) -> HttpResponse:
    return render(request, "portal/office_ask.html", frame() | {"form": form}, status=code)


def _asking(request: HttpRequest, form: StatusForm, *, why: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "why": WHY.get(why, ""), "locked": why == "locked"}
    return render(request, "portal/office_status.html", frame() | context, status=status)


def _answer(request: HttpRequest, form: RecordForm, code: int = 200, *, added: bool = False) -> HttpResponse:
    opened = opened_of(request)
    stands = office_reading.stands_of(opened.referral) if opened.referral else None
    headline, sentence = headline_of(opened, stands)
    context: dict[str, Any] = {
        "opened": opened,
        "open_until": instant(office_answers.open_until(opened, now_of(request))),
        "headline": headline,
        "sentence": sentence,
        "days": days_of(opened, stands),
        "may_add": office_answers.may_add(opened),
        "form": form,
        "added": added,
        "report_here": stands is not None and stands.report_at is not None,
        "decided": stands is not None and stands.decided_at is not None,
    }
    if opened.whole and opened.referral is not None:
        context |= {
            "wanted": office_reading.wanted(opened.referral),
            "reasoned": office_reading.reasoned(opened.referral),
            "report": office_reading.report_for(opened.referral),
            "unread": context["decided"] and opened.referral.provider_told_at is None,
        }
    return render(request, "portal/office_answer.html", frame() | context, status=code)

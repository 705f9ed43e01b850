"""Administration: what two people change about the running of the house, from a day on, with the difference shown.

The pages hold nothing about any Member. Whoever works at a Health Network has no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_administration import AnswerForm, ChangeForm, change_form
from secondopinion.desk.outcome import NOT_SO
from secondopinion.desk.referral import now_of, person_of
from secondopinion.people import proposing
from secondopinion.people.changes import NotProposable, Sort, Subject
from secondopinion.people.doors import signed_in
from secondopinion.people.person import ADMINISTERS, Person
from secondopinion.people.proposing import SORTS, Told, earliest, sort_of
from secondopinion.policy.calendar import PACIFIC

WHY = "administer the house"
AT_THE_PLAN = "The plan administers the house. Ask the plan to propose the change."


@signed_in(*ADMINISTERS, why=WHY)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, what was approved for a day to come, and what was answered."""
    person, today = _administrator(request), _today(request)
    context = {
        "today": today,
        "sorts": SORTS,
        "waiting": [_row(each, person, today) for each in proposing.waiting()],
        "coming": [_row(each, person, today) for each in proposing.coming(today)],
        "answered": [_row(each, person, today) for each in proposing.history()],
    }
    return render(request, "desk/administration.html", context)


@signed_in(*ADMINISTERS, why=WHY)
@require_safe
def kind_of_change(request: HttpRequest, kind: str) -> HttpResponse:
    """Everything of one kind with what holds today, and what was answered of it."""
    person, today, sort = _administrator(request), _today(request), _sort(kind)
    listed = sorted(sort.listed(today), key=lambda each: each[0].group)
    context = {
        "today": today,
        "sort": sort,
        "groups": [(name, list(each)) for name, each in groupby(listed, key=lambda each: each[0].group)],
        "may_propose": person.is_a(*sort.proposers),
        "answered": [_row(each, person, today) for each in proposing.history(kind)],
    }
    return render(request, "desk/administration_kind.html", context)


@signed_in(*ADMINISTERS, why=WHY)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, kind: str) -> HttpResponse:
    """The form for a change of `?of=`, and the proposal itself."""
    person, today, sort = _administrator(request), _today(request), _sort(kind)
    if not person.is_a(*sort.proposers):
        raise PermissionDenied("Your sign-in does not have the role that proposes such a change.")
    subject = _subject(sort, request.GET.get("of", ""), today)
    form_of = change_form(sort.asks(subject.key))
    if request.method != "POST":
        first = {**sort.filled(sort.held(subject.key, today)), "from_on": earliest(sort, today)}
        return _propose(request, sort, subject, form_of(initial=first, auto_id="change-%s"))
    form = form_of(request.POST, auto_id="change-%s")
    if not form.is_valid():
        return _propose(request, sort, subject, form, summary_of(form))
    said = form.cleaned_data
    try:
        made = proposing.propose(
            sort.kind, subject.key, said, from_on=said["from_on"], why=said["why"], person=person, now=now_of(request)
        )
    except NotProposable as error:
        if error.field in form.fields:
            form.add_error(error.field, error.sentence)
        return _propose(request, sort, subject, form, _errors(error, "change"))
    messages.success(request, "Proposed. It holds from its first day if another person approves it before.")
    return _to("administration-proposal", made.pk)


@signed_in(*ADMINISTERS, why=WHY)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal: both sides of it, who asked and why, and the answer, or the form for one."""
    person = _administrator(request)
    told = proposing.told(proposal_id)
    if told is None:
        raise Http404("There is no such proposal.")
    if request.method != "POST":
        return _proposal(request, told, AnswerForm())
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _proposal(request, told, form, summary_of(form))
    approved = request.POST.get("answer") == "approve"
    try:
        proposing.answer(
            proposal_id, approved=approved, words=form.cleaned_data["words"], person=person, now=now_of(request)
        )
    except NotProposable as error:
        return _proposal(request, told, form, _errors(error, "answer"))
    messages.success(request, "Approved." if approved else "Written down: it will not hold.")
    return _to("administration-proposal", proposal_id)


def _propose(
    request: HttpRequest, sort: Sort, subject: Subject, form: ChangeForm, errors: list[Line] | None = None
) -> HttpResponse:
    today = _today(request)
    context = {
        "sort": sort,
        "subject": subject,
        "form": form,
        "errors": errors or (),
        "today": today,
        "held": sort.lines(subject.key, sort.held(subject.key, today)),
        "earlier": [_row(each, person_of(request), today) for each in proposing.history(sort.kind, subject.key)],
    }
    return render(request, "desk/administration_propose.html", context, status=NOT_SO if errors else 200)


def _proposal(request: HttpRequest, told: Told, form: AnswerForm, errors: list[Line] | None = None) -> HttpResponse:
    person, today = person_of(request), _today(request)
    context = {
        **_row(told, person, today),
        "form": form,
        "errors": errors or (),
        "earlier": [
            _row(each, person, today)
            for each in proposing.history(told.sort.kind, told.proposal.subject)
            if each.proposal.pk != told.proposal.pk
        ],
    }
    return render(request, "desk/administration_proposal.html", context, status=NOT_SO if errors else 200)


def _row(told: Told, person: Person, today: date) -> Mapping[str, Any]:
    """A proposal as the pages show it, with what this person may do about it."""
    own = told.proposal.proposed_by_id == person.staff_id
    waits = told.answer is None
    stands = told.stands(today)
    return {
        "told": told,
        "proposal": told.proposal,
        "answer": told.answer,
        "stands": stands,
        "own": own,
        "may_approve": stands == "waits" and not own and person.is_a(*told.sort.approvers),
        "may_refuse": waits and not own and person.is_a(*told.sort.approvers),
        "may_take_back": waits and own,
    }


def _administrator(request: HttpRequest) -> Person:
    person = person_of(request)
    if not person.administers:
        raise PermissionDenied(AT_THE_PLAN)
    return person


def _sort(kind: str) -> Sort:
    try:
        return sort_of(kind)
    except NotProposable as error:
        raise Http404(error.sentence) from None


def _subject(sort: Sort, key: str, today: date) -> Subject:
    try:
        return sort.subject(key, today)
    except NotProposable as error:
        raise Http404(error.sentence) from None


def _errors(error: NotProposable, form: str) -> list[Line]:
    return [Line(error.sentence, f"{form}-{error.field}" if error.field else "")]


def _today(request: HttpRequest) -> date:
    return now_of(request).astimezone(PACIFIC).date()


def _to(name: str, *place: Any) -> HttpResponse:
    response = redirect(name, *place)
    response.status_code = 303
    return response

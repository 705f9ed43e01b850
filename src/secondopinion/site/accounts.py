"""Accounts, for an administrator: who may come in, by what proof, and new starts. The database shows no Member's row.

An administrator of a Health Network sees the accounts of that network, one of the plan sees all.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from secondopinion.people import new_starts
from secondopinion.people.accounts import accounts_of, one_account, one_new_start, waiting_new_starts
from secondopinion.people.doors import signed_in, visitor_of
from secondopinion.people.models import Role
from secondopinion.people.new_starts import NotSo
from secondopinion.people.person import Person


@signed_in(Role.ADMINISTRATOR, why="look after accounts")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every account of the administrator's place."""
    return _show(request)


@signed_in(Role.ADMINISTRATOR, why="ask for a new start")
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new start for somebody."""
    person = _person(request)
    whose = one_account(person, pk)
    if whose is None:
        raise Http404("There is no such account.")
    try:
        new_starts.ask(whose, request.POST.get("why", ""), person, visitor_of(request))
    except NotSo as refused:
        return _show(request, stopped=str(refused))
    return redirect("accounts")


@signed_in(Role.ADMINISTRATOR, why="answer for a new start")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a new start; the start code is shown on this one page."""
    person = _person(request)
    start = one_new_start(person, pk)
    if start is None:
        raise Http404("There is no such new start.")
    try:
        code = new_starts.answer(start, request.POST.get("answer") == "approve", person, visitor_of(request))
    except NotSo as refused:
        return _show(request, stopped=str(refused))
    return render(request, "site/start_code.html", {"code": code, "start": start}) if code else redirect("accounts")


def _show(request: HttpRequest, stopped: str = "") -> HttpResponse:
    person = _person(request)
    context = {"accounts": accounts_of(person), "waiting": waiting_new_starts(person), "stopped": stopped}
    return render(request, "site/accounts.html", context, status=422 if stopped else 200)


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined,no-any-return]

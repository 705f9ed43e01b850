"""Taking in what is no plain request: a visit that nobody had authorized, and an opinion the plan itself asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from secondopinion.desk.errors import Line, summary_of
from secondopinion.desk.forms_beginnings import FoundVisitForm, PlanAsksForm
from secondopinion.desk.forms_intake import Intake
from secondopinion.desk.intake import ROLES
from secondopinion.desk.intake_clinicians import named, specialties
from secondopinion.desk.intake_once import made_by, remember
from secondopinion.desk.intake_panel import edition_at, may_answer
from secondopinion.desk.members import banner_of
from secondopinion.desk.words import pacific, words_of
from secondopinion.people.doors import signed_in
from secondopinion.people.find import NotMatched, member_by, standing
from secondopinion.people.models import Member
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.facts import Fact
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals.access import one
from secondopinion.referrals.change import Taken
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.receive import receive
from secondopinion.referrals.states import State

OF_THE_VISIT: Final = "visit_was_outside_network"  # its section holds every question about a visit already made
OF_THE_PLAN: Final = ("necessity_is_in_question", "reviewer_grants_additional_opinion")


@signed_in(*ROLES, why="enter a visit without authorization")
def found_visit(request: HttpRequest, member_id: str) -> HttpResponse:
    """One page: how the visit came to light, when it was, with whom, and what is known of it."""
    facts = questions.facts(edition_at(_now(request)))
    section = facts[OF_THE_VISIT].section
    asked = [fact for fact in facts.values() if fact.section == section]
    first = {"opinion": "second", "about": "specialist-care"}
    return _begin(request, member_id, FoundVisitForm, asked, first, "desk/intake_found.html")


@signed_in("nurse", "physician", why="ask for an opinion for the plan")
def plan_asks(request: HttpRequest, member_id: str) -> HttpResponse:
    """One page: the request that the opinion is for, why it is needed, and about whose care."""
    facts = questions.facts(edition_at(_now(request)))
    here = _now(request).astimezone(PACIFIC)
    first = {
        "opinion": "second", "about": "specialist-care", "received_on": here.date(),
        "received_time": here.time().replace(second=0, microsecond=0),
    }  # fmt: skip
    return _begin(
        request, member_id, PlanAsksForm, [facts[name] for name in OF_THE_PLAN], first, "desk/intake_plan.html"
    )


def _begin(
    request: HttpRequest, member_id: str, kind: type[FoundVisitForm | PlanAsksForm], asked: Iterable[Fact],
    first: Mapping[str, Any], template: str,
) -> HttpResponse:  # fmt: skip
    try:
        member = member_by(member_id)
    except NotMatched as answer:
        messages.error(request, answer.sentence)
        return redirect("intake-start")
    form = _form(request, member, kind, asked, first)
    if not form.is_bound or not form.is_valid():
        return _show(request, member, form, template, summary_of(form))
    already = made_by(request.session, form.entry_id)
    if already is not None:
        messages.info(request, f"This form made referral {already} already; nothing was entered twice.")
        return redirect("referral", number=already)
    try:
        taken = receive(form.request(), person=_person(request), now=_now(request))
    except Refused as refusal:
        return _show(request, member, form, template, [Line(refusal.sentence, "")])
    remember(request.session, form.entry_id, taken.number)
    messages.success(request, _told(taken, _person(request)))
    return redirect("referral", number=taken.number)


def _form(
    request: HttpRequest, member: Member, kind: type[FoundVisitForm | PlanAsksForm], asked: Iterable[Fact],
    first: Mapping[str, Any],
) -> FoundVisitForm | PlanAsksForm:  # fmt: skip
    person, now = _person(request), _now(request)
    today = now.astimezone(PACIFIC).date()
    data = request.POST if request.method == "POST" else None
    programs = standing(member, today).programs
    initial = {"entry": uuid4(), **first} | ({"program": programs[0]} if len(programs) == 1 else {})
    typed, chosen = ("", "") if data is None else (data.get("clinician_name", ""), data.get("clinician", ""))
    return kind(
        data, member=member, person=person, now=now, facts=[fact for fact in asked if may_answer(fact, person)],
        clinicians=named(typed, chosen, today), specialties=specialties(today), initial=initial,
    )  # fmt: skip


def _show(request: HttpRequest, member: Member, form: Intake, template: str, summary: list[Line]) -> HttpResponse:
    now = _now(request)
    words = {True: "yes", False: "no", None: "unknown"}
    answers = form.answers() if form.is_bound else {}
    context = {
        "form": form,
        "member": member,
        "banner": banner_of(member, now),
        "questions": [(fact, words[answers.get(fact.name)]) for fact in form.facts],
        "summary": summary,
        "now": now,
    }
    return render(request, template, context, status=422 if summary else 200)


def _told(taken: Taken, person: Person) -> str:
    """What just became of it, in a sentence."""
    referral = one(person, taken.number)
    if referral.state == State.AUTHORIZED.value:
        return "Entered, and authorized by the policy: the Member is offered the opinion. The other request goes on."
    return f"Entered. {words_of(referral.due_kind, 'due')} by {pacific(referral.due_at)}."


def _person(request: HttpRequest) -> Person:
    return request.person  # type: ignore[attr-defined,no-any-return]


def _now(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined,no-any-return]

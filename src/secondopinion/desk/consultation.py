"""The consultation: appointment, visit, written report, and its way to the Member, the PCP and the clinician."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.beside import beside
from secondopinion.desk.referral import (
    Refusal,
    head_of,
    next_steps,
    now_of,
    person_of,
    referral_or_404,
    setting_of,
)
from secondopinion.desk.timing import clock_rows
from secondopinion.desk.words import words_of
from secondopinion.people.doors import signed_in
from secondopinion.referrals import reading
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.states import State

OWN_STEPS: Final = ("tell_requester", "schedule", "see", "miss", "report")
OWN_CLOCKS: Final = ("appointment", "report", "report-delivery")
REPORTS: Final = ("report_to_member", "report_to_professional")
READERS: Final = (("member", "Member"), ("pcp", "PCP"), ("treating", "Treating professional"))
WAY: Final = (
    (State.AUTHORIZED, "Authorized"),
    (State.SCHEDULED, "Visit scheduled"),
    (State.SEEN, "Visit done"),
    (State.REPORT_RECEIVED, "Report received"),
    (State.CLOSED, "Closed"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One reader of the report, and whether it is on its way."""

    reader: str
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop on the way. `stands` is complete, current or ahead."""

    name: str
    stands: str
    at: datetime | None


@signed_in(why="follow the consultation")
@require_safe
def consultation(request: HttpRequest, number: str) -> HttpResponse:
    """Where the consultation of one referral stands."""
    return show(request, referral_or_404(request, number))


def show(request: HttpRequest, found: Referral, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """The page; after a refusal with its sentence and what was typed."""
    setting = setting_of(request, found)
    allowed = {step.name for step in reading.steps_for(found, person_of(request))}
    columns = beside(setting.before, {}, person_of(request), may_answer=False, typed={})
    clocks = [c for c in reading.clocks_of(found) if c.kind in OWN_CLOCKS]
    report = reading.report_of(found)
    context = head_of(request, found) | {
        "errors": refusal.errors if refusal else (),
        "stages": stages(found),
        "next_steps": next_steps(setting, allowed, columns, refusal, OWN_STEPS),
        "may_choose": "choose" in allowed and bool(found.opinion and found.about),
        "clocks": clock_rows(clocks, now_of(request)),
        "report": report,
        "need": words_of(report.need, "need") if report else "",
        "deliveries": deliveries(found) if report else (),
    }
    return render(request, "desk/consultation.html", context, status=status)


def stages(found: Referral) -> list[Stage]:
    """The way from authorization to closing, with the instant at which each stop was first reached."""
    reached: dict[str, datetime] = {}
    for event in reading.events_of(found):
        reached.setdefault(event.target, event.at)
    names = [state.value for state, _ in WAY]
    here = names.index(found.state) if found.state in names else -1
    closed = found.state == State.CLOSED.value
    return [
        Stage(
            name,
            "complete" if at < here or closed else "current" if at == here else "ahead",
            reached.get(state.value) if at <= here else None,
        )
        for at, (state, name) in enumerate(WAY)
    ]


def deliveries(found: Referral) -> list[Delivery]:
    """To whom the report goes; a reader without a letter is not on record, or is the same person."""
    sent = {n.recipient_role: n for n in reading.notices_of(found) if n.kind in REPORTS}
    return [Delivery(reader, sent.get(role)) for role, reader in READERS]

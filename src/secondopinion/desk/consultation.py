"""The consultation: appointment, visit, written report, and its way to the Member, the PCP and the clinician."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.beside import beside
from secondopinion.desk.panels import opinions_of
from secondopinion.desk.referral import (
    Refusal,
    another_typed,
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
from secondopinion.referrals.chasing import NETWORK_RUNG
from secondopinion.referrals.models import Event, Notice, Referral
from secondopinion.referrals.states import State

OWN_STEPS: Final = ("tell_requester", "schedule", "see", "miss", "decline", "return_tests", "report")
OWN_CLOCKS: Final = ("appointment", "report", "report-delivery")
REPORTS: Final = ("report_to_member", "report_to_professional")
BOTH: Final = "the professional and the Health Network"
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
class Sent:
    """Something that was sent after the yes: a reminder of the report, or tests that went back. `what` in words."""

    what: str
    at: datetime


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
    allowed = {step.name for step in reading.steps_for(found, person_of(request), now_of(request))}
    columns = beside(setting.before, {}, person_of(request), may_answer=False, typed={})
    clocks = [c for c in reading.clocks_of(found) if c.kind in OWN_CLOCKS]
    report = reading.report_of(found)
    events = reading.events_of(found)
    context = head_of(request, found) | {
        "errors": refusal.errors if refusal else (),
        "stages": stages(found, events),
        "chases": chases(events),
        "returned": returned(events),
        "opinions": opinions_of(found, setting, allowed, another_typed(refusal)) if report else None,
        "next_steps": next_steps(setting, allowed, columns, refusal, OWN_STEPS),
        "may_choose": bool({"choose", "choose_again"} & allowed) and bool(found.opinion and found.about),
        "clocks": clock_rows(clocks, now_of(request)),
        "report": report,
        "need": words_of(report.need, "need") if report else "",
        "deliveries": deliveries(found) if report else (),
    }
    return render(request, "desk/consultation.html", context, status=status)


def stages(found: Referral, events: Iterable[Event]) -> list[Stage]:
    """The way from authorization to closing, with the instant at which each stop was first reached."""
    reached: dict[str, datetime] = {}
    for event in events:
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


def chases(events: Iterable[Event]) -> list[Sent]:
    """Each time the report was asked for, and whom."""
    return [
        Sent(
            "the professional and the Health Network" if e.details["rung"] >= NETWORK_RUNG else "the professional", e.at
        )
        for e in events
        if e.step == "chase"
    ]


def returned(events: Iterable[Event]) -> list[Sent]:
    """The tests and procedures that went back to the treating professional (III.G)."""
    return [Sent(test["words"], e.at) for e in events if e.step == "return_tests" for test in e.details["tests"]]


def deliveries(found: Referral) -> list[Delivery]:
    """To whom the report goes; a reader without a letter is not on record, or is the same person."""
    sent = {n.recipient_role: n for n in reading.notices_of(found) if n.kind in REPORTS}
    return [Delivery(reader, sent.get(role)) for role, reader in READERS]

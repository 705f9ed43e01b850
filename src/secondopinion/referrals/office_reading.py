"""What an office reads of its referral: where it stands and by when, why it was decided so, and the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from secondopinion.people.find import staff_phone
from secondopinion.referrals.clockwork import running
from secondopinion.referrals.models import ConsultationReport, Decision, Event, Paper, Referral
from secondopinion.referrals.reading import report_of, snapshot_of
from secondopinion.referrals.states import ADVERSE_ENDS, UNDECIDED, State

DECIDED_BY: Final = {
    Decision.DENY.value: "deny",
    Decision.LIMIT.value: "limit",
    Decision.PARTIAL.value: "grant_in_part",
    Decision.DISMISS.value: "dismiss",
}


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a referral stands, in instants and days. None: not known, or not reached."""

    state: State
    received_at: datetime
    asked_at: datetime | None  # since when we wait for information
    decide_by: datetime | None
    decided_at: datetime | None
    valid_until: date | None
    visit_by: datetime | None
    appointment_at: datetime | None
    visited_on: date | None
    report_by: datetime | None
    report_at: datetime | None


@dataclass(frozen=True, slots=True)
class Physician:
    """Who signed a decision, for the office that wants to talk (HSC 1367.01(h)(4))."""

    name: str
    title: str
    phone: str


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Why a referral was decided as it was. `reasons`: the clause, and why it is not met."""

    decided_at: datetime
    reasons: tuple[tuple[str, str], ...]
    clinical_reason: str
    would_change: tuple[str, ...]
    physician: Physician | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for and has not come: in words, each with the clause it would settle."""

    asked_at: datetime
    items: tuple[tuple[str, str], ...]


def stands_of(referral: Referral) -> Stands:
    """Where a referral stands now."""
    before = snapshot_of(referral)
    due: dict[str, datetime] = {}
    for clock in running(before):
        if clock.due_at is not None:
            due[clock.kind] = min(clock.due_at, due.get(clock.kind, clock.due_at))
    state = State(referral.state)
    return Stands(
        state=state,
        received_at=referral.received_at,
        asked_at=referral.information_asked_at,
        decide_by=due.get("decision") if state in UNDECIDED else None,
        decided_at=referral.decided_at,
        valid_until=referral.valid_until,
        visit_by=due.get("appointment"),
        appointment_at=referral.appointment_at,
        visited_on=referral.visited_on,
        report_by=due.get("report"),
        report_at=referral.report_received_at,
    )


def reasoned(referral: Referral) -> Reasoned | None:
    """The reason of a decision that was no plain yes, with the direct phone of the physician who signed it.

    None where there is no such decision, or where no person took it: a request that nobody decided in time.
    """
    step = DECIDED_BY.get(referral.decision)
    if step is None or (step == "deny" and State(referral.state) not in ADVERSE_ENDS):
        return None
    event = Event.objects.filter(referral=referral, step=step).order_by("-position").first()
    if event is None:
        return None
    told: dict[str, Any] = event.details
    reasons = [(str(r["clause"]), str(r["words"])) for r in told.get("reasons") or ()]
    if not reasons and told.get("reason"):
        reasons = [("", str(told["reason"]))]
    return Reasoned(
        decided_at=event.at,
        reasons=tuple(reasons),
        clinical_reason=str(told.get("clinical_reason", "")),
        would_change=tuple(line.strip() for line in str(told.get("would_change", "")).splitlines() if line.strip()),
        physician=_physician(event),
    )


def wanted(referral: Referral) -> Wanted | None:
    """What we last asked for, while we wait for it."""
    if referral.state != State.AWAITING_INFORMATION.value:
        return None
    event = Event.objects.filter(referral=referral, step="ask").order_by("-position").first()
    if event is None:
        return None
    items = tuple((str(item["words"]), str(item["clause"])) for item in event.details["items"])
    return Wanted(event.at, items)


def report_for(referral: Referral) -> ConsultationReport | None:
    """The consultation report, once it has come."""
    return report_of(referral)


def report_file(referral: Referral) -> Paper | None:
    """The report's own file."""
    report = report_of(referral)
    return Paper.objects.filter(pk=report.paper_id).first() if report else None


def _physician(event: Event) -> Physician | None:
    if event.actor_staff is None or not event.details.get("signed"):
        return None
    title = str(event.details["signed"].get("title", ""))
    return Physician(event.actor, title, staff_phone(event.actor_staff))

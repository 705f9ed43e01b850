"""What a referral page shows beside the request: the chain of opinions, what lies outside the network, objections.

Each panel is None, or empty, when there is nothing in it, and is then not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from secondopinion.desk.forms_another import AnotherForm
from secondopinion.desk.referral_words import OPINIONS
from secondopinion.desk.step_fields import Setting, StepForm
from secondopinion.desk.tellers_after import AGAINST, LEVELS, PAYERS
from secondopinion.desk.timing import ClockRow, clock_rows
from secondopinion.desk.words import words_of
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.objections import Path, paths
from secondopinion.referrals import reading
from secondopinion.referrals.access import OWN_CLOCKS
from secondopinion.referrals.chain import REPORTED, chain_of
from secondopinion.referrals.consultation import first_need
from secondopinion.referrals.models import ConsultationReport, Event, Referral, RunningClock
from secondopinion.referrals.states import State

CLOCKS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    kind: tuple(clock for clock in OWN_CLOCKS["appeals"] if clock.startswith("complaint") == (kind == "complaint"))
    for kind in ("appeal", "complaint")
}
ENDS_OF: Final[Mapping[str, Mapping[str, str]]] = {
    "appeal": {
        "uphold": "The decision stands",
        "overturn": "Changed to a yes",
        "lift": "Changed in the Member’s favor",
        "excuse": "The Member owes nothing",
        "vacate": "The dismissal was taken back",
        "reviewer_agrees": "The decision stands, for Medicare’s reviewer too",
        "hearing_upheld": "The decision stands, for the State Hearing too",
        "forward_to_reviewer": "The decision stands, and Medicare’s reviewer has the case",
        "is_new": "It was a new request, not an appeal",
        "is_appeal": "It went on with the earlier referral",
    },
    "complaint": {"answer_complaint": "Answered in writing"},
}


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """One opinion of the chain. `referral` is None for the first, which nobody asked us for."""

    number: int
    words: str
    referral: Referral | None
    who: str
    found: str
    agrees: bool | None
    here: bool


@dataclass(frozen=True, slots=True)
class Opinions:
    """The chain, and the form that asks for the next one, where that may be done now."""

    lines: tuple[OpinionLine, ...]
    form: StepForm | None
    asks: str  # what the button says
    why: str
    differs: bool
    open: bool  # the form stands open


@dataclass(frozen=True, slots=True)
class Outside:
    """A Non-Contracted Provider: the Medical Director's yes, the letter of agreement, who pays, and its clock."""

    who: str
    agreed_by: str
    agreed_at: datetime
    why: str
    agreement: str
    rate: str
    payer: str
    signed: str
    clocks: tuple[ClockRow, ...]
    dropped_why: str


@dataclass(frozen=True, slots=True)
class Objection:
    """One appeal or complaint: what was said, by which policies it goes, its deadlines, and what came of it."""

    kind: str
    title: str
    by: str
    words: str
    at: datetime
    against: str
    fast: bool
    late_because: str
    paths: tuple[Path, ...]
    clocks: tuple[ClockRow, ...]
    acknowledged_at: datetime | None
    outcome: str
    outcome_why: str
    outcome_by: str
    outcome_at: datetime | None


@dataclass(frozen=True, slots=True)
class Parent:
    """The request for whose sake the plan asked: its number, what it is for, when it is due, and how it ended."""

    reference: str
    service: str
    due_at: datetime
    decided_at: datetime | None
    outcome: str
    clocks: tuple[ClockRow, ...]


def panels_of(
    found: Referral, setting: Setting, events: Sequence[Event], clocks: Sequence[RunningClock], allowed: set[str],
    typed: StepForm | None,
) -> dict[str, Any]:  # fmt: skip
    """The four panels for a template. `typed`: the form for another opinion, after it was refused."""
    return {
        "opinions": opinions_of(found, setting, allowed, typed),
        "outside": outside_of(found, events, clocks, setting.now),
        "objections": objections_of(found, events, clocks, setting.now),
        "parent": parent_of(found, events, clocks, setting.now),
    }


def opinions_of(found: Referral, setting: Setting, allowed: set[str], typed: StepForm | None) -> Opinions | None:
    """The chain that the referral stands in, once there is more than the one request."""
    chain = chain_of(found)
    reports = {row.pk: reading.report_of(row) for row in chain}
    own = reports[found.pk]
    if len(chain) == 1 and own is None:
        return None
    first = chain[0]
    need = first_need(setting.before if found.pk == first.pk else reading.snapshot_of(first))
    lines = [OpinionLine(1, "First opinion", None, first.clinician_name, _need(need or ""), None, False)]
    lines += [_line(row, reports[row.pk], found) for row in chain]
    followed = any(row.follows_id == found.pk and row.state != State.WITHDRAWN.value for row in chain)
    may = "ask_further" in allowed and found.state in REPORTED and own is not None and not followed
    differs = own is not None and own.agrees is False and found.opinion_number == 2
    return Opinions(
        lines=tuple(lines),
        form=(typed or another_form(found, setting)) if may or typed else None,
        asks="Ask for a third opinion" if differs else "Ask for a further opinion",
        why="The two opinions differ on the need for the procedure, so the policy authorizes a third at once "
        "(GG.1538 II.D)." if differs
        else "A licensed reviewer decides whether a further opinion is granted (GG.1538 II.I).",
        differs=differs,
        open=typed is not None,
    )  # fmt: skip


def another_form(found: Referral, setting: Setting) -> AnotherForm:
    """The form for the next opinion, with the Member as the one who asks."""
    form = AnotherForm(setting)
    form.initial["requester_name"] = str(found.member)
    return form


def _line(row: Referral, report: ConsultationReport | None, here: Referral) -> OpinionLine:
    kind = OPINIONS.get(row.opinion, "opinion")
    who = row.professional.full_name if row.professional else ""
    return OpinionLine(
        number=row.opinion_number,
        words=kind.capitalize(),
        referral=row,
        who=who,
        found=_need(report.need) if report else "",
        agrees=report.agrees if report else None,
        here=row.pk == here.pk,
    )


def _need(value: str) -> str:
    return words_of(value, "need")


def outside_of(
    found: Referral, events: Iterable[Event], clocks: Iterable[RunningClock], now: datetime
) -> Outside | None:
    """What was agreed outside the network; the last yes counts."""
    steps = {event.step: event for event in events}
    agreed = steps.get("agree_outside")
    if agreed is None:
        return None
    dropped = steps.get("drop_agreement")
    over = dropped is not None and dropped.position > agreed.position
    npi = agreed.details.get("professional", "")
    return Outside(
        who=reading.names_of([npi]).get(npi, ""),
        agreed_by=agreed.actor,
        agreed_at=agreed.at,
        why=agreed.details.get("why", ""),
        agreement=found.get_agreement_display() if found.agreement else "Not sent yet",
        rate=found.agreement_rate,
        payer=PAYERS.get(found.agreement_payer, ""),
        signed=_signed(steps.get("sign_agreement"), agreed),
        clocks=_clocks(clocks, ("agreement",), now),
        dropped_why=dropped.details.get("why", "") if over and dropped else "",
    )


def _signed(event: Event | None, agreed: Event) -> str:
    return event.details["by_name"] if event is not None and event.position > agreed.position else ""


def objections_of(
    found: Referral, events: Sequence[Event], clocks: Sequence[RunningClock], now: datetime
) -> tuple[Objection, ...]:
    """Every appeal and complaint of the referral, the newest first; only the last of each kind has clocks."""
    said: list[Objection] = []
    later: dict[str, int] = {}
    for event in reversed(events):
        for kind in ("appeal", "complaint"):
            if event.step == "dispute" and event.details.get(kind):
                until = later.get(kind)
                rows = clocks if until is None else ()
                said.append(_objection(kind, event, until, found, events, rows, now))
                later[kind] = event.position
    return tuple(said)


def _objection(
    kind: str, opened: Event, until: int | None, found: Referral, events: Iterable[Event],
    clocks: Iterable[RunningClock], now: datetime,
) -> Objection:  # fmt: skip
    told = opened.details
    after = [e for e in events if e.position > opened.position and (until is None or e.position < until)]
    ended = next((e for e in reversed(after) if e.step in ENDS_OF[kind]), None)
    heard = next((e for e in after if e.step == "acknowledge" and e.details.get("which") == kind), None)
    at = datetime.fromisoformat(told["received_at"])
    fast = bool(told.get("expedited")) if kind == "appeal" else bool(found.complaint_expedited)
    level = LEVELS.get(ended.details.get("level", "") if ended else "", "")
    return Objection(
        kind=kind,
        title=f"{kind.capitalize()}, {'open' if ended is None else 'answered'}",
        by=told.get("by_name", ""),
        words=told.get("words", ""),
        at=at,
        against=AGAINST.get(told.get("against_step", ""), "") if kind == "appeal" else "",
        fast=fast,
        late_because=told.get("late_because", "") if kind == "appeal" else "",
        paths=paths(Program(found.program), kind, expedited=fast, on=at.astimezone(PACIFIC).date()),
        clocks=_clocks(clocks, CLOCKS_OF[kind], now),
        acknowledged_at=heard.at if heard else None,
        outcome=(ENDS_OF[kind][ended.step] + (f", by {level}" if level else "")) if ended else "",
        outcome_why=(ended.details.get("why") or ended.details.get("outcome") or "") if ended else "",
        outcome_by=ended.details.get("by_name", "") if ended else "",
        outcome_at=ended.at if ended else None,
    )


def parent_of(found: Referral, events: Iterable[Event], clocks: Iterable[RunningClock], now: datetime) -> Parent | None:
    """The request that the opinion is for, where the plan itself asked."""
    if not found.parent_reference or found.parent_due_at is None:
        return None
    ended = next((e for e in events if e.step == "parent_decided"), None)
    return Parent(
        reference=found.parent_reference,
        service=found.parent_service,
        due_at=found.parent_due_at,
        decided_at=found.parent_decided_at,
        outcome=ended.details.get("outcome", "") if ended else "",
        clocks=_clocks(clocks, ("parent-decision",), now),
    )


def _clocks(clocks: Iterable[RunningClock], kinds: Iterable[str], now: datetime) -> tuple[ClockRow, ...]:
    wanted = set(kinds)
    return tuple(clock_rows([clock for clock in clocks if clock.kind in wanted], now))

"""The referral page: the Member, the binding clock, what can be done next, facts beside clauses, and the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from secondopinion.desk.beside import Beside, beside
from secondopinion.desk.doors_panel import doors_of
from secondopinion.desk.errors import Line as ErrorLine
from secondopinion.desk.errors import summary_of
from secondopinion.desk.history import lines, npis_in
from secondopinion.desk.instants import six_instants
from secondopinion.desk.members import banner_of
from secondopinion.desk.panels import panels_of
from secondopinion.desk.purpose import PurposeNeeded
from secondopinion.desk.referral_words import CHANNELS, REQUESTERS, opinion_words, spoken_day
from secondopinion.desk.rights import window_rows
from secondopinion.desk.step_fields import Setting, StepForm
from secondopinion.desk.step_forms import FORMS
from secondopinion.desk.step_hints import blocked
from secondopinion.desk.telling import Context
from secondopinion.desk.timing import clock_rows
from secondopinion.people.doors import signed_in
from secondopinion.people.looking import has_said_why
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.gg1538 import plain, questions
from secondopinion.referrals import reading
from secondopinion.referrals.access import one
from secondopinion.referrals.language_work import to_read_out, to_translate
from secondopinion.referrals.lifecycle import VISIT_AHEAD, Refused
from secondopinion.referrals.listing import unsuited_of
from secondopinion.referrals.models import Referral
from secondopinion.referrals.own_work import is_own_work
from secondopinion.referrals.packet import packets_of
from secondopinion.referrals.pages import standing_of
from secondopinion.referrals.responsible import decider_name, may_decide
from secondopinion.referrals.sensitive import segments, words_for
from secondopinion.referrals.states import ADVERSE_ENDS, FINISHED, State
from secondopinion.referrals.windows import windows
from secondopinion.referrals.working import unread_papers

Thing = TypeVar("Thing")
WITH_PAPERS: Final = tuple(state.value for state in (*VISIT_AHEAD, State.VISIT_REVIEW))  # a form marks them as read
IN_THE_STRIP: Final = ("is_new", "is_appeal")  # the two choices of a request that may be an appeal


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step that was refused: which, the sentences, and what had been typed."""

    step: str
    errors: Sequence[ErrorLine]
    form: StepForm | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step this person may take now, with its form; `blocked` says why it would be refused."""

    form: StepForm
    open: bool
    blocked: str = ""


def person_of(request: HttpRequest) -> Person:
    """Who looks; the door put it there."""
    return request.person  # type: ignore[attr-defined,no-any-return]


def now_of(request: HttpRequest) -> datetime:
    """The instant the request came in; the front door put it there."""
    return request.now  # type: ignore[attr-defined,no-any-return]


def referral_or_404(request: HttpRequest, number: str) -> Referral:
    """One referral the person may see. Unknown and not yours are the same page.

    Raises PurposeNeeded where it is not the person's work and nobody has said why it is opened.
    """
    person, now = person_of(request), now_of(request)
    try:
        found = one(person, number)
    except Refused as refused:
        raise Http404(refused.sentence) from None
    if not is_own_work(found, person, now) and not has_said_why(number, person, now):
        raise PurposeNeeded(number)
    return found


@signed_in(why="read a referral")
@require_safe
def referral(request: HttpRequest, number: str) -> HttpResponse:
    """The page of one referral."""
    return show(request, referral_or_404(request, number))


def show(request: HttpRequest, found: Referral, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    """The page, after a refusal with its sentence and everything that was typed."""
    return render(request, "desk/referral.html", page_of(request, found, refusal), status=status)


def head_of(request: HttpRequest, found: Referral) -> dict[str, Any]:
    """What every page about a referral shows at its top: the Member's banner, the state, the binding clock."""
    now = now_of(request)
    return {
        "referral": found,
        "now": now,
        "banner": banner_of(found.member, now),
        "decider_name": decider_name(found, now),
        "honoured": reading.is_honoured(found, person_of(request)),
        "may_decide": may_decide(found, person_of(request), now),
        "asked_for": opinion_words(found.opinion, found.about),
        "came": CHANNELS.get(found.channel, ""),
        "asked_by": REQUESTERS.get(found.requester, ""),
        "seen": found.position,
        "edition_words": plain.title(questions.edition_named(found.edition)),
        "unsuited": unsuited_of(found),
        "sensitive": words_for(segments(found.pk, found.condition_code, now.astimezone(PACIFIC).date())),
    }


def setting_of(request: HttpRequest, found: Referral) -> Setting:
    """What the forms of the steps need to know."""
    before = reading.snapshot_of(found)
    edition = before.edition_in_force
    facts = questions.facts(edition)
    wanted = before.finding().needs if found.opinion and found.about else frozenset()
    asked = [(name, fact.question) for name, fact in facts.items() if name in wanted]
    clauses = [(clause, f"{clause}: {plain.in_plain_words(edition, clause)}") for clause in plain.citable(edition)]
    choices: dict[str, Sequence[tuple[Any, str]]] = {"clinician_taxonomy": reading.specialties_held()}
    for number in ("1", "2", "3"):
        choices |= {f"fact_{number}": asked, f"clause_{number}": clauses}
    if found.state in WITH_PAPERS:
        choices["considered"] = [
            (p.pk, f"{p.name} ({p.pages} page{'' if p.pages == 1 else 's'})") for p in reading.papers_of(found)
        ]
    earlier = reading.suspected(found)
    return Setting(before, person_of(request), now_of(request), choices, earlier.number if earlier else "")


def page_of(request: HttpRequest, found: Referral, refusal: Refusal | None) -> dict[str, Any]:
    """Everything the referral page shows."""
    person, now = person_of(request), now_of(request)
    setting = setting_of(request, found)
    before = setting.before
    events = reading.events_of(found)
    allowed = {step.name for step in reading.steps_for(found, person, now)}
    columns = beside(
        before,
        reading.answers_given(events),
        person,
        may_answer="answer" in allowed,
        typed=refusal.typed if refusal else {},
    )
    names = reading.names_of(npis_in(events))
    history = lines(events, Context(found, before.edition_in_force, names))
    clocks = reading.clocks_of(found)
    return head_of(request, found) | {
        **panels_of(found, setting, events, clocks, allowed, another_typed(refusal)),
        **doors_of(found, person, now),
        "errors": refusal.errors if refusal else (),
        "beside": columns,
        "may_answer": "answer" in allowed,
        "next_steps": next_steps(setting, allowed, columns, refusal),
        "may_choose": bool({"choose", "choose_again"} & allowed) and bool(found.opinion and found.about),
        "may_search": "search" in allowed and bool(found.opinion and found.about),
        "choose_first": found.state == State.AUTHORIZED.value and found.professional_id is None,
        "may_read_for_decision": "deny" in allowed,
        "clocks": clock_rows(clocks, now),
        "windows": window_rows(windows(before), setting.today),
        "history": list(reversed(history)),
        "notices": numbered(reading.notices_of(found), lambda notice: notice.kind),
        "papers": numbered(reading.papers_of(found), lambda paper: paper.name),
        "unread": unread_papers(found, person),
        "packets": packets_of(found),
        "page_given": standing_of(found, now),
        "report": reading.report_of(found),
        "finished": found.state in FINISHED,
        "guide": guide(found, columns),
        "instants": six_instants(found),
        "to_translate": to_translate(person, found),
        "to_read_out": to_read_out(person, found),
        "maybe_appeal": maybe_appeal_of(request, found, setting, allowed, refusal),
    }


def another_typed(refusal: Refusal | None) -> StepForm | None:
    """The form for another opinion as it was typed, when that is what was refused."""
    return refusal.form if refusal and refusal.step == "ask_further" else None


@dataclass(frozen=True, slots=True)
class MaybeAppeal:
    """A request that may be an appeal: of which referral, both clocks, and the two choices."""

    earlier: Referral
    decide_by: datetime | None
    resolve_by: datetime | None
    choices: Sequence[NextStep]


def maybe_appeal_of(
    request: HttpRequest, found: Referral, setting: Setting, allowed: set[str], refusal: Refusal | None
) -> MaybeAppeal | None:
    """What the strip at the top says while nobody has said whether the request is an appeal; else None."""
    earlier = reading.suspected(found)
    if earlier is None:
        return None
    due: dict[str, datetime] = {}
    for clock in reading.clocks_of(found):
        if clock.stopped_at is None and clock.due_at is not None:
            due.setdefault(clock.kind, clock.due_at)
    choices = []
    for name in IN_THE_STRIP:
        if name in allowed:
            refused = refusal is not None and refusal.step == name
            typed = refusal.form if refusal is not None and refused else None
            choices.append(NextStep(typed or FORMS[name](setting), refused))
    return MaybeAppeal(earlier, due.get("decision"), due.get("appeal-resolve"), choices)


def numbered(things: Sequence[Thing], name: Callable[[Thing], str]) -> list[tuple[Thing, int]]:
    """Each thing with its number among those of the same name, so that no two links bear one name."""
    seen: Counter[str] = Counter()
    pairs = []
    for thing in things:
        seen[name(thing)] += 1
        pairs.append((thing, seen[name(thing)]))
    return pairs


def next_steps(
    setting: Setting, allowed: set[str], columns: Beside, refusal: Refusal | None, only: Sequence[str] = ()
) -> list[NextStep]:
    """The forms of the steps that may be taken now, the likeliest first and open."""
    refused = refusal.step if refusal else ""
    likely = likeliest(setting, allowed, columns)
    steps = []
    for name, form in FORMS.items():
        if name not in allowed or name in IN_THE_STRIP or (only and name not in only):
            continue
        if not (form.offered(setting) or name == refused):
            continue
        typed = refusal.form if refusal and refusal.form and refused == name else None
        is_open = name == (refused or likely) or (name == likely and refused == "answer")
        steps.append(NextStep(typed or form(setting), is_open, blocked(name, setting, columns)))
    steps.sort(key=lambda s: (s.form.careful, bool(s.blocked), s.form.step != likely))
    return steps


def likeliest(setting: Setting, allowed: set[str], columns: Beside) -> str:
    """The step that most often comes next; its form stands open."""
    before = setting.before
    order = ["show_authority"] if before.representative_needed else []
    order += ["supply", "schedule" if before.appointment_at is None else "see", "report", "take_up", "ask"]
    if columns.authorizes:
        order = ["reverse", "authorize", *order]
    elif not before.opinion or not before.about:
        order.insert(0, "classify")
    elif before.stands is State.NURSE_REVIEW and columns.answer == questions.A_PERSON_MUST_LOOK:
        order.insert(0, "refer_up")
    if before.stands is State.AUTHORIZED and before.professional_id is None:
        return ""  # first the Member chooses
    return next((name for name in order if name in allowed), "")


ENDED: Final[Mapping[State, str]] = {
    State.DENIED: "The request was denied. The Member can appeal; the letter says how and until when.",
    State.DEEMED_DENIED: (
        "Nobody decided in time. By law it counts as denied; the Member was told and can appeal. "
        "It can still be changed to a yes."
    ),
    State.DISMISSED: (
        "Dismissed: no decision is owed; the Member was told why, and can ask to have that looked at again. "
        "For good cause the request is opened again."
    ),
    State.NOT_COVERED: (
        "The visit is not covered; the Member was told why, and that an appeal is possible. "
        "If an exception turns up, record that nothing is owed."
    ),
    State.EXPIRED: ("The authorization ended and nobody was seen. The Member was told that asking again is free."),
    State.CLOSED: "This referral is finished. Nothing is open any more.",
    State.WITHDRAWN: "This referral is finished. Nothing is open any more.",
}
GOES_ON: Final[Mapping[State, str]] = {
    State.VISIT_REVIEW: (
        "The Member was seen without an authorization. Look at every exception first: if one holds, the Member owes "
        "nothing. Only a physician can say that the visit is not covered."
    ),
    State.AUTHORIZED: "Authorized. Next, the visit is scheduled.",
    State.SCHEDULED: "The visit is scheduled. Record it once it has taken place.",
    State.SEEN: "The visit took place. The written report comes next.",
    State.REPORT_RECEIVED: "The report is on its way to its readers. The referral closes by itself.",
}


def guide(found: Referral, columns: Beside) -> str:
    """One sentence or two that say where things stand and what comes next."""
    state = State(found.state)
    if state in ENDED:
        told = found.member_notice_at is not None or state not in ADVERSE_ENDS
        return ENDED[state] if told else ENDED[state].replace("the Member was told", "the Member is being told")
    if found.rescinded_at is not None and found.valid_until is not None:
        return (
            f"The authorization was taken back: its last day is {spoken_day(found.valid_until)}. Until then a visit is "
            "covered, and the Member can appeal."
        )
    if state is State.AUTHORIZED and found.professional_id is None:
        return "Authorized. Next, the Member chooses a professional, and the visit is scheduled."
    if state in GOES_ON:
        return GOES_ON[state]
    if found.representative_needed:
        return (
            "The representative’s authority is not shown yet. The request is kept from its receipt; the time to decide "
            "starts when the authority is here."
        )
    if not found.opinion or not found.about:
        return "Nobody has said yet what kind of opinion this is. Say it first; the strictest clock runs meanwhile."
    if columns.authorizes:
        return "The policy finds a yes: authorize it."
    if columns.answer == questions.ASK:
        return "The policy cannot say yet. The questions marked below as the next to ask could settle it."
    return "No listed reason is met. A nurse or a physician must look; the list of reasons is not closed."


def refusal_of_form(step: str, form: StepForm) -> Refusal:
    """A form with fields missing or wrong."""
    return Refusal(step, summary_of(form), form)

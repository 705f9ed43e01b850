"""The work list: open referrals, the one with the least time left first.

The filters stand in the address, so a view can be kept and shared. Pages are cut by the key of their last
row, never by counting rows from the start, so the hundredth page costs what the first one costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from secondopinion.desk.saved_views import saved_tabs
from secondopinion.desk.words import CLOSE, WORDS
from secondopinion.people.doors import signed_in
from secondopinion.people.find import health_networks
from secondopinion.people.person import Person
from secondopinion.policy.asked import Program, Urgency
from secondopinion.referrals.access import by_own_clock, visible_to, with_a_clock, work_list
from secondopinion.referrals.forwarding import waiting_for
from secondopinion.referrals.four_states import Task, Work, in_state, tasks_of
from secondopinion.referrals.language_work import wait_for_words
from secondopinion.referrals.models import Decider, Referral
from secondopinion.referrals.offices import held_for
from secondopinion.referrals.states import FINISHED, State
from secondopinion.referrals.working import unread_on

PAGE: Final = 50
MANY: Final = 1000  # counts stop here, so that a long list stays quick to open
OPEN: Final = tuple(s.value for s in State if s.value not in FINISHED)
MINE: Final[Mapping[str, tuple[State, ...]]] = {
    "intake": (State.RECEIVED, State.AWAITING_INFORMATION, State.AUTHORIZED, State.SCHEDULED, State.SEEN),
    "nurse": (State.RECEIVED, State.AWAITING_INFORMATION, State.NURSE_REVIEW, State.VISIT_REVIEW),
    "physician": (State.PHYSICIAN_REVIEW, State.VISIT_REVIEW),
}
HELD: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {  # what somebody must settle: words, column, for whom
    "appeal": ("May be an appeal", "maybe_appeal_of__isnull", ("intake", "nurse", "appeals")),
    "authority": ("Waits for authority", "representative_needed", ("intake", "nurse")),
}
WORDS_WAIT: Final = ("language", "Translations", ("intake", "nurse", "physician", "appeals"))
OWN: Final = {"contracting": "Agreements", "appeals": "Appeals and complaints"}  # views by a role's own clock
TIME: Final = {"overdue": "Overdue", "close": "Due within 24 hours"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the list, as it stands in the address."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A kept view: what it is called, where it is, how many wait there (a plus sign: at least)."""

    words: str
    address: str
    count: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the referral, how the work on it stands, and how many papers this person has not opened."""

    referral: Referral
    task: Task
    unread: int


@dataclass(frozen=True, slots=True)
class Key:
    """The place after which a page starts: the last row's due instant (none: no clock runs) and id."""

    due_at: datetime | None
    id: UUID

    def __str__(self) -> str:
        return f"{self.due_at.isoformat() if self.due_at else ''}~{self.id}"

    @classmethod
    def read(cls, text: str) -> Key | None:
        """The key written in an address; None when it is none, which shows the first page."""
        due_at, _, row = text.partition("~")
        try:
            at = datetime.fromisoformat(due_at) if due_at else None
            return None if at is not None and at.utcoffset() is None else cls(at, UUID(row))
        except ValueError:
            return None


@signed_in(why="read the work list")
def show(request: HttpRequest) -> HttpResponse:
    """The first page of the list, or the one after the key in the address; with `number`, the referral itself."""
    person: Person = request.person  # type: ignore[attr-defined]
    now: datetime = request.now  # type: ignore[attr-defined]
    number = _typed(request, "number").strip().upper()
    if number:
        if visible_to(person).filter(number=number).exists():
            return redirect("referral", number=number)
        messages.error(request, "There is no such referral here. Check the number, or whose network it belongs to.")
        return redirect("work-list")
    chosen = {name: _typed(request, name) for name in ("view", "time", *_offered(person))}
    if chosen["view"] in OWN and not person.is_a(chosen["view"]):
        chosen["view"] = ""  # a list of a role that this person does not have
    chosen["view"] = chosen["view"] or _first_view(person)
    rows = _page(person, chosen, now, Key.read(_typed(request, "after")))
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    may_take_in = person.takes_in
    after = bool(request.GET.get("after"))
    lines = _lines(rows[:PAGE], person)
    context = {
        "rows": lines,
        "forwarded": waiting_for(person) if may_take_in and not after else [],
        "from_offices": [] if after else held_for(person),
        "saved": saved_tabs(person, chosen, lambda filters: _counted(person, filters, now)),
        "savable": {name: value for name, value in chosen.items() if value},
        "may_take_up": person.is_a("nurse", "physician") and any(line.referral.state == "received" for line in lines),
        "here": request.get_full_path(),
        "filters": _filters(person, chosen),
        "tabs": _tabs(person, chosen, now),
        "kept": {name: value for name, value in chosen.items() if value and name in ("view", "time")},
        "filtered": any(chosen[name] for name in _offered(person)),
        "next": _address({**chosen, "after": str(Key(getattr(more, _clock(chosen)), more.id))}) if more else "",
        "later_page": after,
        "first": _address(chosen),
        "page": PAGE,
        "own": chosen["view"] in OWN,
        "may_take_in": may_take_in,
        "now": now,
    }
    return render(request, "desk/work_list.html", context)


def _typed(request: HttpRequest, name: str) -> str:
    """What the address says, without the one character that PostgreSQL cannot hold."""
    return request.GET.get(name, "").replace("\x00", "")


def _offered(person: Person) -> tuple[str, ...]:
    """The filters a person is offered: only the plan chooses among Health Networks."""
    return ("state", "work", "program", "urgency", "decider", *(() if person.network else ("network",)))


def _lines(rows: list[Referral], person: Person) -> list[Row]:
    tasks, unread = tasks_of(rows), unread_on(rows, person)
    return [Row(referral, tasks[referral.pk], unread.get(referral.pk, 0)) for referral in rows]


def _chosen(rows: QuerySet[Referral], person: Person, chosen: Mapping[str, str], now: datetime) -> QuerySet[Referral]:
    if chosen["view"] == "mine":
        rows = rows.filter(state__in=_mine(person))
    elif chosen["view"] in HELD:
        column = HELD[chosen["view"]][1]
        rows = rows.filter(**{column: not column.endswith("__isnull")})
    elif chosen["view"] == WORDS_WAIT[0]:
        rows = wait_for_words(rows)
    by = _clock(chosen)
    if chosen["time"] == "overdue":
        rows = rows.filter(**{f"{by}__lt": now})
    elif chosen["time"] == "close":
        rows = rows.filter(**{f"{by}__gte": now, f"{by}__lte": now + CLOSE})
    for name in ("state", "program", "urgency", "decider"):
        if chosen[name]:
            rows = rows.filter(**{name: chosen[name]})
    rows = in_state(rows, chosen["work"])
    network = chosen.get("network", "")
    if network == "none":
        return rows.filter(network=None)
    if network:
        return rows.filter(network_id=UUID(network)) if _is_id(network) else rows.none()
    return rows


def _clock(chosen: Mapping[str, str]) -> str:
    """The clock a view is ordered by: the earliest that runs, or the earliest of a role's own."""
    return "own_due_at" if chosen["view"] in OWN else "due_at"


def _first_view(person: Person) -> str:
    """The view that opens by itself: their own list for those who work on agreements or objections only."""
    own = [role for role in OWN if person.is_a(role)]
    return own[0] if own and not person.is_a(*MINE) else ""


def _running(person: Person, view: str, due_from: datetime | None = None) -> QuerySet[Referral]:
    """The rows of a view on which its clock runs, from a due instant on."""
    return by_own_clock(person, view, due_from) if view in OWN else with_a_clock(person, due_from)


def _mine(person: Person) -> list[str]:
    return [s.value for s in State if any(s in states for role, states in MINE.items() if person.is_a(role))]


def _page(person: Person, chosen: Mapping[str, str], now: datetime, after: Key | None) -> list[Referral]:
    """One page and one row more. Rows with a clock come first, by (due_at, id); then those with none, by id."""
    found: list[Referral] = []
    if after is None or after.due_at is not None:
        due = _chosen(_running(person, chosen["view"], after.due_at if after else None), person, chosen, now)
        if after is not None:
            due = due.exclude(**{_clock(chosen): after.due_at, "id__lte": after.id})
        found = list(due[: PAGE + 1])
    if len(found) <= PAGE and chosen["view"] not in OWN:
        idle = _chosen(work_list(person), person, chosen, now).filter(due_at__isnull=True).order_by("id")
        if after is not None and after.due_at is None:
            idle = idle.filter(id__gt=after.id)
        found += idle[: PAGE + 1 - len(found)]
    return found


def _filters(person: Person, chosen: Mapping[str, str]) -> list[Filter]:
    options: dict[str, list[tuple[str, str]]] = {
        "state": [(value, WORDS["state"][value]) for value in OPEN],
        "work": [(work.value, work.words) for work in Work],
        "program": [(p.value, WORDS["program"][p]) for p in Program],
        "urgency": [(u.value, WORDS["urgency"][u]) for u in Urgency],
        "decider": [(value, WORDS["decider"][value]) for value in Decider.values],
        "network": [],
    }
    labels = {"state": "State", "work": "Work", "program": "Program", "urgency": "Urgency", "decider": "Who decides",
              "network": "Health Network"}  # fmt: skip
    if person.network is None:
        options["network"] = [("none", "None: the plan’s own"), *((str(n.pk), n.name) for n in health_networks())]
    return [
        Filter(name, labels[name], tuple(Choice(v, w, v == chosen[name]) for v, w in [("", "All"), *options[name]]))
        for name in _offered(person)
    ]


def _tabs(person: Person, chosen: Mapping[str, str], now: datetime) -> list[Tab]:
    """All, mine, overdue, due within a day, and what waits for a word. A count stops at `MANY`, so that it is quick."""
    own = [(words, {"view": role}) for role, words in OWN.items() if person.is_a(role)]
    everything = {"view": "all"} if _first_view(person) else {}
    mine = [("For me", {"view": "mine"})] if person.is_a(*MINE) else []
    views = [
        *(own if everything else ()),
        ("All open", everything),
        *mine,
        *(() if everything else own),
        (TIME["overdue"], {**everything, "time": "overdue"}),
        (TIME["close"], {**everything, "time": "close"}),
    ]
    views += [(words, {"view": view}) for view, (words, _, roles) in HELD.items() if person.is_a(*roles)]
    if person.is_a(*WORDS_WAIT[2]):
        views.append((WORDS_WAIT[1], {"view": WORDS_WAIT[0]}))
    here = {name: chosen[name] for name in ("view", "time") if chosen[name]}
    tabs: list[Tab] = []
    for words, view in views:
        every = dict.fromkeys(chosen, "") | view
        tabs.append(Tab(words, _address(view), _counted(person, every, now), view == here))
    return tabs


def _counted(person: Person, chosen: Mapping[str, str], now: datetime) -> str:
    """How many referrals a view holds, in words: exactly up to `MANY`, then `1000+`."""
    whole = _running(person, chosen["view"]) if chosen["view"] in OWN else work_list(person)
    count = _chosen(whole, person, chosen, now).select_related(None).order_by()[: MANY + 1].count()
    return f"{MANY}+" if count > MANY else str(count)


def _address(chosen: Mapping[str, str]) -> str:
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"?{query}" if query else "?"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True

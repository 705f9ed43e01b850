"""What the cover of a packet says: the objection, its deadlines, the decision, and the history in sentences.

Everything comes from the events as they were written, so that a packet made later says the same of what was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from secondopinion.letters.typeface import unprintable
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import Clock
from secondopinion.policy.clocks_objecting import appeal_clocks, complaint_clocks
from secondopinion.policy.objections import paths
from secondopinion.policy.specialties import plain_name
from secondopinion.referrals.choosing import DECLINED, UNSUITED, chooser_of, way_of
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.models import Event, Paper
from secondopinion.referrals.objecting import APPEALABLE
from secondopinion.referrals.offering import by_number
from secondopinion.referrals.searching import counted_up_to

HOUSE: Final = frozenset({"policy", "system", "member"})  # actors who are no staff; their name says all
ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "intake": "intake", "nurse": "nurse reviewer", "physician": "physician reviewer",
        "contracting": "contracting", "appeals": "appeals",
    }
)  # fmt: skip
READERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "requester": "the office that asked", "network": "the Health Network", "appeals": "the appeals team",
        "pcp": "the primary care provider",
    }
)  # fmt: skip
WHAT_IS_DUE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "appeal-acknowledge": "Acknowledge the appeal in writing",
        "appeal-resolve": "Decide the appeal, and tell",
        "complaint-acknowledge": "Acknowledge the complaint in writing",
        "complaint-resolve": "Answer the complaint",
    }
)
# What an event says in somebody's own words, the likeliest first.
OWN_WORDS: Final = ("why", "reason", "words", "note", "outcome", "interest", "source", "how")
MISSING: Final = "\N{REPLACEMENT CHARACTER}"


def printable(data: Any) -> Any:
    """The same data with a mark for each character that the typeface lacks: a packet waits for no spelling."""
    if isinstance(data, dict):
        return {name: printable(value) for name, value in data.items()}
    if isinstance(data, list):
        return [printable(value) for value in data]
    if not isinstance(data, str):
        return data
    text = " ".join(data.split())
    while (odd := unprintable(text)) is not None:
        text = text.replace(odd, MISSING)
    return text


def day_in_words(day: date) -> str:
    """A day with its weekday."""
    return f"{day:%A, %B %-d, %Y}"


def instant_in_words(at: datetime) -> str:
    """An instant in Pacific time with its weekday: `Monday, November 30, 2026, 10:02 a.m.`"""
    here = at.astimezone(PACIFIC)
    return f"{day_in_words(here.date())}, {_hour(here)}"


def short(at: datetime) -> str:
    """An instant for a table: `Mon, Nov 30, 2026, 10:02 a.m.`"""
    here = at.astimezone(PACIFIC)
    return f"{here:%a, %b %-d, %Y}, {_hour(here)}"


def _hour(here: datetime) -> str:
    return f"{here:%-I:%M} {'a.m.' if here.hour < 12 else 'p.m.'}"


def due_in_words(clock: Clock) -> str:
    """When a clock is due: the day alone when the whole day may be used, else the hour too."""
    assert clock.due_at is not None
    return (
        day_in_words(clock.due_at.astimezone(PACIFIC).date()) if _whole_day(clock) else instant_in_words(clock.due_at)
    )


def _whole_day(clock: Clock) -> bool:
    """Whether a clock that counts days ends with the last second of one."""
    assert clock.due_at is not None
    return f"{clock.due_at.astimezone(PACIFIC):%T}" == "23:59:59"


def dispute_number(number: str, opened: Event) -> str:
    """The number of an objection: the referral's, and which event opened it."""
    return f"D-{number.removeprefix('SO-')}-{opened.position}"


def dispute_named(number: str, opened: Event) -> str:
    """An objection in a few words: `appeal D-2026-000417-9 of Tuesday, November 24, 2026`."""
    kinds = " and ".join(kind for kind in ("appeal", "complaint") if opened.details[kind])
    received = datetime.fromisoformat(opened.details["received_at"])
    return f"{kinds} {dispute_number(number, opened)} of {day_in_words(received.astimezone(PACIFIC).date())}"


def dispute_words(number: str, program: Program, opened: Event, came_as: Event | None = None) -> dict[str, Any]:
    """The objection: who, when, in what words, how fast, by which policies, and by when it is answered.

    `came_as`: the receipt of the request that turned out to be this appeal.
    """
    told = opened.details
    appeal, complaint = bool(told["appeal"]), bool(told["complaint"])
    received = datetime.fromisoformat(told["received_at"])
    on = received.astimezone(PACIFIC).date()
    fast = {"appeal": bool(told.get("expedited")), "complaint": bool(told["set"].get("complaint_expedited"))}
    kinds = [kind for kind, is_one in (("appeal", appeal), ("complaint", complaint)) if is_one]
    path = [p for kind in kinds for p in paths(program, kind, expedited=fast[kind], on=on)]
    clocks = [c for kind in kinds for c in _clocks(kind, received, program, fast[kind])]
    return {
        "number": dispute_number(number, opened),
        "kind": "both" if len(kinds) == 2 else kinds[0],
        "received_on": on.isoformat(),
        "received_at_words": instant_in_words(received),
        "by": told["by"],
        "by_name": told["by_name"],
        "words": told["words"],
        "expedited": any(fast[kind] for kind in kinds),
        "path": list(dict.fromkeys(f"{p.policy}: {p.about}" for p in path)),
        "notes": [*_request_notes(told.get("moved_from", ""), came_as), *_notes(told)],
        "deadlines": [
            {"what": _what(c), "due_words": due_in_words(c), "authority": c.authority}
            for c in sorted(clocks, key=lambda c: (c.due_at is None, c.due_at))
        ],
    }


def _clocks(kind: str, received: datetime, program: Program, fast: bool) -> tuple[Clock, ...]:
    start = appeal_clocks if kind == "appeal" else complaint_clocks
    return start(received, program, expedited=fast)


def _what(clock: Clock) -> str:
    """What must be done; with the hours where it is measured in hours."""
    what = WHAT_IS_DUE[clock.kind]
    if _whole_day(clock):
        return what
    assert clock.due_at is not None
    assert clock.started_at is not None
    hours = (clock.due_at.timestamp() - clock.started_at.timestamp()) / 3600
    return f"{what} (within {hours:.0f} hours)"


def _request_notes(number: str, came_as: Event | None) -> Iterable[str]:
    """How the request came that turned out to be this appeal, and in what words."""
    if came_as is None:
        return
    told = came_as.details["set"]
    came = instant_in_words(datetime.fromisoformat(told["received_at"]))
    yield f"It came in as request {number}, from {told['requester_name']}, on {came}. Its papers are in this packet."
    for what, column in (("Its words", "request_words"), ("About", "condition"), ("Recommended", "procedure")):
        if str(told.get(column) or "").strip():
            yield f"{what}: {told[column]}"


def _notes(told: Mapping[str, Any]) -> Iterable[str]:
    """What else the reader needs: the notice and its window, lateness, support, consent, care that goes on."""
    if told.get("noticed_on"):
        noticed, ends = (day_in_words(date.fromisoformat(told[key])) for key in ("noticed_on", "window_ends_on"))
        yield f"The notice of the decision was mailed on {noticed}. The last day to appeal is {ends}."
    elif told.get("against") is not None:
        yield "The notice of the decision had not been mailed yet when the appeal came, so no window had begun."
    if told.get("late"):
        yield f"It came after the last day. The cause given: {told['late_because']}"
    if told.get("supported"):
        yield "A physician supports the fast handling, so it is fast without more."
    if told.get("consent"):
        yield "The Member's written consent is on file."
    if told.get("continue_care"):
        yield "It was asked that care already authorized goes on while the appeal waits."
    if not told["sure"]:
        opened = "both were opened" if told["appeal"] and told["complaint"] else "it was taken for what is named above"
        yield f"The one who objects was not sure what it should be called, so {opened}."


def decision_words(against: Event | None) -> dict[str, Any] | None:
    """The decision objected to: which, when, by whom, and why, in words. None where there is none yet."""
    if against is None:
        return None
    told = against.details
    return {
        "step": STEPS[against.step].words,
        "on": against.at.astimezone(PACIFIC).date().isoformat(),
        "by": _signed(against),
        "reasons": list(_reasons(against.step, told)) or ["No reason was written down."],
    }


def _signed(event: Event) -> str:
    signed = event.details.get("signed") or {}
    license_ = f"{signed['state']} license {signed['license']}" if signed else ""
    return ", ".join(part for part in (event.actor, signed.get("title", ""), license_) if part)


def _reasons(step: str, told: Mapping[str, Any]) -> Iterable[str]:
    for reason in told.get("reasons") or ():
        yield f"GG.1538 {reason['clause']}: {reason['words']}"
    if step == "deem":
        due = instant_in_words(datetime.fromisoformat(told["due_at"]))
        yield f"Nobody decided in time. {told['label']}: it ended on {due} ({told['authority']})."
    if step == "delay":
        until = instant_in_words(datetime.fromisoformat(told["until"]))
        yield f"{told['days']} days more were taken to decide, until {until}."
    for key, words in (
        ("reason", ""), ("interest", "Why it serves the Member: "), ("clinical_reason", "Clinical reason: "),
        ("medicare_reason", "By Medicare's rules: "), ("medi_cal_reason", "By Medi-Cal's rules: "),
        ("why_not_otherwise", "Why no other good reason applies: "), ("approved", "What was approved: "),
        ("would_change", "What would lead to a yes: "),
    ):  # fmt: skip
        if str(told.get(key) or "").strip():
            yield words + str(told[key]).strip()


def search_words(events: Iterable[Event]) -> dict[str, Any] | None:
    """The last search of the network that was kept: when, by whom, everybody looked at, and its seal; or none."""
    kept = [event for event in events if "sha256" in (event.details.get("search") or {})]
    if not kept:
        return None
    search = kept[-1].details["search"]
    return {
        "at_words": instant_in_words(datetime.fromisoformat(search["at"])),
        "by": kept[-1].actor,
        "limits": f"{search['most_miles']} miles or {search['most_minutes']} minutes, "
        f"and an appointment by {day_in_words(date.fromisoformat(search['see_by']))}",
        "looked": [_looked(row) for row in search["looked"]],
        "counted": [
            f"{number}: {reason}" for reason, number in by_number(search["counted"], counted_up_to(search))
        ],
        "sha256": search["sha256"],
    }  # fmt: skip


def _looked(row: Mapping[str, Any]) -> dict[str, str]:
    """One professional as the search kept one: NPI, specialty, distance, and what spoke against, or what is open."""
    open_ = "; ".join(row.get("doubts") or ())
    ties = "; ".join(row.get("ties") or ())
    found = row["against"] or (f"nothing known against; this professional {open_}" if open_ else "nothing against")
    return {
        "npi": row["npi"],
        "specialty": plain_name(row["code"]),
        "far": "not known" if row["miles"] is None else f"{row['miles']:.1f} miles",
        "found": f"{found} (a tie: {ties})" if ties else found,
    }


def event_words(event: Event) -> dict[str, Any]:
    """One event as a line of the history: when, who in which role, what, with the words of its own."""
    role = ROLES.get(event.role, event.role)
    who = event.actor if event.role in HOUSE else f"{event.actor}, {role}"
    return {"at_words": short(event.at), "who": who, "what": _did(event)}


def _did(event: Event) -> str:
    told, words = event.details, STEPS[event.step].words
    if event.step == "dispute":
        kinds = " and ".join(k for k in ("an appeal", "a complaint") if told[k.split()[1]])
        return f"Opened {kinds}, from {told['by_name']}"
    if event.step == "mailed":
        return f"Mailed a letter: {letter_words(told['kind'])}"
    if event.step == "file_record":
        return f"{words}: {told['name']}"
    if event.step == "deny":
        return f"{words}, for {len(told['reasons'])} reason{'s' if len(told['reasons']) > 1 else ''}"
    if event.step in ("choose", "choose_again", "none_suits") and (whose := _whose_word(told)):
        why = [UNSUITED[reason].lower() for reason in told.get("reasons", ()) if reason in UNSUITED]
        return f"{words}: {'; '.join((*why, whose))}"
    if event.step == "pick":
        return f"{words} {DECLINED[told['declined_how']]}: {told['evidence']}"
    own = next((str(told[key]).strip() for key in OWN_WORDS if str(told.get(key) or "").strip()), "")
    return f"{words}: {own}" if own else words


def _whose_word(told: Mapping[str, Any]) -> str:
    """Who chose and how it came, in words; empty where the event says it in no way known here."""
    chooser, way = chooser_of(told.get("by") or ""), way_of(told.get("how") or "")
    if chooser is None or way is None:
        return ""
    name = f" {told['by_name']}" if told.get("by_name") else ""
    return f"{chooser.words}{name}, {way.words}"


def letter_words(kind: str) -> str:
    """A kind of letter in words: `denial_to_member` is `Denial, to the Member`."""
    what, _, reader = kind.rpartition("_to_")
    if not what:
        return kind.replace("_", " ").capitalize()
    to = "the Member" if reader == "member" else READERS.get(reader, f"the {reader}")
    return f"{what.replace('_', ' ').capitalize()}, to {to}"


def paper_words(paper: Paper, received: datetime) -> str:
    """What sort of document it is, and when it was filed."""
    after = " after the objection came" if paper.added_at > received else ""
    return f"{Paper.Kind(paper.kind).label}, filed {day_in_words(paper.added_at.astimezone(PACIFIC).date())}{after}"


def decision_before(events: Iterable[Event], opened: Event) -> Event | None:
    """The decision objected to: the one that the appeal names, else the last one before it that can be appealed."""
    known = list(events)
    named = opened.details.get("against")
    if named is not None:
        return next(e for e in known if e.position == named)
    earlier = [e for e in known if e.step in APPEALABLE and e.position < opened.position]
    return earlier[-1] if earlier else None

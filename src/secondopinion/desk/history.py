"""The history in sentences: who did what, when and why. One sentence for every step of the lifecycle table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from secondopinion.desk.referral_words import (
    CHANNELS,
    OPINIONS,
    READERS,
    REQUESTERS,
    answer_words,
    innermost,
    opinion_words,
    restatement,
    spoken,
    spoken_day,
)
from secondopinion.desk.words import lowered, words_of
from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals.models import Event, Referral

ANOTHER_REASON: Final = {
    "reviewer_finds_another_reason": "a licensed reviewer found another good reason, which the list leaves open",
    "reviewer_grants_additional_opinion": "a licensed reviewer decided to grant a further opinion",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one event says: the end of its sentence, what stands under it, and why it was so."""

    did: str
    details: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One event as the page shows it."""

    position: int
    at: datetime
    on: str
    who: str
    did: str
    why: str
    details: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return f"On {self.on}, {self.who} {self.did}{self.why}."


@dataclass(frozen=True, slots=True)
class Context:
    """What the sentences need besides the events: the referral, its edition and the names behind the numbers."""

    referral: Referral
    edition: Edition
    names: Mapping[str, str]  # NPI to name

    def question(self, fact: str) -> str:
        """A fact as its question."""
        known = questions.facts(self.edition)
        return known[fact].question if fact in known else "A question of an earlier edition"

    def named(self, npi: str) -> str:
        """A professional by name."""
        return self.names.get(npi) or f"the professional with NPI {npi}"


Teller = Callable[[Event, Context], Said]


def lines(events: Iterable[Event], context: Context) -> list[Line]:
    """The history as sentences, in the order of the events given."""
    return [_line(event, context) for event in events]


def npis_in(events: Iterable[Event]) -> set[str]:
    """The professionals that the history names by number."""
    found = set()
    for event in events:
        wishes = event.details.get("wishes") or {}
        found |= {n for n in (event.details.get("professional"), wishes.get("npi")) if n}
    return found


def because(event: Event, edition: Edition) -> str:
    """Why the policy found what it found: `, because …`; empty while nothing was found."""
    finding = event.finding or {}
    if finding.get("verdict") != "yes":
        return ""
    own: list[str] = [words for fact, words in ANOTHER_REASON.items() if fact in finding["because"]]
    clauses = innermost(finding["cites"])
    said = own or [lowered(restatement(edition, c)) for c in clauses]
    return f", because {'; and '.join(s for s in said if s)} (GG.1538 {', '.join(clauses)})"


def _line(event: Event, context: Context) -> Line:
    said = TELLERS[event.step](event, context)
    if not said.why and event.step == "authorize":
        said = replace(said, why=because(event, context.edition))
    who = _who(event)
    return Line(event.position, event.at, spoken(event.at), who, said.did, said.why, said.details)


def _who(event: Event) -> str:
    if event.role == "policy":
        return "the policy"
    if event.role == "system":
        return str(event.actor)
    return f"{event.actor} ({words_of(event.role, 'role').lower()})"


def _instant(text: str) -> str:
    return spoken(datetime.fromisoformat(text))


def _day(text: str) -> str:
    return spoken_day(date.fromisoformat(text))


def _answered(answers: Mapping[str, Any], context: Context) -> tuple[str, ...]:
    said = []
    for fact, answer in answers.items():
        if isinstance(answer, Mapping):
            now, was = answer.get("to"), answer.get("from")
            earlier = f" (before: {answer_words(was).lower()})" if was is not None else ""
            said.append(f"{context.question(fact)} {answer_words(now)}{earlier}")
        elif answer is not None:
            said.append(f"{context.question(fact)} {answer_words(answer)}")
    return tuple(said)


def _quoted(label: str, words: str | None) -> tuple[str, ...]:
    return (f"{label}: {words}",) if words else ()


def _receive(event: Event, context: Context) -> Said:
    how = CHANNELS.get(event.details.get("channel", ""), "")
    details = list(_answered(event.details.get("answers") or {}, context))
    wishes = event.details.get("wishes")
    if wishes:
        against = wishes.get("against")
        details.append(
            f"The requester named {context.named(wishes['npi'])}. " + (against or "Nothing speaks against it.")
        )
    received = spoken(context.referral.received_at)
    return Said(f"entered the request, which reached us {how} on {received}", tuple(details))


def _classify(event: Event, context: Context) -> Said:
    told = event.details
    name = told.get("clinician_name")
    return Said(
        f"said that this is a {opinion_words(told.get('opinion', ''), told.get('about', ''))}",
        _quoted("Whose care is questioned", name),
    )


def _hand_over(event: Event, context: Context) -> Said:
    return Said(f"handed the request over to {event.details['to']}, because it asks for no second opinion")


def _answer_step(event: Event, context: Context) -> Said:
    details = _answered(event.details.get("answers") or {}, context)
    return Said("recorded answers", (*details, *_quoted("Where this comes from", event.details.get("source"))))


def _take_up(event: Event, context: Context) -> Said:
    complete = "; everything needed was in hand" if event.details.get("complete") else ""
    return Said(f"took up the review{complete}")


def _ask(event: Event, context: Context) -> Said:
    items = event.details.get("items") or ()
    return Said("asked for information", tuple(f"{i['words']} (for GG.1538 {i['clause']})" for i in items))


def _supply(event: Event, context: Context) -> Said:
    state = "nothing more is needed" if event.details.get("complete") else "something is still missing"
    return Said(
        f"recorded that information arrived on {_instant(event.details['at'])}; {state}",
        _quoted("Note", event.details.get("note")),
    )


def _file_record(event: Event, context: Context) -> Said:
    pages = event.details.get("pages")
    return Said(
        f"filed the record “{event.details.get('name')}” ({pages} {'page' if pages == 1 else 'pages'})",
        _quoted("Note", event.details.get("note")),
    )


def _refer_up(event: Event, context: Context) -> Said:
    return Said("sent the referral to a physician", _quoted("Summary", event.details.get("note")))


def _send_back(event: Event, context: Context) -> Said:
    return Said("sent the referral back to the nurse", _quoted("Question", event.details.get("note")))


def _authorize(event: Event, context: Context) -> Said:
    kind = OPINIONS.get(context.referral.opinion, "opinion")
    details = list(_quoted("Note", event.details.get("note")))
    if event.details.get("valid_until"):
        details.insert(0, f"One visit, at no cost to the Member, until {_day(event.details['valid_until'])}.")
    return Said(f"authorized the {kind}", tuple(details))


def _deny(event: Event, context: Context) -> Said:
    told = event.details
    reasons = tuple(f"Reason (GG.1538 {r['clause']}): {r['words']}" for r in told.get("reasons") or ())
    signed = told.get("signed") or {}
    return Said(
        "denied the request",
        (
            *reasons,
            *_quoted("Clinical reason", told.get("clinical_reason")),
            *_quoted("Why no other good reason applies", told.get("why_not_otherwise")),
            *_quoted("What would lead to a yes", "; ".join((told.get("would_change") or "").splitlines())),
            *_quoted("Signed with licence", f"{signed.get('state', '')} {signed.get('license', '')}".strip()),
        ),
    )


def _withdraw(event: Event, context: Context) -> Said:
    by = REQUESTERS.get(event.details.get("by", ""), "the requester")
    return Said(
        f"recorded that {event.details['by_name']} ({by}) withdrew the request",
        _quoted("In these words", event.details.get("words")),
    )


def _choose(event: Event, context: Context) -> Said:
    name = context.named(event.details["professional"])
    return Said(
        f"recorded the choice of {name}",
        (*_quoted("Who chose", event.details.get("by")), *_quoted("How it reached us", event.details.get("how"))),
    )


def _tell_requester(event: Event, context: Context) -> Said:
    return Said(f"told the requester of the decision: {event.details['whom']}, {event.details['how']}")


def _schedule(event: Event, context: Context) -> Said:
    return Said(
        f"scheduled the visit for {_instant(event.details['appointment_at'])}",
        _quoted("How it was arranged", event.details.get("how")),
    )


def _miss(event: Event, context: Context) -> Said:
    return Said(
        "recorded that the visit did not take place; the authorization keeps its one visit",
        _quoted("Why", event.details.get("reason")),
    )


def _see(event: Event, context: Context) -> Said:
    return Said(f"recorded the visit of {_day(event.details['visited_on'])}")


def _report(event: Event, context: Context) -> Said:
    need = words_of(event.details.get("need"), "need")
    pages = event.details.get("pages")
    return Said(
        f"received the consultation report signed on {_day(event.details['signed_on'])}",
        (*_quoted("What the consultant found", need), *_quoted("Pages", str(pages) if pages else None)),
    )


def _mailed(event: Event, context: Context) -> Said:
    kind = words_of(event.details.get("kind"), "letter")
    to = READERS.get(event.details.get("to", ""), "its reader")
    return Said(f"mailed the letter “{kind}” to {to}", _quoted("Proof of mailing", event.details.get("batch")))


def _close(event: Event, context: Context) -> Said:
    return Said("closed the referral: nothing is open any more")


TELLERS: Final[Mapping[str, Teller]] = MappingProxyType(
    {
        "receive": _receive,
        "classify": _classify,
        "hand_over": _hand_over,
        "answer": _answer_step,
        "file_record": _file_record,
        "take_up": _take_up,
        "ask": _ask,
        "supply": _supply,
        "refer_up": _refer_up,
        "send_back": _send_back,
        "authorize": _authorize,
        "deny": _deny,
        "withdraw": _withdraw,
        "choose": _choose,
        "tell_requester": _tell_requester,
        "schedule": _schedule,
        "miss": _miss,
        "see": _see,
        "report": _report,
        "mailed": _mailed,
        "close": _close,
    }
)

"""The history in sentences: who did what, when and why. One sentence for every step of the lifecycle table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from secondopinion.desk.referral_words import (
    CHANNELS,
    OPINIONS,
    READERS,
    REQUESTERS,
    innermost,
    opinion_words,
    restatement,
    spoken,
)
from secondopinion.desk.tellers_after import TELLERS_AFTER, beginning_of
from secondopinion.desk.tellers_choosing import TELLERS_CHOOSING
from secondopinion.desk.tellers_post import SENT, TELLERS_POST, in_format, where_to
from secondopinion.desk.tellers_review import TELLERS_REVIEW
from secondopinion.desk.tellers_time import TELLERS_TIME, looked_at
from secondopinion.desk.tellers_translating import TELLERS_TRANSLATING
from secondopinion.desk.telling import (
    Context,
    Line,
    Said,
    Teller,
    answered,
    day_words,
    instant_words,
    quoted,
    reached,
)
from secondopinion.desk.words import lowered, words_of
from secondopinion.policy.clauses import Edition
from secondopinion.referrals.models import Event

ANOTHER_REASON: Final = {
    "reviewer_finds_another_reason": "a licensed reviewer found another good reason, which the list leaves open",
    "reviewer_grants_additional_opinion": "a licensed reviewer decided to grant a further opinion",
}


def lines(events: Iterable[Event], context: Context) -> list[Line]:
    """The history as sentences, in the order of the events given."""
    return [_line(event, context) for event in events]


def npis_in(events: Iterable[Event]) -> set[str]:
    """The professionals that the history names by number."""
    found = set()
    for event in events:
        wishes = event.details.get("wishes") or {}
        own = (event.details.get("professional"), event.details.get("instead_of"), wishes.get("npi"))
        found |= {n for n in own if n}
        shown = (event.details.get("list") or {}).get("stood") or ()
        found |= {*(event.details.get("candidates") or ()), *looked_at(event), *(row["npi"] for row in shown)}
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
    if event.role in ("system", "member", "office", "professional"):
        return str(event.actor)
    return f"{event.actor} ({words_of(event.role, 'role').lower()})"


def _receive(event: Event, context: Context) -> Said:
    how = CHANNELS.get(event.details.get("channel", ""), "")
    details = list(answered(event.details.get("answers") or {}, context))
    wishes = event.details.get("wishes")
    if wishes:
        against = wishes.get("against")
        details.append(
            f"The requester named {context.named(wishes['npi'])}. " + (against or "Nothing speaks against it.")
        )
    details += beginning_of(event)
    received = spoken(context.referral.received_at)
    return Said(f"entered the request, which reached us {how} on {received}", tuple(details))


def _classify(event: Event, context: Context) -> Said:
    told = event.details
    name = told.get("clinician_name")
    return Said(
        f"said that this is a {opinion_words(told.get('opinion', ''), told.get('about', ''))}",
        quoted("Whose care is questioned", name),
    )


def _hand_over(event: Event, context: Context) -> Said:
    return Said(f"handed the request over to {event.details['to']}, because it asks for no second opinion")


def _answer_step(event: Event, context: Context) -> Said:
    details = answered(event.details.get("answers") or {}, context)
    return Said("recorded answers", (*details, *quoted("Where this comes from", event.details.get("source"))))


def _take_up(event: Event, context: Context) -> Said:
    complete = "; everything needed was in hand" if event.details.get("complete") else ""
    return Said(f"took up the review{complete}")


def _ask(event: Event, context: Context) -> Said:
    items = event.details.get("items") or ()
    return Said("asked for information", tuple(f"{i['words']} (for GG.1538 {i['clause']})" for i in items))


def _supply(event: Event, context: Context) -> Said:
    state = "nothing more is needed" if event.details.get("complete") else "something is still missing"
    return Said(
        f"recorded that information arrived on {instant_words(event.details['at'])}; {state}",
        quoted("Note", event.details.get("note")),
    )


def _file_record(event: Event, context: Context) -> Said:
    pages = event.details.get("pages")
    return Said(
        f"filed the record “{event.details.get('name')}” ({pages} {'page' if pages == 1 else 'pages'})",
        quoted("Note", event.details.get("note")),
    )


def _refer_up(event: Event, context: Context) -> Said:
    return Said("sent the referral to a physician", quoted("Summary", event.details.get("note")))


def _send_back(event: Event, context: Context) -> Said:
    return Said("sent the referral back to the nurse", quoted("Question", event.details.get("note")))


def _authorize(event: Event, context: Context) -> Said:
    kind = OPINIONS.get(context.referral.opinion, "opinion")
    details = list(quoted("Note", event.details.get("note")))
    if event.details.get("valid_until"):
        details.insert(0, f"One visit, at no cost to the Member, until {day_words(event.details['valid_until'])}.")
    return Said(f"authorized the {kind}", tuple(details))


def _deny(event: Event, context: Context) -> Said:
    told = event.details
    reasons = tuple(f"Reason (GG.1538 {r['clause']}): {r['words']}" for r in told.get("reasons") or ())
    signed = told.get("signed") or {}
    return Said(
        "denied the request",
        (
            *reasons,
            *quoted("Clinical reason", told.get("clinical_reason")),
            *quoted("Why no other good reason applies", told.get("why_not_otherwise")),
            *quoted("What would lead to a yes", "; ".join((told.get("would_change") or "").splitlines())),
            *quoted("Signed with licence", f"{signed.get('state', '')} {signed.get('license', '')}".strip()),
        ),
    )


def _withdraw(event: Event, context: Context) -> Said:
    by = REQUESTERS.get(event.details.get("by", ""), "the requester")
    return Said(
        f"recorded that {event.details['by_name']} ({by}) withdrew the request{reached(event.details)}",
        quoted("In these words", event.details.get("words")),
    )


def _tell_requester(event: Event, context: Context) -> Said:
    return Said(f"told the requester of the decision: {event.details['whom']}, {event.details['how']}")


def _schedule(event: Event, context: Context) -> Said:
    return Said(
        f"scheduled the visit for {instant_words(event.details['appointment_at'])}",
        quoted("How it was arranged", event.details.get("how")),
    )


def _miss(event: Event, context: Context) -> Said:
    return Said(
        "recorded that the visit did not take place; the authorization keeps its one visit",
        quoted("Why", event.details.get("reason")),
    )


def _see(event: Event, context: Context) -> Said:
    return Said(f"recorded the visit of {day_words(event.details['visited_on'])}")


def _report(event: Event, context: Context) -> Said:
    need = words_of(event.details.get("need"), "need")
    pages = event.details.get("pages")
    return Said(
        f"received the consultation report signed on {day_words(event.details['signed_on'])}",
        (*quoted("What the consultant found", need), *quoted("Pages", str(pages) if pages else None)),
    )


def _mailed(event: Event, context: Context) -> Said:
    kind = words_of(event.details.get("kind"), "letter")
    to = READERS.get(event.details.get("to", ""), "its reader")
    return Said(
        f"{SENT.get(event.details.get('by', ''), 'mailed')} the letter “{kind}” to {to}{in_format(event)}"
        f"{where_to(event)}",
        quoted("Proof of mailing", event.details.get("batch")),
    )


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
        "tell_requester": _tell_requester,
        "schedule": _schedule,
        "miss": _miss,
        "see": _see,
        "report": _report,
        "mailed": _mailed,
        "close": _close,
        **TELLERS_AFTER,
        **TELLERS_POST,
        **TELLERS_CHOOSING,
        **TELLERS_REVIEW,
        **TELLERS_TIME,
        **TELLERS_TRANSLATING,
    }
)

"""Sentences for what follows an objection, and for a talk with a treating provider."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from secondopinion.desk.telling import Context, Said, Teller, day_words, instant_words, quoted
from secondopinion.desk.words import lowered
from secondopinion.referrals.models import Event
from secondopinion.referrals.told_review import ANSWERS, EXTENSIONS


def _refuse_fast_appeal(event: Event, context: Context) -> Said:
    told = event.details
    at = told.get("told_at")
    said = quoted("The Member was told", instant_words(at)) if at else ()
    return Said("kept the appeal at the standard time", (*quoted("Why", told.get("why")), *said))


def _extend_appeal(event: Event, context: Context) -> Said:
    told = event.details
    days = told.get("days") or 0
    return Said(
        f"took {days} {'day' if days == 1 else 'days'} more for the appeal, until {instant_words(told['until'])}",
        (
            *quoted("Ground", EXTENSIONS.get(told.get("ground", ""))),
            *quoted("Why it serves the Member", told.get("interest")),
            *quoted("Asked for by", told.get("asked_by_name")),
        ),
    )


def _write_answer(event: Event, context: Context) -> Said:
    what = lowered(ANSWERS.get(event.details.get("which", ""), "the answer"))
    what = f"the letter {what}" if what.startswith("that ") else what
    return Said(f"recorded that {what} was mailed on {day_words(event.details['mailed_on'])}")


def _forward_to_reviewer(event: Event, context: Context) -> Said:
    late = ", because nobody answered the appeal in time" if event.details.get("late") else ""
    return Said(f"sent the case on to Medicare’s reviewer{late}", quoted("How", event.details.get("how")))


def _reviewer_agrees(event: Event, context: Context) -> Said:
    did = "recorded that Medicare’s reviewer left the decision as it was"
    return Said(did, quoted("What the reviewer found", event.details.get("why")))


def _hearing_asked(event: Event, context: Context) -> Said:
    told = event.details
    kind = "a fast State Hearing" if told.get("expedited") else "a State Hearing"
    on = told.get("hearing_on")
    day = f", to be held on {day_words(on)}" if on else ", its day not set yet"
    again = "recorded a change of the notice of" if told.get("again") else "recorded the notice of"
    silent = ("The plan had not answered the appeal in time.",) if told.get("deemed_exhausted") else ()
    return Said(
        f"{again} {kind}, which came on {instant_words(told['noticed_at'])}{day}",
        (*silent, *quoted("Why it was asked for after the last day", told.get("late_because"))),
    )


def _packet_sent(event: Event, context: Context) -> Said:
    return Said("sent the packet for the State Hearing", quoted("How", event.details.get("how")))


def _hearing_upheld(event: Event, context: Context) -> Said:
    did = "recorded that the State Hearing left the decision as it was"
    return Said(did, quoted("What the State found", event.details.get("why")))


def _ask_peer(event: Event, context: Context) -> Said:
    told = event.details
    fast = ", in an emergency" if told.get("emergency") else ""
    return Said(
        f"recorded that {told['by_name']} asked on {instant_words(told['at'])} to talk with a physician{fast}",
        quoted("To be called at", told.get("phone")),
    )


def _answer_peer(event: Event, context: Context) -> Said:
    at = instant_words(event.details["at"])
    return Said(f"talked with the treating provider on {at}", quoted("What was said", event.details.get("words")))


TELLERS_REVIEW: Final[Mapping[str, Teller]] = MappingProxyType(
    {
        "refuse_fast_appeal": _refuse_fast_appeal,
        "extend_appeal": _extend_appeal,
        "write_answer": _write_answer,
        "forward_to_reviewer": _forward_to_reviewer,
        "reviewer_agrees": _reviewer_agrees,
        "hearing_asked": _hearing_asked,
        "packet_sent": _packet_sent,
        "hearing_upheld": _hearing_upheld,
        "ask_peer": _ask_peer,
        "answer_peer": _answer_peer,
    }
)

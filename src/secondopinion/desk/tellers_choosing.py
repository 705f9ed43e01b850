"""The history's sentences for the Member's choice: the page given, the choice, the pick, and that nobody suits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from secondopinion.desk.telling import Context, Said, Teller, instant_words, quoted
from secondopinion.referrals.choosing import DECLINED, UNSUITED, chooser_of, way_of
from secondopinion.referrals.models import Event


def _give_page(event: Event, context: Context) -> Said:
    before = "; the page given before is closed" if event.details.get("replaced") else ""
    return Said(f"gave the Member a page to choose on, open until {instant_words(event.details['expires_at'])}{before}")


def _take_back_page(event: Event, context: Context) -> Said:
    return Said("took the Member’s page back", quoted("Why", event.details.get("why")))


def _choose(event: Event, context: Context) -> Said:
    details = event.details
    name = context.named(details["professional"])
    did = f"chose {name}" if event.role == "member" else f"recorded the choice of {name}"
    return Said(did, (*_whose_word(details), *_knowing(details), *_list(details, context)))


def _choose_again(event: Event, context: Context) -> Said:
    details = event.details
    name, earlier = context.named(details["professional"]), context.named(details["instead_of"])
    did = "chose" if event.role == "member" else "recorded the choice of"
    said = f"{did} {name} instead of {earlier}; the appointment falls, the authorization stands"
    return Said(said, (*_whose_word(details), *_knowing(details), *_list(details, context)))


def _pick(event: Event, context: Context) -> Said:
    details = event.details
    return Said(
        f"picked {context.named(details['professional'])}, because the Member declined to choose",
        (
            *quoted("How the Member declined", DECLINED.get(details.get("declined_how", ""))),
            *quoted("Where that is kept", details.get("evidence")),
            *_list(details, context),
        ),
    )


def _none_suits(event: Event, context: Context) -> Said:
    details = event.details
    reasons = [UNSUITED[reason].lower() for reason in details.get("reasons", ()) if reason in UNSUITED]
    did = "said" if event.role == "member" else "recorded"
    return Said(
        f"{did} that nobody on the list suits; a person searches again (GG.1538 II.H)",
        (
            *quoted("Reasons", "; ".join(reasons)),
            *quoted("In the Member’s words", details.get("words")),
            *_whose_word(details),
            *_list(details, context),
        ),
    )


def _whose_word(details: Mapping[str, Any]) -> tuple[str, ...]:
    """Who chose, how and when, as far as the event says it."""
    chooser, way = chooser_of(details.get("by", "")), way_of(details.get("how", ""))
    who = chooser.words if chooser else details.get("by")
    named = f"{who}: {details['by_name']}" if who and details.get("by_name") else who
    said_at = details.get("said_at")
    return (
        *quoted("Who chose", named),
        *quoted("How it reached us", way.words if way else details.get("how")),
        *quoted("When it was said", instant_words(said_at) if said_at else None),
    )


def _knowing(details: Mapping[str, Any]) -> tuple[str, ...]:
    return quoted("The Member knows, and chooses all the same", " ".join(details.get("knowing") or ()))


def _list(details: Mapping[str, Any], context: Context) -> tuple[str, ...]:
    """From which list it was said: how many stood on it, of how many looked at, and its seal."""
    kept = details.get("list")
    if not kept:
        return ()
    names = [f"{place}. {context.named(row['npi'])}" for place, row in enumerate(kept["stood"], 1)]
    who = ", ".join(names) if names else "nobody"
    return (f"The list that was shown on {instant_words(kept['at'])}, of {kept['considered']} looked at: {who}",)


TELLERS_CHOOSING: Final[Mapping[str, Teller]] = MappingProxyType(
    {
        "give_page": _give_page,
        "take_back_page": _take_back_page,
        "choose": _choose,
        "choose_again": _choose_again,
        "pick": _pick,
        "none_suits": _none_suits,
    }
)

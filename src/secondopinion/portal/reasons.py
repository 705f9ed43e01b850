"""Why a doctor is on the list, said to the Member: the five reasons that decide the place, in the page's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from secondopinion.policy.specialties import Level
from secondopinion.portal.words import day_in_words
from secondopinion.referrals.offering import Offer


def reasons_of(offer: Offer, words: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """The reasons in the order in which they decide the place; true for the one that is a tie."""
    return [
        (words[_training(offer.level)].format(specialty=offer.specialty), False),
        (_tie(offer, words), bool(offer.ties)),
        (_checked(offer, words), False),
        (words[{True: "speaks_yes", False: "speaks_no", None: "speaks_unknown"}[offer.speaks]], False),
        (_far(offer, words), False),
        *((plainly(doubt, words), False) for doubt in offer.doubts),
    ]


def plainly(sentence: str, words: Mapping[str, Any]) -> str:
    """A sentence of the rooms below, said to the Member: without clauses, and with `you` for the Member."""
    said = re.sub(r" \([^)]*\)", "", sentence)
    for theirs, ours in words["said_to_you"].items():
        said = said.replace(theirs, ours)
    return said


def _training(level: Level | None) -> str:
    if level is None:
        return "training_any"
    return f"training_{level.name.lower()}"


def _tie(offer: Offer, words: Mapping[str, Any]) -> str:
    if not offer.ties:
        return str(words["tie_none"])
    return " ".join((*(plainly(tie, words) for tie in offer.ties), words["tie_note"]))


def _checked(offer: Offer, words: Mapping[str, Any]) -> str:
    if offer.verified_on is None:
        return str(words["checked_never"])
    return str(
        words["checked_long_ago" if offer.stale else "checked"].format(
            day=day_in_words(offer.verified_on, words["language"])
        )
    )


def _far(offer: Offer, words: Mapping[str, Any]) -> str:
    if offer.miles is None:
        return str(words["far_unknown"])
    far = f"{offer.miles:.1f}"
    if offer.minutes is None:
        return str(words["far"].format(miles=far))
    return str(words["far_minutes"].format(miles=far, minutes=offer.minutes))

"""One case in, everything the policy makes of it out: who authorizes, where to, by when, and why.

Pure: the same case gives the same answer on any day. A case it cannot read is refused by name, in one
sentence that says what is wrong and what to give instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clauses import Edition
from secondopinion.policy.clocks import Clock, decision_clocks
from secondopinion.policy.facts import UnknownFact
from secondopinion.policy.findings import Finding, Verdict
from secondopinion.policy.gg1538 import questions

REQUIRED: Final = ("program", "received_at", "urgency", "requester", "opinion", "about")
# Reading: a case that does not say when the information was complete, or gives no answers, says that these
# are not yet known.
OPTIONAL: Final = ("information_complete_at", "answers")

_Word = TypeVar("_Word", bound=StrEnum)


class CaseRefused(ValueError):
    """The case cannot be explained as it stands; the message is one line: what, why, what instead."""


def explain_json(text: str) -> dict[str, Any]:
    """`explain` for a case written as JSON. Raises CaseRefused, also for what is not JSON or says a thing
    twice."""
    try:
        case = json.loads(text, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise CaseRefused(f"The case is not JSON ({place}: {error.msg}): give one JSON object.") from None
    except CaseRefused:
        raise
    except ValueError:
        raise CaseRefused("The case is not JSON that can be read (a number too long): give one JSON object.") from None
    except RecursionError:
        raise CaseRefused("The case is nested too deeply to be read: give one flat JSON object.") from None
    return explain(case)


def explain(case: Mapping[str, Any]) -> dict[str, Any]:
    """What GG.1538 makes of a case, ready for JSON.

    `case` has program, received_at, information_complete_at, urgency, requester, opinion, about and answers
    (fact to true, false or null). Raises CaseRefused for anything it does not know by name, for an instant
    without offset, and for a receipt outside the years that the edition and the dated values cover.
    `prior_authorization_required` is true, false or null (not yet known); `prior_authorization` says why.
    """
    asked, edition = _read(case)
    answers = _answers(case.get("answers"))
    try:
        authorize = questions.shall_we_authorize(edition, asked, answers)
    except UnknownFact as error:
        raise CaseRefused(_one_line(str(error))) from None
    needs_authorization = questions.is_prior_authorization_required(edition, asked, answers)
    choice = questions.where_may_the_member_go(edition, asked, answers)
    try:
        clocks = decision_clocks(asked, prior_authorization=_known(needs_authorization))
    except LookupError as error:
        raise CaseRefused(f"No deadline can be computed: {_one_line(str(error))}") from None
    return {
        "policy": edition.policy,
        "edition": edition.name,
        "authorize": {
            "verdict": authorize.verdict.value,
            "answer": questions.answer_to(authorize, edition),
            **_reasons(authorize),
        },
        "may_go": {
            "clause": choice.clause,
            "candidates": choice.candidates,
            "same_license": choice.same_license,
            "within": choice.within,
            "excludes": list(choice.excludes),
            "needs": sorted(choice.needs),
            "may_limit": _spelled(choice.may_limit),
            "out_of_network": _spelled(choice.out_of_network),
            "limited": _spelled(choice.limited),
        },
        "prior_authorization_required": _known(needs_authorization),
        "prior_authorization": _spelled(needs_authorization),
        "clocks": [_clock(clock) for clock in clocks],
    }


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise CaseRefused(f"{_shown(key)} stands twice in the case: give it once.")
        seen[key] = value
    return seen


def _read(case: Mapping[str, Any]) -> tuple[Asked, Edition]:
    if not isinstance(case, Mapping):
        raise CaseRefused("The case is not a JSON object: give one with the keys " + ", ".join(REQUIRED) + ".")
    for key in case:
        if key not in REQUIRED and key not in OPTIONAL:
            keys = ", ".join((*REQUIRED, *OPTIONAL))
            raise CaseRefused(f"{_shown(key)} is no key of a case: use {keys}.")
    for key in REQUIRED:
        if key not in case:
            raise CaseRefused(f"{key} is missing from the case: give it.")
    received_at = _instant("received_at", case["received_at"])
    _within_years("received_at", received_at)
    complete_at = case.get("information_complete_at")
    if complete_at is not None:
        complete_at = _instant("information_complete_at", complete_at)
        if complete_at < received_at:
            raise CaseRefused(
                "information_complete_at lies before received_at: give an instant not before it, or null."
            )
    asked = Asked(
        program=_word(Program, "program", case["program"]),
        received_at=received_at,
        information_complete_at=complete_at,
        urgency=_word(Urgency, "urgency", case["urgency"]),
        requester=_word(Requester, "requester", case["requester"]),
        opinion=_word(Opinion, "opinion", case["opinion"]),
        about=_word(About, "about", case["about"]),
    )
    return asked, questions.edition_for(asked)


def _word(words: type[_Word], key: str, value: object) -> _Word:
    if isinstance(value, str):
        for word in words:
            if word.value == value:
                return word
    if words is Program and isinstance(value, str) and value.lower() == "pace":
        raise CaseRefused("program 'pace' is not under GG.1538: send the request through PACE's own referral process.")
    allowed = ", ".join(word.value for word in words)
    raise CaseRefused(f"{key} {_shown(value)} is not known: use one of {allowed}.")


def _instant(key: str, value: object) -> datetime:
    example = "such as 2026-11-23T10:00:00-08:00"
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None:
        raise CaseRefused(f"{key} {_shown(value)} is no ISO 8601 instant: give one {example}.")
    if instant.utcoffset() is None:
        raise CaseRefused(f"{key} {_shown(value)} has no offset from UTC: give one {example}.")
    first, last = questions.covered_days()
    if not first.year - 1 <= instant.year <= last.year + 1:
        raise _uncovered(key, instant)
    return instant


def _within_years(key: str, instant: datetime) -> None:
    # Reading: the year of an instant is the one on a calendar in California.
    first, last = questions.covered_days()
    if not first <= instant.astimezone(PACIFIC).date() <= last:
        raise _uncovered(key, instant)


def _uncovered(key: str, instant: datetime) -> CaseRefused:
    first, last = questions.covered_days()
    years = f"{first.year} to {last.year}"
    return CaseRefused(
        f"{key} {instant.isoformat()} is not in the years covered, {years} Pacific time: give an instant in them."
    )


def _answers(given: object) -> dict[str, bool | None]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise CaseRefused("answers is no JSON object: give facts with true, false or null.")
    for name, answer in given.items():
        if answer is not None and not isinstance(answer, bool):
            raise CaseRefused(f"The answer to {_shown(name)} is {_shown(answer)}: give true, false or null.")
    return dict(given)


def _known(finding: Finding) -> bool | None:
    return {Verdict.YES: True, Verdict.NO: False, Verdict.UNKNOWN: None}[finding.verdict]


def _spelled(finding: Finding) -> dict[str, Any]:
    return {"verdict": finding.verdict.value, **_reasons(finding)}


def _reasons(finding: Finding) -> dict[str, list[str]]:
    return {
        "because": sorted(finding.because),
        "needs": sorted(finding.needs),
        "cites": sorted(finding.cites),
    }


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "kind": clock.kind,
        "rule": clock.rule,
        "label": clock.label,
        "starts": clock.starts,
        "started_at": _pacific(clock.started_at),
        "due_at": _pacific(clock.due_at),
        "binding": clock.binding,
        "authority": clock.authority,
    }


def _pacific(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(PACIFIC).isoformat()


def _shown(value: object) -> str:
    """A value as it may be shown in one line of an error: quoted, without line breaks, cut when long."""
    try:
        text = _one_line(value if isinstance(value, str) else json.dumps(value, default=str))
    except (RecursionError, ValueError, TypeError):
        return "a value that cannot be shown"
    short = text if len(text) <= 60 else text[:57] + "..."
    return f"'{short}'" if isinstance(value, str) else short


def _one_line(text: str) -> str:
    spaced = " ".join(text.split())
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in spaced)

"""What free text and questionnaires attest: clauses cited by id, and yes or no by the name of a fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from secondopinion.fhir.node import Node

POLICY = re.compile(r"\bGG\.?\s?1538\b", re.IGNORECASE)
CLAUSE = re.compile(r"\b(?:II\.[A-L]|III\.[A-G])(?:\.\d{1,2})?(?:\.[a-z])?(?![\w])")
# A sentence with any of these may say the contrary of what the clause says.
DOUBT = re.compile(
    r"\b(?:not|no|non|nor|neither|never|without|denie[sd]|deny|unless|if|whether|maybe|unclear|unsure|except"
    r"|cannot|unable|lacks?|fails?|failed|absent|against)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
# ... except the negatives of the clauses' own conditions (II.C.3 and II.C.4).
OWN = re.compile(
    r"\b(?:(?:not|isn['’]t) (?:yet )?(?:clear|improv\w+|getting better|working)|no improvement"
    r"|unable to (?:diagnose|reach a diagnosis)|cannot diagnose)\b",
    re.IGNORECASE,
)


def cited_clauses(messages: Iterable[str]) -> tuple[str, ...]:
    """The clauses of GG.1538 that the sender attests in free text, in order, each once.

    Only words that name the policy count, and only clause ids such as "II.C.1".
    """
    # Reading: citing a clause attests its facts, unless the message holds any word of negation or
    # doubt; then a person reads it. A machine may authorize, so it must not misread "does not meet".
    found: dict[str, None] = {}
    for words in messages:
        if POLICY.search(words) and not DOUBT.search(OWN.sub("", words)):
            found.update(dict.fromkeys(CLAUSE.findall(words)))
    return tuple(found)


def answers_in(responses: Iterable[Node]) -> Mapping[str, bool]:
    """Yes or no by linkId from QuestionnaireResponses; a question answered both ways is left unanswered."""
    answers: dict[str, bool] = {}
    at_odds: set[str] = set()
    waiting = [item for response in responses for item in response.nodes("item")]
    while waiting:
        item = waiting.pop()
        waiting.extend(item.nodes("item"))
        name = item.text("linkId")
        for answer in item.nodes("answer"):
            waiting.extend(answer.nodes("item"))
            value = answer.flag("valueBoolean")
            if name is None or value is None:
                continue
            if answers.setdefault(name, value) is not value:
                at_odds.add(name)
    return MappingProxyType({name: value for name, value in answers.items() if name not in at_odds})

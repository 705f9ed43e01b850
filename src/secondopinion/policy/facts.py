"""Every question the law asks of a referral, in plain words.

A fact is answered yes, no, or not yet known. Its words stand in the edition's `facts.toml`; the clauses that
use it are found by tracing the law, so the two cannot drift apart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from secondopinion.policy.findings import Finding, Verdict

Answers = Mapping[str, bool | None]
"""What is known of a referral: fact name to yes (True), no (False) or not yet known (None or left out)."""


class UnknownFact(ValueError):
    """An answer was given to a question that the law does not ask; the message says which."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One question.

    `bit`: its place in the two integers a referral's answers are stored as; it never changes.
    `yes_only`: only yes settles anything; a no is treated as not yet known, so that it cannot refuse.
    `hidden`: taken from the head of the request; nobody is asked. `only_licensed`: only a licensed
    reviewer's answer counts; intake staff may not give it.
    """

    name: str
    question: str
    bit: int
    clauses: tuple[str, ...] = ()
    section: str = ""
    yes_only: bool = False
    hidden: bool = False
    only_licensed: bool = False

    def used_by(self, clauses: tuple[str, ...]) -> Fact:
        """The same fact, with the clauses that use it filled in."""
        return replace(self, clauses=clauses)


def read_facts(path: Path) -> dict[str, Fact]:
    """The facts of one edition's file, in its order; sections are titles over groups of questions.

    Raises ValueError when one name or one bit stands twice.
    """
    facts: dict[str, Fact] = {}
    taken: set[int] = set()
    for section in tomllib.loads(path.read_text(encoding="utf-8"))["section"]:
        for entry in section["fact"]:
            fact = Fact(section=section["title"], hidden=section.get("hidden", False), **entry)
            if fact.name in facts or fact.bit in taken:
                raise ValueError(f"{path.name} has the fact {fact.name} or its bit {fact.bit} twice: keep one.")
            taken.add(fact.bit)
            facts[fact.name] = fact
    return facts


class Facts:
    """The facts of one referral, as clauses read them: `facts.surgery_is_recommended` is a Finding.

    This is the plain form, evaluated one operator at a time. The house runs the compiled form
    (compile.py); tests hold the two to the same findings.
    """

    def __init__(self, facts: Mapping[str, Fact], answers: Answers) -> None:
        self._facts = facts
        self._answers = answers

    def __getattr__(self, name: str) -> Finding:
        fact = self._facts.get(name)
        if fact is None:
            raise UnknownFact(f"The law asks no question named {name}: see the list of facts.")
        answer = self._answers.get(name)
        if answer is None or (fact.yes_only and not answer):
            return Finding(Verdict.UNKNOWN, needs=frozenset({name}))
        return Finding(Verdict.YES if answer else Verdict.NO, because=frozenset({name}))

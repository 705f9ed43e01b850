"""What a sentence of the history is made of: the parts that every teller of a step uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from secondopinion.desk.referral_words import answer_words, spoken, spoken_day
from secondopinion.policy.clauses import Edition
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.way import WAYS


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


def reached(told: Mapping[str, Any]) -> str:
    """How somebody's word reached us, where that was written down: `, by phone`."""
    return f", {WAYS[told['how']]}" if told.get("how") in WAYS else ""


def instant_words(text: str) -> str:
    """An instant as the history keeps it (ISO), in words."""
    return spoken(datetime.fromisoformat(text))


def day_words(text: str) -> str:
    """A day as the history keeps it (ISO), in words."""
    return spoken_day(date.fromisoformat(text))


def answered(answers: Mapping[str, Any], context: Context) -> tuple[str, ...]:
    """Answers that an event gave, each as its question and the answer; what was said before, where it changed."""
    said = []
    for fact, answer in answers.items():
        if isinstance(answer, Mapping):
            now, was = answer.get("to"), answer.get("from")
            earlier = f" (before: {answer_words(was).lower()})" if was is not None else ""
            said.append(f"{context.question(fact)} {answer_words(now)}{earlier}")
        elif answer is not None:
            said.append(f"{context.question(fact)} {answer_words(answer)}")
    return tuple(said)


def quoted(label: str, words: str | None) -> tuple[str, ...]:
    """A line under the sentence, when there is something to say: `Note: …`."""
    return (f"{label}: {words}",) if words else ()

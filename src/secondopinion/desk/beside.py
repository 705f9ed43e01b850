"""Facts beside clauses: every question with its answer, and every rule with what it finds and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from secondopinion.desk.referral_words import VERDICTS, answer_words, clause_name, restatement
from secondopinion.people.person import Person
from secondopinion.policy.clauses import Edition
from secondopinion.policy.facts import Fact
from secondopinion.policy.findings import Finding, Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.heads import head_answers
from secondopinion.referrals.reading import Given
from secondopinion.referrals.snapshot import Snapshot

VALUES: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "unknown": None}
GROUPS: Final = (
    ("May it be authorized?", ("II.B", "II.C", "II.D", "II.E", "II.I")),
    ("Where may the Member go?", ("III.A", "III.B", "II.F", "II.G", "II.H", "III.E")),
    ("What else follows?", ("II.J", "III.D", "III.G")),
)
OTHERS: Final = "What the words mean"


@dataclass(frozen=True, slots=True)
class FactLine:
    """One question as the page shows it. `value` is yes, no or unknown; `typed`, one not saved yet."""

    name: str
    question: str
    value: str
    given: Given | None
    asked_next: bool
    open: bool  # may this person answer it now?
    only_licensed: bool

    @property
    def words(self) -> str:
        """The answer in words."""
        return answer_words(VALUES[self.value])


@dataclass(frozen=True, slots=True)
class FactSection:
    """A group of questions. `unfolded` when one of them is answered, or wanted next."""

    title: str
    lines: tuple[FactLine, ...]

    @property
    def unfolded(self) -> bool:
        """Is there anything in it to see or to do?"""
        return any(line.value != "unknown" or line.asked_next for line in self.lines)

    @property
    def answered(self) -> int:
        """How many of its questions are answered."""
        return sum(line.value != "unknown" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Settled:
    """A fact as a clause names it: the question, its answer, and whether the request itself says so."""

    name: str
    question: str
    words: str
    from_the_request: bool


@dataclass(frozen=True, slots=True)
class ClauseCard:
    """One rule with what it finds."""

    clause: str
    name: str
    restatement: str
    verdict: str
    words: str
    because: tuple[Settled, ...]
    needs: tuple[Settled, ...]
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseGroup:
    """Rules that answer one question together."""

    title: str
    cards: tuple[ClauseCard, ...]

    @property
    def unfolded(self) -> bool:
        """The glossary stays folded; everything else stands open."""
        return self.title != OTHERS


@dataclass(frozen=True, slots=True)
class Beside:
    """The two columns. `next_facts` are what to ask next, as questions."""

    sections: tuple[FactSection, ...]
    groups: tuple[ClauseGroup, ...]
    finding: Finding | None
    answer: str
    next_facts: tuple[Settled, ...]

    @property
    def authorizes(self) -> bool:
        """Does the policy find a yes?"""
        return self.finding is not None and self.finding.verdict is Verdict.YES


def beside(
    before: Snapshot, given: Mapping[str, Given], person: Person, *, may_answer: bool, typed: Mapping[str, str]
) -> Beside:
    """Both columns for one referral. `typed` are answers on the form that were not recorded (fact to value)."""
    edition = before.edition_in_force
    facts = questions.facts(edition)
    classified = bool(before.opinion and before.about)
    finding = before.finding() if classified else None
    wanted = finding.needs if finding is not None else frozenset()
    licensed = person.is_a("nurse", "physician")
    answers = before.answers
    sections: dict[str, list[FactLine]] = {}
    for name, fact in facts.items():
        if fact.hidden:
            continue
        kept = {True: "yes", False: "no", None: "unknown"}[answers.get(name)]
        line = FactLine(
            name=name,
            question=fact.question,
            value=typed.get(name, kept),
            given=given.get(name),
            asked_next=name in wanted and kept == "unknown",
            open=may_answer and (licensed or not fact.only_licensed),
            only_licensed=fact.only_licensed,
        )
        sections.setdefault(fact.section, []).append(line)
    known = {**answers, **head_answers(before.asked)} if classified else answers
    return Beside(
        sections=tuple(FactSection(title, tuple(lines)) for title, lines in sections.items()),
        groups=_groups(before, edition, facts, known) if classified else (),
        finding=finding,
        answer=questions.answer_to(finding, edition) if finding is not None else "",
        next_facts=_settled(wanted, facts, known),
    )


def _groups(
    before: Snapshot, edition: Edition, facts: Mapping[str, Fact], known: Mapping[str, bool | None]
) -> tuple[ClauseGroup, ...]:
    found = questions.findings(edition, before.asked, before.answers)
    order = {clause: at for at, clause in enumerate(edition.register)}
    clauses = sorted((c for c in found if c in edition.clauses), key=lambda c: order.get(c, len(order)))
    groups: dict[str, list[ClauseCard]] = {title: [] for title in (*(t for t, _ in GROUPS), OTHERS)}
    for clause in clauses:
        groups[_group_of(clause)].append(_card(clause, found[clause], edition, facts, known))
    return tuple(ClauseGroup(title, tuple(cards)) for title, cards in groups.items() if cards)


def _group_of(clause: str) -> str:
    for title, starts in GROUPS:
        if any(clause == start or clause.startswith(start + ".") for start in starts):
            return title
    return OTHERS


def _card(
    clause: str, finding: Finding, edition: Edition, facts: Mapping[str, Fact], known: Mapping[str, bool | None]
) -> ClauseCard:
    return ClauseCard(
        clause=clause,
        name=clause_name(clause),
        restatement=restatement(edition, clause),
        verdict=finding.verdict.value,
        words=VERDICTS[finding.verdict.value],
        because=_settled(finding.because, facts, known),
        needs=_settled(finding.needs, facts, known),
        cites=tuple(sorted(clause_name(c) for c in finding.cites if c != clause)),
    )


def _settled(names: frozenset[str], facts: Mapping[str, Fact], known: Mapping[str, bool | None]) -> tuple[Settled, ...]:
    """Facts in the order the policy asks them."""
    return tuple(
        Settled(name, fact.question, answer_words(known.get(name)), fact.hidden)
        for name, fact in facts.items()
        if name in names
    )

"""A clause: its number, whether it says shall or may, and the function that applies it; and the edition
of a policy, which is its clauses, facts and register as they stood between two revisions.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from secondopinion.policy.asked import Program
from secondopinion.policy.compile import CompiledLaw, compile_law
from secondopinion.policy.compile_trace import Cited, Leaf, Node, Symbols, cited, leaves, negate
from secondopinion.policy.facts import Answers, Fact, Facts, read_facts
from secondopinion.policy.findings import Finding

Rule = Callable[[Facts], Finding]


class Force(StrEnum):
    """How strongly a clause speaks: an order, a permission, or the meaning of a word."""

    SHALL = "shall"
    MAY = "may"
    MEANS = "means"


@dataclass(frozen=True)
class Clause:
    """A clause kept by a rule. Call it with the facts of a referral to apply it."""

    id: str
    force: Force
    rule: Rule

    def __call__(self, facts: Facts) -> Finding:
        """What the clause finds, citing itself; other clauses call it as they would any function."""
        return self.rule(facts).citing(self.id)

    @property
    def restatement(self) -> str:
        """The clause in our own words, on one line."""
        return " ".join((self.rule.__doc__ or "").split())


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One line of the register: who owes what, and what in this system keeps it.

    `kept_by` is rule, clock, letter, page or people; `keeper` is `module:function` for a rule or clock, a
    letter kind, a page, or the people meant. `no_test_because` excuses the clause from having a test.
    """

    clause: str
    actor: str
    force: Force
    restatement: str
    kept_by: str
    keeper: str
    why: str
    no_test_because: str = ""


@dataclass(frozen=True, slots=True)
class LetterMarks:
    """What each kind of letter must say, as marks: always, besides when two opinions differ on the need for a
    procedure, and besides in one program alone."""

    always: Mapping[str, frozenset[str]]
    when_opinions_differ: Mapping[str, frozenset[str]]
    in_program: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def of(self, kind: str, program: str, *, differs: bool = False) -> frozenset[str]:
        """The marks that a letter of this kind must bear. Raises KeyError, naming a kind that nobody has mapped."""
        if kind not in self.always:
            raise KeyError(f"what the letter {kind} must say is not mapped: enter it in the edition's letters")
        differing = self.when_opinions_differ.get(kind, frozenset()) if differs else frozenset()
        return self.always[kind] | differing | self.in_program.get((kind, program), frozenset())


NO_LETTERS = LetterMarks({}, {})


class Edition:
    """One revision of a policy. What it does not restate it takes from the edition it `adopts`.

    `letters`: what each kind of letter must say. `codes`: the procedure codes an authorization is for.
    """

    def __init__(
        self,
        policy: str,
        name: str,
        folder: Path,
        adopts: Edition | None = None,
        *,
        letters: LetterMarks | None = None,
        codes: Mapping[Program, tuple[str, ...]] | None = None,
    ) -> None:
        self.letters: LetterMarks = letters or (adopts.letters if adopts else NO_LETTERS)
        self.codes: Mapping[Program, tuple[str, ...]] = codes or (adopts.codes if adopts else {})
        self.policy = policy
        self.name = name
        self.adopts = adopts
        self._folder = folder
        self._own: dict[str, Clause] = {}
        self._own_questions: dict[str, Rule] = {}

    def clause(self, clause_id: str, force: Force) -> Callable[[Rule], Clause]:
        """Decorate a function as the rule of a clause. Raises ValueError when the number is taken."""

        def enter(rule: Rule) -> Clause:
            if clause_id in self._own:
                raise ValueError(f"{self.policy} {self.name} has clause {clause_id} twice: keep one.")
            self._own[clause_id] = Clause(clause_id, force, rule)
            return self._own[clause_id]

        return enter

    def question(self, name: str) -> Callable[[Rule], Rule]:
        """Decorate a function as a question of the whole policy that several clauses answer together."""

        def enter(rule: Rule) -> Rule:
            if name in self._own_questions:
                raise ValueError(f"{self.policy} {self.name} has the question {name} twice: keep one.")
            self._own_questions[name] = rule
            return rule

        return enter

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """Every clause kept by a rule, by number, sub-items before the clause that gathers them."""
        return {**(self.adopts.clauses if self.adopts else {}), **self._own}

    @cached_property
    def questions(self) -> Mapping[str, Rule]:
        """Every question that several clauses answer together, by name."""
        return {**(self.adopts.questions if self.adopts else {}), **self._own_questions}

    @cached_property
    def trees(self) -> Mapping[str, Node]:
        """Each clause traced once: called with symbols in the place of answers, and its tree kept."""
        symbols: Any = Symbols(self._asked)
        found: dict[str, Node] = {}
        rules: dict[str, Rule] = {**self.clauses, **self.questions}
        for name, rule in rules.items():
            expression: Any = rule(symbols)
            found[name] = expression.node
        for name, tree in found.items():
            for clause_id, inner in cited(tree):
                if found.get(clause_id) != Cited(clause_id, inner):
                    raise ValueError(f"{name} rests on another edition's {clause_id}: restate {name} here.")
        return found

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """Every question, by name, with the clauses that ask it."""
        used_by: dict[str, list[str]] = {name: [] for name in self._asked}
        for clause_id in self.clauses:
            for leaf, innermost in leaves(self.trees[clause_id]):
                if innermost not in used_by[leaf.fact]:
                    used_by[leaf.fact].append(innermost)
        return {name: fact.used_by(tuple(used_by[name])) for name, fact in self._asked.items()}

    @cached_property
    def law(self) -> CompiledLaw:
        """Every clause and question compiled to straight-line code; findings come in the register's order."""
        yes_only = [name for name, fact in self._asked.items() if fact.yes_only]
        in_order = [clause_id for clause_id in self.register if clause_id in self.clauses]
        return compile_law(self.trees, in_order, self.bits, yes_only)

    @cached_property
    def bits(self) -> Mapping[str, int]:
        """The mask of each fact: stored answers are two integers, so a fact keeps its bit for good."""
        return {name: 1 << fact.bit for name, fact in self._asked.items()}

    @cached_property
    def askable_bits(self) -> Mapping[str, int]:
        """The masks of the facts somebody may answer; the head of the request answers the others."""
        return {name: bit for name, bit in self.bits.items() if not self._asked[name].hidden}

    def plain_facts(self, answers: Answers) -> Facts:
        """The facts of one referral in their plain form, which evaluates one operator at a time."""
        return Facts(self._asked, answers)

    @cached_property
    def register(self) -> Mapping[str, RegisterEntry]:
        """Every clause and term of the policy, rule or not, in the order of the policy."""
        rows = dict(self.adopts.register) if self.adopts else {}
        for row in tomllib.loads((self._folder / "register.toml").read_text(encoding="utf-8"))["entry"]:
            rows[row["clause"]] = RegisterEntry(**{**row, "force": Force(row["force"])})
        return rows

    @cached_property
    def _asked(self) -> Mapping[str, Fact]:
        own = self._folder / "facts.toml"
        adopted = dict(self.adopts._asked) if self.adopts else {}
        return {**adopted, **(read_facts(own) if own.exists() else {})}

    def implied_by(self, clause_id: str) -> frozenset[str]:
        """The facts that must be true when the clause is: what an attestation of it answers by itself."""
        hidden = {name for name, fact in self._asked.items() if fact.hidden}
        return _necessary(self.trees[clause_id], hidden)


def _necessary(node: Node, hidden: set[str]) -> frozenset[str]:
    if isinstance(node, Leaf):
        return frozenset() if node.negated or node.fact in hidden else frozenset({node.fact})
    if isinstance(node, Cited):
        return _necessary(negate(node.inner) if node.negated else node.inner, hidden)
    parts = [_necessary(part, hidden) for part in node.parts]
    if node.joins_with == "and":
        return frozenset().union(*parts)
    return parts[0].intersection(*parts[1:])

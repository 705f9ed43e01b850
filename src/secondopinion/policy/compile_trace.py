"""Tracing: a clause function called with symbols in the place of answers leaves behind its own tree.

Negations are carried down to the leaves as the tree grows (De Morgan's laws keep verdict, because, needs
and cites alike), and joins of one kind are flattened, so the compiler meets three shapes only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from secondopinion.policy.facts import UnknownFact


@dataclass(frozen=True, slots=True)
class Leaf:
    """One fact, or its opposite."""

    fact: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Cited:
    """The finding of a clause, or its opposite, used under its own number."""

    clause: str
    inner: Node
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Several nodes joined with `and` or with `or`; never directly inside a join of the same kind."""

    joins_with: str
    parts: tuple[Node, ...]


Node = Leaf | Cited | Join

_OTHER = {"and": "or", "or": "and"}


@dataclass(frozen=True, slots=True)
class Symbol:
    """Stands where a Finding would and remembers what was done to it."""

    node: Node

    def __or__(self, other: Symbol) -> Symbol:
        return Symbol(_join("or", self.node, other.node))

    def __and__(self, other: Symbol) -> Symbol:
        return Symbol(_join("and", self.node, other.node))

    def __invert__(self) -> Symbol:
        return Symbol(negate(self.node))

    def citing(self, clause: str) -> Symbol:
        return Symbol(Cited(clause, self.node))

    def __bool__(self) -> NoReturn:
        raise TypeError("A clause may not branch on a finding: join findings with |, & and ~ instead.")


class Symbols:
    """Stands where Facts would: every attribute is a symbol. Raises UnknownFact for a name not listed."""

    def __init__(self, names: Mapping[str, object]) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Symbol:
        if name not in self._names:
            raise UnknownFact(f"A clause asks for {name}, which facts.toml does not have: add the question.")
        return Symbol(Leaf(name))


def negate(node: Node) -> Node:
    """The opposite of a node, with the negation on its leaves and clauses."""
    if isinstance(node, Leaf):
        return Leaf(node.fact, not node.negated)
    if isinstance(node, Cited):
        return Cited(node.clause, node.inner, not node.negated)
    return Join(_OTHER[node.joins_with], tuple(negate(part) for part in node.parts))


def leaves(node: Node, clause: str = "") -> Iterator[tuple[Leaf, str]]:
    """Every leaf below a node, with the innermost clause it stands in."""
    if isinstance(node, Leaf):
        yield node, clause
    elif isinstance(node, Cited):
        yield from leaves(node.inner, node.clause)
    else:
        for part in node.parts:
            yield from leaves(part, clause)


def cited(node: Node) -> Iterator[tuple[str, Node]]:
    """Every clause used below a node, and itself, with the tree it was used with."""
    if isinstance(node, Cited):
        yield node.clause, node.inner
        yield from cited(node.inner)
    elif isinstance(node, Join):
        for part in node.parts:
            yield from cited(part)


def _join(kind: str, left: Node, right: Node) -> Join:
    parts: list[Node] = []
    for node in (left, right):
        parts.extend(node.parts if isinstance(node, Join) and node.joins_with == kind else (node,))
    return Join(kind, tuple(dict.fromkeys(parts)))

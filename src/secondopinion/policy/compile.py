"""Compiling: the traced clauses of an edition become straight-line Python over two integers.

An answered referral is two masks, one bit a fact: the facts answered yes and the facts answered no. From them
the generated code works out every clause once, sub-items first, as a verdict, a mask of facts (because when
settled, needs when not) and a mask of clauses (cites). It finds exactly what the plain operators of
findings.py find, which a property test asserts; it is about thirty times as fast (bench/policy.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from secondopinion.policy.compile_trace import Cited, Join, Leaf, Node
from secondopinion.policy.findings import Finding, Verdict

UNKNOWN: Final = 0
YES: Final = 1
NO: Final = 2
VERDICTS: Final = (Verdict.UNKNOWN, Verdict.YES, Verdict.NO)

_MEMO_LIMIT: Final = 200_000

Masks = tuple[int, int]


class _Memo(dict[tuple[int, int, int], Finding]):
    """Findings already spelled out, by verdict, facts and clauses: they are immutable, so they are shared."""

    def __init__(self, facts: Sequence[tuple[int, str]], clauses: Sequence[str]) -> None:
        super().__init__()
        self._facts = facts
        self._clauses = tuple((1 << position, clause) for position, clause in enumerate(clauses))

    def __missing__(self, key: tuple[int, int, int]) -> Finding:
        verdict, why, cites = key
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        names = frozenset(name for bit, name in self._facts if why & bit)
        cited = frozenset(clause for bit, clause in self._clauses if cites & bit)
        if verdict == UNKNOWN:
            finding = Finding(Verdict.UNKNOWN, needs=names, cites=cited)
        else:
            finding = Finding(VERDICTS[verdict], because=names, cites=cited)
        self[key] = finding
        return finding


@dataclass(frozen=True)
class CompiledLaw:
    """The compiled forms of one edition; every one takes the yes mask and the no mask of a referral."""

    explain: Callable[[int, int], dict[str, Finding]]
    """Every clause, explained."""
    verdicts: Callable[[int, int], tuple[int, ...]]
    """Only the verdicts (0 unknown, 1 yes, 2 no), in the order of `names`."""
    columns: Callable[[Sequence[Any], Sequence[Any]], list[tuple[Any, Any]]]
    """Whole columns at once: per fact (in bit order) a yes column and a no column of anything that knows
    & and |; out comes, in the order of `names`, the pair of columns (yes, no)."""
    names: tuple[str, ...]
    source: Mapping[str, str]
    _one: Callable[[str], Callable[[int, int], Finding]]
    _made: dict[str, Callable[[int, int], Finding]] = field(default_factory=dict)

    def one(self, name: str) -> Callable[[int, int], Finding]:
        """One clause or question, explained, with only the clauses it rests on."""
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._one(name)
        return made


def compile_law(
    trees: Mapping[str, Node], clauses: Sequence[str], bits: Mapping[str, int], yes_only: Iterable[str]
) -> CompiledLaw:
    """Compile traced clauses and questions.

    `trees`: by name, clauses and questions. `clauses`: those to explain, in the order to show them. `bits`: fact
    name to its one-bit mask. `yes_only`: the facts whose no counts as not known.
    """
    trees = _sub_items_first(trees)
    names = tuple(trees)
    memo = _Memo(tuple((bit, name) for name, bit in bits.items()), names)
    deaf = sum(bits[name] for name in yes_only)
    writer = _Writer(trees, bits, deaf)
    whole = writer.explaining([name for name in names if name in clauses], clauses)
    verdicts = writer.verdicts(names)
    columns = writer.columns(names)

    def one(name: str) -> Callable[[int, int], Finding]:
        code = writer.explaining((*_rests_on(trees, name), name), (name,))
        return _made_of(code, {"memo": memo})  # type: ignore[no-any-return]

    return CompiledLaw(
        explain=_made_of(whole, {"memo": memo}),
        verdicts=_made_of(verdicts, {}),
        columns=_made_of(columns, {}),
        names=names,
        source={"explain": whole, "verdicts": verdicts, "columns": columns},
        _one=one,
    )


def _made_of(source: str, scope: dict[str, Any]) -> Any:
    """The function `law` that a generated source defines. The source is made here, of our own trees only."""
    exec(compile(source, "<the law, compiled>", "exec"), scope)  # noqa: S102
    return scope["law"]


def _sub_items_first(trees: Mapping[str, Node]) -> dict[str, Node]:
    """The trees in an order in which every clause comes before those that rest on it."""
    ordered: dict[str, Node] = {}
    for name in trees:
        for clause in (*_rests_on(trees, name), name):
            ordered.setdefault(clause, trees[clause])
    return ordered


def _rests_on(trees: Mapping[str, Node], name: str) -> tuple[str, ...]:
    """The clauses that one rests on, sub-items first, without itself."""
    found: dict[str, None] = {}

    def gather(node: Node) -> None:
        if isinstance(node, Join):
            for part in node.parts:
                gather(part)
        elif isinstance(node, Cited):
            gather(node.inner)
            found.setdefault(node.clause)

    gather(trees[name])
    return tuple(clause for clause in found if clause != name)


class _Writer:
    """Writes the sources. Each clause gets three locals: v (verdict), w (facts), c (clauses)."""

    def __init__(self, trees: Mapping[str, Node], bits: Mapping[str, int], deaf: int) -> None:
        self._trees = trees
        self._bits = bits
        self._deaf = deaf
        self._place = {name: position for position, name in enumerate(trees)}
        self._position = {name: bit.bit_length() - 1 for name, bit in bits.items()}

    def explaining(self, names: Iterable[str], wanted: Sequence[str]) -> str:
        lines = ["def law(yes, no, memo=memo):", f"    no &= {~self._deaf}"]
        for name in names:
            body = self._body(name)
            lines.extend(self._node(body, f"_{self._place[name]}"))
            if self._is_clause(name):
                lines.append(f"    c_{self._place[name]} |= {1 << self._place[name]}")
        results = [f"memo[v_{i}, w_{i}, c_{i}]" for i in map(self._place.__getitem__, wanted)]
        if len(wanted) == 1:
            lines.append(f"    return {results[0]}")
        else:
            pairs = ", ".join(f"{name!r}: {result}" for name, result in zip(wanted, results, strict=True))
            lines.append(f"    return {{{pairs}}}")
        return "\n".join(lines) + "\n"

    def _is_clause(self, name: str) -> bool:
        tree = self._trees[name]
        return isinstance(tree, Cited) and tree.clause == name

    def _body(self, name: str) -> Node:
        tree = self._trees[name]
        return tree.inner if isinstance(tree, Cited) and tree.clause == name else tree

    def _node(self, node: Node, tag: str) -> list[str]:
        """Lines that leave the finding of a node in v<tag>, w<tag>, c<tag>."""
        join = node if isinstance(node, Join) else Join("or", (node,))
        lines: list[str] = []
        plain = opposite = 0
        children: list[tuple[str, bool]] = []
        for number, part in enumerate(join.parts):
            if isinstance(part, Leaf):
                if part.negated:
                    opposite |= self._bits[part.fact]
                else:
                    plain |= self._bits[part.fact]
            elif isinstance(part, Cited):
                children.append((f"_{self._place[part.clause]}", part.negated))
            else:
                lines.extend(self._node(part, f"{tag}_{number}"))
                children.append((f"{tag}_{number}", False))
        strong, weak = (YES, NO) if join.joins_with == "or" else (NO, YES)
        for_it, against = ("yes", "no") if strong == YES else ("no", "yes")
        hits = _mask_sum((for_it, plain), (against, opposite))
        still_open = _mask_sum((f"~{against}", plain), (f"~{for_it}", opposite))
        lines += self._case("if", tag, strong, hits, children)
        lines += self._case("elif", tag, UNKNOWN, still_open, children)
        everything = " | ".join([str(plain | opposite), *(f"w{child}" for child, _ in children)])
        cited = " | ".join(f"c{child}" for child, _ in children) or "0"
        lines += ["    else:", f"        v{tag} = {weak}; w{tag} = {everything}; c{tag} = {cited}"]
        return lines

    def _case(self, word: str, tag: str, verdict: int, leaves: str, children: Sequence[tuple[str, bool]]) -> list[str]:
        """The branch in which the join has this verdict: by any leaf in the mask, or by any child."""
        tests = [f"v{child} == {_seen(verdict, negated)}" for child, negated in children]
        first = [f"(w{tag} := {leaves})"] if leaves != "0" else []
        lines = [f"    {word} {' or '.join(first + tests)}:"]
        reset = "" if first else f"w{tag} = 0; "
        lines.append(f"        {reset}v{tag} = {verdict}; c{tag} = 0")
        for (child, _), test in zip(children, tests, strict=True):
            lines.append(f"        if {test}: w{tag} |= w{child}; c{tag} |= c{child}")
        return lines

    def verdicts(self, names: Sequence[str]) -> str:
        lines = ["def law(yes, no):", f"    no &= {~self._deaf}"]
        for name in names:
            place = self._place[name]
            yes_when, no_when = self._truth(self._body(name), self._masked, (" or ", " and "))
            lines.append(f"    y_{place} = {yes_when}")
            lines.append(f"    n_{place} = {no_when}")
        results = ", ".join(f"1 if y_{i} else 2 if n_{i} else 0" for i in map(self._place.__getitem__, names))
        lines.append(f"    return ({results},)")
        return "\n".join(lines) + "\n"

    def columns(self, names: Sequence[str]) -> str:
        """Uses & and | only. A column of a yes-only fact's no answers is never read."""
        lines = ["def law(yes, no):"]
        for name in names:
            place = self._place[name]
            yes_when, no_when = self._truth(self._body(name), self._column, (" | ", " & "))
            lines.append(f"    y_{place} = {yes_when}")
            lines.append(f"    n_{place} = {no_when}")
        pairs = ", ".join(f"(y_{i}, n_{i})" for i in map(self._place.__getitem__, names))
        lines.append(f"    return [{pairs}]")
        return "\n".join(lines) + "\n"

    def _masked(self, leaf: Leaf) -> tuple[str, str]:
        bit = self._bits[leaf.fact]
        return f"yes & {bit}", f"no & {bit}"

    def _column(self, leaf: Leaf) -> tuple[str, str]:
        position = self._position[leaf.fact]
        never = f"(yes[{position}] ^ yes[{position}])"
        return f"yes[{position}]", never if self._deaf & self._bits[leaf.fact] else f"no[{position}]"

    def _truth(self, node: Node, leaf: Callable[[Leaf], tuple[str, str]], words: tuple[str, str]) -> tuple[str, str]:
        """The expressions for "this node is yes" and "this node is no"."""
        if isinstance(node, Leaf):
            for_it, against = leaf(node)
            return (against, for_it) if node.negated else (for_it, against)
        if isinstance(node, Cited):
            place = self._place[node.clause]
            return (f"n_{place}", f"y_{place}") if node.negated else (f"y_{place}", f"n_{place}")
        any_of, all_of = words if node.joins_with == "or" else words[::-1]
        pairs = [self._truth(part, leaf, words) for part in node.parts]
        yes_when = any_of.join(f"({yes})" for yes, _ in pairs)
        no_when = all_of.join(f"({no})" for _, no in pairs)
        return yes_when, no_when


def _seen(verdict: int, negated: bool) -> int:
    """The verdict a child must have for its (perhaps negated) use to count as `verdict`."""
    return {UNKNOWN: UNKNOWN, YES: NO, NO: YES}[verdict] if negated else verdict


def _mask_sum(*terms: tuple[str, int]) -> str:
    return " | ".join(f"{name} & {mask}" for name, mask in terms if mask) or "0"

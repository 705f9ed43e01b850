"""Explained evaluation of every rule clause, from a dict of answers, against plain booleans and zen-engine.

The peers' expressions are written from our own traced trees, so all sides judge by the same law. Rounds of all
sides are taken in turn; the ratio of each round counts, and the median of the rounds is shown. A peer that is
not installed (requirements/bench.txt) is left out with a line.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rows import missing, row
from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.compile_trace import Cited, Leaf, Node
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.gg1538.heads import head_answers

try:
    import zen
except ImportError:
    zen = None

CASES, ROUNDS = 2000, 9
FLOOR_GOAL, ZEN_GOAL = 0.04, 20
FIGURE = "policy: every clause explained, from a dict"

EDITION = questions.edition_named("2024-12-01")
NAMES = list(EDITION.facts)
Case = tuple[Asked, dict[str, bool | None]]


def cases() -> list[Case]:
    """Requests of every kind; each question answered no, no, yes or not at all, by lot."""
    lot = random.Random(1538)
    received_at = datetime(2026, 11, 23, 18, tzinfo=UTC)
    return [
        (
            Asked(
                lot.choice(list(Program)), received_at, None, Urgency.STANDARD,
                lot.choice(list(Requester)), lot.choice(list(Opinion)), lot.choice(list(About)),
            ),
            {name: lot.choice((False, False, True, None)) for name in EDITION.askable_bits},
        )
        for _ in range(CASES)
    ]  # fmt: skip


def local(clause: str) -> str:
    """A clause's number or term as a name that Python and zen both take."""
    return "c_" + "".join(letter if letter.isalnum() else "_" for letter in clause)


def in_python(node: Node) -> str:
    """The clause as a plain boolean expression of Python."""
    if isinstance(node, Leaf | Cited):
        name = node.fact if isinstance(node, Leaf) else local(node.clause)
        return f"(not {name})" if node.negated else name
    return "(" + f" {node.joins_with} ".join(map(in_python, node.parts)) + ")"


def in_zen(node: Node) -> str:
    """The clause over 0 (no), 1 (not known) and 2 (yes): and is the least, or is the greatest."""
    if isinstance(node, Leaf | Cited):
        name = f"$.{local(node.clause)}" if isinstance(node, Cited) else node.fact
        if isinstance(node, Leaf) and EDITION.facts[node.fact].yes_only:
            name = f"max([{name}, 1])"
        return f"(2 - {name})" if node.negated else name
    return ("min" if node.joins_with == "and" else "max") + f"([{', '.join(map(in_zen, node.parts))}])"


def clause_trees() -> dict[str, Node]:
    """The rule clauses without the citation around each, sub-items first."""
    trees = EDITION.trees
    return {name: trees[name].inner for name in EDITION.law.names if name in EDITION.clauses}  # type: ignore[union-attr]


def plain_booleans() -> Callable[..., tuple[bool, ...]]:
    """A function of one boolean a fact, giving one boolean a clause: no unknown, no reasons."""
    lines = [f"def floor({', '.join(NAMES)}):"]
    lines += [f"    {local(name)} = {in_python(tree)}" for name, tree in clause_trees().items()]
    lines.append(f"    return ({', '.join(map(local, clause_trees()))},)")
    scope: dict[str, Callable[..., tuple[bool, ...]]] = {}
    exec("\n".join(lines), scope)
    return scope["floor"]


def zen_decision() -> object:
    """The law as one expression node of zen-engine."""
    expressions = [
        {"id": local(name), "key": local(name), "value": in_zen(tree)} for name, tree in clause_trees().items()
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "law", "name": "law", "type": "expressionNode", "content": {"expressions": expressions}},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "law"},
        {"id": "2", "type": "edge", "sourceId": "law", "targetId": "out"},
    ]
    return zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))


def per_second(run: Callable[[], None]) -> float:
    """Cases a second of one pass over all of them."""
    start = time.perf_counter()
    run()
    return CASES / (time.perf_counter() - start)


def main() -> None:
    drawn = cases()
    floor = plain_booleans()
    full = [{**answers, **head_answers(asked)} for asked, answers in drawn]
    booleans = [tuple(bool(answers[name]) for name in NAMES) for answers in full]
    numbers = [{name: {None: 1, True: 2, False: 0}[answers[name]] for name in NAMES} for answers in full]

    def ours() -> None:
        for asked, answers in drawn:
            questions.findings(EDITION, asked, answers)

    def naive() -> None:
        for asked, answers in drawn:
            questions.findings_plainly(EDITION, asked, answers)

    def plain() -> None:
        for values in booleans:
            floor(*values)

    sides = {"ours": ours, "floor": plain, "naive": naive}
    if zen is not None:
        decision = zen_decision()
        agree(decision, drawn, numbers)

        def with_zen() -> None:
            for values in numbers:
                decision.evaluate(values, {"trace": True})  # type: ignore[attr-defined]

        sides["zen"] = with_zen
    for run in sides.values():
        run()
    rounds = [{side: per_second(run) for side, run in sides.items()} for _ in range(ROUNDS)]

    def show(side: str, peer: str, goal: float | None) -> None:
        ratio = statistics.median(each["ours"] / each[side] for each in rounds)
        mine, theirs = (f"{statistics.median(each[who] for each in rounds):,.0f}/s" for who in ("ours", side))
        row(FIGURE, peer, mine, theirs, ratio, f"≥ {goal:g}" if goal else "–", met=not goal or ratio >= goal)

    count = len(clause_trees())
    show("floor", f"plain booleans of the same {count} clauses", FLOOR_GOAL)
    if zen is None:
        missing(FIGURE, "zen-engine with trace", "zen-engine is not installed")
    else:
        show("zen", "zen-engine with trace", ZEN_GOAL)
    show("naive", "the same clauses, operator by operator", None)


def agree(decision: object, drawn: list[Case], numbers: list[dict[str, int]]) -> None:
    """Stop unless zen-engine finds the same verdicts on the first cases: else it is not the same law."""
    scale = {Verdict.NO: 0, Verdict.UNKNOWN: 1, Verdict.YES: 2}
    for (asked, answers), values in list(zip(drawn, numbers, strict=True))[:200]:
        result = decision.evaluate(values)["result"]  # type: ignore[attr-defined]
        for clause, finding in questions.findings(EDITION, asked, answers).items():
            if result[local(clause)] != scale[finding.verdict]:
                raise SystemExit(f"zen-engine finds {clause} otherwise than we do: the peer is not set up right.")


if __name__ == "__main__":
    main()

"""The lifecycle drawn from its table, as SVG: `python -m secondopinion.referrals.drawing > docs/lifecycle.svg`.

Arrows, names and the list below them come from `STEPS`; only the places of the boxes are chosen here. The same
table gives the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from math import hypot
from types import MappingProxyType
from xml.sax.saxutils import escape

from secondopinion.referrals.lifecycle import STEPS, Step
from secondopinion.referrals.states import UNDECIDED, State

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height

WIDE, HIGH = 180, 44
PLACES: Mapping[State, Point] = MappingProxyType(
    {
        State.RECEIVED: (36, 205),
        State.NURSE_REVIEW: (310, 205),
        State.AWAITING_INFORMATION: (530, 95),
        State.PHYSICIAN_REVIEW: (530, 315),
        State.WITHDRAWN: (840, 95),
        State.AUTHORIZED: (840, 205),
        State.DENIED: (840, 315),
        State.SCHEDULED: (1110, 205),
        State.SEEN: (1110, 315),
        State.REPORT_RECEIVED: (1110, 425),
        State.CLOSED: (840, 425),
    }
)
GROUP: Box = (20, 60, 710, 325)  # around everything undecided; a step that all of it may take starts at its edge
GROUP_EXITS: Mapping[State, Point] = MappingProxyType({State.AUTHORIZED: (730, 227), State.WITHDRAWN: (730, 117)})
CORNERS: Mapping[tuple[State, State], tuple[Point, ...]] = MappingProxyType(
    {
        (State.RECEIVED, State.CLOSED): ((80, 249), (80, 447), (840, 447)),
        (State.SCHEDULED, State.WITHDRAWN): ((1200, 205), (1200, 117), (1020, 117)),
    }
)
COLUMNS = ((20, "Step"), (150, "What it is"), (400, "Who may"), (650, "Letters it owes"), (1130, "Clause"))
TOP_OF_LIST = 540
LINE = 22
ENDS = (State.DENIED, State.WITHDRAWN, State.CLOSED)

STYLE = """
text { font-family: system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: 13px; fill: #1b1b1b }
.state { fill: #ffffff; stroke: #005ea2; stroke-width: 2 }
.end { fill: #edeff0; stroke: #3d4551 }
.name { text-anchor: middle; font-weight: 600 }
.group { fill: #f0f6fb; stroke: #a9bcd0; stroke-dasharray: 6 4 }
.arrow { fill: none; stroke: #3d4551; stroke-width: 1.5; marker-end: url(#tip) }
.step { font-size: 12px; text-anchor: middle; paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
.head { font-weight: 600 }
.row { font-size: 12px }
.rule { stroke: #dfe1e2 }
"""


def draw() -> str:
    """The whole drawing: the states, the arrows between them, and one line for each step."""
    wide = 1320
    high = TOP_OF_LIST + LINE * (len(STEPS) + 2)
    body = "\n".join([*_group(), *_arrows(), *_states(), *_list(wide)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {wide} {high}" width="{wide}" '
        f'height="{high}" aria-labelledby="title desc">\n'
        '<title id="title">The life of a referral</title>\n'
        f'<desc id="desc">{len(PLACES)} states and the {len(STEPS)} steps between them, drawn from the lifecycle '
        "table.</desc>\n"
        f"<style>{STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#3d4551"/></marker></defs>\n'
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>\n'
        f"{body}\n</svg>\n"
    )


def _group() -> Iterator[str]:
    x, y, w, h = GROUP
    yield f'<rect class="group" x="{x}" y="{y}" width="{w}" height="{h}" rx="10"/>'
    yield _text(x + 14, y + 22, "Nothing decided yet", "head")
    stays = [_spoken(s) for s in STEPS.values() if s.target is None and set(UNDECIDED) <= set(s.sources)]
    yield _text(x + 80, y + h - 14, f"Stays where it is: {', '.join(stays)}", "row")


def _states() -> Iterator[str]:
    for state, (x, y) in PLACES.items():
        kind = "state end" if state in ENDS else "state"
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="8"/>'
        yield _text(x + WIDE / 2, y + HIGH / 2 + 5, state.words, "name")


def _arrows() -> Iterator[str]:
    yield from _arrow(((60, 150), (90, 204)), "receive", (75, 142))
    for (source, target), names in sorted(_moves().items(), key=lambda item: str(item[0])):
        label = ", ".join(names)
        if source is target:
            x, y = PLACES[source]
            loop = f"M{x + WIDE - 44},{y} c0,-34 34,-34 34,0"
            yield f'<path class="arrow" d="{loop}"/>'
            yield _text(x + WIDE - 27, y - 30, label, "step")
        elif source is None:
            start = GROUP_EXITS[target]
            yield from _arrow((start, (PLACES[target][0], start[1])), label)
        elif (source, target) in CORNERS:
            path = CORNERS[source, target]
            yield from _arrow(path, label, _along(path[-2:]))
        else:
            both_ways = (target, source) in _moves()
            line = _between(source, target, both_ways)
            yield from _arrow(line, label, _along(line, 0.36 if both_ways else 0.5))


def _moves() -> dict[tuple[State | None, State], list[str]]:
    """Steps by where they lead from and to; from None means from anything undecided."""
    moves: dict[tuple[State | None, State], list[str]] = {}
    for step in STEPS.values():
        if step.target is None:
            continue
        sources: Iterable[State | None] = step.sources
        if step.target in GROUP_EXITS and set(UNDECIDED) <= set(step.sources):
            sources = (None, *(s for s in step.sources if s not in UNDECIDED))
        for source in sources:
            moves.setdefault((source, step.target), []).append(_spoken(step))
    return moves


def _between(source: State, target: State, there_and_back: bool) -> tuple[Point, Point]:
    """A straight line from edge to edge; two that run in opposite directions keep apart."""
    (ax, ay), (bx, by) = _centre(source), _centre(target)
    long = hypot(bx - ax, by - ay)
    aside = 13 if there_and_back else 0
    dx, dy = -(by - ay) / long * aside, (bx - ax) / long * aside
    start, end = (ax + dx, ay + dy), (bx + dx, by + dy)
    return _edge(start, end, source), _edge(end, start, target)


def _edge(inside: Point, outside: Point, state: State) -> Point:
    """Where the line from `inside` a state's box to `outside` leaves the box."""
    left, top = PLACES[state]
    (ax, ay), (bx, by) = inside, outside
    reach = []
    if bx != ax:
        reach.append(((left + WIDE if bx > ax else left) - ax) / (bx - ax))
    if by != ay:
        reach.append(((top + HIGH if by > ay else top) - ay) / (by - ay))
    t = min(r for r in reach if r >= 0)
    return ax + (bx - ax) * t, ay + (by - ay) * t


def _arrow(points: tuple[Point, ...], label: str, at: Point | None = None) -> Iterator[str]:
    path = " ".join(f"{'L' if i else 'M'}{x:.0f},{y:.0f}" for i, (x, y) in enumerate(points))
    yield f'<path class="arrow" d="{path}"/>'
    x, y = at or _along(points[:2])
    yield _text(x, y + 4, label, "step")


def _list(wide: float) -> Iterator[str]:
    for x, words in COLUMNS:
        yield _text(x, TOP_OF_LIST, words, "head")
    for line, step in enumerate(STEPS.values(), start=1):
        y = TOP_OF_LIST + line * LINE
        yield f'<line class="rule" x1="20" x2="{wide - 20}" y1="{y - 15}" y2="{y - 15}"/>'
        cells = (
            _spoken(step),
            step.words,
            ", ".join(sorted(by.value for by in step.by)),
            ", ".join(kind.replace("_", " ") for kind in step.owes),
            step.clause,
        )
        for (x, _), cell in zip(COLUMNS, cells, strict=True):
            yield _text(x, y, cell, "row")


def _spoken(step: Step) -> str:
    return step.name.replace("_", " ")


def _centre(state: State) -> Point:
    x, y = PLACES[state]
    return x + WIDE / 2, y + HIGH / 2


def _along(points: tuple[Point, ...], share: float = 0.5) -> Point:
    (ax, ay), (bx, by) = points
    return ax + (bx - ax) * share, ay + (by - ay) * share


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'


if __name__ == "__main__":
    sys.stdout.write(draw())

"""The lifecycle drawn from its table, as SVG: `python -m secondopinion.referrals.drawing > docs/lifecycle.svg`.

Arrows, names and the list below them come from `STEPS`; only the places of the boxes are chosen here. The same
table gives the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import hypot
from textwrap import wrap
from types import MappingProxyType
from xml.sax.saxutils import escape

from secondopinion.referrals.lifecycle import STEPS, VISIT_AHEAD, Step
from secondopinion.referrals.states import ENDS, UNDECIDED, State

Point = tuple[float, float]
Path = tuple[Point, ...]
Box = tuple[float, float, float, float]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class Group:
    """States that many steps leave together: such a step starts at the edge, on the way given here for its target."""

    words: str
    states: tuple[State, ...]
    box: Box
    exits: Mapping[State, Path]
    stays_at: Point  # where the steps stand that change nothing, below the words, in lines of so many letters
    letters: int


WIDE, HIGH = 206, 44
PLACES: Mapping[State, Point] = MappingProxyType(
    {
        State.RECEIVED: (40, 270),
        State.NURSE_REVIEW: (310, 270),
        State.AWAITING_INFORMATION: (540, 120),
        State.PHYSICIAN_REVIEW: (540, 430),
        State.DISMISSED: (900, 60),
        State.WITHDRAWN: (900, 145),
        State.AUTHORIZED: (900, 270),
        State.DENIED: (900, 430),
        State.DEEMED_DENIED: (900, 520),
        State.EXPIRED: (1400, 120),
        State.SCHEDULED: (1400, 270),
        State.SEEN: (1400, 470),
        State.REPORT_RECEIVED: (1400, 570),
        State.CLOSED: (900, 690),
        State.VISIT_REVIEW: (310, 790),
        State.NOT_COVERED: (600, 790),
    }
)
UNDECIDED_EXITS: Mapping[State, Path] = MappingProxyType(
    {
        State.DISMISSED: ((760, 82), (900, 82)),
        State.WITHDRAWN: ((760, 167), (900, 167)),
        State.AUTHORIZED: ((760, 285), (900, 285)),
        State.DEEMED_DENIED: ((760, 542), (900, 542)),
        State.CLOSED: ((700, 640), (700, 704), (900, 704)),
    }
)
AHEAD_EXITS: Mapping[State, Path] = MappingProxyType(
    {
        State.WITHDRAWN: ((1003, 215), (1003, 189)),
        State.EXPIRED: ((1503, 215), (1503, 164)),
        State.SEEN: ((1503, 410), (1503, 470)),
    }
)
GROUPS = (
    Group("Nothing decided yet", UNDECIDED, (20, 50, 740, 590), UNDECIDED_EXITS, (64, 580), 104),
    Group("A visit is ahead", VISIT_AHEAD, (880, 215, 740, 195), AHEAD_EXITS, (1170, 340), 58),
)
CORNERS: Mapping[tuple[State, State], Path] = MappingProxyType(
    {
        (State.RECEIVED, State.CLOSED): ((50, 314), (50, 724), (900, 724)),
        (State.DISMISSED, State.RECEIVED): ((1003, 60), (1003, 28), (228, 28), (228, 270)),
        (State.DENIED, State.AUTHORIZED): ((950, 430), (950, 314)),
        (State.DEEMED_DENIED, State.AUTHORIZED): ((1106, 542), (1150, 542), (1150, 380), (1050, 380), (1050, 314)),
        (State.EXPIRED, State.AUTHORIZED): ((1400, 142), (1140, 142), (1140, 246), (1070, 246), (1070, 270)),
        (State.REPORT_RECEIVED, State.CLOSED): ((1503, 614), (1503, 712), (1106, 712)),
        (State.NOT_COVERED, State.CLOSED): ((806, 812), (970, 812), (970, 734)),
        (State.VISIT_REVIEW, State.CLOSED): ((413, 834), (413, 862), (1020, 862), (1020, 734)),
    }
)
SAID_AT: Mapping[tuple[State | str, State], Point] = MappingProxyType(
    {  # where a name would stand in the way of something else
        (State.RECEIVED, State.CLOSED): (480, 724),
        (State.DISMISSED, State.RECEIVED): (600, 28),
        (State.DENIED, State.AUTHORIZED): (950, 402),
        (State.DEEMED_DENIED, State.AUTHORIZED): (1150, 499),
        (State.EXPIRED, State.AUTHORIZED): (1210, 142),
        (State.REPORT_RECEIVED, State.CLOSED): (1260, 712),
        (State.NOT_COVERED, State.CLOSED): (880, 812),
        (State.VISIT_REVIEW, State.CLOSED): (700, 862),
        (State.PHYSICIAN_REVIEW, State.AUTHORIZED): (824, 376),
        (State.AUTHORIZED, State.SCHEDULED): (1253, 305),
        (State.SCHEDULED, State.AUTHORIZED): (1253, 279),
        ("Nothing decided yet", State.CLOSED): (810, 704),
        ("A visit is ahead", State.WITHDRAWN): (1040, 203),
    }
)
BEGINNINGS: Mapping[State, Path] = MappingProxyType(
    {State.RECEIVED: ((110, 190), (110, 270)), State.VISIT_REVIEW: ((200, 812), (310, 812))}
)
COLUMNS = (
    (20, "Step", 40), (150, "What it is", 60), (520, "Who may", 46), (820, "Letters it may owe", 88),
    (1440, "Clause", 20),
)  # fmt: skip
TOP_OF_LIST = 950
LINE = 17
WIDTH = 1640
ENDED = frozenset(ENDS)

STYLE = """
text { font-family: system-ui, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: 13px; fill: #1b1b1b }
.state { fill: #ffffff; stroke: #005ea2; stroke-width: 2 }
.end { fill: #edeff0; stroke: #3d4551 }
.name { font-size: 12px; text-anchor: middle; font-weight: 600 }
.group { fill: #f0f6fb; stroke: #a9bcd0; stroke-dasharray: 6 4 }
.arrow { fill: none; stroke: #3d4551; stroke-width: 1.5; marker-end: url(#tip) }
.step { font-size: 12px; text-anchor: middle; paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
.loop { text-anchor: start }
.head { font-weight: 600 }
.row { font-size: 12px }
.rule { stroke: #dfe1e2 }
"""


def draw() -> str:
    """The whole drawing: the states, the arrows between them, and a few lines for each step."""
    listed = [*_list()]
    high = TOP_OF_LIST + LINE * (sum(rows for rows, _ in listed) + 2) + 8 * len(listed)
    body = "\n".join([*_groups(), *_arrows(), *_states(), *_anywhere(), *_written(listed)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" '
        f'height="{high}" aria-labelledby="title desc">\n'
        '<title id="title">The life of a referral</title>\n'
        f'<desc id="desc">{len(PLACES)} states and the {len(STEPS)} steps between them, drawn from the lifecycle '
        "table.</desc>\n"
        f"<style>{STYLE}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#3d4551"/></marker></defs>\n'
        f'<rect width="{WIDTH}" height="{high}" fill="#ffffff"/>\n'
        f"{body}\n</svg>\n"
    )


def _groups() -> Iterator[str]:
    for group in GROUPS:
        x, y, w, h = group.box
        yield f'<rect class="group" x="{x}" y="{y}" width="{w}" height="{h}" rx="10"/>'
        yield _text(group.stays_at[0], y + 22, group.words, "head")
        stays = [_spoken(s) for s in STEPS.values() if _stays_in(s, group)]
        yield from _lines(group.stays_at, f"Stays where it is: {', '.join(stays)}", group.letters)


def _stays_in(step: Step, group: Group) -> bool:
    return step.target is None and set(group.states) <= set(step.sources) and not _everywhere(step)


def _everywhere(step: Step) -> bool:
    return set(step.sources) == set(State)


def _anywhere() -> Iterator[str]:
    """The steps that every state allows, and those that one state alone allows and that lead nowhere."""
    named = ", ".join(_spoken(s) for s in STEPS.values() if s.target is None and _everywhere(s))
    yield from _lines((20, 898), f"In every state, and changing none: {named}", 230)


def _lines(at: Point, words: str, letters: int) -> Iterator[str]:
    for line, part in enumerate(wrap(words, letters)):
        yield _text(at[0], at[1] + line * LINE, part, "row")


def _states() -> Iterator[str]:
    for state, (x, y) in PLACES.items():
        kind = "state end" if state in ENDED else "state"
        yield f'<rect class="{kind}" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="8"/>'
        parts = wrap(state.words, 29)
        top = y + HIGH / 2 + 5 - 8 * (len(parts) - 1)
        spans = "".join(
            f'<tspan x="{x + WIDE / 2:.0f}" y="{top + 16 * n:.0f}">{escape(part)}{" " if part is not parts[-1] else ""}'
            "</tspan>"
            for n, part in enumerate(parts)
        )
        yield f'<text class="name">{spans}</text>'


def _arrows() -> Iterator[str]:
    for step in STEPS.values():
        if not step.sources and step.target is not None:
            way = BEGINNINGS[step.target]
            yield from _arrow(way, _spoken(step), (way[0][0], way[0][1] - 8))
    moves = _moves()
    for (source, target), names in sorted(moves.items(), key=lambda item: str(item[0])):
        label = ", ".join(names)
        if source is target:
            x, y = PLACES[target]
            yield f'<path class="arrow" d="M{x + 20},{y} c0,-26 34,-26 34,0"/>'
            yield _text(x + 8, y - 22, label, "step loop")
        elif not isinstance(source, State):
            way = next(group.exits[target] for group in GROUPS if group.words == source)
            yield from _arrow(way, label, SAID_AT.get((source, target)))
        elif (source, target) in CORNERS:
            yield from _arrow(CORNERS[source, target], label, SAID_AT.get((source, target)))
        else:
            both_ways = (target, source) in moves
            line = _between(source, target, both_ways)
            at = SAID_AT.get((source, target)) or _along(line, 0.36 if both_ways else 0.5)
            yield from _arrow(line, label, at)


def _moves() -> dict[tuple[State | str, State], list[str]]:
    """Steps by where they lead from and to; from the words of a group where all of its states may take them."""
    moves: dict[tuple[State | str, State], list[str]] = {}
    for step in STEPS.values():
        if step.target is None:
            continue
        left, sources = set(step.sources), list[State | str]()
        for group in GROUPS:
            if step.target in group.exits and set(group.states) <= left:
                sources.append(group.words)
                left -= set(group.states)
        for source in (*sources, *(s for s in step.sources if s in left)):
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


def _arrow(points: Path, label: str, at: Point | None = None) -> Iterator[str]:
    path = " ".join(f"{'L' if i else 'M'}{x:.0f},{y:.0f}" for i, (x, y) in enumerate(points))
    yield f'<path class="arrow" d="{path}"/>'
    x, y = at or _along(points[:2])
    yield _text(x, y + 4, label, "step")


def _list() -> Iterator[tuple[int, list[list[str]]]]:
    """Each step with its cells, every cell in lines; how many lines the tallest has."""
    for step in STEPS.values():
        cells = (
            _spoken(step),
            step.words,
            ", ".join(sorted(by.value for by in step.by)),
            ", ".join(kind.replace("_", " ") for kind in step.owes),
            step.clause,
        )
        parts = [wrap(cell, letters) for cell, (_, _, letters) in zip(cells, COLUMNS, strict=True)]
        yield max(len(part) for part in parts), parts


def _written(listed: Iterable[tuple[int, list[list[str]]]]) -> Iterator[str]:
    y: float = TOP_OF_LIST
    for x, words, _ in COLUMNS:
        yield _text(x, y, words, "head")
    y += LINE + 8
    for rows, parts in listed:
        yield f'<line class="rule" x1="20" x2="{WIDTH - 20}" y1="{y - 15}" y2="{y - 15}"/>'
        for part, (x, _, _) in zip(parts, COLUMNS, strict=True):
            for line, words in enumerate(part):
                yield _text(x, y + line * LINE, words, "row")
        y += rows * LINE + 8


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

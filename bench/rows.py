"""One way to print a figure, so that `make bench` can gather them into one table.

A line is: `figure | peer or limit | ours | theirs | ratio | goal | met`. Ratios are taken in the same run.
"""

from __future__ import annotations

SMALL = 0.2  # below this a ratio needs a third digit to be told from its goal


def row(figure: str, peer: str, ours: str, theirs: str, ratio: float, goal: str, *, met: bool) -> None:
    """Print one figure. `goal` is in words, such as “≥ 0.85” or “< 2 ms”."""
    digits = 3 if ratio < SMALL else 2
    told = "yes" if met else "no"
    print(f"| {figure} | {peer} | {ours} | {theirs} | {ratio:.{digits}f} | {goal} | {told} |", flush=True)


def missing(figure: str, peer: str, why: str) -> None:
    """Say that a peer is not here, so the figure was not taken."""
    print(f"| {figure} | {peer} | – | – | – | – | not taken: {why} |", flush=True)

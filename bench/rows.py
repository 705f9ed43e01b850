"""One way to print a figure, so that `make bench` can gather them into one table.

A line is: `figure | peer or limit | ours | theirs | ratio | goal | met`. Ratios are taken in the same run.
"""

from __future__ import annotations


def row(figure: str, peer: str, ours: str, theirs: str, ratio: float, goal: str, *, met: bool) -> None:
    """Print one figure. `goal` is in words, such as “≥ 0.85” or “< 2 ms”."""
    print(f"| {figure} | {peer} | {ours} | {theirs} | {ratio:.{2 if ratio >= 0.2 else 3}f} | {goal} | {'yes' if met else 'no'} |", flush=True)


def missing(figure: str, peer: str, why: str) -> None:
    """Say that a peer is not here, so the figure was not taken."""
    print(f"| {figure} | {peer} | – | – | – | – | not taken: {why} |", flush=True)

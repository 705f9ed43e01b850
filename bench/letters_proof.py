"""100,000 random payloads of adverse letters through the type, the ORM and plain SQL: none that lacks a reason, the
right to appeal or a place to complain could leave. `BENCH_PAYLOADS` takes another number.

Not a race against a peer: the figure is how many were tried and how many got where.
"""

from __future__ import annotations

import os
import time
from collections import Counter

from ground import fresh_database

from county import TODAY
from letters.never_incomplete import prove
from rows import row
from secondopinion.people.rls import plan_scope

COUNT = int(os.environ.get("BENCH_PAYLOADS", "100000"))
AT_ONCE = 1_000  # payloads of one transaction, each in savepoints of its own


def main() -> None:
    start, found = time.perf_counter(), Counter[str]()
    with fresh_database("bench_letters_proof"):
        for seed in range(COUNT // AT_ONCE):
            with plan_scope(TODAY):
                found += prove(10_000 + seed, AT_ONCE)
    took = time.perf_counter() - start
    told = ", ".join(f"{what} {number:,}" for what, number in sorted(found.items()))
    row(
        f"random payloads of adverse letters, three ways in ({told})",
        "an incomplete one that could leave",
        f"{COUNT:,} in {took:,.0f} s",
        "0",
        0.0,
        "0",
        met=True,
    )


if __name__ == "__main__":
    main()

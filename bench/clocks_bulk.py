"""The deadlines of a million standard requests at once, against numpy's own business days.

Ours takes the columns as they are stored, instants in UTC, finds the Pacific day of receipt and of complete
information, and gives the last instant and the limit that binds. numpy knows no zones, so its side is handed the
Pacific days, made beforehand and not timed, and gives back only the last day: the earlier of `busday_offset` by five
days, with the same holidays, and the limit from receipt. Both must name the same day on every row. Rounds of both
sides are taken in turn; the ratio of each round counts, and the median of the rounds is shown.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rows import missing, row

FIGURE, PEER = "clocks: a million deadlines at once", "numpy's busday_offset and a cap, days given"
ROWS, ROUNDS, GOAL = 1_000_000, 9, 1.5

try:
    import numpy as np
except ModuleNotFoundError:
    missing(FIGURE, PEER, "numpy is not installed")
    sys.exit()

from secondopinion.policy.asked import Program, Urgency
from secondopinion.policy.calendar import business_calendar
from secondopinion.policy.clocks_bulk import PROGRAMS, URGENCIES, decision_due

DAYS = business_calendar()
CLOSED = np.busdaycalendar(holidays=[h.day for year in range(2015, 2037) for h in DAYS.holidays(year)])
PACIFIC = ZoneInfo("America/Los_Angeles")
FIRST, LAST = np.datetime64("2015-01-03", "us"), np.datetime64("2035-11-01", "us")


def columns() -> dict[str, np.ndarray]:
    """A million Medi-Cal requests by lot; their information came within twenty days, one in ten is extended."""
    lot = np.random.default_rng(1538)
    received = lot.integers(FIRST.astype(np.int64), LAST.astype(np.int64), ROWS)
    return {
        "received": received,
        "complete": received + lot.integers(0, 20 * 86_400_000_000, ROWS),
        "program": np.full(ROWS, PROGRAMS.index(Program.MEDI_CAL), np.int8),
        "urgency": np.full(ROWS, URGENCIES.index(Urgency.STANDARD), np.int8),
        "extension": np.where(lot.random(ROWS) < 0.1, lot.integers(1, 15, ROWS), 0).astype(np.int8),
    }


def pacific_days(instants: np.ndarray) -> np.ndarray:
    """The day on the wall of each instant, from the zone's own changes of clocks."""
    hours = np.arange(FIRST, LAST + np.timedelta64(60, "D"), np.timedelta64(1, "h"))
    offsets = [at.replace(tzinfo=ZoneInfo("UTC")).astimezone(PACIFIC).utcoffset() for at in hours.tolist()]
    behind = np.array(offsets, "timedelta64[us]")
    at = instants.astype("datetime64[us]")
    return (at + behind[(at - FIRST) // np.timedelta64(1, "h")]).astype("datetime64[D]")


def by_numpy(received_on: np.ndarray, complete_on: np.ndarray, extension: np.ndarray) -> np.ndarray:
    """The last day, with nothing but numpy."""
    five = np.busday_offset(complete_on, 5, roll="preceding", busdaycal=CLOSED)
    cap = received_on + np.where(received_on < np.datetime64(date(2026, 1, 1)), 14, 7) + extension
    return np.minimum(five, cap)


def rate(work: Callable[[], object]) -> float:
    """Rows a second."""
    started = time.perf_counter()
    work()
    return ROWS / (time.perf_counter() - started)


def main() -> None:
    """Check that both sides agree, then print the figure."""
    given = columns()
    days = pacific_days(given["received"]), pacific_days(given["complete"]), given["extension"].astype(np.int64)
    due, _ = decision_due(**given)
    differ = int((pacific_days(due) != by_numpy(*days)).sum())
    if differ:
        sys.exit(f"The two sides differ on {differ} of {ROWS} rows: no figure is taken.")
    rounds = [(rate(lambda: decision_due(**given)), rate(lambda: by_numpy(*days))) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    row(FIGURE, PEER, f"{ours:,.0f}/s", f"{theirs:,.0f}/s", ratio, f"≥ {GOAL}", met=ratio >= GOAL)


if __name__ == "__main__":
    main()

"""The deadline of a standard request, one at a time, against a plain walk over the days.

Both give the earlier of five business days and seven calendar days as an instant, from receipts stored in
UTC, and must agree on every one. Rounds of both sides are taken in turn; the ratio of each round counts, and
the median of the rounds is shown.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from rows import row
from secondopinion.policy.calendar import PACIFIC, business_calendar

RECEIPTS, ROUNDS, GOAL = 20_000, 9, 6
FIGURE, PEER = "clocks: the deadline of a request", "a plain walk over the days"

DAYS = business_calendar()
CLOSED = {holiday.day for year in range(2015, 2037) for holiday in DAYS.holidays(year)}


def receipts() -> list[datetime]:
    """Instants from 2015 to 2035, in UTC, by lot."""
    lot = random.Random(1538)
    first = datetime(2015, 1, 2, tzinfo=UTC)
    span = int((datetime(2035, 12, 20, tzinfo=UTC) - first).total_seconds())
    return [first + timedelta(seconds=lot.randrange(span)) for _ in range(RECEIPTS)]


def walked(received_at: datetime) -> datetime:
    """Day by day, with datetimes and the zone, as one writes it first."""
    received_on = received_at.astimezone(PACIFIC).date()
    on, left = received_on, 5
    while left:
        on += timedelta(days=1)
        left -= on.weekday() < 5 and on not in CLOSED
    last: date = min(on, received_on + timedelta(days=7))
    return datetime.combine(last, time_of_day(23, 59, 59), PACIFIC)


def looked_up(received_at: datetime) -> datetime:
    """From the table of days."""
    return DAYS.earlier_end(received_at, business_days=5, calendar_days=7)


def rate(deadline: Callable[[datetime], datetime], given: list[datetime]) -> float:
    """Deadlines a second."""
    started = time.perf_counter()
    for received_at in given:
        deadline(received_at)
    return len(given) / (time.perf_counter() - started)


def main() -> None:
    """Check that both sides agree, then print the figure."""
    given = receipts()
    differ = [each for each in given if walked(each) != looked_up(each)]
    if differ:
        sys.exit(f"The two sides differ on {len(differ)} receipts, such as {differ[0]}: no figure is taken.")
    rounds = [(rate(looked_up, given), rate(walked, given)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
    ratio = statistics.median(one / other for one, other in rounds)
    row(FIGURE, PEER, f"{ours:,.0f}/s", f"{theirs:,.0f}/s", ratio, f"≥ {GOAL}", met=ratio >= GOAL)


if __name__ == "__main__":
    main()

"""How fast somebody may ask: a bucket that is emptied by asking and fills up again with time, one row for each.

One statement both looks and writes, so two processes or threads cannot both take the last drop. It runs outside the
transaction of the page: what was asked counts, whatever becomes of the answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from secondopinion.people.models import Pace
from secondopinion.people.prepared import send

# The instant at which the bucket would be full again is pushed on by each drop, and lies ahead by one bucket at most:
# one that lies further ahead was written before the clock was set back, and counts for nothing.
SPENT = """
CASE WHEN people_pace.spent_until > %(now)s::timestamptz + %(bucket)s::interval THEN %(now)s::timestamptz
     ELSE greatest(people_pace.spent_until, %(now)s::timestamptz) END + %(drop)s::interval
"""
TAKE: Final = f"""
INSERT INTO people_pace (key, spent_until) VALUES (%(key)s, %(now)s::timestamptz + %(drop)s::interval)
ON CONFLICT (key) DO UPDATE SET spent_until = {SPENT}
  WHERE {SPENT} <= %(now)s::timestamptz + %(bucket)s::interval
RETURNING spent_until
"""  # noqa: S608 - put together from our own words
LEFT: Final = "SELECT spent_until FROM people_pace WHERE key = %(key)s"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests at once, and as many again spread over a time. `name` keeps the buckets of two rules apart."""

    name: str
    most: int
    over: timedelta


def take(limit: Limit, who: str, now: datetime) -> timedelta | None:
    """Take one request out of somebody's bucket. None: there was one; else how long until there is."""
    key = hashlib.sha256(f"{limit.name}\0{who}".encode(errors="surrogatepass")).hexdigest()
    drop = limit.over / limit.most
    given = {"key": key, "now": now, "drop": drop, "bucket": limit.over}
    if send(TAKE, given).fetchone() is not None:
        return None
    left = send(LEFT, given).fetchone()
    return timedelta() if left is None else max(left[0] + drop - limit.over - now, timedelta(seconds=1))


def forget(now: datetime) -> int:
    """Drop the buckets that are full again: they say nothing any more. Returns how many."""
    return Pace.objects.filter(spent_until__lt=now).delete()[0]

"""Wrong tries at a door that needs no account: counted by number and by network address, in rows that name nobody.

The row of what is tried is locked while the proofs are compared, so that tries side by side are each counted.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.models_offices import DoorTry


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: its kind, whose it is, and how many are too many."""

    kind: str
    whose: str
    most: int

    @property
    def key(self) -> str:
        """The hash under which it is counted."""
        return hashlib.sha256(f"{self.kind}\0{self.whose}".encode(errors="surrogatepass")).hexdigest()


def place_of(address: str) -> str:
    """The network address as it is counted: of IPv6 the first half, since one household has the rest of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def locked(counted: Counted, now: datetime) -> bool:
    """Is it closed now? Locks its row until the transaction ends, so that nobody else tries it meanwhile."""
    row = _row(counted, now)
    return row.locked_until is not None and row.locked_until > now


def failed(counted: Counted, now: datetime) -> bool:
    """Count one wrong try more; true when it is closed by it. Old tries are forgotten after the time of a lock."""
    row, span = _row(counted, now), _span(now)
    if row.since_at < now - span or (row.locked_until is not None and row.locked_until <= now):
        row.tries, row.since_at, row.locked_until = 0, now, None
    row.tries += 1
    if row.tries >= counted.most:
        row.locked_until = now + span
    row.save(update_fields=["tries", "since_at", "locked_until"])
    return row.locked_until is not None


def forgotten(counted: Counted, now: datetime) -> None:
    """Forget the wrong tries: the right proof has come."""
    row = _row(counted, now)
    if row.tries:
        row.tries, row.since_at, row.locked_until = 0, now, None
        row.save(update_fields=["tries", "since_at", "locked_until"])


def _row(counted: Counted, now: datetime) -> DoorTry:
    DoorTry.objects.bulk_create([DoorTry(key=counted.key, since_at=now)], ignore_conflicts=True)
    return DoorTry.objects.select_for_update().get(pk=counted.key)


def _span(now: datetime) -> timedelta:
    return timedelta(minutes=value("offices.lock_minutes", now.astimezone(PACIFIC).date()).number)

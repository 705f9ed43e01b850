"""The six instants of a referral, from its receipt to its report: each with how long after the one before.

A decision in time is not a notice in time, and a receipt is not an entry; so each is shown (F01, F02, F03).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from secondopinion.desk.words import span
from secondopinion.referrals.clockwork import OFFICES
from secondopinion.referrals.models import Referral
from secondopinion.referrals.states import ADVERSE_ENDS, State

NO_REPORT: Final = (*(s.value for s in ADVERSE_ENDS), State.WITHDRAWN.value, State.EXPIRED.value)
NO_DECISION: Final = (State.WITHDRAWN.value, State.CLOSED.value)


@dataclass(frozen=True, slots=True)
class Stop:
    """One of the six. `after` says how long after the one before, or what stands in its place."""

    name: str
    at: datetime | None
    after: str


def six_instants(found: Referral) -> list[Stop]:
    """Received, logged, decided, provider told, Member's notice mailed, report received."""
    return list(_stops(found))


def _stops(found: Referral) -> Iterator[Stop]:
    undecided = found.decided_at is None and found.state in NO_DECISION
    no_office = found.requester not in OFFICES
    last: datetime | None = None
    for name, at, none_owed in (
        ("Received", found.received_at, ""),
        ("Logged", found.entered_at, ""),
        ("Decided", found.decided_at, "Ended without a decision" if undecided else ""),
        ("Provider told", found.provider_told_at, "No office asked" if no_office else "None owed" if undecided else ""),
        ("Member’s notice mailed", found.member_notice_at, "None owed" if undecided else ""),
        ("Report received", found.report_received_at, "None comes" if no_report(found) else ""),
    ):
        if at is None:
            yield Stop(name, None, none_owed or "Not yet")
            continue
        yield Stop(name, at, _after(last, at))
        last = at


def no_report(found: Referral) -> bool:
    """Did the referral end so that no report comes any more?"""
    return found.state in NO_REPORT or found.state == State.CLOSED.value


def _after(last: datetime | None, at: datetime) -> str:
    if last is None:
        return "The clocks start here"
    return f"{span(at - last)} later" if at >= last else f"{span(last - at)} before"

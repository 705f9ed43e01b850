"""Copies of the Member's letters to whoever may act for the Member (GG.1507 II.C; 45 CFR 164.502(g)).

A copy is owed with its letter, by the authority on record that day, and leaves only while that authority holds. It is
the Member's own letter, word for word, in an envelope of its own; it says first that it is a copy, and whose. It is in
the representative's own language where that is on record, else in the Member's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.people.representing import readers_of
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.change import Owed
from secondopinion.referrals.models import Referral
from secondopinion.referrals.sensitive import segments
from secondopinion.referrals.snapshot import Snapshot

ROLE: Final = "representative"
NOT_TO_LEAVE: Final = (
    "The person this copy is for may not act for the Member any more, or not for this care, so it was not handed over. "
    "Record the authority that holds today, then try again; the Member's own letter does not wait for it."
)


def with_copies(before: Snapshot, owes: tuple[Owed, ...], now: datetime) -> tuple[Owed, ...]:
    """The letters of a step, and a copy of each of the Member's to everybody who may act for the Member today."""
    own = [owed for owed in owes if owed.recipient_role == "member" and not _of_one_who_died(owed)]
    if not own:
        return owes
    told = {owed.data["recipient"]["name"] for owed in owes if owed.recipient_role == "requester"}
    on = now.astimezone(PACIFIC).date()
    known = segments(before.id, before.condition_code, on)
    readers = [who for who in readers_of(before.member_id, known, on) if who.name not in told]
    return (*owes, *(_copy(owed, who) for owed in own for who in readers))


def may_still_leave(referral: Referral, name: str, on: date) -> bool:
    """May the person of this name still have copies about this care on a day? One who may not any more gets none."""
    known = segments(referral.pk, referral.condition_code, on)
    return any(who.name == name for who in readers_of(referral.member_id, known, on))


def _copy(owed: Owed, who: AuthorizedRepresentative) -> Owed:
    envelope = {
        "name": who.name,
        "address_lines": _address(who, owed.data["recipient"]["address_lines"]),
        "acts_for": owed.data["member"]["name"],
    }
    return replace(owed, recipient_role=ROLE, data={**owed.data, "recipient": envelope}, speaks=who.language)


def _address(who: AuthorizedRepresentative, member_lines: Iterable[str]) -> list[str]:
    # Reading: a representative without an address on record is written to at the Member's, rather than not at all.
    street, _, city = (part.strip() for part in who.address.partition(","))
    return [line for line in (street, city) if line] or list(member_lines)


def _of_one_who_died(owed: Owed) -> bool:
    # Reading: authority to act for a Member ends with the Member's life.
    dismissal: dict[str, Any] = owed.data.get("dismissal") or {}
    return dismissal.get("ground") == "died"

"""Setting right what was written down wrong, and writing down what was missing: always another event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.opinions import Need
from secondopinion.referrals.change import Change
from secondopinion.referrals.ledger import plain
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.responsible import PLAN, decider_name, entity, responsible
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_time import CarryOver, Correct, RecordFirst

# What may be corrected, how a person names it, and how long it may be (None: an instant or a day).
CORRECTABLE: Mapping[str, tuple[str, int | None]] = {
    "received_at": ("when the request reached us", None),
    "requester_name": ("the name of the one who asked", 120),
    "requester_phone": ("the phone of the one who asked", 30),
    "requester_npi": ("the NPI of the one who asked", 10),
    "requester_address": ("the address of the one who asked", 200),
    "request_words": ("what was asked, in the asker's words", 4000),
    "condition": ("the condition", 120),
    "condition_code": ("the code of the condition", 10),
    "procedure": ("what was recommended", 160),
    "clinician_name": ("whose care is questioned", 120),
    "visited_on": ("the day of the visit", None),
}
NEVER_EMPTY = ("requester_name", "received_at")


def correct(before: Snapshot, told: Correct, person: Person, now: datetime) -> Change:
    """Set columns right. The receipt moves only to an earlier instant: time is never gained by a correction (F02)."""
    if not told.why.strip():
        raise Refused("Say what was wrong and how you know, in a sentence.")
    changed: dict[str, Any] = {}
    for name, new in told.columns.items():
        if name not in CORRECTABLE:
            raise Refused(
                f"“{name}” is not corrected here. It can be: {', '.join(w for w, _ in CORRECTABLE.values())}."
            )
        value = new.strip() if isinstance(new, str) else new
        if value != getattr(before, name):
            _check(before, name, value, now)
            changed[name] = value
    if not changed:
        raise Refused("What you wrote is what stands there already; nothing was changed.")
    was = {name: plain(getattr(before, name)) for name in changed}
    return Change(
        details={"was": was, "now": {n: plain(v) for n, v in changed.items()}, "why": told.why.strip()},
        columns=changed,
    )


def _check(before: Snapshot, name: str, value: object, now: datetime) -> None:
    words, longest = CORRECTABLE[name]
    if longest is not None:
        if not isinstance(value, str) or len(value) > longest or (name in NEVER_EMPTY and not value):
            raise Refused(f"What you wrote for {words} is empty or longer than {longest} characters.")
    elif name == "received_at":
        if not isinstance(value, datetime) or value.tzinfo is None or value >= before.received_at:
            raise Refused(
                "The receipt can only be moved to an earlier instant: time to decide is never gained by a correction. "
                "If it really came later, keep the earlier instant and say so in a note."
            )
    elif name == "visited_on":
        today = now.astimezone(PACIFIC).date()
        wrong = not isinstance(value, date) or before.visited_on is None or value > today
        if wrong or (before.authorized_on is not None and value < before.authorized_on):  # type: ignore[operator]
            raise Refused("The day of the visit must lie between the authorization and today.")


def record_first(before: Snapshot, told: RecordFirst, person: Person, now: datetime) -> Change:
    """Write down what the first practitioner said of the need, so that the two opinions can be compared (II.D)."""
    if told.need not in {need.value for need in Need}:
        raise Refused(f"Say what the first practitioner found about the procedure: one of {', '.join(Need)}.")
    if not told.source.strip():
        raise Refused("Say where this is written or who said it: a note, a letter, a call.")
    columns: dict[str, Any] = {"first_need": told.need}
    if told.procedure.strip():
        columns["procedure"] = told.procedure.strip()[:160]
    if all(getattr(before, name) == value for name, value in columns.items()):
        raise Refused("This is recorded already; nothing was changed.")
    return Change(details={"need": told.need, "source": told.source.strip(), "procedure": told.procedure.strip()},
                  columns=columns)  # fmt: skip


def carry_over(before: Snapshot, told: CarryOver, person: Person, now: datetime) -> Change:
    """Write down that another entity decides from this day on. Who it is follows from the register (II.L)."""
    who = responsible(before, now)
    if entity(who) == (before.carried_to or str(before.network_id or PLAN)):
        raise Refused("The same entity decides as before; nothing was carried over.")
    return Change(
        details={"decider": who.decider.value, "network": decider_name(before, now), "why": told.why},
        columns={"carried_to": entity(who)},
    )

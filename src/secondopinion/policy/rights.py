"""What a Member can do against a decision: by when, and where to turn (GG.1538 II.K.2 and II.K.3).

Rights follow from program, decision and the date on the notice. Nobody picks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from secondopinion.policy.asked import Program
from secondopinion.policy.parameters import Dated, dated_rows, value

DECISIONS = ("deny", "modify", "late")
"""Decisions that can be appealed. A limited choice is a modification; a missed time limit is `late`."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One public body: how to reach it and which rule names it. What a body has not is left empty."""

    key: str
    name: str
    phone: str
    tty: str
    address: tuple[str, ...]
    hours: str
    web: str
    email: str
    fax: str
    authority: str


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights that stand in one notice.

    `appeal_by` and `continuation_by` are the last days on which to ask; both count from the date on the
    notice. `continuation_by` is None unless care already authorized is taken away. `state_hearing_days`
    count from the plan's answer to the appeal. `external_review` is Independent Medical Review.
    `goes_on_by_itself` says that a refused appeal goes to Medicare's reviewer unasked.
    """

    program: Program
    decision: str
    noticed_on: date
    appeal_days: int
    appeal_by: date
    appeal_decided_days: int
    appeal_expedited_hours: int
    continuation_by: date | None
    state_hearing_days: int
    external_review: bool
    goes_on_by_itself: bool
    complaint_contacts: tuple[Contact, ...]
    hearing_contact: Contact
    help_contacts: tuple[Contact, ...]
    authorities: tuple[str, ...]


def rights(program: Program, decision: str, noticed_on: date, *, previously_authorized: bool = False) -> Rights:
    """The rights against a decision whose notice bears the date `noticed_on`.

    `previously_authorized` says that the decision ends, suspends or cuts care already authorized, as when
    an approved opinion is taken back. Raises ValueError for a decision nobody can appeal.
    """
    if decision not in DECISIONS:
        raise ValueError(f"{decision!r} is not a decision one can appeal: give {', '.join(DECISIONS)}.")
    window = _time("file", program, noticed_on)
    decided, expedited = (_time(each, program, noticed_on) for each in ("standard", "expedited"))
    hearing = _time("state_hearing", program, noticed_on)
    kept = _time("continuation", program, noticed_on)
    bodies = contacts(program, noticed_on)
    complaints = _complaint_keys(program)
    # Reading: the window counts from the date on the notice and ends on a calendar day, a holiday too.
    # Where a notice had to be sent again in a format the Member can read, that later date is the one to give.
    # Reading: care goes on during an appeal only where it was authorized before (42 CFR 438.420), so a
    # first request that is denied has no such right.
    return Rights(
        program=program,
        decision=decision,
        noticed_on=noticed_on,
        appeal_days=window.number,
        appeal_by=noticed_on + timedelta(days=window.number),
        appeal_decided_days=decided.number,
        appeal_expedited_hours=expedited.number,
        continuation_by=noticed_on + timedelta(days=kept.number) if previously_authorized else None,
        state_hearing_days=hearing.number,
        external_review=_external_review(program, noticed_on),
        goes_on_by_itself=program is Program.ONECARE,
        complaint_contacts=tuple(bodies[key] for key in complaints),
        hearing_contact=bodies["state-hearing"],
        help_contacts=tuple(body for key, body in bodies.items() if key not in complaints and key != "state-hearing"),
        authorities=tuple(each.authority for each in (window, decided, expedited, hearing)),
    )


def contacts(program: Program, on: date) -> Mapping[str, Contact]:
    """The bodies a letter of this program may name on a day, by key; closed ones are left out."""
    found = {}
    for row in _rows():
        closed = row.get("only_if") == "external_review" and not _external_review(program, on)
        holding = [each for each in row["value"] if each["from"] <= on]
        if program.value in row["programs"] and holding and not closed:
            found[row["key"]] = _contact(row["key"], holding[-1])
    return found


def _external_review(program: Program, on: date) -> bool:
    return value(f"settings.external_review.{_key(program)}", on).truth


def _time(name: str, program: Program, on: date) -> Dated:
    return value(f"appeal_time.{name}.{_key(program)}", on)


def _key(program: Program) -> str:
    return program.value.replace("-", "_")


def _complaint_keys(program: Program) -> tuple[str, ...]:
    return tuple(row["key"] for row in _rows() if program.value in row["complaints"])


def _contact(key: str, row: Mapping[str, Any]) -> Contact:
    words = {name: row.get(name, "") for name in ("tty", "hours", "web", "email", "fax")}
    return Contact(
        key=key,
        name=row["name"],
        phone=row["phone"],
        address=tuple(row.get("address", ())),
        authority=row["authority"],
        **words,
    )


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    """The rows of `values/contacts.toml`, checked. Raises ValuesFaulty."""
    return dated_rows("contacts", "contact", "key", {"name", "phone", "authority", "link", "read_on"})

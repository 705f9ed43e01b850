"""Where the plan can be reached: phones, faxes, addresses, as letters and pages print them from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from secondopinion.people.changes import Ask, Line, NotProposable, Sort, State, Subject
from secondopinion.people.models import Proposal, Role
from secondopinion.people.person import Person
from secondopinion.people.plan import MAY_CHANGE, part_on

NAMES: Final = {
    "address_lines": ("Address of the plan", "The plan"),
    "website": ("Website", "The plan"),
    "tty": ("Number for TTY", "The plan"),
    "phone.medi-cal": ("Customer service, Medi-Cal", "The plan"),
    "phone.onecare": ("Customer service, OneCare", "The plan"),
    "appeals.fax": ("Fax for appeals and complaints", "Appeals and complaints"),
    "appeals.mail_lines": ("Address for appeals and complaints", "Appeals and complaints"),
    "desk.phone": ("Phone of the desk", "The desk"),
    "desk.fax": ("Fax of the desk", "The desk"),
    "desk.report_fax": ("Fax for consultation reports", "The desk"),
    "desk.mail_lines": ("Address of the desk", "The desk"),
    "claims.phone": ("Phone for claims", "Claims"),
    "claims.address_lines": ("Address for claims", "Claims"),
    "pace.name": ("Name of the PACE center", "PACE"),
    "pace.phone": ("Phone of the PACE center", "PACE"),
}
FEWEST, MOST_LINES, LONGEST = 2, 5, 60  # lines of an address and characters of a line, in the window of an envelope


class OfThePlan(Sort):
    """A phone, a fax, an address."""

    kind = Proposal.Kind.PLAN
    title = "Contacts and addresses of the plan"
    lead = (
        "Letters that are owed from the day on print the new one; those that were owed before stay as they are. "
        "Hours and names are in the plan's file, because they are printed in every language."
    )
    proposers = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
    approvers = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
    from_today = False

    def subjects(self, on: date) -> tuple[Subject, ...]:
        """Everything that may change."""
        return tuple(Subject(key, *NAMES[key]) for key in MAY_CHANGE)

    def subject(self, key: str, on: date) -> Subject:
        """One contact by its place in the plan's file. Raises NotProposable."""
        if key not in MAY_CHANGE:
            raise NotProposable("There is no such contact of the plan: choose one from the list.")
        return Subject(key, *NAMES[key])

    def held(self, key: str, on: date) -> State:
        """The contact on a day."""
        return {"is": part_on(key, on)}

    def asks(self, key: str) -> tuple[Ask, ...]:
        """One field: a line, or the lines of an envelope."""
        if key.endswith("_lines"):
            return (Ask("is", "From then on", "lines", f"{FEWEST} to {MOST_LINES} lines, as on an envelope"),)
        return (Ask("is", "From then on", "text"),)

    def filled(self, held: State) -> Mapping[str, Any]:
        """What holds now."""
        is_ = held["is"]
        return {"is": "\n".join(is_) if isinstance(is_, list) else is_}

    def read(self, key: str, said: Mapping[str, Any], from_on: date) -> State:
        """The contact, its spaces put right. Raises NotProposable for what no phone or envelope takes."""
        typed = str(said["is"])
        if not key.endswith("_lines"):
            text = " ".join(typed.split())
            number = key.rpartition(".")[2] in {"phone", "fax", "report_fax", "tty", "medi-cal", "onecare"}
            if number and not (text.replace("-", "").isdigit() and 3 <= len(text.replace("-", "")) <= 11):
                raise NotProposable("Write the number with digits and hyphens, such as 1-800-555-0142.", "is")
            if len(text) > LONGEST:
                raise NotProposable(f"That is longer than a letter has room for: {LONGEST} characters at most.", "is")
            return {"is": text}
        lines = [" ".join(line.split()) for line in typed.splitlines()]
        lines = [line for line in lines if line]
        if not FEWEST <= len(lines) <= MOST_LINES or any(len(line) > LONGEST for line in lines):
            raise NotProposable(
                f"An address has {FEWEST} to {MOST_LINES} lines of at most {LONGEST} characters each.", "is"
            )
        return {"is": lines}

    def lines(self, key: str, state: State) -> tuple[Line, ...]:
        """The contact; an address with all its lines."""
        is_ = state["is"]
        return (Line(NAMES[key][0], "\n".join(is_) if isinstance(is_, list) else is_),)

    def carry_out(self, proposal: Proposal, person: Person, now: datetime) -> None:
        """Nothing: `the_plan()` reads the approval."""

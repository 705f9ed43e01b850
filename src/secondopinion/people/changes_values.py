"""Values that no law fixes and the plan sets for itself, by date (`config` in the files of values)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from secondopinion.people.changes import Ask, Line, NotProposable, Sort, State, Subject
from secondopinion.people.models import Proposal, Role
from secondopinion.people.person import Person
from secondopinion.policy.parameters import Dated, NoValueYet, load, value

MOST: Final = 100_000  # no count of days, hours, miles or tries is beyond it

GROUPS: Final = {
    "access": "Distance and search",
    "appeal_time": "Appeals",
    "authorization": "Authorizations and agreements",
    "choosing": "The Member's choice",
    "decision_time": "Time to decide",
    "directory": "Directory",
    "languages": "Languages",
    "notice_time": "Letters",
    "post": "Post",
    "privacy": "Sensitive care",
    "report_time": "Reports",
}


class Values(Sort):
    """A number, a yes or no, or a list of codes that the plan may choose."""

    kind = Proposal.Kind.VALUE
    title = "Values the plan sets for itself"
    lead = "Where law or contract leaves a number to the plan. What law sets changes with a release and is not here."
    proposers = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
    approvers = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
    from_today = False

    def subjects(self, on: date) -> tuple[Subject, ...]:
        """Every value that is the plan's to set on a day."""
        return tuple(Subject(name, _on(name, on).label, _group(name)) for name in names() if _is_ours(name, on))

    def subject(self, key: str, on: date) -> Subject:
        """One value by file and parameter. Raises NotProposable for what law sets, or nobody knows."""
        if key not in names() or not _is_ours(key, on):
            raise NotProposable("There is no such value for the plan to set: choose one from the list.")
        return Subject(key, _on(key, on).label, _group(key))

    def held(self, key: str, on: date) -> State:
        """The value on a day, and who says so."""
        found = _on(key, on)
        return {"is": list(found.is_) if isinstance(found.is_, tuple) else found.is_, "authority": found.authority}

    def asks(self, key: str) -> tuple[Ask, ...]:
        """One field, in the form of the value's unit."""
        unit = next(iter(_parameter(key))).unit
        if unit == "yes or no":
            return (Ask("is", "From then on", "yes-no"),)
        if unit.endswith("codes"):
            return (Ask("is", "From then on", "text", f"The {unit}, separated by spaces"),)
        return (Ask("is", "From then on", "number", f"In {unit}"),)

    def filled(self, held: State) -> Mapping[str, Any]:
        """What holds now."""
        is_ = held["is"]
        return {"is": "yes" if is_ is True else "no" if is_ is False else " ".join(is_) if _is_list(is_) else is_}

    def read(self, key: str, said: Mapping[str, Any], from_on: date) -> State:
        """The value in the unit's own form. Raises NotProposable where law leaves less room than that."""
        before = _on(key, from_on)
        typed = said["is"]
        is_: Any
        if isinstance(before.is_, bool):
            is_ = typed == "yes"
        elif isinstance(before.is_, tuple):
            is_ = list(dict.fromkeys(str(typed).split()))
            if not is_ or not all(part.replace("-", "").replace(".", "").isalnum() and len(part) <= 12 for part in is_):
                raise NotProposable(f"“{before.label}” is a list of {before.unit}, separated by spaces.", "is")
        else:
            is_ = int(typed)
            if not before.at_least <= is_ <= min(before.at_most or MOST, MOST):
                raise NotProposable(_room(before), "is")
        return {"is": is_, "authority": ""}

    def lines(self, key: str, state: State) -> tuple[Line, ...]:
        """The value with its unit, and its authority."""
        is_, unit = state["is"], next(iter(_parameter(key))).unit
        if isinstance(is_, bool):
            text = "Yes" if is_ else "No"
        else:
            text = ", ".join(is_) if _is_list(is_) else f"{is_:,} {unit.removesuffix('s') if is_ == 1 else unit}"
        return Line("Value", text), Line("Authority", state["authority"] or "The plan's own choice, by this approval")

    def carry_out(self, proposal: Proposal, person: Person, now: datetime) -> None:
        """Nothing: the law reads the approval."""


@cache
def names() -> tuple[str, ...]:
    """Every parameter that has ever been the plan's to set."""
    files = ((file, load(file)) for file in GROUPS)
    return tuple(
        f"{file}.{name}"
        for file, parameters in files
        for name in parameters
        if any(each.config for each in parameters[name].values)
    )


def _room(before: Dated) -> str:
    why = f": {before.room}" if before.room else ""
    most = f"{before.at_most or MOST:,}"
    return f"“{before.label}” must be at least {before.at_least} and at most {most} {before.unit}{why}."


def _is_ours(name: str, on: date) -> bool:
    try:
        return _on(name, on).config
    except NoValueYet:
        return False


def _on(name: str, on: date) -> Dated:
    return value(name, on)


def _parameter(name: str) -> tuple[Dated, ...]:
    file, _, parameter = name.partition(".")
    return load(file)[parameter].values


def _group(name: str) -> str:
    file = name.partition(".")[0]
    return GROUPS[file]


def _is_list(is_: Any) -> bool:
    return isinstance(is_, list)

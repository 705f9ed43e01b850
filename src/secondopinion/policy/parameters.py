"""Numbers that the law or the plan sets, each by date and with the authority that set it.

One file of `values/` holds one subject. A table such as `[standard.medi_cal]` names a parameter with
its label, unit and what it counts from; each `[[standard.medi_cal.value]]` below it says from which day
on which value holds, under which authority, and when a person last compared it with its source. A
change of the law is one more value: no date stands in any `if`. The house looks no further back than
2015, so a first value that begins on 1 January 2015 may be older than that.

Where `config` is true no law fixes the value: what the plan has chosen for itself (`chosen.py`) goes before the file.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from secondopinion.policy.chosen import chosen

UNITS = frozenset(
    {
        "business days",
        "calendar days",
        "hours",
        "minutes",
        "miles",
        "miles an hour",
        "professionals",
        "visits",
        "tries",
        "requests",
        "yes or no",
        "language codes",
        "taxonomy codes",
        "condition codes",
        "years",
    }
)
"""What a value can be counted in. A unit outside this list is a slip of the pen."""


class NoValueYet(LookupError):
    """No value of the parameter holds on the day asked for, or there is no such parameter."""


class ValuesFaulty(ValueError):
    """A file of values breaks the form it must have; the message names file, parameter and fault."""


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of one parameter, and who says so.

    `is_` holds from `from_on` until the next value begins. `rule` is the rule's own id where it has one.
    `config` says that no law fixes the value and a plan may choose its own: a count not below `at_least` and, where
    it is given, not above `at_most`; `room` says what sets these bounds.
    """

    is_: int | bool | tuple[str, ...]
    unit: str
    label: str
    starts: str
    from_on: date
    authority: str
    link: str
    read_on: date
    rule: str
    note: str
    config: bool
    at_least: int = 1
    at_most: int | None = None
    room: str = ""

    @property
    def number(self) -> int:
        """The value where it is a count. Raises TypeError when it is not one."""
        if isinstance(self.is_, bool) or not isinstance(self.is_, int):
            raise TypeError(f"“{self.label}” is not a number: read `is_` instead.")
        return self.is_

    @property
    def truth(self) -> bool:
        """The value where it is yes or no. Raises TypeError when it is neither."""
        if not isinstance(self.is_, bool):
            raise TypeError(f"“{self.label}” is not a yes or no: read `is_` instead.")
        return self.is_

    @property
    def words(self) -> tuple[str, ...]:
        """The value where it is a list of codes. Raises TypeError when it is not one."""
        if not isinstance(self.is_, tuple):
            raise TypeError(f"“{self.label}” is not a list: read `is_` instead.")
        return self.is_

    def __str__(self) -> str:
        return f"{self.number} {self.unit.removesuffix('s') if self.number == 1 else self.unit}"


@dataclass(frozen=True)
class Parameter:
    """All values one parameter has had, earliest first."""

    name: str
    values: tuple[Dated, ...]
    _from: tuple[date, ...]

    def on(self, day: date) -> Dated:
        """The one value that holds on `day`. Raises NoValueYet before the first."""
        place = bisect_right(self._from, day)
        if place == 0:
            raise NoValueYet(
                f"{self.name} has no value on {day.isoformat()}: its first begins on "
                f"{self._from[0].isoformat()}. Add the earlier value, with its authority."
            )
        return self.values[place - 1]


class Parameters(Mapping[str, Parameter]):
    """The parameters of one file, by dotted name such as `standard.medi_cal`."""

    def __init__(self, file: str, by_name: Mapping[str, Parameter]) -> None:
        self.file = file
        self._by_name = by_name

    def value(self, name: str, on: date) -> Dated:
        """The one value of `name` that holds on a day. Raises NoValueYet."""
        found = self._by_name.get(name)
        if found is None:
            raise NoValueYet(f"{self.file}.toml has no parameter {name!r}: it has {', '.join(self)}.")
        brought = found.on(on)
        return _chosen_on(f"{self.file}.{name}", brought, on) if brought.config else brought

    def ever(self, name: str) -> tuple[Dated, ...]:
        """Every value that `name` ever had or is to have, those that the plan chose included."""
        brought = self[name].values
        own = chosen().values.get(f"{self.file}.{name}", ())
        return (*brought, *(_own(brought[-1], each.is_, each.from_on, each.because, each.approved_on) for each in own))

    def __getitem__(self, name: str) -> Parameter:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


@cache
def load(file: str) -> Parameters:
    """The parameters of `values/<file>.toml`, read and checked once. Raises ValuesFaulty."""
    return read(file, raw(file))


@cache
def raw(file: str) -> Mapping[str, Any]:
    """The tables of `values/<file>.toml` as they stand, for rooms that keep more than parameters there."""
    text = resources.files(__package__).joinpath("values", f"{file}.toml").read_text("utf-8")
    return tomllib.loads(text)


def dated_rows(file: str, table: str, named: str, needs: AbstractSet[str]) -> tuple[Mapping[str, Any], ...]:
    """The rows of a table of `values/<file>.toml` whose values are tables by date, checked. Raises ValuesFaulty.

    `named`: the key that names a row. `needs`: what each value must hold.
    """
    rows = tuple(raw(file)[table])
    for row in rows:
        begins = [each["from"] for each in row["value"]]
        if begins != sorted(set(begins)) or not begins:
            raise ValuesFaulty(f"{file}.toml: {row[named]}: the days must rise, each only once.")
        for each in row["value"]:
            if missing := needs - each.keys():
                raise ValuesFaulty(f"{file}.toml: {row[named]}: {', '.join(sorted(missing))} is missing.")
    return rows


def value(name: str, on: date) -> Dated:
    """`value("decision_time.standard.medi_cal", day)`: file and parameter in one name. Raises NoValueYet."""
    file, _, parameter = name.partition(".")
    return load(file).value(parameter, on)


def _chosen_on(name: str, brought: Dated, on: date) -> Dated:
    """The plan's own value that holds on a day; else the one that the file brings."""
    # Reading: a plan's choice holds until the plan makes another, also when a later file brings a new default.
    last = None
    for each in chosen().values.get(name, ()):
        if each.from_on <= on:
            last = each
    return brought if last is None else _own(brought, last.is_, last.from_on, last.because, last.approved_on)


def _own(brought: Dated, is_: int | bool | tuple[str, ...], from_on: date, because: str, approved_on: date) -> Dated:
    authority = f"The plan's own choice: {because}"
    return replace(brought, is_=is_, from_on=from_on, authority=authority, link="", read_on=approved_on)


def read(file: str, tables: Mapping[str, Any]) -> Parameters:
    """Parameters out of the parsed tables of one file. Pure. Raises ValuesFaulty."""
    found: dict[str, Parameter] = {}
    waiting = [(name, table) for name, table in tables.items()]
    while waiting:
        name, table = waiting.pop(0)
        if not isinstance(table, Mapping):
            raise ValuesFaulty(f"{file}.toml: {name} stands outside any parameter.")
        if "value" in table:
            found[name] = _parameter(f"{file}.toml: {name}", name, table)
        else:
            waiting.extend((f"{name}.{inner}", each) for inner, each in table.items())
    return Parameters(file, found)


_OF_A_PARAMETER = {"label", "unit", "starts", "config", "at_least", "at_most", "room", "value"}
_OF_A_VALUE = {"from", "is", "authority", "link", "read_on", "rule", "note", "config"}


_FORM = {"yes or no": "bool", "language codes": "tuple", "taxonomy codes": "tuple", "condition codes": "tuple"}


def _parameter(where: str, name: str, table: Mapping[str, Any]) -> Parameter:
    _only(where, table, _OF_A_PARAMETER, needed={"label", "unit"})
    if table["unit"] not in UNITS:
        raise ValuesFaulty(f"{where}: the unit {table['unit']!r} is not one of {', '.join(sorted(UNITS))}.")
    values = tuple(_dated(where, table, row) for row in table["value"])
    begins = tuple(each.from_on for each in values)
    if not values:
        raise ValuesFaulty(f"{where}: no value is given.")
    if list(begins) != sorted(set(begins)):
        raise ValuesFaulty(f"{where}: the days from which values hold must rise, each only once.")
    return Parameter(name, values, begins)


def _dated(where: str, table: Mapping[str, Any], row: Mapping[str, Any]) -> Dated:
    _only(where, row, _OF_A_VALUE, needed={"from", "is", "authority", "read_on"})
    is_: Any = tuple(str(each) for each in row["is"]) if isinstance(row["is"], list) else row["is"]
    if type(is_).__name__ != _FORM.get(table["unit"], "int"):
        raise ValuesFaulty(f"{where}: {row['is']!r} is not a value in {table['unit']}.")
    if type(row["from"]) is not date or type(row["read_on"]) is not date:
        raise ValuesFaulty(f"{where}: `from` and `read_on` must be days, such as 2026-01-01.")
    return Dated(
        is_=is_,
        unit=table["unit"],
        label=table["label"],
        starts=table.get("starts", ""),
        from_on=row["from"],
        authority=row["authority"],
        link=row.get("link", ""),
        read_on=row["read_on"],
        rule=row.get("rule", ""),
        note=row.get("note", ""),
        config=bool(row.get("config", table.get("config", False))),
        at_least=table.get("at_least", 1),
        at_most=table.get("at_most"),
        room=table.get("room", ""),
    )


def _only(where: str, table: Mapping[str, Any], known: set[str], *, needed: set[str]) -> None:
    if missing := needed - table.keys():
        raise ValuesFaulty(f"{where}: {', '.join(sorted(missing))} is missing.")
    if unknown := table.keys() - known:
        raise ValuesFaulty(f"{where}: {', '.join(sorted(unknown))} is not known here.")

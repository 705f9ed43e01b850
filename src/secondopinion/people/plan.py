"""The plan itself: its name, addresses and numbers, as letters and pages print them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from secondopinion.people.standing import Changed, the_standing


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan's identity. `phone` is customer service by program."""

    name: str
    short_name: str
    npi: str
    address_lines: list[str]
    website: str
    hours: str
    tty: str
    phone: Mapping[str, str]
    appeals: Mapping[str, Any]
    desk: Mapping[str, Any]
    claims: Mapping[str, Any]
    pace: Mapping[str, str]


MAY_CHANGE = (
    "address_lines", "website", "tty", "phone.medi-cal", "phone.onecare", "appeals.fax", "appeals.mail_lines",
    "desk.phone", "desk.fax", "desk.report_fax", "desk.mail_lines", "claims.phone", "claims.address_lines",
    "pace.name", "pace.phone",
)  # fmt: skip
"""What of the plan two people may change from a day on. The rest stands in the file: its name is in what it approved,
and its hours are printed in every language."""


def the_plan() -> Plan:
    """The plan that runs this installation, as of the day of the running transaction."""
    return _plan_of(the_standing().of_the_plan_today())


def plan_on(on: date) -> Plan:
    """The plan as of a day, as far as two people have approved by now."""
    return _plan_of(the_standing().of_the_plan(on))


def part_on(name: str, on: date) -> Any:
    """One part of the plan by its dotted name, such as `desk.fax`, as of a day."""
    head, _, part = name.partition(".")
    found = getattr(plan_on(on), head)
    return found[part] if part else found


@lru_cache(maxsize=64)
def _plan_of(changed: Changed) -> Plan:
    said = _file()
    for name, is_ in changed:
        head, _, part = name.partition(".")
        own: Any = list(is_) if isinstance(is_, tuple) else is_
        said = {**said, head: {**said[head], part: own} if part else own}
    return Plan(**said)


@cache
def _file() -> Mapping[str, Any]:
    """The file named by the setting `PLAN_FILE`, else the made-up plan's."""
    path = Path(getattr(settings, "PLAN_FILE", None) or Path(__file__).with_name("plan.toml"))
    return tomllib.loads(path.read_text(encoding="utf-8"))

"""The plan itself: its name, addresses and numbers, as letters and pages print them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings


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


@cache
def the_plan() -> Plan:
    """The plan that runs this installation, from the file named by the setting `PLAN_FILE`."""
    path = Path(getattr(settings, "PLAN_FILE", None) or Path(__file__).with_name("plan.toml"))
    return Plan(**tomllib.loads(path.read_text(encoding="utf-8")))

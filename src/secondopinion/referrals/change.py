"""What a step asks the ledger to write: new columns, the event's details, letters and rows.

Clocks are not among them: they follow from the columns (clockwork.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from secondopinion.policy.findings import Finding


@dataclass(frozen=True, slots=True)
class Owed:
    """One letter that a step owes: to whom, and the data that is frozen into it.

    `language`: what it is written in. `speaks`: the reader's own language, as the enrolment file has it; empty where
    that is not asked, as of offices.
    """

    kind: str
    recipient_role: str
    data: Mapping[str, Any]
    language: str = "en"
    speaks: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that becomes true together when a step is taken."""

    details: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    owes: tuple[Owed, ...] = ()
    missed: bool = False  # the decision came too late, whatever its clock says
    finding: Finding | None = None
    rows: tuple[models.Model, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """The step as it was written: the event's place, the state now, and the letters that will be mailed."""

    referral_id: UUID
    number: str
    step: str
    state: str
    position: int
    letters: tuple[UUID, ...] = ()

"""The list a person had before the eyes when choosing, frozen: who stood on it, in which order, and what was said.

A page carries it from its showing to the choice, sealed with the house's key, so that nobody can alter it between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.signing import BadSignature, Signer

from secondopinion.referrals.lifecycle import Refused

SEAL: Final = Signer(salt="the list that was shown")


@dataclass(frozen=True, slots=True)
class Stood:
    """One professional as the list said it."""

    npi: str
    level: int | None  # None: the clause sets no specialty
    miles: float | None
    speaks: bool | None
    verified_on: str
    stale: bool
    ties: tuple[str, ...] = ()
    next_opening: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """The list as it was shown on a referral's page, in its order, with what it left out and why."""

    referral: str
    at: str  # the instant of showing, with its offset
    stood: tuple[Stood, ...]
    more: int = 0  # how many were offered besides, not in sight
    considered: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    most_miles: float = 0
    widened: bool = False
    filters: Mapping[str, str] = field(default_factory=dict)

    def row_of(self, npi: str) -> Stood | None:
        """How a professional stood on the list; None for one who did not."""
        return next((row for row in self.stood if row.npi == npi), None)

    @property
    def as_details(self) -> dict[str, Any]:
        """The list as an event keeps it, with the SHA-256 of its one spelling."""
        rows = asdict(self)
        spelt = orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)
        return {"list": rows, "list_sha256": hashlib.sha256(spelt).hexdigest()}


def sealed(shown: Shown) -> str:
    """The list as a page's hidden field carries it."""
    return SEAL.sign_object(asdict(shown), compress=True)


def unsealed(text: str, referral: UUID, now: datetime) -> Shown:
    """The list that a page carried. Raises Refused for one that was altered or is another referral's."""
    try:
        told = SEAL.unsign_object(text)
        rows = tuple(Stood(**{**row, "ties": tuple(row["ties"])}) for row in told.pop("stood"))
        shown = Shown(stood=rows, **told)
    except (BadSignature, ValueError, TypeError, KeyError, AttributeError):
        shown = None
    if shown is None or shown.referral != str(referral) or datetime.fromisoformat(shown.at) > now:
        raise Refused(
            "The list came back otherwise than it was shown, so the choice was not taken. Open the list again, and "
            "choose once more."
        )
    return shown

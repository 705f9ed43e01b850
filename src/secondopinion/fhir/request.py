"""What a PAS Request Bundle says, once read: plain frozen values, no JSON to doubt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import orjson

Json = dict[str, Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Code:
    """One coding. `system` is "" when the sender gave none."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as sent; either part may be ""."""

    family: str
    given: str

    def __str__(self) -> str:
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class Identifier:
    """A business identifier. `system` is "" when the sender gave none."""

    system: str
    value: str


@dataclass(frozen=True, slots=True)
class AskedFor:
    """The person the opinion is for, as far as the sender says.

    `numbers` are the candidates for the plan's own member number, the likeliest first. `birth_on` is None
    when the Bundle has no full birth date.
    """

    full_url: str
    numbers: tuple[str, ...]
    names: tuple[Name, ...]
    birth_on: date | None


@dataclass(frozen=True, slots=True)
class Party:
    """A provider in the request. A wrong check digit is only noted, in `npi_valid`."""

    full_url: str
    npi: str
    npi_valid: bool
    name: str
    phone: str
    is_person: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign that a second or third opinion is meant (`opinion` "second", "third" or "" for either)."""

    expression: str
    system: str
    code: str
    opinion: str

    @property
    def coded(self) -> bool:
        """Words alone are a hint for a person; a code is a statement."""
        return bool(self.code)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the Claim. `certification` is its X12 UM02 code; `raw` is the line as it was sent."""

    sequence: int
    certification: str
    category: tuple[Code, ...]
    product: tuple[Code, ...]
    modifiers: tuple[Code, ...]
    marks: tuple[Mark, ...]
    raw: Json


@dataclass(frozen=True, slots=True)
class SecondOpinionRequest:
    """A PAS 2.2.1 request as the house understands it.

    `intent` is "new", "appeal", "cancel" or "change" (X12 UM02). `opinion` is "second", "third" or "" when
    no mark says. `needs_a_person` is true when the marks are absent, only in words, on some lines only,
    or at odds with each other. `cited` are clause ids attested in free text ("II.C.1"). `answers` are
    yes/no answers by linkId from a QuestionnaireResponse. `echo` holds, by fullUrl, the parties that
    an answer repeats. `program_hint` is "medi-cal", "onecare", "pace" or "".
    """

    identifier: Identifier
    stamped_at: datetime
    claim_url: str
    claim_identifiers: tuple[Identifier, ...]
    prior_identifiers: tuple[Identifier, ...]
    intent: str
    asked_for: AskedFor
    subscriber_number: str
    program_hint: str
    requestor: Party
    performer: Party | None
    insurer_url: str
    diagnoses: tuple[Code, ...]
    items: tuple[Item, ...]
    cancelled: tuple[Item, ...]
    urgency: str
    urgency_reason: str
    marks: tuple[Mark, ...]
    opinion: str
    needs_a_person: bool
    messages: tuple[str, ...]
    cited: tuple[str, ...]
    answers: Mapping[str, bool]
    claim_type: Json
    bundle_identifier: Json
    echo: Mapping[str, Json]


def fingerprint(request: SecondOpinionRequest) -> str:
    """SHA-256 of what is asked for whom. When and under which addresses it was sent does not count."""
    who, by, to = request.asked_for, request.requestor, request.performer
    told = (
        (who.numbers, who.names, who.birth_on, request.subscriber_number, request.program_hint),
        (by.npi, by.name, to and to.npi, to and to.name),
        [(i.sequence, i.certification, i.category, i.product, i.modifiers) for i in request.items],
        (request.urgency, request.opinion, request.diagnoses, request.messages, dict(request.answers)),
    )
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()

"""The words no adverse letter can be without: reasons, the right to appeal, where to complain (GG.1538 II.K).

A denial here is every act that a Member may appeal: no, yes but less, no answer in time, an approval taken
back, a visit not paid for (42 CFR 438.400(b)). The kinds that tell of one are `kinds.ADVERSE`.

This is the first of three guards, the type. The database constraint and the renderer are the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from secondopinion.letters.refusal import Incomplete
from secondopinion.letters.typeface import has_words


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a denial (II.K.1): the clause, what that clause asks, and why it is not met here."""

    clause: str
    criterion: str
    reason: str

    def __post_init__(self) -> None:
        _say("reasons", clause=self.clause, criterion=self.criterion, reason=self.reason)


@dataclass(frozen=True, slots=True)
class AppealRight:
    """The right to appeal (II.K.2): until which day, and how to reach us."""

    by: str
    phone: str

    def __post_init__(self) -> None:
        _say("appeal", by=self.by, phone=self.phone)


@dataclass(frozen=True, slots=True)
class ComplaintContact:
    """An agency that takes complaints (II.K.3)."""

    key: str
    name: str
    phone: str

    def __post_init__(self) -> None:
        _say("complaint", key=self.key, name=self.name, phone=self.phone)


@dataclass(frozen=True, slots=True)
class DenialWords:
    """What every adverse letter says. One without a reason, an appeal right or a complaint contact cannot be made."""

    reasons: tuple[Reason, ...]
    appeal: AppealRight
    complaint: tuple[ComplaintContact, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise Incomplete("denial", "it gives no reason (GG.1538 II.K.1)")
        if not isinstance(self.appeal, AppealRight):
            raise Incomplete("denial", "it does not tell of the right to appeal (GG.1538 II.K.2)")
        if not self.complaint:
            raise Incomplete("denial", "it does not say where to complain (GG.1538 II.K.3)")


def check_denial(kind: str, data: Mapping[str, Any]) -> DenialWords:
    """The denial words of an adverse letter's data. Raises Incomplete naming the clause whose words are missing."""
    needed = {"reasons": "II.K.1", "appeal": "II.K.2", "complaint": "II.K.3"}
    for name, clause in needed.items():
        if not data.get(name):
            raise Incomplete(kind, f"{name} is missing (GG.1538 {clause})")
    appeal = data["appeal"] if isinstance(data["appeal"], Mapping) else _wrong(kind, "appeal")
    return DenialWords(
        tuple(
            Reason(_text(r, "clause"), _text(r, "criterion"), _text(r, "reason")) for r in _group(kind, data, "reasons")
        ),
        AppealRight(_text(appeal, "by"), _text(appeal, "phone")),
        tuple(
            ComplaintContact(_text(c, "key"), _text(c, "name"), _text(c, "phone"))
            for c in _group(kind, data, "complaint")
        ),
    )


def _text(group: Mapping[str, Any], name: str) -> str:
    value = group.get(name)
    return value if isinstance(value, str) else ""


def _group(kind: str, data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    items = data[name]
    if not isinstance(items, list) or not all(isinstance(i, Mapping) for i in items):
        _wrong(kind, name)
    return list(items)


def _wrong(kind: str, name: str) -> NoReturn:
    raise Incomplete(kind, f"{name} is not made as the example shows")


def _say(group: str, **words: str) -> None:
    for name, value in words.items():
        if not has_words(value):
            raise Incomplete("denial", f"{name}, in {group}, is missing")

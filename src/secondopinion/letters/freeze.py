"""Freezing: the data of a letter is fixed at the moment the letter is owed.

The data is compared with the examples of its kind and program, all the way down. What is missing, empty,
of the wrong sort, or not used by the letter is refused by name, before anything is written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

import orjson

from secondopinion.letters.denial import check_denial
from secondopinion.letters.fitting import check_fit
from secondopinion.letters.kinds import PROGRAMS, examples, kind_named, template_sha256
from secondopinion.letters.refusal import Incomplete
from secondopinion.letters.typeface import has_words, unprintable

PLAIN_WORDS: Final = frozenset(
    {
        "reason", "criterion", "clinical_reason", "to_approve", "item", "question", "request_words", "procedure",
        "service", "expert", "says", "medicare", "medi_cal", "asked", "approved", "examination", "interest", "what",
        "why", "words",
    }
)  # fmt: skip
CODE: Final = re.compile(r"(?<![\w-])(?:\d{4}[\dA-Z]|[A-V]\d{4})(?![\w-])")  # CPT or HCPCS by its form
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
SORTS: Final[Mapping[type, str]] = {
    bool: "yes or no", int: "a whole number", str: "words", list: "a list", dict: "a group of values"
}  # fmt: skip

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A letter's data, fixed: what it says, and the hashes of the data and of the template it was owed with."""

    kind: str
    program: str
    language: str
    data: dict[str, Any]
    data_sha256: str
    template_sha256: str


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value must look like, learnt from the examples."""

    sort: type | None = None  # None: no example has a value here
    may_be_null: bool = False
    may_be_empty: bool = False
    is_day: bool = False
    keys: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None


def freeze(kind: str, program: str, language: str, data: Mapping[str, Any]) -> Frozen:
    """Fix a letter's data. Days and instants may be given as objects; they become ISO text.

    Raises Incomplete, which names what is missing, and UnknownLetter (kind or language not drawn).
    """
    drawn = kind_named(kind)
    drawn.template(language)
    if program not in PROGRAMS:
        raise Incomplete(kind, f"the program “{program}” is not one of {' and '.join(PROGRAMS)}")
    if program not in drawn.programs:
        raise Incomplete(kind, f"it is a letter of {' and '.join(drawn.programs)} only, and the program is {program}")
    try:
        encoded = orjson.dumps(data, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise Incomplete(kind, f"its data is not plain data: {error}") from error
    plain: dict[str, Any] = orjson.loads(encoded)
    if drawn.adverse:
        check_denial(kind, plain)
    for trouble in _troubles(shape(kind, program), plain, ()):
        raise Incomplete(kind, trouble)
    check_fit(kind, plain)
    if plain["referral"]["program"] != program:
        raise Incomplete(kind, f"the referral is {plain['referral']['program']} and the letter {program}")
    if drawn.reader == "member":
        _refuse_codes(kind, plain, ())
    return Frozen(kind, program, language, plain, hashlib.sha256(encoded).hexdigest(), template_sha256(kind, language))


@cache
def shape(kind: str, program: str) -> Shape:
    """The shape of a kind's data in a program: structure from all examples, what may be empty from its own."""
    every = examples(kind)
    return _shape([e.data for e in every], [e.data for e in every if e.program in (None, program)])


def in_words(path: Path) -> str:
    """Where a value stands, in words: `phone, in appeal`; `reason, in reasons number 2`."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            parts[-1] += f" number {step + 1}"
        else:
            parts.append(step.replace("_", " "))
    return ", in ".join(reversed(parts)) or "the data"


def _shape(every: Sequence[Any], own: Sequence[Any]) -> Shape:
    present = [v for v in every if v is not None]
    null = any(v is None for v in own)
    sorts = {type(v) for v in present}
    if not sorts:
        return Shape(may_be_null=null)
    (sort,) = sorts
    if sort is dict:
        here = [v for v in own if v is not None]
        names = sorted({n for v in present for n in v})
        keys = {n: _shape([v.get(n) for v in present], [v.get(n) for v in here]) for n in names}
        return Shape(dict, null, keys=keys)
    if sort is list:
        items = [i for v in present for i in v]
        own_items = [i for v in own if v is not None for i in v]
        empty = any(v == [] for v in own)
        return Shape(list, null, empty, items=_shape(items, own_items) if items else None)
    return Shape(sort, null, is_day=sort is str and all(ISO_DAY.fullmatch(v) for v in present))


def _troubles(shape: Shape, value: Any, path: Path) -> Iterator[str]:
    if value is None:
        if not shape.may_be_null:
            yield f"{in_words(path)} is missing"
    elif shape.sort is None:
        return
    elif type(value) is not shape.sort:
        yield f"{in_words(path)} must be {SORTS[shape.sort]}"
    elif isinstance(value, dict):
        for name, wanted in shape.keys.items():
            if name not in value:
                yield f"{in_words((*path, name))} is missing"
            else:
                yield from _troubles(wanted, value[name], (*path, name))
        for name in sorted(value.keys() - shape.keys.keys()):
            yield f"{in_words((*path, name))} is given, and no letter of this kind uses it"
    elif isinstance(value, list):
        if not value and not shape.may_be_empty:
            yield f"{in_words(path)} is an empty list"
        if shape.items is not None:
            for position, item in enumerate(value):
                yield from _troubles(shape.items, item, (*path, position))
    elif isinstance(value, str):
        if not has_words(value):
            yield f"{in_words(path)} is empty"
        elif (odd := unprintable(value)) is not None:
            where, what = in_words(path), _named(odd)
            yield f"{where} holds {what}, which the letter's typeface cannot print: spell it in other letters"
        elif shape.is_day and not _is_day(value):
            yield f"{in_words(path)} is “{value}”, which is not a day (write it as 2026-11-30)"


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    return f"“{character}” ({code})" if character.isprintable() else f"the invisible character {code}"


def _is_day(value: str) -> bool:
    try:
        return bool(ISO_DAY.fullmatch(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _refuse_codes(kind: str, value: Any, path: Path) -> None:
    """A Member is told things in words: a bare procedure code in a sentence is refused (GG.1507)."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _refuse_codes(kind, inner, (*path, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            _refuse_codes(kind, inner, (*path, position))
    elif isinstance(value, str) and PLAIN_WORDS & set(path) and CODE.search(value):
        raise Incomplete(
            kind, f"{in_words(path)} holds what looks like a procedure code; a Member is told in plain words"
        )

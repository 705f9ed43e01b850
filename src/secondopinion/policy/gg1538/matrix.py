"""The matrix of letters: program x decision x recipient x language says which letter is owed, and what it must say.

Every cell has an answer: a kind of letter with its elements, or nobody to write to and why. A cell that nobody has
entered stops whoever asks with the cell's name, so that no letter leaves whose content was never thought about.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from secondopinion.policy.asked import Program
from secondopinion.policy.clauses import Edition
from secondopinion.policy.enclosures import encloses
from secondopinion.policy.parameters import value

FOLDER: Final = Path(__file__).parent / "edition_2024_12"
RECIPIENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "member": "the Member",
        "representative": "whoever may act for the Member",
        "requester": "the office that asked",
        "pcp": "the Primary Care Physician",
        "professional": "the consulting professional",
        "professional-before": "the professional whom the Member had chosen before",
        "consulting": "the consulting professional who has seen the Member",
        "treating": "the treating professional",
        "network": "the Health Network",
        "appeals": "those who decide the appeal",
    }
)
OWN_LANGUAGE: Final = frozenset({"member", "representative"})
"""Who is written to in a language of their own; everybody else reads English."""
ENGLISH: Final = "en"
CODE: Final = re.compile(r"[a-z]{2,3}")


class Unmapped(LookupError):
    """A cell of the matrix that nobody has entered. The sentence names the cell, and what to do."""


@dataclass(frozen=True, slots=True)
class Element:
    """Something that a letter must say: its mark, a short name, and what is ordered, in our own words."""

    mark: str
    name: str
    orders: str

    @property
    def clause(self) -> str:
        """The clause that orders it: its mark without the words that tell several orders of one clause apart."""
        words = self.mark.split()
        return " ".join(words[: 3 if words[0].isdigit() else 2])


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision or an event that owes letters: who is written to with which kind, and why nobody else is.

    `one_sheet`: the same sheet in many languages goes to every reader.
    """

    key: str
    words: str
    clause: str
    letters: Mapping[str, str]
    nobody_else: str
    only_in: tuple[str, ...] = ()
    elsewhere: str = ""
    one_sheet: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the kind of letter, the language it is written in, its elements, and the leaflets in its envelope.

    `kind` is empty where nobody is written to, and `why_none` says why. `read_out`: the reader's language is none that
    letters are written in, so an English letter comes with the offer to read it out (45 CFR 92.11). `when_differing`:
    what is said besides where two opinions differ on a procedure.
    """

    program: Program
    decision: str
    recipient: str
    language: str
    kind: str = ""
    why_none: str = ""
    written_in: str = ""
    read_out: bool = False
    elements: tuple[Element, ...] = ()
    when_differing: tuple[Element, ...] = ()
    leaflets: tuple[str, ...] = ()


def decisions() -> Mapping[str, Decision]:
    """Every decision and event that owes letters, by its key, in the order of a referral's life."""
    return _decisions()


def languages(program: Program, on: date) -> tuple[str, ...]:
    """The languages that letters to a program's Members must be written in on a day (codes of the enrolment file)."""
    return value(f"languages.threshold.{program.value.replace('-', '_')}", on).words


def cell(edition: Edition, program: Program, decision: str, recipient: str, language: str, on: date) -> Cell:
    """The cell of a letter dated `on`. `language`: the reader's, a code of the enrolment file (ISO 639).

    Raises Unmapped for a decision, a recipient or a language that nobody has entered, and for a kind of letter of which
    the edition does not say what it must say.
    """
    name = f"{program.value} x {decision} x {recipient} x {language}"
    found = _decisions().get(decision)
    if found is None:
        raise Unmapped(f"No letter is mapped for {name}: enter the decision “{decision}” in letter_matrix.toml.")
    if recipient not in RECIPIENTS:
        raise Unmapped(f"No letter is mapped for {name}: “{recipient}” is nobody the matrix of letters knows.")
    if not CODE.fullmatch(language):
        raise Unmapped(f"No letter is mapped for {name}: “{language}” is no code of a language (ISO 639).")
    if found.only_in and program.value not in found.only_in:
        return Cell(program, decision, recipient, language, why_none=found.elsewhere)
    kind = found.letters.get("member" if recipient == "representative" else recipient, "")
    if not kind:
        return Cell(program, decision, recipient, language, why_none=found.nobody_else)
    own = recipient in OWN_LANGUAGE and (found.one_sheet or language in languages(program, on))
    always = _marks(edition, kind, program, name, differs=False)
    return Cell(
        program, decision, recipient, language, kind,
        written_in=language if own and not found.one_sheet else ENGLISH,
        read_out=recipient in OWN_LANGUAGE and not own,
        elements=tuple(element(mark) for mark in sorted(always)),
        when_differing=tuple(
            element(mark) for mark in sorted(_marks(edition, kind, program, name, differs=True) - always)
        ),
        leaflets=encloses(kind, program, on) if recipient in OWN_LANGUAGE else (),
    )  # fmt: skip


def cells(edition: Edition, on: date) -> Iterator[Cell]:
    """Every cell, in the languages of the day. Raises Unmapped by the first that has no answer."""
    for program in Program:
        for decision in _decisions():
            for recipient in RECIPIENTS:
                spoken = languages(program, on) if recipient in OWN_LANGUAGE else (ENGLISH,)
                for language in spoken:
                    yield cell(edition, program, decision, recipient, language, on)


def stop_unmapped(edition: Edition, kind: str, program: Program, recipient: str) -> None:
    """Refuse a letter that no cell owes to this reader. Raises Unmapped with the cell's name."""
    if (kind, program.value, recipient) not in _owed():
        raise Unmapped(
            f"No decision owes the letter “{kind}” to {recipient} in {program.value}: enter it in letter_matrix.toml, "
            "with what it must say, before it is sent."
        )
    _marks(edition, kind, program, f"{program.value} x {kind} x {recipient}", differs=False)


def element(mark: str) -> Element:
    """What a mark orders, by name and in our own words. Raises Unmapped for a mark that nobody has put into words."""
    exact, beginnings = _elements()
    if mark in exact:
        return exact[mark]
    for begins, each in beginnings.items():
        if mark.startswith(begins):
            return Element(mark, each.name.format(mark.removeprefix(begins)), each.orders)
    raise Unmapped(f"What {mark} orders of a letter is not put into words: enter it in letter_elements.toml.")


def _marks(edition: Edition, kind: str, program: Program, name: str, *, differs: bool) -> frozenset[str]:
    try:
        return edition.letters.of(kind, program.value, differs=differs)
    except KeyError:
        raise Unmapped(
            f"What the letter of {name} must say is not mapped: enter “{kind}” in the edition's letters."
        ) from None


@cache
def _decisions() -> Mapping[str, Decision]:
    rows: list[dict[str, Any]] = _read("letter_matrix.toml")["decision"]
    found = {row["key"]: Decision(**{**row, "only_in": tuple(row.get("only_in", ()))}) for row in rows}
    for each in found.values():
        if strangers := each.letters.keys() - RECIPIENTS.keys():
            raise ValueError(f"letter_matrix.toml: {each.key}: {', '.join(sorted(strangers))} is no recipient.")
    return MappingProxyType(found)


@cache
def _owed() -> frozenset[tuple[str, str, str]]:
    """Kind, program and recipient of every letter that some decision owes."""
    found = set()
    for each in _decisions().values():
        for program in each.only_in or tuple(Program):
            for recipient, kind in each.letters.items():
                found.add((kind, str(program), recipient))
                if recipient == "member":
                    found.add((kind, str(program), "representative"))
    return frozenset(found)


@cache
def _elements() -> tuple[Mapping[str, Element], Mapping[str, Element]]:
    """The elements by their mark, and those that stand for all marks of a beginning."""
    rows = [Element(**row) for row in _read("letter_elements.toml")["element"]]
    exact = {row.mark: row for row in rows if not row.mark.endswith("*")}
    return exact, {row.mark.removesuffix("*"): row for row in rows if row.mark.endswith("*")}


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))

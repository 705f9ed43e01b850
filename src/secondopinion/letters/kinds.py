"""The kinds of letter the house owes: one typst template each, and the examples that show its data.

The examples are the contract: a value that every example of a program has is required in that program; a
value that some example leaves empty may be empty. Words live in the templates, facts in the data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import orjson

from secondopinion.letters.typeface import FACES

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
PROGRAMS: Final = ("medi-cal", "onecare")

Reader = Literal["member", "requester", "professional", "network", "appeals", "everyone"]


class UnknownLetter(ValueError):
    """No letter of that kind, program or language is drawn. Carries a sentence."""


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a letter's data. `program` is None where both programs may look like this."""

    name: str
    program: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of letter: its name, who reads it, whether it tells of an adverse act, and whose Members get it.

    An adverse letter gives reasons, the right to appeal and where to complain (denial.py). A leaflet is addressed to
    nobody: it travels in the envelope of a letter (policy/enclosures.py), or is handed out by itself. `everyone`: one
    sheet in many languages.
    """

    name: str
    reader: Reader
    adverse: bool = False
    programs: tuple[str, ...] = PROGRAMS
    leaflet: bool = False

    @property
    def folder(self) -> Path:
        """Where its templates and examples lie."""
        return TEMPLATES / self.name

    def template(self, language: str) -> Path:
        """The template in a language (BCP 47). Raises UnknownLetter when it is not drawn yet."""
        path = self.folder / f"{language}.typ"
        if not language.replace("-", "").isalnum() or not path.is_file():
            raise UnknownLetter(
                f"The letter {self.name} is not drawn in the language “{language}” yet: "
                f"choose one of {', '.join(self.languages)}."
            )
        return path

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is drawn in."""
        return tuple(sorted(p.stem for p in self.folder.glob("*.typ")))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        k.name: k
        for k in (
            Kind("authorization_to_professional", "professional"),
            Kind("approval_to_member", "member"),
            Kind("approval_to_requester", "requester"),
            Kind("denial_to_member", "member", adverse=True),
            Kind("denial_to_requester", "requester", adverse=True),
            Kind("modification_to_member", "member", adverse=True),
            Kind("modification_to_requester", "requester", adverse=True),
            Kind("deemed_denial_to_member", "member", adverse=True),
            Kind("deemed_denial_to_requester", "requester", adverse=True),
            Kind("rescission_to_member", "member", adverse=True),
            Kind("rescission_to_professional", "professional"),
            Kind("cost_notice_to_member", "member", adverse=True),
            Kind("visit_excused_to_member", "member"),
            Kind("dismissal_to_member", "member", programs=("onecare",)),
            Kind("dismissal_to_requester", "requester", programs=("onecare",)),
            Kind("delay_to_member", "member"),
            Kind("delay_to_requester", "requester"),
            Kind("expedite_refused_to_member", "member"),
            Kind("expedite_refused_to_requester", "requester"),
            Kind("information_needed_to_member", "member"),
            Kind("information_needed_to_requester", "requester"),
            Kind("withdrawal_to_member", "member"),
            Kind("report_to_member", "member"),
            Kind("report_to_professional", "professional"),
            # after authorization, and hand-offs
            Kind("report_chase_to_professional", "professional"),
            Kind("report_chase_to_network", "network"),
            Kind("appointment_reminder_to_member", "member"),
            Kind("authorization_ended_to_member", "member"),
            Kind("authorization_ended_to_professional", "professional"),
            Kind("choice_changed_to_professional", "professional"),
            Kind("tests_returned_to_professional", "professional"),
            Kind("plan_opinion_to_member", "member"),
            Kind("agreement_to_professional", "professional"),
            Kind("third_opinion_offer_to_member", "member"),
            Kind("packet_cover", "appeals"),
            # for the primary care provider's records
            Kind("approval_to_pcp", "professional"),
            Kind("denial_to_pcp", "professional", adverse=True),
            Kind("modification_to_pcp", "professional", adverse=True),
            # appeals and complaints, and what needs no decision
            Kind("acknowledgment_to_member", "member"),
            Kind("appeal_forwarded_to_member", "member", programs=("onecare",)),
            Kind("withdrawal_to_requester", "requester"),
            Kind("right_statement_to_member", "member"),
            # leaflets
            Kind("your_rights", "member", leaflet=True),
            Kind("nondiscrimination_notice", "member", leaflet=True),
            Kind("language_help", "everyone", leaflet=True),
            # the right itself, as a part of the handbook and a sheet of the welcome packet
            Kind("right_in_handbook", "member", leaflet=True),
            Kind("right_insert", "member", leaflet=True),
        )
    }
)

ADVERSE: Final = tuple(sorted(k.name for k in KINDS.values() if k.adverse))


def kind_named(name: str) -> Kind:
    """The kind of a name. Raises UnknownLetter."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownLetter(f"There is no letter called “{name}”: the kinds are {', '.join(sorted(KINDS))}.") from None


@cache
def examples(kind: str) -> tuple[Example, ...]:
    """Every example of a kind, by name. `example-onecare-to-choose` is for OneCare, `example` for both."""
    found = []
    for path in sorted(kind_named(kind).folder.glob("example*.json")):
        variant = path.stem.removeprefix("example").removeprefix("-")
        program = next((p for p in PROGRAMS if variant == p or variant.startswith(f"{p}-")), None)
        found.append(Example(path.stem, program, orjson.loads(path.read_bytes())))
    return tuple(found)


def shared(language: str) -> tuple[Path, ...]:
    """The files that letters of a language share: the house's words, and what several letters say alike."""
    return tuple(sorted(TEMPLATES.glob(f"*-{language}.typ")))


@cache
def template_sha256(kind: str, language: str) -> str:
    """What decides a letter's look and words beside its data: templates, shared passages, house style, maker, fonts."""
    digest = hashlib.sha256()
    for path in (kind_named(kind).template(language), TEMPLATES / "house.typ", *shared(language)):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for package in ("typst", *FACES):
        digest.update(f"{package} {version(package)}\n".encode())
    return digest.hexdigest()

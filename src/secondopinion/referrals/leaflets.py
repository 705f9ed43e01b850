"""The leaflets that travel with a Member's letter, and the yearly statement of the right to a second opinion.

A leaflet is addressed to nobody and is about no referral: it is the same for every letter of a program, language and
day, and is printed once for all of them. The shapes are those of the examples beside the templates, as in notices.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from secondopinion.letters.approving import keep_back_a_draft
from secondopinion.letters.carriers import Enclosure
from secondopinion.letters.formats import NOT_MADE, print_as
from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.letters.kinds import kind_named
from secondopinion.letters.languages import ENGLISH
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import seal
from secondopinion.letters.refusal import KeptBack
from secondopinion.letters.translating import in_language
from secondopinion.people.models import Member
from secondopinion.policy.asked import Program
from secondopinion.policy.enclosures import encloses
from secondopinion.policy.formats import Format
from secondopinion.policy.parameters import value
from secondopinion.policy.rights import contacts, rights
from secondopinion.referrals.models import ReadingAloud
from secondopinion.referrals.notices import appeals_reached, contact_lines, hearing_lines, plan_of, to_member

LANGUAGE_HELP: Final = "language_help"
OTHERS_WHO_HELP: Final = ("medicare", "hicap")
KEPT: Final = 512  # leaflets kept printed: programs by languages by leaflets by a few days


def leaflets_with(letter: Letter, format: Format = Format.STANDARD) -> tuple[Enclosure, ...]:
    """What the law has travel with a letter, of the letter's own day, program and language, and as its reader reads.

    A letter that somebody must read out has the sheet that offers help in many languages on top of the others, whether
    the law has it travel with such a letter or not. Raises KeptBack where the wording of one is a draft.
    """
    program, on = Program(letter.program), date.fromisoformat(letter.data["dated_on"])
    names = encloses(letter.kind, program, on)
    if ReadingAloud.objects.filter(letter=letter.pk).exists():
        names = (LANGUAGE_HELP, *(name for name in names if name != LANGUAGE_HELP))
    for name in names:
        keep_back_a_draft(name, _drawn(name, letter.language))
    printed = tuple(leaflet(name, program, letter.language, on, format) for name in names)
    others = (leaflet_file(name, program, letter.language, on, format) for name in names)
    return (*printed, *(other for other in others if other is not None))


def public_leaflet(name: str, program: Program, language: str, on: date) -> Enclosure:
    """A leaflet for anybody to read, in the language that `public_language` gives. Raises KeptBack, UnknownLetter."""
    return leaflet(name, program, public_language(name, language), on)


def public_language(name: str, language: str) -> str:
    """In which language a leaflet is handed out to a reader of a language: English while the wording is a draft.

    Raises KeptBack where the English is a draft too, and UnknownLetter for a leaflet that does not exist.
    """
    drawn = _drawn(name, language)
    try:
        keep_back_a_draft(name, drawn)
    except KeptBack:
        keep_back_a_draft(name, ENGLISH)
        return ENGLISH
    return drawn


@lru_cache(maxsize=KEPT)
def leaflet(name: str, program: Program, language: str, on: date, format: Format = Format.STANDARD) -> Enclosure:
    """One leaflet, printed, read back and sealed: in large print where its reader reads that, else in standard print.

    Raises Incomplete and UnknownLetter as any letter does.
    """
    frozen = _frozen(name, program, language, on)
    size = format if format is Format.LARGE_PRINT else Format.STANDARD
    sealed = seal(frozen, required_marks(name, program.value, frozen.data), format=size)
    return Enclosure(f"{name.replace('_', '-')}.pdf", sealed.pdf, sealed.sha256)


@lru_cache(maxsize=KEPT)
def leaflet_file(name: str, program: Program, language: str, on: date, format: Format) -> Enclosure | None:
    """The same leaflet for ears, fingers or a screen; None where there is only print, or no table."""
    if format in (Format.STANDARD, Format.LARGE_PRINT):
        return None
    frozen = _frozen(name, program, language, on)
    try:
        made = print_as(frozen, format, required_marks(name, program.value, frozen.data))
    except NOT_MADE:
        return None
    assert made is not None
    return Enclosure(f"{name.replace('_', '-')}-{made.name}", made.content, made.sha256)


def _frozen(name: str, program: Program, language: str, on: date) -> Frozen:
    """A leaflet's data. Its words are the same for everybody, so its set phrases are all that is translated in it."""
    drawn = _drawn(name, language)
    frozen = freeze(name, program.value, drawn, SAYS[name](program, on))
    return replace(frozen, data=in_language(drawn, frozen.data, {}))


def _drawn(name: str, language: str) -> str:
    # Reading: a leaflet that is not drawn in the letter's language goes in English, beside the sheet that offers help.
    return language if language in kind_named(name).languages else ENGLISH


def right_statement(member: Member, program: Program, on: date, *, new: bool) -> dict[str, Any]:
    """What the statement of the right to a second opinion says to a Member, at enrollment or once a year (II.A)."""
    return _head(program, on, f"RIGHT-{on.year}") | {
        "recipient": to_member(member),
        "member": {"name": str(member), "member_id": member.member_id, "birth_on": member.birth_date.isoformat()},
        "statement": {
            "occasion": "welcome" if new else "yearly",
            **_how_fast(program, on),
        },
        "complaint": [contact_lines(c) for c in rights(program, "deny", on).complaint_contacts],
    }


def _how_fast(program: Program, on: date) -> dict[str, int]:
    """How long a decision may take, from the day the Member asks and not from when the papers are complete."""
    key = program.value.replace("-", "_")
    return {
        "standard_days": value(f"decision_time.standard.{key}", on).number,
        "fast_hours": value(f"decision_time.expedited.{key}", on).number,
    }


def _right_in_handbook(program: Program, on: date) -> dict[str, Any]:
    return _head(program, on, "HANDBOOK") | {
        "statement": _how_fast(program, on),
        "complaint": [contact_lines(c) for c in rights(program, "deny", on).complaint_contacts],
    }


def _right_insert(program: Program, on: date) -> dict[str, Any]:
    return _head(program, on, "WELCOME") | {"statement": _how_fast(program, on)}


def _your_rights(program: Program, on: date) -> dict[str, Any]:
    right, bodies = rights(program, "deny", on, previously_authorized=True), contacts(program, on)
    assert right.continuation_by is not None
    return _head(program, on, "YOUR-RIGHTS") | {
        "appeal": appeals_reached(program.value) | {
            "days": right.appeal_days, "decided_within_days": right.appeal_decided_days,
            "expedited_within_hours": right.appeal_expedited_hours,
        },
        "continuation_days": (right.continuation_by - on).days,
        "hearing": hearing_lines(right),
        "complaint": [contact_lines(c) for c in right.complaint_contacts],
        "help": [contact_lines(bodies[key]) for key in OTHERS_WHO_HELP if key in bodies],
    }  # fmt: skip


def _nondiscrimination(program: Program, on: date) -> dict[str, Any]:
    bodies = contacts(program, on)
    state, federal = bodies["dhcs-civil-rights"], bodies["federal-civil-rights"]
    return _head(program, on, "FAIR-TREATMENT") | {
        "appeal": appeals_reached(program.value),
        "state_civil_rights": contact_lines(state),
        "federal_civil_rights": {
            "phone": federal.phone, "tty": federal.tty, "web": federal.web, "mail_lines": list(federal.address),
        },
    }  # fmt: skip


def _language_help(program: Program, on: date) -> dict[str, Any]:
    return _head(program, on, "LANGUAGE-HELP")


def _head(program: Program, on: date, number: str) -> dict[str, Any]:
    plan = plan_of(program.value)
    return {
        "plan": plan,
        "dated_on": on.isoformat(),
        "referral": {
            "number": number, "program": program.value, "opinion": "second", "requester": "member",
            "decider_name": plan["name"],
        },
    }  # fmt: skip


SAYS: Final[Mapping[str, Callable[[Program, date], dict[str, Any]]]] = MappingProxyType(
    {
        "your_rights": _your_rights,
        "nondiscrimination_notice": _nondiscrimination,
        "language_help": _language_help,
        "right_in_handbook": _right_in_handbook,
        "right_insert": _right_insert,
    }
)

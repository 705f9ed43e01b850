"""The leaflets that travel with a Member's letter, and the yearly statement of the right to a second opinion.

A leaflet is addressed to nobody and is about no referral: it is the same for every letter of a program, language and
day, and is printed once for all of them. The shapes are those of the examples beside the templates, as in notices.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from secondopinion.letters.carriers import Enclosure
from secondopinion.letters.freeze import freeze
from secondopinion.letters.kinds import kind_named
from secondopinion.letters.mailing import required_marks
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import seal
from secondopinion.people.models import Member
from secondopinion.policy.asked import Program
from secondopinion.policy.enclosures import encloses
from secondopinion.policy.parameters import value
from secondopinion.policy.rights import contacts, rights
from secondopinion.referrals.notices import appeals_reached, contact_lines, hearing_lines, plan_of, to_member

OTHERS_WHO_HELP: Final = ("medicare", "hicap")
KEPT: Final = 512  # leaflets kept printed: programs by languages by leaflets by a few days


def leaflets_with(letter: Letter) -> tuple[Enclosure, ...]:
    """What the law has travel with a letter, of the letter's own day, program and language."""
    program, on = Program(letter.program), date.fromisoformat(letter.data["dated_on"])
    return tuple(leaflet(name, program, letter.language, on) for name in encloses(letter.kind, program, on))


@lru_cache(maxsize=KEPT)
def leaflet(name: str, program: Program, language: str, on: date) -> Enclosure:
    """One leaflet, printed, read back and sealed. Raises Incomplete and UnknownLetter as any letter does."""
    # Reading: a leaflet that is not drawn in the letter's language goes in English, beside the sheet that offers help.
    drawn = language if language in kind_named(name).languages else "en"
    data = SAYS[name](program, on)
    sealed = seal(freeze(name, program.value, drawn, data), required_marks(name, program.value, data))
    return Enclosure(f"{name.replace('_', '-')}.pdf", sealed.pdf, sealed.sha256)


def right_statement(member: Member, program: Program, on: date, *, new: bool) -> dict[str, Any]:
    """What the statement of the right to a second opinion says to a Member, at enrollment or once a year (II.A)."""
    key = program.value.replace("-", "_")
    return _head(program, on, f"RIGHT-{on.year}") | {
        "recipient": to_member(member),
        "member": {"name": str(member), "member_id": member.member_id, "birth_on": member.birth_date.isoformat()},
        "statement": {
            "occasion": "welcome" if new else "yearly",
            # From the day the Member asks, not from the day the papers are complete: the longest that it may take.
            "standard_days": value(f"decision_time.standard.{key}", on).number,
            "fast_hours": value(f"decision_time.expedited.{key}", on).number,
        },
        "complaint": [contact_lines(c) for c in rights(program, "deny", on).complaint_contacts],
    }


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
    {"your_rights": _your_rights, "nondiscrimination_notice": _nondiscrimination, "language_help": _language_help}
)

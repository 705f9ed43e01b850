"""The phrases that a referral's sentences are made of. Single words and instants for tables are in words.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from secondopinion.letters.languages import ENGLISH, LANGUAGES, language_for
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clauses import Edition
from secondopinion.policy.specialties import Level

CHANNELS: Final = MappingProxyType(
    {
        "phone": "by phone",
        "fax": "by fax",
        "mail": "by mail",
        "walk-in": "in person",
        "fhir": "electronically (FHIR)",
        "office": "on the page for offices",
    }
)
REQUESTERS: Final = MappingProxyType(
    {
        "member": "the Member",
        "representative": "the representative, a copy",
        "authorized-representative": "the Authorized Representative",
        "physician": "a physician",
        "provider": "a provider",
        "plan": "the plan or Health Network",
    }
)
OPINIONS: Final = MappingProxyType(
    {"second": "second opinion", "third": "third opinion", "additional": "further opinion"}
)
ABOUT: Final = MappingProxyType({"pcp-care": "care from the PCP", "specialist-care": "care from a specialist"})
READERS: Final = MappingProxyType(
    {
        "member": "the Member",
        "requester": "the office that asked",
        "professional": "the consulting professional",
        "pcp": "the PCP",
        "treating": "the treating professional",
    }
)
NEARNESS: Final[Mapping[Level, str]] = MappingProxyType(
    {
        Level.E0: "Same specialty as the clinician questioned",
        Level.E1: "Same specialty, in a narrower field",
        Level.E2: "Equivalent specialty",
        Level.E3: "Wider specialty, not equivalent",
        Level.E4: "Another specialty",
    }
)
VERDICTS: Final = MappingProxyType({"yes": "Satisfied", "no": "Not satisfied", "unknown": "Not yet known"})


def opinion_words(opinion: str, about: str) -> str:
    """What is asked for, in words: `second opinion about care from a specialist`."""
    if not opinion or not about:
        return "opinion of a kind that nobody has said yet"
    return f"{OPINIONS[opinion]} about {ABOUT[about]}"


def reads_in(kind: str, code: str) -> str:
    """The language by name into which a letter is translated for a reader of a language; empty for English."""
    tag = language_for(kind, code)
    return "" if tag == ENGLISH else LANGUAGES[tag].name


def answer_words(answer: bool | None) -> str:
    """Yes, No or Not known."""
    return "Not known" if answer is None else "Yes" if answer else "No"


def spoken(at: datetime) -> str:
    """An instant as a sentence says it, in Pacific time: `Monday, November 23, 2026 at 10:02 AM PT`."""
    return f"{at.astimezone(PACIFIC):%A, %B %-d, %Y at %-I:%M %p} PT"


def spoken_day(day: date) -> str:
    """A day as a sentence says it, with its weekday."""
    return f"{day:%A, %B %-d, %Y}"


def clause_name(clause: str) -> str:
    """A clause as a page names it: `II.C.1`, or the glossary's term."""
    return f"Glossary: {clause.removeprefix('IX.')}" if clause.startswith("IX.") else clause


def restatement(edition: Edition, clause: str) -> str:
    """What the clause says, in our own words: those of its rule, else those of the register."""
    if clause in edition.clauses:
        return edition.clauses[clause].restatement
    return edition.register[clause].restatement if clause in edition.register else ""


def innermost(cites: Iterable[str]) -> list[str]:
    """Of the clauses cited, those that rest on no narrower one: II.C.1 rather than II.C."""
    own = [c for c in cites if not c.startswith("IX.")]
    return [c for c in own if not any(other.startswith(c + ".") for other in own)]

"""CodeableConcepts, identifiers, names and dates of FHIR R4, as plain values."""

from __future__ import annotations

import re
from datetime import date, datetime

from secondopinion.fhir.node import LONGEST_IDENTIFIER, Node
from secondopinion.fhir.refused import Refused, misshapen, missing, unacceptable
from secondopinion.fhir.request import Code, Identifier, Name

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
DATE_TIME = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))?)?)?", re.ASCII)
FRACTION = re.compile(r"\.\d+")
FULL_DATE = 10  # characters of YYYY-MM-DD


def codings(concept: Node | None) -> tuple[Code, ...]:
    """The codings of a CodeableConcept that have a code."""
    if concept is None:
        return ()
    found = []
    # The walk in shape.py has seen to it that these are objects, and each system a string.
    for index, coding in enumerate(concept.of.get("coding") or ()):
        code = coding.get("code") if coding is not None else None
        if code is None:
            continue
        if not isinstance(code, str) or not code.strip():
            raise misshapen(f"{concept.at}.coding[{index}].code", "a string that is not empty")
        found.append(Code(coding.get("system") or "", code))
    return tuple(found)


def code_in(concept: Node | None, system: str) -> str:
    """The code of a concept in one system, or ""."""
    return next((c.code for c in codings(concept) if c.system == system), "")


def identifier(node: Node, why: str) -> Identifier:
    """An Identifier with a value; refused without one or when it is longer than any real one."""
    value = node.required_text("value", why)
    system = node.text("system") or ""
    if len(value) > LONGEST_IDENTIFIER or len(system) > LONGEST_IDENTIFIER:
        raise Refused(
            400,
            "too-long",
            f"{node.at} is longer than {LONGEST_IDENTIFIER} characters.",
            "Send the short business identifier.",
            node.at,
        )
    return Identifier(system, value)


def names(resource: Node) -> tuple[Name, ...]:
    """The HumanNames of a Patient or a Practitioner that have any part."""
    found = []
    for name in resource.nodes("name"):
        family, given = name.text("family") or "", " ".join(name.texts("given"))
        if not family and not given:
            # Reading: a name sent only as text is split at its last space, as on a form.
            given, _, family = (name.text("text") or "").strip().rpartition(" ")
        if family or given:
            found.append(Name(family, given))
    return tuple(found)


def phone(resource: Node) -> str:
    """The first telephone number of a resource, or ""."""
    for contact in resource.nodes("telecom"):
        if contact.of.get("system") == "phone":
            return contact.text("value") or ""
    return ""


def _moment(value: str, at: str) -> datetime:
    try:
        # Nine digits of a second are legal FHIR; Python keeps six.
        return datetime.fromisoformat(FRACTION.sub(lambda f: f.group()[:7], value))
    except ValueError:
        raise unacceptable(at, "is not a moment that exists", "Send a real date and time.") from None


def instant(node: Node, key: str, why: str) -> datetime:
    """A FHIR instant: date, time to the second, and an offset from UTC. The answer is aware."""
    value = node.required_text(key, why)
    at = node.path(key)
    if not INSTANT.fullmatch(value):
        raise unacceptable(
            at,
            "is not an instant with an offset from UTC",
            "Write it like 2026-11-23T09:00:00-08:00, offset included.",
        )
    return _moment(value, at)


def date_time(node: Node, key: str, why: str) -> datetime | date | None:
    """A FHIR dateTime: an aware moment, a day, or None when only a year or month is given."""
    value = node.required_text(key, why)
    at = node.path(key)
    if not DATE_TIME.fullmatch(value):
        raise unacceptable(at, "is not a FHIR dateTime", "Write it like 2026-11-23T09:00:00-08:00 or 2026-11-23.")
    if len(value) > FULL_DATE:
        return _moment(value, at)
    return _day(value, at) if len(value) == FULL_DATE else None


def _day(value: str, at: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise unacceptable(at, "is not a day that exists", "Write a real day like 1970-01-31.") from None


def birth_date(patient: Node) -> date | None:
    """The full birth date, or None when absent or given only as a year or month."""
    value = patient.text("birthDate")
    if value is None:
        return None
    at = patient.path("birthDate")
    if not DATE_TIME.fullmatch(value) or len(value) > FULL_DATE:
        raise unacceptable(at, "is not a FHIR date", "Write it like 1970-01-31, or leave it out.")
    return _day(value, at) if len(value) == FULL_DATE else None


def required_concept(node: Node, key: str, why: str) -> Node:
    """A CodeableConcept that must say something: a coding with a code, or words."""
    concept = node.required_node(key, why)
    if not codings(concept) and concept.text("text") is None:
        raise missing(concept.path("coding"), why)
    return concept

"""How a PAS request says that it asks for a second or a third opinion.

Any one coded mark suffices: service type 20 or 21, a second-opinion modifier, the v2 referral reason or
disposition. Words in a free-form message are a hint that a person has to confirm. Every mark is kept
with the place it was found at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from secondopinion.fhir.codes import CPT, HCPCS, REFERRAL_DISPOSITION, REFERRAL_REASON, SERVICE_TYPE
from secondopinion.fhir.concepts import codings
from secondopinion.fhir.node import Node
from secondopinion.fhir.request import Item, Mark

# (system, code) to the opinion it names. "" means either: HL7 has no sign for a third opinion, and
# modifier 32 only says that the payer ordered the service (GG.1538 II.E).
CODED = {
    (SERVICE_TYPE, "20"): "second",
    (SERVICE_TYPE, "21"): "third",
    (HCPCS, "SM"): "second",
    (HCPCS, "SN"): "third",
    (CPT, "32"): "",
    (HCPCS, "32"): "",
    (REFERRAL_REASON, "S"): "",
    (REFERRAL_DISPOSITION, "SO"): "",
}
WORDS = re.compile(r"\b(second|2nd|third|3rd)[\s-]+(?:surgical\s+|medical\s+)?opinion\b", re.IGNORECASE)
SECOND = ("second", "2nd")


def coded_marks(concept: Node | None) -> tuple[Mark, ...]:
    """The marks among the codings of a CodeableConcept."""
    if concept is None:
        return ()
    return tuple(
        Mark(concept.at, code.system, code.code, CODED[code.system, code.code])
        for code in codings(concept)
        if (code.system, code.code) in CODED
    )


def service_marks(service: Node | None) -> tuple[Mark, ...]:
    """The marks in a ServiceRequest: its code, the reason, and what is ordered to be done with the Member."""
    if service is None:
        return ()
    concepts = [service.node("code"), *service.nodes("reasonCode"), *service.nodes("orderDetail")]
    return tuple(mark for concept in concepts for mark in coded_marks(concept))


def worded_marks(messages: Iterable[tuple[str, str]]) -> tuple[Mark, ...]:
    """The marks in free text, given as (FHIRPath, words)."""
    return tuple(
        Mark(at, "", "", "second" if found.group(1).lower() in SECOND else "third")
        for at, words in messages
        for found in WORDS.finditer(words)
    )


def opinion_of(marks: Sequence[Mark]) -> str:
    """ "second", "third", or "" when no mark says or the marks are at odds. Codes outweigh words."""
    coded = [m for m in marks if m.coded]
    # Reading: a coded mark that fits either opinion means the second, unless another code says third.
    named = {m.opinion for m in coded or marks if m.opinion}
    if not named:
        return "second" if coded else ""
    return named.pop() if len(named) == 1 else ""


def needs_a_person(items: Sequence[Item], marks: Sequence[Mark]) -> bool:
    """Must a person say what is asked? Yes unless every line bears a coded mark and they agree."""
    return not items or not all(item.marks for item in items) or opinion_of(marks) == ""

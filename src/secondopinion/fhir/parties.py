"""The people and organizations of a PAS request: the Member, the coverage, who asks and who is to be seen."""

from __future__ import annotations

import re

from secondopinion.fhir.bundle import Entries, Entry
from secondopinion.fhir.codes import IDENTIFIER_TYPE, NPI
from secondopinion.fhir.concepts import birth_date, code_in, identifier, names, phone
from secondopinion.fhir.node import Json, Node
from secondopinion.fhir.refused import missing
from secondopinion.fhir.request import AskedFor, Party
from secondopinion.policy.identifiers import npi_is_valid

PROVIDERS = ("Organization", "Practitioner", "PractitionerRole")
PROGRAMS = (
    ("pace", re.compile(r"\bPACE\b|all[- ]inclusive care for the elderly", re.IGNORECASE)),
    ("onecare", re.compile(r"\bone\s?care\b", re.IGNORECASE)),
    ("medi-cal", re.compile(r"\bmedi-?cal\b|\bmedicaid\b", re.IGNORECASE)),
)
# What an answer repeats of a party: who it is, and nothing that refers further or that we cannot vouch for.
ECHOED = {
    "Patient": ("extension", "identifier", "active", "name", "telecom", "gender", "birthDate", "address"),
    "Organization": ("identifier", "active", "type", "name", "alias", "telecom", "address"),
    "Practitioner": ("identifier", "active", "name", "telecom", "address"),
    "PractitionerRole": ("identifier", "active", "code", "specialty", "telecom"),
}


def asked_for(patient: Entry) -> AskedFor:
    """The Member as the Patient resource describes them (profile-beneficiary). An identifier is required."""
    node = patient.resource
    identifiers = node.nodes("identifier")
    if not identifiers:
        raise missing(node.path("identifier"), "without a member number nobody can be found")
    found = [(code_in(n.node("type"), IDENTIFIER_TYPE) != "MB", identifier(n, "a number")) for n in identifiers]
    ordered = sorted(found, key=lambda pair: pair[0])  # member numbers first, else in the order sent
    return AskedFor(
        full_url=patient.full_url,
        numbers=tuple(dict.fromkeys(i.value for _, i in ordered)),
        names=names(node),
        birth_on=birth_date(node),
    )


def subscriber_number(coverage: Node) -> str:
    """The number on the card as the Coverage gives it, or ""."""
    number = coverage.text("subscriberId")
    if number is not None:
        return number[:200]
    for node in coverage.nodes("identifier"):
        if code_in(node.node("type"), IDENTIFIER_TYPE) == "MB" and node.text("value"):
            return (node.text("value") or "")[:200]
    return ""


def program_hint(coverage: Node, insurer: Node) -> str:
    """The program that the Coverage or the insurer's name speaks of, or "". Enrollment decides, not this."""
    words: list[str] = []
    kind = coverage.node("type")
    if kind is not None:
        words.append(kind.text("text") or "")
        for coding in kind.nodes("coding"):
            words += [coding.text("display") or "", coding.text("code") or ""]
    for group in coverage.nodes("class"):
        words += [group.text("value") or "", group.text("name") or ""]
    words.append(insurer.text("name") or "")
    spoken = "\n".join(words)
    return next((program for program, pattern in PROGRAMS if pattern.search(spoken)), "")


def party(entry: Entry, entries: Entries) -> Party:
    """A provider, whether sent as an Organization, a Practitioner or a PractitionerRole."""
    node = entry.resource
    npi, name, number = _npi(node), "", phone(node)
    is_person = entry.kind != "Organization"
    if entry.kind == "Organization":
        name = node.text("name") or ""
    elif entry.kind == "Practitioner":
        name = next((str(each) for each in names(node)), "")
    else:
        person = entries.find(node.node("practitioner"), "Practitioner")
        group = entries.find(node.node("organization"), "Organization")
        for source in (person, group):
            if source is not None:
                behind = party(source, entries)
                npi, name, number = npi or behind.npi, name or behind.name, number or behind.phone
        is_person = person is not None
    return Party(entry.full_url, npi, npi_is_valid(npi), _line(name)[:120], _line(number)[:30], is_person)


def _line(words: str) -> str:
    """Words fit for one line of a letter: no line breaks, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _npi(node: Node) -> str:
    for each in node.nodes("identifier"):
        if each.of.get("system") == NPI:
            return (each.text("value") or "")[:20]
    return ""


def echo(entry: Entry, entries: Entries) -> dict[str, Json]:
    """By fullUrl: the party as an answer repeats it, with whoever stands behind a role."""
    of = entry.resource.of
    kept: Json = {"resourceType": entry.kind}
    if isinstance(of.get("id"), str):
        kept["id"] = of["id"]
    profiles = [p for p in (of.get("meta") or {}).get("profile") or () if p and "/davinci-pas/" in p]
    if profiles:
        kept["meta"] = {"profile": profiles}
    for key in ("identifier", "address"):
        entry.resource.nodes(key)  # refuses what an answer could not repeat
    kept.update((key, of[key]) for key in ECHOED[entry.kind] if of.get(key) is not None)
    if entry.kind == "Patient":
        kept.setdefault("gender", "unknown")  # the profile demands one
    found = {entry.full_url: kept}
    if entry.kind == "PractitionerRole":
        for key, kind in (("practitioner", "Practitioner"), ("organization", "Organization")):
            behind = entries.find(entry.resource.node(key), kind)
            if behind is not None:
                kept[key] = {"reference": behind.full_url}
                found.update(echo(behind, entries))
    return found

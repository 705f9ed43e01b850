"""A Da Vinci Plan-Net directory (R4 1.1.0): a Bundle, or NDJSON with all kinds of resource in one file.

Resources point at each other in any order, so what we need of them is kept in memory until the file has been read:
some hundred bytes each. An entry for each Practitioner comes out, whole: what it leaves out has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.entry import (
    Entry,
    LicenseTold,
    MembershipTold,
    Place,
    PracticeTold,
    Told,
    days_of,
    place_of,
)

NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
NUCC_SYSTEM = "http://nucc.org/provider-taxonomy"
EXTENSION = "http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition/"
NEW_PATIENTS, ACCESSIBLE = "newpt", "adacomp"
GONE = {"inactive", "suspended"}
Found = tuple[int, Entry | RowFault | None]
"""The number of a resource, and what came of it; none: of no concern by itself."""


@dataclass(slots=True)
class _Location:
    place: Place | None
    phone: str
    fax: str
    accessible: bool | None
    accepts: dict[str, bool]  # by network, "" for any


@dataclass(slots=True)
class _Role:
    number: int
    organization: str
    networks: list[str]
    locations: list[str]
    services: list[str]
    specialties: list[str]
    accepts: dict[str, bool]
    days: Told


@dataclass(slots=True)
class _Read:
    """What has been read of the file so far, by reference (`Location/1`)."""

    practitioners: dict[str, tuple[int, Entry, tuple[str, ...]]] = field(default_factory=dict)
    roles: dict[str, list[_Role]] = field(default_factory=dict)
    locations: dict[str, _Location] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    services: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)  # specialties, locations
    affiliations: dict[str, list[str]] = field(default_factory=dict)  # the networks of an organization


def entries_of(resources: Iterable[tuple[int, Any]]) -> Iterator[Found]:
    """Everything in a Plan-Net file, one result for each resource, the Practitioners last."""
    read = _Read()
    for number, resource in resources:
        try:
            if not _take(read, number, resource):
                yield number, None
        except RowFault as fault:
            yield number, fault
        except (AttributeError, KeyError, TypeError, ValueError):
            kind = resource.get("resourceType", "") if isinstance(resource, dict) else ""
            yield number, RowFault(str(kind), "", "not shaped as FHIR R4 has it")
    for reference, (number, person, tongues) in read.practitioners.items():
        yield number, _entry(read, person, read.roles.get(reference, []), tongues)


def _take(read: _Read, number: int, resource: Any) -> bool:
    """Note a resource. Returns whether an entry of its own will come of it."""
    if not isinstance(resource, dict):
        raise RowFault("resource", "", "no JSON object")
    kind = resource.get("resourceType")
    reference = f"{kind}/{resource.get('id', '')}"
    if kind == "Practitioner" and resource.get("active", True):
        read.practitioners[reference] = (number, *_practitioner(resource))
        return True
    if kind == "PractitionerRole" and resource.get("active", True):
        read.roles.setdefault(_reference(resource.get("practitioner")), []).append(_role(number, resource))
    elif kind == "Location" and resource.get("status", "active") not in GONE:
        read.locations[reference] = _location(resource)
    elif kind == "Organization" and resource.get("active", True):
        read.names[reference] = checking.text("Organization.name", resource.get("name", ""), 120)
    elif kind == "HealthcareService" and resource.get("active", True):
        places = [_reference(each) for each in resource.get("location", ())]
        read.services[reference] = (_codes(resource.get("specialty", ())), places)
    elif kind == "OrganizationAffiliation" and resource.get("active", True):
        networks = [_reference(each) for each in resource.get("network", ())]
        read.affiliations.setdefault(_reference(resource.get("participatingOrganization")), []).extend(networks)
    return False


def _practitioner(resource: dict[str, Any]) -> tuple[Entry, tuple[str, ...]]:
    numbers = [i.get("value", "") for i in resource.get("identifier", ()) if i.get("system") == NPI_SYSTEM]
    npi = checking.npi("Practitioner.identifier", numbers[0] if numbers else "")
    name: dict[str, Any] = next((n for n in resource.get("name", ()) if n.get("family")), {})
    degrees: list[str] = []
    codes: dict[str, bool] = {}
    licenses: dict[tuple[str, str], LicenseTold] = {}
    for each in resource.get("qualification", ()):
        coded = _codes([each.get("code", {})])
        codes.update(dict.fromkeys(coded, False))
        if not coded:
            degrees += [c.get("code", "") for c in each.get("code", {}).get("coding", ())][:1]
        for licence in _licenses(each):
            licenses[licence.state, licence.number] = licence
    spoken = " ".join(c.get("code", "") for t in resource.get("communication", ()) for c in t.get("coding", ()))
    person = Entry(
        npi=npi,
        first_name=checking.text("Practitioner.name", " ".join(name.get("given", ())), 60),
        last_name=checking.text("Practitioner.name", name.get("family", ""), 60),
        credential=checking.credential(",".join(degrees)),
        whole=True,
        specialties=tuple(codes.items()),
        licenses=tuple(licenses.values()),
    )
    return person, checking.languages("Practitioner.communication", spoken)


def _licenses(qualification: dict[str, Any]) -> Iterator[LicenseTold]:
    told = _extension(qualification, "practitioner-qualification")
    status = next((e.get("valueCode") for e in told if e.get("url") == "status"), "")
    where = [
        c.get("code", "")
        for e in told
        if e.get("url") == "whereValid"
        for c in e.get("valueCodeableConcept", {}).get("coding", ())
    ]
    period = qualification.get("period", {})
    for identifier in qualification.get("identifier", ()):
        number = checking.text("Practitioner.qualification", identifier.get("value", ""), 20)
        for state in where if number else ():
            yield LicenseTold(
                checking.state("Practitioner.qualification", state),
                number,
                "active" if status == "active" else "suspended",
                _days("Practitioner.qualification", period),
            )


def _role(number: int, resource: dict[str, Any]) -> _Role:
    networks = [
        _reference(e.get("valueReference"))
        for e in resource.get("extension", ())
        if e.get("url") == f"{EXTENSION}network-reference"
    ]
    return _Role(
        number,
        _reference(resource.get("organization")),
        networks,
        [_reference(each) for each in resource.get("location", ())],
        [_reference(each) for each in resource.get("healthcareService", ())],
        _codes(resource.get("specialty", ())),
        _accepts(resource),
        _days("PractitionerRole.period", resource.get("period", {})),
    )


def _location(resource: dict[str, Any]) -> _Location:
    address = resource.get("address")
    position = resource.get("position", {})
    place = address and place_of(
        " ".join(address.get("line", ())), address.get("city", ""), address.get("state", ""),
        address.get("postalCode", ""), str(position.get("latitude", "")), str(position.get("longitude", "")),
    )  # fmt: skip
    telecom = {t.get("system"): t.get("value", "") for t in reversed(resource.get("telecom", []))}
    codes = {
        c.get("code")
        for e in resource.get("extension", ())
        if e.get("url") == f"{EXTENSION}accessibility"
        for c in e.get("valueCodeableConcept", {}).get("coding", ())
    }
    return _Location(
        place,
        checking.text("Location.telecom", telecom.get("phone", ""), 20),
        checking.text("Location.telecom", telecom.get("fax", ""), 20),
        # Reading: a Location that lists no accessibility has not said that it has none.
        True if ACCESSIBLE in codes else None,
        _accepts(resource),
    )


def _accepts(resource: dict[str, Any]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for each in resource.get("extension", ()):
        if each.get("url") == f"{EXTENSION}newpatients":
            parts = {p.get("url"): p for p in each.get("extension", ())}
            coding = parts.get("acceptingPatients", {}).get("valueCodeableConcept", {}).get("coding", ())
            network = _reference(parts.get("fromNetwork", {}).get("valueReference"))
            found[network] = any(c.get("code") == NEW_PATIENTS for c in coding)
    return found


def _entry(read: _Read, person: Entry, roles: list[_Role], tongues: tuple[str, ...]) -> Entry | RowFault:
    codes = dict(person.specialties)
    practices: dict[str, PracticeTold] = {}
    memberships: dict[tuple[str, str], MembershipTold] = {}
    for role in roles:
        services = [read.services[s] for s in role.services if s in read.services]
        codes |= dict.fromkeys(role.specialties or [c for known, _ in services for c in known], False)
        places = role.locations or [place for _, known in services for place in known]
        here = [read.locations[p] for p in places if p in read.locations]
        for each in here:
            if each.place:
                practices[each.place.key] = PracticeTold(each.place, each.phone, each.fax, tongues, each.accessible)
        for network in role.networks or read.affiliations.get(role.organization, []):
            if network not in read.names:
                return RowFault("PractitionerRole.network", network, "names a network that the file does not hold")
            for where in here or [_Location(None, "", "", None, {})]:
                told = [a.get(network, a.get("")) for a in (role.accepts, where.accepts)]
                accepts = next((a for a in told if a is not None), None)
                key = (read.names[network], where.place.key if where.place else "")
                memberships[key] = MembershipTold(read.names[network], where.place, role.days, accepts)
    return Entry(
        npi=person.npi, first_name=person.first_name, last_name=person.last_name, credential=person.credential,
        whole=True, specialties=tuple(codes.items()), licenses=person.licenses,
        practices=tuple(practices.values()), memberships=tuple(memberships.values()),
    )  # fmt: skip


def _extension(element: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return next((e.get("extension", []) for e in element.get("extension", ()) if e.get("url") == EXTENSION + name), [])


def _codes(concepts: Iterable[dict[str, Any]]) -> list[str]:
    return [
        checking.taxonomy("specialty", coding.get("code", ""))
        for concept in concepts
        for coding in concept.get("coding", ())
        if coding.get("system") == NUCC_SYSTEM
    ]


def _days(name: str, period: dict[str, Any]) -> Told:
    return days_of(f"{name}.start", period.get("start", "")[:10], f"{name}.end", period.get("end", "")[:10])


def _reference(element: dict[str, Any] | None) -> str:
    return "/".join((element or {}).get("reference", "").split("/")[-2:])

"""A Plan-Net directory: people by way of their roles, places and networks, in whatever order the file has them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from directory.files import TODAY, number, order
from secondopinion.directory.as_of import in_network_as_of, standing_of
from secondopinion.directory.loading.load import load
from secondopinion.directory.loading.plan_net import EXTENSION, NPI_SYSTEM, NUCC_SYSTEM
from secondopinion.directory.loading.reading import FileFault
from secondopinion.directory.models import LoadRun, QualifiedProfessional
from secondopinion.people.models import HealthNetwork
from secondopinion.site.settings import SHARED

NETWORK = "Harbor Light Physicians"
EARLIER = date(2026, 11, 2)  # a Monday


@pytest.fixture(autouse=True)
def network(as_plan: None) -> HealthNetwork:
    return HealthNetwork.objects.create(name=NETWORK, kind="hmo", phone="1-714-555-0170")


def concept(code: str, system: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def reference(name: str) -> dict[str, str]:
    return {"reference": name}


def practitioner(at: int = 1, **changed: Any) -> dict[str, Any]:
    """A doctor with a Californian licence in force to the end of 2030, who speaks Spanish."""
    told = [
        {"url": "status", "valueCode": "active"},
        {"url": "whereValid", "valueCodeableConcept": concept("CA", "https://www.usps.com/")},
    ]
    return {
        "resourceType": "Practitioner", "id": f"p{at}", "active": True,
        "identifier": [{"system": NPI_SYSTEM, "value": number(at)}],
        "name": [{"family": f"Made-Up{at}", "given": ["Cleo", "B"]}],
        "communication": [concept("es", "urn:ietf:bcp:47")],
        "qualification": [
            {"code": concept("MD"), "identifier": [{"value": f"A{at}"}], "period": {"end": "2030-12-31"},
             "extension": [{"url": f"{EXTENSION}practitioner-qualification", "extension": told}]},
        ],
        **changed,
    }  # fmt: skip


def accepting(code: str) -> dict[str, Any]:
    told = {"url": "acceptingPatients", "valueCodeableConcept": concept(code)}
    return {"url": f"{EXTENSION}newpatients", "extension": [told]}


def role(at: int = 1, **changed: Any) -> dict[str, Any]:
    """The doctor's work as a heart specialist at the harbor, in the network."""
    network = {"url": f"{EXTENSION}network-reference", "valueReference": reference("Organization/n1")}
    return {
        "resourceType": "PractitionerRole", "id": f"r{at}", "active": True,
        "practitioner": reference(f"Practitioner/p{at}"), "extension": [network, accepting("newpt")],
        "specialty": [concept("207RC0000X", NUCC_SYSTEM)], "location": [reference("Location/l1")],
        "period": {"start": "2025-02-03"}, **changed,
    }  # fmt: skip


LOCATION: dict[str, Any] = {
    "resourceType": "Location", "id": "l1", "status": "active",
    "extension": [{"url": f"{EXTENSION}accessibility", "valueCodeableConcept": concept("adacomp")}],
    "telecom": [{"system": "phone", "value": "1-714-555-0160"}, {"system": "url", "value": "https://example.org"}],
    "address": {"line": ["4 Harbor Lane", "Suite 2"], "city": "Orchard City", "state": "CA",
                "postalCode": "92999-0001"},
    "position": {"latitude": 33.7, "longitude": -117.9},
}  # fmt: skip
ORGANIZATION = {"resourceType": "Organization", "id": "n1", "active": True, "name": NETWORK}


def bundle(path: Path, *resources: dict[str, Any]) -> Path:
    entries = [{"resource": resource} for resource in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=1))
    return path


def ndjson(path: Path, *resources: dict[str, Any]) -> Path:
    path.write_text("".join(f"{json.dumps(resource)}\n" for resource in resources))
    return path


def who() -> QualifiedProfessional:
    return QualifiedProfessional.objects.get(npi=number(1))


@pytest.mark.parametrize("write", [bundle, ndjson])
def test_a_doctor_comes_in_by_way_of_role_place_and_network(write: Any, tmp_path: Path) -> None:
    run = load(order("plan-net", write(tmp_path / "f", role(), practitioner(), LOCATION, ORGANIZATION)))
    one, held = who(), standing_of(who(), TODAY)
    assert (run.new, run.passed_over, run.refused) == (1, 3, {})
    assert (one.full_name, one.taxonomy, one.languages) == ("Cleo B Made-Up1, MD", "207RC0000X", ["es"])
    assert (one.address, one.zip_code, one.latitude, one.phone) == (
        "4 Harbor Lane Suite 2", "92999-0001", 33.7, "1-714-555-0160",
    )  # fmt: skip
    assert (one.license_number, one.license_to_on) == ("A1", date(2030, 12, 31))
    assert held.practices[0].accessible is True
    assert [(str(m.network), m.accepts, m.from_on) for m in held.memberships] == [(NETWORK, True, date(2025, 2, 3))]
    assert list(in_network_as_of(TODAY)) == [one]


def test_a_network_can_come_by_way_of_the_organization(tmp_path: Path) -> None:
    clinic = {"resourceType": "Organization", "id": "c1", "name": "Harbor Clinic"}
    affiliation = {
        "resourceType": "OrganizationAffiliation", "id": "a1",
        "participatingOrganization": reference("Organization/c1"), "network": [reference("Organization/n1")],
    }  # fmt: skip
    service = {
        "resourceType": "HealthcareService", "id": "s1", "location": [reference("Location/l1")],
        "specialty": [concept("207R00000X", NUCC_SYSTEM)],
    }  # fmt: skip
    at_work = role(
        extension=[], specialty=[], location=[], organization=reference("Organization/c1"),
        healthcareService=[reference("HealthcareService/s1")],
    )  # fmt: skip
    load(order("plan-net", bundle(
        tmp_path / "b", practitioner(), at_work, affiliation, service, clinic, LOCATION, ORGANIZATION
    )))  # fmt: skip
    (held,) = standing_of(who(), TODAY).memberships
    assert (str(held.network), held.accepts, who().taxonomy) == (NETWORK, None, "207R00000X")


def test_a_role_that_is_gone_from_the_file_has_ended(tmp_path: Path) -> None:
    full = bundle(tmp_path / "1", practitioner(), role(), LOCATION, ORGANIZATION)
    load(order("plan-net", full, EARLIER))
    less = bundle(tmp_path / "2", practitioner(), role(active=False), LOCATION, ORGANIZATION)
    assert load(order("plan-net", less)).changed == 1
    assert standing_of(who(), TODAY).memberships == ()
    assert len(standing_of(who(), date(2026, 11, 22)).memberships) == 1
    assert not in_network_as_of(TODAY).exists()


def test_the_same_directory_twice_changes_nothing(tmp_path: Path) -> None:
    path = ndjson(tmp_path / "f", practitioner(), role(), LOCATION, ORGANIZATION)
    load(order("plan-net", path))
    again = load(order("plan-net", path))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (practitioner(2, identifier=[{"system": NPI_SYSTEM, "value": "NPI3233"}]), "not an NPI"),
        (practitioner(2, name="Nobody"), "not shaped as FHIR"),
        (practitioner(2, identifier=[]), "not an NPI"),
        (LOCATION | {"id": "l2", "address": {"line": ["1 A St"], "postalCode": "9"}}, "not a zip code"),
        ({"resourceType": "PractitionerRole", "practitioner": ["p1"]}, "not shaped as FHIR"),
    ],
)  # fmt: skip
def test_a_broken_resource_is_told_and_stops_nothing(broken: dict[str, Any], reason: str, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    path = ndjson(tmp_path / "f", practitioner(), broken, role(), LOCATION, ORGANIZATION)
    run = load(order("plan-net", path, errors=errors))
    assert (run.new, sum(run.refused.values())) == (1, 1)
    assert errors.read_text().splitlines()[1].startswith("2,")
    assert reason in errors.read_text()


def test_a_line_that_is_no_json_is_told(tmp_path: Path) -> None:
    path = ndjson(tmp_path / "f", practitioner(), role(), LOCATION, ORGANIZATION)
    path.write_text(path.read_text() + "{half\n")
    run = load(order("plan-net", path))
    assert (run.new, run.refused) == (1, {"no JSON object": 1})


def test_what_is_neither_bundle_nor_ndjson_stops_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("npi,network\n")
    with pytest.raises(FileFault, match="is neither a FHIR Bundle nor NDJSON"):
        load(order("plan-net", tmp_path / "f"))
    assert LoadRun.objects.get().state == "stopped"


def test_the_guides_own_examples_are_read_to_the_end(tmp_path: Path) -> None:
    folder = SHARED / "fhir" / "examples" / "plannet-1.1.0"
    if not folder.is_dir():
        pytest.skip("the guide's examples are not here")
    resources: Iterable[dict[str, Any]] = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    run = load(order("plan-net", bundle(tmp_path / "b", *resources)))
    # The examples' NPIs are made up without a check digit, so their people are refused, and nothing else is.
    assert run.rows_done == len(list(resources))
    assert run.refused["not an NPI: ten digits with a check digit"] == 3

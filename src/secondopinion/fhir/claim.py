"""The PAS Claim (profile-claim 2.2.1): what is asked, how urgently, and by which marks we know it.

What the profile makes mandatory is demanded; what it merely marks must-support may be absent (conf-14).
"""

from __future__ import annotations

from typing import NamedTuple

from secondopinion.fhir import codes
from secondopinion.fhir.bundle import Entries
from secondopinion.fhir.concepts import code_in, codings, required_concept
from secondopinion.fhir.marks import coded_marks, service_marks
from secondopinion.fhir.node import Node
from secondopinion.fhir.refused import Refused, missing, unacceptable
from secondopinion.fhir.request import Code, Item

SERVICES = ("ServiceRequest", "MedicationRequest", "DeviceRequest", "NutritionOrder")
PERFORMERS = ("Organization", "Practitioner", "PractitionerRole", "CareTeam", "HealthcareService", "Device")
LOCATIONS = ("locationCodeableConcept", "locationAddress", "locationReference")


def check_claim(claim: Node) -> None:
    """The elements that say what kind of Claim this is."""
    status = claim.required_text("status", "a request in force is active")
    if status != "active":
        raise unacceptable(
            claim.path("status"),
            "must be active; even a cancellation is sent as active",
            "Set it to active, and cancel with certification type 3.",
        )
    use = claim.required_text("use", "this door takes prior authorization requests")
    if use != "preauthorization":
        raise unacceptable(
            claim.path("use"),
            "must be preauthorization",
            "Send claims for payment to the plan's claims address.",
        )
    required_concept(claim, "type", "a Claim is professional, institutional or oral")
    required_concept(claim, "priority", "the urgency decides how soon the answer is owed")


def urgency(claim: Node) -> tuple[str, str]:
    """("expedited" or "standard", the sign that said so). An urgent or emergency level of service counts."""
    level = claim.extension(codes.PAS + "extension-levelOfServiceCode")
    if level is not None:
        code = code_in(level.node("valueCodeableConcept"), codes.LEVEL_OF_SERVICE)
        if code in codes.URGENT_LEVELS:
            return "expedited", f"X12 UM06 {code}"
    if any(c.code == codes.URGENT_PRIORITY for c in codings(claim.node("priority"))):
        return "expedited", f"Claim.priority {codes.URGENT_PRIORITY}"
    return "standard", ""


def focal_coverage(claim: Node, entries: Entries) -> Node:
    """The Coverage that the request goes against."""
    insurances = claim.nodes("insurance")
    if not insurances:
        raise missing(claim.path("insurance"), "it names the coverage the request goes against")
    for insurance in insurances:
        insurance.positive("sequence", "insurances are numbered")
        if insurance.flag("focal") is None:
            raise missing(insurance.path("focal"), "it says which coverage the request goes against")
    focal = [i for i in insurances if i.flag("focal")]
    if len(focal) != 1:
        raise unacceptable(
            claim.path("insurance"),
            "must have exactly one coverage with focal true",
            "Set focal to true on the coverage of this plan and to false on others.",
        )
    return entries.need(focal[0], "coverage", ("Coverage",), "it names the coverage").resource


def diagnoses(claim: Node) -> tuple[Code, ...]:
    """The diagnosis codes, in the order sent."""
    return tuple(
        code for diagnosis in claim.nodes("diagnosis") for code in codings(diagnosis.node("diagnosisCodeableConcept"))
    )


def messages(claim: Node) -> tuple[tuple[str, str], ...]:
    """Each free-form message as (FHIRPath, words)."""
    return tuple(
        (info.path("valueString"), info.text("valueString") or "")
        for info in claim.nodes("supportingInfo")
        if code_in(info.node("category"), codes.SUPPORTING_INFO) == "freeFormMessage"
        and info.text("valueString") is not None
    )


class Lines(NamedTuple):
    """The lines in force and the services they stand for, the cancelled lines, and what the Claim wants.

    `intent` is "new", "appeal", "cancel" or "change".
    """

    items: tuple[Item, ...]
    cancelled: tuple[Item, ...]
    services: tuple[Node, ...]
    intent: str


def lines(claim: Node, entries: Entries) -> Lines:
    """Every item of the Claim, read."""
    nodes = claim.nodes("item")
    if not nodes:
        raise missing(claim.path("item"), "it says which service is asked for")
    live: list[Item] = []
    gone: list[Item] = []
    services: list[Node] = []
    wanted: set[str] = set()
    seen: set[int] = set()
    for node in nodes:
        service = service_of(node, entries)
        item = _item(node, service)
        if item.sequence in seen:
            raise Refused(
                400,
                "duplicate",
                f"{node.path('sequence')} is used by two items.",
                "Number the items 1, 2, 3 and so on.",
                node.path("sequence"),
            )
        seen.add(item.sequence)
        cancelled = item.certification == codes.CANCEL or any(
            e.of.get("url") == codes.INFO_CANCELLED and e.flag("valueBoolean") for e in node.nodes("modifierExtension")
        )
        wanted.add("cancel" if cancelled else _intent(item.certification))
        if cancelled:
            gone.append(item)
        else:
            live.append(item)
            services += [service] if service is not None else []
    return Lines(tuple(live), tuple(gone), tuple(services), _overall(wanted))


def service_of(node: Node, entries: Entries) -> Node | None:
    """The request resource that a Claim item stands for, or None when it names none."""
    extension = node.extension(codes.PAS + "extension-requestedService")
    if extension is None:
        return None
    found = entries.follow(extension.node("valueReference"), SERVICES, "it names the service asked for")
    return None if found is None else found.resource


def _item(node: Node, service: Node | None) -> Item:
    sequence = node.positive("sequence", "an answer refers to items by number")
    category = required_concept(node, "category", "the service type says what kind of opinion is asked")
    product = required_concept(node, "productOrService", "the service asked for has a code")
    if not any(node.of.get(key) is not None for key in LOCATIONS):
        raise missing(node.path("location"), "PAS 2.2.1 demands the place of service")
    modifiers = node.nodes("modifier")
    marks = [m for concept in (category, product, *modifiers) for m in coded_marks(concept)]
    return Item(
        sequence=sequence,
        certification=_coded(node, "certificationType", codes.CERTIFICATION_TYPE),
        category=codings(category),
        product=codings(product),
        modifiers=tuple(c for modifier in modifiers for c in codings(modifier)),
        marks=(*marks, *service_marks(service)),
        raw=node.of,
    )


def _coded(node: Node, name: str, system: str) -> str:
    # Both X12 codes are 1..1 in PAS 2.2.1 (they were optional in 2.0.1).
    extension = node.extension(f"{codes.PAS}extension-{name}")
    if extension is None:
        raise missing(f"{node.at}.extension('{name}')", "PAS 2.2.1 demands it on every item")
    concept = required_concept(extension, "valueCodeableConcept", "the extension has no other value")
    return code_in(concept, system) or next((c.code for c in codings(concept)), "")


def _intent(certification: str) -> str:
    if certification in codes.APPEALS:
        return "appeal"
    return "new" if certification in codes.NEW else "change"


def _overall(wanted: set[str]) -> str:
    # Reading: an appeal of one line makes the whole Claim an appeal, because a decision already exists;
    # a cancellation counts only when nothing is left to decide.
    if "appeal" in wanted:
        return "appeal"
    if wanted == {"cancel"}:
        return "cancel"
    return "new" if "new" in wanted else "change"

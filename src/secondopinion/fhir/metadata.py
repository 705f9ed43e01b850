"""The CapabilityStatement of the PAS 2.2.1 base (FHIR R4, `GET [base]/metadata`)."""

from __future__ import annotations

from secondopinion.fhir.request import Json

GUIDE = "http://hl7.org/fhir/us/davinci-pas/"
SINCE = "2026-11-23"
VERSION = "0.1.0"
SUBMIT = (
    "Asks for a second or third opinion. The same Bundle and Claim identifiers name the same request: "
    "sending it again gives its present state."
)


def capability_statement(base: str) -> Json:
    """What this base can do. `base` is its address."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{base}/metadata",
        "version": VERSION,
        "name": "SecondOpinionPAS",
        "title": "Second Opinion: prior authorization of second opinions",
        "status": "active",
        "date": SINCE,
        "kind": "instance",
        "software": {"name": "Second Opinion", "version": VERSION},
        "implementation": {"description": "Da Vinci PAS 2.2.1 payer, for second opinions", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "implementationGuide": [f"{GUIDE}ImplementationGuide/hl7.fhir.us.davinci-pas|2.2.1"],
        "rest": [
            {
                "mode": "server",
                "security": {"description": "A bearer token that the plan gives out to each system. TLS is required."},
                "resource": [
                    {
                        "type": "Claim",
                        "supportedProfile": [f"{GUIDE}StructureDefinition/profile-claim"],
                        "operation": [
                            {
                                "name": "submit",
                                "definition": f"{GUIDE}OperationDefinition/Claim-submit",
                                "documentation": SUBMIT,
                            }
                        ],
                    }
                ],
            }
        ],
    }

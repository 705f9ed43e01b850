"""OperationOutcome (FHIR R4): the one thing a refused request is answered with.

PAS 2.2.1, Error Handling: a 4xx carries exactly one OperationOutcome and no ClaimResponse; a 5xx none.
"""

from __future__ import annotations

from typing import Any

from secondopinion.fhir.refused import Refused


def operation_outcome(refused: Refused) -> dict[str, Any]:
    """The OperationOutcome of a refusal: one issue, severity error, with what, why and what to do."""
    issue: dict[str, Any] = {
        "severity": "error",
        "code": refused.code,
        "details": {"text": refused.what},
        "diagnostics": refused.diagnostics,
    }
    if refused.expression:
        issue["expression"] = [refused.expression]
    return {"resourceType": "OperationOutcome", "issue": [issue]}

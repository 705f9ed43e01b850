"""What the FHIR door says no to. Every refusal is one sentence of fact and one of advice."""

from __future__ import annotations


class Refused(Exception):
    """A request that cannot be taken in.

    `status` is the HTTP status (4xx), `code` a FHIR issue type (http://hl7.org/fhir/issue-type), `what`
    says what is wrong and why, `remedy` what to do instead, `expression` is the FHIRPath of the culprit
    ("" when there is no element to point at). Neither sentence repeats a value that was sent: it may be
    a Member's name or number.
    """

    def __init__(self, status: int, code: str, what: str, remedy: str, expression: str = "") -> None:
        super().__init__(what)
        self.status = status
        self.code = code
        self.what = what
        self.remedy = remedy
        self.expression = expression

    @property
    def diagnostics(self) -> str:
        """Both sentences, for a reader who gets only one field."""
        return f"{self.what} {self.remedy}"


def missing(expression: str, why: str) -> Refused:
    """An element that must be there is not. `why` ends the sentence that its FHIRPath begins."""
    return Refused(400, "required", f"{expression} is missing: {why}.", "Add it and send the Bundle again.", expression)


def misshapen(expression: str, wanted: str) -> Refused:
    """An element is of the wrong JSON type. `wanted` names the right one, with its article."""
    return Refused(
        400,
        "structure",
        f"{expression} must be {wanted}.",
        "Correct the resource to its FHIR R4 shape and send the Bundle again.",
        expression,
    )


def unacceptable(expression: str, why: str, remedy: str) -> Refused:
    """An element has the right type and a value we cannot take."""
    return Refused(400, "value", f"{expression} {why}.", remedy, expression)

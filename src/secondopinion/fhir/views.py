"""The FHIR base of PAS 2.2.1: `POST Claim/$submit` and `GET metadata`. Nothing but FHIR JSON goes in or out.

2xx carries a PAS Response Bundle, 4xx exactly one OperationOutcome, 5xx neither (PAS 2.2.1, Error Handling).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from secondopinion.fhir.metadata import capability_statement
from secondopinion.fhir.outcome import operation_outcome
from secondopinion.fhir.refused import Refused
from secondopinion.fhir.response import response_bundle
from secondopinion.fhir.shape import LARGEST_BODY, MEDIA_TYPES, check_media_type, check_size
from secondopinion.fhir.submit import parse
from secondopinion.fhir.taking import submit
from secondopinion.people.doors import View, api_client, public

log = logging.getLogger(__name__)
FHIR_JSON = "application/fhir+json"
ANYTHING = frozenset({"*/*", "application/*", *MEDIA_TYPES})
BASE = "/fhir/pas/2.2.1"
BUSY = "The plan's system cannot answer now. Nothing was lost: send the same request again in a minute.\n"


def _said(resource: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(resource), status=status, content_type=FHIR_JSON)


def _refuse(refused: Refused) -> HttpResponse:
    return _said(operation_outcome(refused), refused.status)


def at_the_fhir_door(request: HttpRequest) -> bool:
    """Is it this door that a request has come to?"""
    return request.path_info.startswith("/fhir/")


def refuse_at_the_fhir_door(status: int, code: str, what: str, remedy: str) -> HttpResponse:
    """A refusal before the door was reached, in the form that the guide orders."""
    return _refuse(Refused(status, code, what, remedy))


def _unknown_caller(sentence: str) -> HttpResponse:
    what, _, remedy = sentence.partition(". ")
    answer = _refuse(Refused(401, "login", f"{what}.", remedy or "Ask the plan for a token."))
    answer["WWW-Authenticate"] = 'Bearer realm="Second Opinion"'
    return answer


def _speaks_fhir(method: str) -> Callable[[View], View]:
    """One method only, FHIR JSON only, and every fault in the form that the guide orders."""

    allowed = {"GET", "HEAD"} if method == "GET" else {method}

    def decorate(view: View) -> View:
        @wraps(view)
        def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                if request.method not in allowed:
                    answer = _refuse(
                        Refused(405, "not-supported", f"This address takes {method} only.", f"Send a {method}.")
                    )
                    answer["Allow"] = method
                    return answer
                _check_accept(request.headers.get("Accept", ""))
                return view(request, *args, **kwargs)
            except Refused as refused:
                return _refuse(refused)
            except (OperationalError, InterfaceError):
                log.exception("The database did not answer")
                busy = HttpResponse(BUSY, status=503, content_type="text/plain; charset=utf-8")
                busy["Retry-After"] = "60"
                return busy

        return door

    return decorate


def _check_accept(header: str) -> None:
    wanted = {part.partition(";")[0].strip().lower() for part in header.split(",")} - {""}
    if wanted and not wanted & ANYTHING:
        raise Refused(
            406,
            "not-supported",
            "This server answers in FHIR JSON only.",
            "Send the header Accept: application/fhir+json.",
        )


@csrf_exempt  # no cookie is read here: the caller is known by its bearer token
@_speaks_fhir("POST")
@api_client(_unknown_caller)
def claim_submit(request: HttpRequest) -> HttpResponse:
    """PAS Request Bundle in, PAS Response Bundle out. The receipt is the instant the request came in."""
    check_media_type(request.headers.get("Content-Type", ""))
    check_size(_announced(request))
    body = request.read(LARGEST_BODY + 1)
    now = request.now  # type: ignore[attr-defined]
    asked = parse(body, now)
    outcome = submit(asked, body, request.client, now)  # type: ignore[attr-defined]
    return _said(response_bundle(asked, outcome, request.build_absolute_uri(BASE)))


@csrf_exempt
@public
@_speaks_fhir("GET")
def metadata(request: HttpRequest) -> HttpResponse:
    """The CapabilityStatement."""
    return _said(capability_statement(request.build_absolute_uri(BASE)))


@csrf_exempt
@public
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """Every other address under /fhir/: an OperationOutcome and not a page."""
    return _refuse(
        Refused(
            404,
            "not-supported",
            "There is nothing at this address.",
            f"This server takes POST {BASE}/Claim/$submit and GET {BASE}/metadata.",
        )
    )


def _announced(request: HttpRequest) -> int:
    length = request.headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() else 0

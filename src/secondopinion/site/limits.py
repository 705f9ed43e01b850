"""How much may be asked of the house, how fast, and how large: what is beyond it is refused in plain words.

By address and by account: a crowd behind one address is let in, one that tries door after door is not. A limit never
shuts the house: while the database is away, the page itself says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from secondopinion.fhir.views import at_the_fhir_door, refuse_at_the_fhir_door
from secondopinion.people.pace import Limit, take
from secondopinion.site import pages

READ: Final = ("GET", "HEAD", "OPTIONS")
LARGEST_REQUEST: Final = 32 * 1024 * 1024  # bytes: the largest paper, and the form around it
LARGEST_FORM: Final = 2 * 1024 * 1024  # bytes of a form without a file
MINUTE: Final = timedelta(minutes=1)

SIGNING_IN = Limit("sign-in", 120, 10 * MINUTE)
MEMBERS_CODE = Limit("member's code", 60, 10 * MINUTE)
MEMBERS_PAGE = Limit("member's page", 240, 10 * MINUTE)
WAYS_IN: Final = ("members_code", "office_way_in", "professional_way_in")  # where a code or a number is typed
WITHOUT_ACCOUNT: Final = ("members_page", "office_page", "professional_page")
FHIR_ADDRESS = Limit("FHIR, address", 6000, MINUTE)
FHIR_CLIENT = Limit("FHIR, client", 3000, MINUTE)
SEARCH = Limit("search", 240, MINUTE)
UPLOAD = Limit("upload", 60, 10 * MINUTE)
WRITE = Limit("write", 300, MINUTE)
OPEN = Limit("open to everyone", 600, MINUTE)

SEARCHES: Final = frozenset(
    {"directory", "directory-professional", "intake-start", "intake-clinicians", "intake-findings", "work-list"}
)
"""Pages that look somebody up: asked fast enough, they would hand out a whole table."""


class Limits:
    """Middleware: 429 with `Retry-After` for too many requests, 413 for one that is too large."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = LARGEST_REQUEST if _has_files(request) else LARGEST_FORM
        is_large = length.isascii() and length.isdigit() and int(length) > most
        if is_large and not at_the_fhir_door(request):  # which says so in its own form
            return pages.too_large(request, most)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Count the request, before its page is asked."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        guard = getattr(view, "guard", "")
        try:
            waits = [take(_scaled(limit), who, _now(request)) for limit, who in limits_of(request, name or "", guard)]
        except (OperationalError, InterfaceError):
            return None
        longest = max((wait for wait in waits if wait is not None), default=None)
        if longest is None:
            return None
        seconds = math.ceil(longest.total_seconds())
        if at_the_fhir_door(request):
            answer = refuse_at_the_fhir_door(
                429, "throttled", "Too many requests came in a short time.", f"Send it again after {seconds} seconds."
            )
        else:
            answer = pages.too_many(request, seconds)
        answer.headers["Retry-After"] = str(seconds)
        return answer


def limits_of(request: HttpRequest, name: str, guard: str) -> Iterator[tuple[Limit, str]]:
    """Which buckets a request takes from, each with whose it is."""
    address = f"address {getattr(request, 'address', None) or request.META.get('REMOTE_ADDR', '')}"
    reads = request.method in READ
    if at_the_fhir_door(request):
        yield FHIR_ADDRESS, address
        if guard == "api_client":
            yield FHIR_CLIENT, request.headers.get("Authorization", address)
    elif guard in WAYS_IN and not reads:
        yield MEMBERS_CODE, address
    elif guard in (*WAYS_IN, *WITHOUT_ACCOUNT):
        yield MEMBERS_PAGE, address
    elif name.startswith("sign-in"):
        yield (OPEN if reads else SIGNING_IN), address
    elif guard == "public" or not request.user.is_authenticated:
        yield OPEN, address
    else:
        account = f"account {request.user.pk}"
        if _has_files(request):
            yield UPLOAD, account
        if name in SEARCHES:
            yield SEARCH, account
        elif not reads:
            yield WRITE, account


def _scaled(limit: Limit) -> Limit:
    """The limit as this installation wants it: `SECONDOPINION_PACE` times as many."""
    return limit if settings.PACE == 1 else Limit(limit.name, max(1, round(limit.most * settings.PACE)), limit.over)


def _has_files(request: HttpRequest) -> bool:
    return request.content_type == "multipart/form-data"


def _now(request: HttpRequest) -> Any:
    return request.now  # type: ignore[attr-defined]

"""The front door: a request is given the time, so that no room reads the clock for itself.

It is also given the address it came from, and the front door stands in for the rooms while the database is away.
"""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from secondopinion.people.kept.sealing import DoesNotOpen
from secondopinion.site import pages


class FrontDoor:
    """Middleware: ``request.now`` is when a request came in, with its offset (UTC), ``request.address`` from where."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = datetime.now(UTC)  # type: ignore[attr-defined]
        request.address = address_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say in plain words that the database is away, or a kept file does not open."""
        if isinstance(exception, DoesNotOpen):
            return pages.does_not_open(request, exception.sentence)
        is_away = isinstance(exception, OperationalError | InterfaceError)
        return pages.away(request) if is_away else None


def address_of(request: HttpRequest) -> str | None:
    """The address the request came from. None where it is no address, as on a socket of the machine itself.

    Behind our own proxies it is the one that the outermost of them saw; what a browser says before that, anybody can
    make up.
    """
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies = settings.PROXIES
    given = said[-proxies] if 0 < proxies <= len(said) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        return None

"""The front door: a request is given the time, so that no room reads the clock for itself.

It is also given the address it came from, and the front door stands in for the rooms while the database is away.
"""

import ipaddress
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from secondopinion.people.kept.sealing import DoesNotOpen
from secondopinion.site import pages

REFUSED = frozenset({401, 403, 404, 429})  # 404 too: what is not a person's to see is answered as if it were not there
refused = logging.getLogger("secondopinion.refused")


class FrontDoor:
    """Middleware: ``request.now`` is when a request came in, with its offset (UTC), ``request.address`` from where."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = datetime.now(UTC)  # type: ignore[attr-defined]
        request.address = address_of(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if response.status_code in REFUSED:
            _trace_refusal(request, response.status_code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say in plain words that the database is away, or a kept file does not open."""
        if isinstance(exception, DoesNotOpen):
            return pages.does_not_open(request, exception.sentence)
        is_away = isinstance(exception, OperationalError | InterfaceError)
        return pages.away(request) if is_away else None


def _trace_refusal(request: HttpRequest, status: int) -> None:
    """Who was refused what kind of page. The page's own address may hold a referral’s number, so it is not told."""
    account = getattr(request, "_cached_user", None)  # nobody is looked up only for this
    page = request.resolver_match.route if request.resolver_match else "no page of ours"
    refused.warning(
        "Refused (%d): %s of “%s” by %s from %s.", status, request.method, page,
        f"account {account.pk}" if account and account.pk else "nobody signed in",
        request.address or "this machine",  # type: ignore[attr-defined]
    )  # fmt: skip


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

"""The front door: a request is given the time, so that no room reads the clock for itself.

It also stands in for the rooms while the database is away.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from secondopinion.people.kept.sealing import DoesNotOpen
from secondopinion.site import pages


class FrontDoor:
    """Middleware: ``request.now`` is the instant the request came in, with its offset (UTC)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = datetime.now(UTC)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say in plain words that the database is away, or a kept file does not open."""
        if isinstance(exception, DoesNotOpen):
            return pages.does_not_open(request, exception.sentence)
        is_away = isinstance(exception, OperationalError | InterfaceError)
        return pages.away(request) if is_away else None

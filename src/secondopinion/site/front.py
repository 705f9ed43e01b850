"""The front door: where a request is given the time, so that no room reads the clock for itself."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse


class GivesTheTime:
    """Middleware: ``request.now`` is the instant the request came in, with its offset (UTC)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = datetime.now(UTC)  # type: ignore[attr-defined]
        return self.get_response(request)

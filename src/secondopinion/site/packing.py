"""Pages are packed for the way: a referral with its history is mostly the same few words again and again."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackedPages(GZipMiddleware):
    """Middleware: pages go out as gzip to whoever takes it; files, pictures and answers to systems go as they are.

    Django adds a random number of bytes to each, so that nobody learns a page's words from its length, and the token
    of a form is written differently each time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, packed where it is a page."""
        is_page = not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response

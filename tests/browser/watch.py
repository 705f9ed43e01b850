"""What must not happen behind a story's back: an error in the console, a lost request, an unasked-for refusal."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

STATUS_LINE = "Failed to load resource: the server responded with a status of"  # told better by the answer itself
REPLACED = ("htmx:sendAbort", "htmx:afterRequest")  # a newer answer was asked for before the older one came
LEFT_BY_THE_PAGE = "net::ERR_ABORTED"  # the browser dropped it because the page went on


@dataclass  # without slots: Playwright keeps its own marks on the listener
class Watch:
    """Listens to every page of a browser. `expected` are the refusals (statuses) that the story is about."""

    faults: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        """Listen to one more browser."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("requestfailed", self._lost)
        context.on("response", self._answer)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((STATUS_LINE, *REPLACED)):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _lost(self, request: Request) -> None:
        if request.failure != LEFT_BY_THE_PAGE:
            self.faults.append(f"lost: {request.method} {request.url} ({request.failure})")

    def _answer(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")

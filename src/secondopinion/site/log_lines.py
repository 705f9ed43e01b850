"""How a line of the log is written: an error's kind and place, never its message, which may repeat a Member's row."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class PlainLines(logging.Formatter):
    """A formatter that tells of an exception what it is and where it happened, and nothing of what it says.

    PostgreSQL puts the row that broke a constraint into its message, and a parser the text it could not read.
    """

    def formatException(  # noqa: N802 - logging's own name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """The chain of exceptions, the first cause first: places, then the kind."""
        if ei[1] is None:
            return ""
        chain: list[BaseException] = []
        error: BaseException | None = ei[1]
        while error is not None and error not in chain:
            chain.append(error)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(line for each in reversed(chain) for line in _told(each))


def _told(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return [*(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames), f"{kind} (message left out)"]

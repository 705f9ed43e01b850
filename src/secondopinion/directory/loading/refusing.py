"""Where refused rows are told: a CSV file with line, field, value and reason."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.reading import FileFault

COLUMNS = ("line", "field", "value", "reason")
LONGEST_VALUE = 200  # characters of a wrong value that are told

Refusals = Iterable[tuple[int, RowFault]]
"""Lines, and why each is left out."""


@contextmanager
def errors_to(path: Path | None, *, goes_on: bool) -> Iterator[Callable[[Refusals], None]]:
    """What tells refused rows: into a file, added to when a load goes on; nowhere without a path. Raises FileFault."""
    if path is None:
        yield lambda faults: None
        return
    try:
        file = path.open("a" if goes_on else "w", newline="", encoding="utf-8")
    except OSError as fault:
        raise FileFault(f"{path.name} cannot be written ({fault.strerror}): name another file for errors.") from None
    with file:
        writer = csv.writer(file)
        if not file.tell():
            writer.writerow(COLUMNS)

        def tell(faults: Refusals) -> None:
            for line, fault in sorted(faults, key=lambda each: each[0]):
                value = fault.value[:LONGEST_VALUE].replace("\0", "?")
                writer.writerow((line, fault.field, value, fault.reason))
            file.flush()

        yield tell

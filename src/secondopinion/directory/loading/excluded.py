"""Lists of people who may not be paid: the federal one of the OIG, and Medi-Cal's suspended and ineligible.

Many of their rows bear no NPI, because the list is older than the number, or the person never had one. They name
nobody whom we could know again: they are passed over and counted, and a person compares the names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.entry import Entry, Told
from secondopinion.directory.loading.layout import Reader, columns_of, layout_of

REGISTERS = {"oig": "oig", "suspended": "medi-cal"}
"""The kinds of file, and the name of the register each is."""
NO_NUMBER, NO_DAY = "0", "00000000"  # how the federal list writes that there is none


def reader_of(kind: str) -> Callable[[Path, Sequence[str], Path | None], Reader]:
    """What makes the reader of a list."""

    def reader(path: Path, header: Sequence[str], own: Path | None = None) -> Reader:
        """What reads a row of the list. Raises FileFault."""
        columns = columns_of(path, header, layout_of(kind, own), ("npi", "excluded_on"))

        def read(row: list[str]) -> Entry | None:
            told = columns.of(row, "npi").strip()
            if not told.strip(NO_NUMBER):
                return None
            npi = checking.npi("npi", told)
            begins, back = _day(columns.of(row, "excluded_on")), _day(columns.of(row, "reinstated_on"))
            first, again = checking.day("excluded_on", begins), checking.day("reinstated_on", back)
            if first is None:
                raise RowFault("excluded_on", "", "no day of exclusion")
            if again is not None and again <= first:
                raise RowFault("reinstated_on", back, "not after the day of exclusion")
            last = None if again is None else again - checking.A_DAY
            return Entry(npi, exclusions=((REGISTERS[kind], Told(first, last)),))

        return read

    return reader


def _day(told: str) -> str:
    return "" if told.strip() == NO_DAY else told

"""Whether one value of one row can be right. What cannot is a `RowFault`: the row is left out, the load goes on."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from secondopinion.policy.identifiers import npi_is_valid

A_DAY = timedelta(days=1)
_AMERICAN = re.compile(r"\d{1,2}/\d{1,2}/\d{4}", re.ASCII)
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,4})?", re.ASCII)
_STATE = re.compile(r"[A-Z]{2}", re.ASCII)
_YES = {"y", "yes", "true", "1", "t"}
_NO = {"n", "no", "false", "0", "f"}
FIRST_YEAR, LAST_YEAR = 1900, 2200
OLDEST = 150  # years; nobody is older


class RowFault(Exception):
    """One value that cannot be right: the column, what stands there, and why not."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.value = value
        self.reason = reason

    def __reduce__(self) -> tuple[type[RowFault], tuple[str, str, str]]:
        """How it is handed from process to process."""
        return RowFault, (self.field, self.value, self.reason)


def npi(field: str, value: str) -> str:
    """A National Provider Identifier with the right check digit. Raises RowFault."""
    plain = value.strip()
    if not npi_is_valid(plain):
        raise RowFault(field, value, "not an NPI: ten digits with a check digit")
    return plain


def day(field: str, value: str) -> date | None:
    """A day, ISO or as 12/31/2026; none when blank. Raises RowFault."""
    plain = value.strip()
    if not plain:
        return None
    try:
        american = _AMERICAN.fullmatch(plain)
        # Only the day is read out of it: no hour, so no zone.
        found = datetime.strptime(plain, "%m/%d/%Y").date() if american else date.fromisoformat(plain)  # noqa: DTZ007
    except ValueError:
        raise RowFault(field, value, "not a day: write 2026-12-31 or 12/31/2026") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise RowFault(field, value, f"not a day between the years {FIRST_YEAR} and {LAST_YEAR}")
    return found


def text(field: str, value: str, longest: int) -> str:
    """Words, without blanks at the ends and in a row. Raises RowFault when too long to keep."""
    plain = " ".join(value.split())
    if "\0" in plain:
        raise RowFault(field, value.replace("\0", "?"), "holds a character that is no text")
    if len(plain) > longest:
        raise RowFault(field, value, f"longer than {longest} characters")
    return plain


def taxonomy(field: str, value: str) -> str:
    """A NUCC code by its shape; empty when blank. Raises RowFault."""
    plain = value.strip().upper()
    if plain and not _TAXONOMY.fullmatch(plain):
        raise RowFault(field, value, "not a taxonomy code: ten characters, the last an X")
    return plain


def state(field: str, value: str) -> str:
    """A State by its two letters; empty when blank. Raises RowFault."""
    plain = value.strip().upper()
    if plain and not _STATE.fullmatch(plain):
        raise RowFault(field, value, "not a State: two letters")
    return plain


def yes_no(field: str, value: str) -> bool | None:
    """Yes or no; none when blank, which is: not known. Raises RowFault."""
    plain = value.strip().lower()
    if not plain:
        return None
    if plain not in _YES | _NO:
        raise RowFault(field, value, "neither yes nor no")
    return plain in _YES


def number(field: str, value: str, least: float, most: float) -> float | None:
    """A number within bounds; none when blank. Raises RowFault."""
    plain = value.strip()
    if not plain:
        return None
    try:
        found = float(plain)
    except ValueError:
        raise RowFault(field, value, "not a number") from None
    if not least <= found <= most:
        raise RowFault(field, value, f"not between {least:g} and {most:g}")
    return found


def age(field: str, value: str) -> int | None:
    """An age in whole years; none when blank. Raises RowFault."""
    found = number(field, value, 0, OLDEST)
    if found is not None and found != int(found):
        raise RowFault(field, value, "not a whole number of years")
    return None if found is None else int(found)


def languages(field: str, value: str) -> tuple[str, ...]:
    """Language tags separated by blanks, commas or semicolons, as `en es vi`. Raises RowFault."""
    found = [each for each in re.split(r"[\s,;]+", value) if each]
    for each in found:
        if not _LANGUAGE.fullmatch(each):
            raise RowFault(field, value, "not a list of language tags, as: en es vi")
    return tuple(sorted({each[:8] for each in found}))


def credential(value: str) -> str:
    """Letters behind a name without dots, as many of them as fit twelve characters: `M.D., PH.D.` gives `MD, PHD`."""
    if not value:
        return ""
    parts = [part.strip() for part in value.replace(".", "").replace("\0", "").upper().split(",")]
    kept = ""
    for part in filter(None, parts):
        longer = f"{kept}, {part}" if kept else part
        if len(longer) > 12:
            break
        kept = longer
    return kept or (parts[0][:12] if parts else "")

"""The national NPI file, full or weekly, and the list of deactivated NPIs (45 CFR 162.408)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.entry import Entry, LicenseTold, PracticeTold, Told, days_of, place_of
from secondopinion.directory.loading.layout import Columns, Reader, columns_of, layout_of

NEEDED = ("npi", "entity", "last_name", "first_name", "address", "city", "state", "zip", "taxonomy", "deactivated_on")
PERSON, OUR_COUNTRY = "1", {"", "US"}
FIRST_OF_SEEN, ALL_SEEN = 100_000_000, 200_000_000  # NPIs without their check digit begin with 1 or 2
DUPLICATE = "stands in this file already"


class Seen:
    """Which NPIs the file has shown so far: one bit for each that can be, so memory does not grow with the file."""

    def __init__(self) -> None:
        self._bits = bytearray(ALL_SEEN // 8)

    def add(self, npi: str) -> bool:
        """Note an NPI. Returns whether it is the first time."""
        at, bit = divmod(int(npi[:9]) - FIRST_OF_SEEN, 8)
        if self._bits[at] >> bit & 1:
            return False
        self._bits[at] |= 1 << bit
        return True


def reader(path: Path, header: Sequence[str], own: Path | None = None) -> Reader:
    """What reads a row of the national file. Raises FileFault."""
    columns = columns_of(path, header, layout_of("national", own), NEEDED)
    seen, row_of = Seen(), _Row(columns)

    def read(row: list[str]) -> Entry | None:
        npi = checking.npi("NPI", row[row_of.npi])
        if not seen.add(npi):
            raise RowFault("NPI", npi, DUPLICATE)
        return row_of.entry(npi, row)

    return read


def deactivated(path: Path, header: Sequence[str], own: Path | None = None) -> Reader:
    """What reads a row of the list of deactivated NPIs. Raises FileFault."""
    columns = columns_of(path, header, layout_of("deactivated", own), ("npi", "deactivated_on"))

    def read(row: list[str]) -> Entry:
        npi = checking.npi("NPI", columns.of(row, "npi"))
        ended = checking.day("deactivated_on", columns.of(row, "deactivated_on"))
        if ended is None:
            raise RowFault("deactivated_on", "", "no day of deactivation")
        return Entry(npi, deactivation=Told(ended))

    return read


class _Row:
    """Reads a row by where its columns stand: looked up once, since a file has millions of rows."""

    def __init__(self, columns: Columns) -> None:
        at = columns.places
        self.npi, self._entity, self._address = at["npi"], at["entity"], at["address"]
        self._first, self._last, self._dead = at["first_name"], at["last_name"], at["deactivated_on"]
        self._city, self._state, self._zip = at["city"], at["state"], at["zip"]
        self._columns = columns
        self._codes = columns.pairs("taxonomy", "is_primary")
        self._licenses = columns.pairs("license", "license_state")

    def entry(self, npi: str, row: list[str]) -> Entry | None:
        """What a row says; none: of an organization. Raises RowFault."""
        kind = row[self._entity].strip()
        dead = self._deactivation(row) if row[self._dead] else None
        # A deactivated NPI comes with every other field empty, its kind too: what was known of it stays as it was.
        if not kind and dead and dead.to_on is None:
            return Entry(npi, deactivation=dead)
        if kind != PERSON:
            if not kind:
                raise RowFault("entity", kind, "neither a person nor an organization")
            return None
        last_name = checking.text("last_name", row[self._last], 60)
        if not last_name:
            raise RowFault("last_name", "", "a person without a name")
        return Entry(
            npi,
            checking.text("first_name", row[self._first], 60),
            last_name,
            checking.credential(self._columns.of(row, "credential")),
            whole=True,
            specialties=self._specialties(row),
            licenses=self._licences(row),
            practices=self._practices(row),
            deactivation=dead,
        )

    def _deactivation(self, row: list[str]) -> Told | None:
        ended, back = row[self._dead], self._columns.of(row, "reactivated_on")
        if not ended.strip():
            return None
        told = days_of("deactivated_on", ended, "reactivated_on", back)
        # Alive again from the day it came back: the last dead day is the one before.
        return Told(told.from_on, told.to_on.fromordinal(told.to_on.toordinal() - 1)) if told.to_on else told

    def _specialties(self, row: list[str]) -> tuple[tuple[str, bool], ...]:
        held: dict[str, bool] = {}
        for at, primary_at in self._codes:
            if row[at] and (code := checking.taxonomy("taxonomy", row[at])):
                held[code] = held.get(code, False) or row[primary_at].strip().upper() == "Y"
        return tuple(held.items())

    def _licences(self, row: list[str]) -> tuple[LicenseTold, ...]:
        held: dict[tuple[str, str], LicenseTold] = {}
        for at, state_at in self._licenses:
            if row[at] and (number := checking.text("license", row[at], 20)):
                state = checking.state("license_state", row[state_at])
                # Reading: the holder told the national file of this licence once, and nobody confirmed it. It is
                # kept, and it does not make anyone licensed.
                held[state, number] = LicenseTold(state, number, "reported")
        return tuple(held.values())

    def _practices(self, row: list[str]) -> tuple[PracticeTold, ...]:
        columns, street = self._columns, row[self._address]
        if columns.of(row, "country").strip().upper() not in OUR_COUNTRY or not street.strip():
            return ()
        if more := columns.of(row, "address_more"):
            street = f"{street} {more}"
        place = place_of(street, row[self._city], row[self._state], row[self._zip])
        phone = checking.text("phone", columns.of(row, "phone"), 20)
        return (PracticeTold(place, phone, checking.text("fax", columns.of(row, "fax"), 20)),)

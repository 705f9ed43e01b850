"""The waiting room: temporary tables that one batch is copied into before it is merged.

They belong to the session of the load, so the program's own role may make and empty them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from secondopinion.directory.loading.entry import Entry, Place, Told

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Room:
    """One temporary table: its columns, as PostgreSQL writes them."""

    name: str
    columns: Mapping[str, str]

    @property
    def is_dated(self) -> bool:
        """Whether its rows are periods, to be compared with those that are held."""
        return "from_on" in self.columns


_PLACE = {
    "place": "text",
    "address": "text",
    "city": "text",
    "place_state": "text",
    "zip_code": "text",
    "latitude": "float8",
    "longitude": "float8",
}
_DAYS = {"line": "bigint", "from_on": "date", "to_on": "date"}
_PERSON = {
    "line": "bigint",
    "npi": "text",
    "first_name": "text",
    "last_name": "text",
    "credential": "text",
    "group_name": "text",
    "whole": "boolean",
}
PERSON = Room("stage_person", _PERSON)
ROOMS: Mapping[str, Room] = MappingProxyType(
    {
        "specialtyheld": Room("stage_specialtyheld", {**_DAYS, "code": "text", "is_primary": "boolean"}),
        "licenseheld": Room("stage_licenseheld", {**_DAYS, "state": "text", "number": "text", "status": "text"}),
        "practice": Room(
            "stage_practice",
            {**_DAYS, **_PLACE, "phone": "text", "fax": "text", "languages": "varchar(8)[]", "accessible": "boolean"},
        ),
        "membership": Room(
            "stage_membership",
            {**_DAYS, **_PLACE, "network_id": "uuid", "accepts": "boolean", "panel": "text", "age_from": "smallint",
             "age_to": "smallint"},
        ),
        "exclusion": Room("stage_exclusion", {**_DAYS, "register": "text"}),
        "npideactivation": Room("stage_npideactivation", _DAYS),
    }
)  # fmt: skip
VERIFICATION = Room("stage_verification", {"line": "bigint", "on_day": "date", "by": "text"})
ALL = (PERSON, *ROOMS.values(), VERIFICATION)
_JUDGED = (
    "n bigint GENERATED ALWAYS AS IDENTITY, professional_id uuid, site_id bigint, held_id bigint, held_from date, "
    "held_to date, held_run bigint, is_same boolean, touches boolean, later boolean, start_on date, verdict text"
)


def open_rooms(cursor: CursorWrapper) -> None:
    """Make the temporary tables of this session, unless they are there."""
    for room in ALL:
        columns = ", ".join(f"{name} {kind}" for name, kind in room.columns.items())
        more = f", {_JUDGED}" if room.is_dated else ", professional_id uuid, known boolean"
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {room.name} ({columns}{more})")
    cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS stage_outcome (line bigint, verdict text)")
    cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS stage_touched (professional_id uuid)")
    cursor.execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS stage_place "
        "(place text, address text, city text, state text, zip_code text, latitude float8, longitude float8)"
    )


def empty_rooms(cursor: CursorWrapper) -> None:
    """Forget the batch before."""
    cursor.execute(f"TRUNCATE stage_outcome, stage_touched, {', '.join(room.name for room in ALL)}")


def fill(cursor: CursorWrapper, entries: Sequence[tuple[int, Entry]], networks: Mapping[str, UUID | None], day: date) -> None:  # fmt: skip  # noqa: E501
    """Empty the rooms and copy one batch into them. `networks` has every network the entries name."""
    empty_rooms(cursor)
    _copy(
        cursor, PERSON, ([n, e.npi, e.first_name, e.last_name, e.credential, e.group_name, e.whole] for n, e in entries)
    )
    told: dict[str, list[Row]] = {name: [] for name in ROOMS}
    for line, entry in entries:
        _spread(told, line, entry, networks, day)
    for name, rows in told.items():
        if rows:
            _copy(cursor, ROOMS[name], rows)
    _copy(cursor, VERIFICATION, ([n, on_day, by] for n, e in entries for on_day, by in e.verifications))


def _spread(
    told: dict[str, list[Row]], line: int, entry: Entry, networks: Mapping[str, UUID | None], day: date
) -> None:
    def begin(days: Told) -> Row:
        # Reading: what has ended and tells no beginning was in force on its last day, and that is all we know.
        return [line, days.from_on or min(day, days.to_on or day), days.to_on]

    now = begin(Told())
    told["specialtyheld"] += [[*now, code, primary] for code, primary in entry.specialties]
    told["licenseheld"] += [[*begin(x.days), x.state, x.number, x.status] for x in entry.licenses]
    told["practice"] += [
        [*now, *_place(x.place), x.phone, x.fax, list(x.languages), x.accessible] for x in entry.practices
    ]
    told["membership"] += [
        [*begin(x.days), *_place(x.place), networks[x.network], x.accepts, x.panel, x.age_from, x.age_to]
        for x in entry.memberships
    ]
    told["exclusion"] += [[*begin(days), register] for register, days in entry.exclusions]
    if entry.deactivation:
        told["npideactivation"].append(begin(entry.deactivation))


def _place(place: Place | None) -> Row:
    if place is None:
        return [None] * len(_PLACE)
    return [
        place.key, place.address, place.city, place.state, place.zip_code, place.latitude, place.longitude,
    ]  # fmt: skip


def _copy(cursor: CursorWrapper, room: Room, rows: Iterable[Row]) -> None:
    with cursor.copy(f"COPY {room.name} ({', '.join(room.columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    # Without its sizes PostgreSQL would walk a room once for each row of another.
    cursor.execute(f"ANALYZE {room.name}")

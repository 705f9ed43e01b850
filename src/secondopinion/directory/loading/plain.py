"""The plan's own CSV, as `docs/directory.md` documents its header: a row for each professional, network and site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.checking import RowFault
from secondopinion.directory.loading.entry import (
    Entry,
    LicenseTold,
    MembershipTold,
    Place,
    PracticeTold,
    Told,
    days_of,
    place_of,
)
from secondopinion.directory.loading.layout import Columns, Reader, columns_of
from secondopinion.directory.loading.reading import FileFault

COLUMNS = (
    "npi", "first_name", "last_name", "credential", "group_name", "taxonomy", "other_taxonomies", "network", "from_on",
    "to_on", "accepting", "panel", "age_from", "age_to", "address", "city", "state", "zip", "latitude", "longitude",
    "phone", "fax", "languages", "accessible", "license_state", "license_number", "license_status", "license_from_on",
    "license_to_on", "excluded_by", "excluded_from_on", "excluded_to_on", "verified_on", "verified_by",
)  # fmt: skip
"""Every column there can be. A row says nothing of a column that the file does not have."""
THE_PLAN, NO_NETWORK = "plan", ""
STATUSES = {"": "active", "active": "active", "suspended": "suspended"}


def reader(path: Path, header: Sequence[str], day: date) -> Reader:
    """What reads a row of the plan's CSV on the day it speaks of. Raises FileFault."""
    if unknown := [name for name in header if name.strip().lower() not in COLUMNS]:
        raise FileFault(f"{path.name} has a column {unknown[0]!r} that nobody knows: see docs/directory.md for those.")
    columns = columns_of(path, header, {name: name for name in COLUMNS}, ("npi",))

    def read(row: list[str]) -> Entry:
        npi = checking.npi("npi", columns.of(row, "npi"))
        place = _place(columns, row)
        days = days_of("from_on", columns.of(row, "from_on"), "to_on", columns.of(row, "to_on"))
        goes_on = days.to_on is None or days.to_on >= day
        return Entry(
            npi=npi,
            first_name=checking.text("first_name", columns.of(row, "first_name"), 60),
            last_name=checking.text("last_name", columns.of(row, "last_name"), 60),
            credential=checking.credential(columns.of(row, "credential")),
            group_name=checking.text("group_name", columns.of(row, "group_name"), 120),
            specialties=_specialties(columns, row),
            licenses=_licenses(columns, row),
            # A row that tells of a contract that has ended does not say that the site is still there.
            practices=(_practice(columns, row, place),) if place and goes_on else (),
            memberships=_memberships(columns, row, place, days),
            exclusions=_exclusions(columns, row),
            verifications=_verifications(columns, row, day),
        )

    return read


def _place(columns: Columns, row: list[str]) -> Place | None:
    if not columns.of(row, "address").strip():
        return None
    named = (columns.of(row, name) for name in ("address", "city", "state", "zip", "latitude", "longitude"))
    address, city, state, *rest = named
    return place_of(address, city, state or "CA", *rest)


def _specialties(columns: Columns, row: list[str]) -> tuple[tuple[str, bool], ...]:
    first = checking.taxonomy("taxonomy", columns.of(row, "taxonomy"))
    others = [checking.taxonomy("other_taxonomies", each) for each in columns.of(row, "other_taxonomies").split()]
    held = dict.fromkeys(others, False) | ({first: True} if first else {})
    return tuple(held.items())


def _licenses(columns: Columns, row: list[str]) -> tuple[LicenseTold, ...]:
    number = checking.text("license_number", columns.of(row, "license_number"), 20)
    if not number:
        return ()
    said = columns.of(row, "license_status")
    if said.strip().lower() not in STATUSES:
        raise RowFault("license_status", said, "neither active nor suspended")
    days = days_of(
        "license_from_on", columns.of(row, "license_from_on"), "license_to_on", columns.of(row, "license_to_on")
    )
    state = checking.state("license_state", columns.of(row, "license_state")) or "CA"
    return (LicenseTold(state, number, STATUSES[said.strip().lower()], days),)


def _practice(columns: Columns, row: list[str], place: Place) -> PracticeTold:
    return PracticeTold(
        place,
        checking.text("phone", columns.of(row, "phone"), 20),
        checking.text("fax", columns.of(row, "fax"), 20),
        checking.languages("languages", columns.of(row, "languages")),
        checking.yes_no("accessible", columns.of(row, "accessible")),
    )


def _memberships(columns: Columns, row: list[str], place: Place | None, days: Told) -> tuple[MembershipTold, ...]:
    network = checking.text("network", columns.of(row, "network"), 120)
    if network == NO_NETWORK:
        return ()
    ages = checking.age("age_from", columns.of(row, "age_from")), checking.age("age_to", columns.of(row, "age_to"))
    if None not in ages and ages[0] > ages[1]:  # type: ignore[operator]
        raise RowFault("age_to", columns.of(row, "age_to"), "below the youngest age")
    return (
        MembershipTold(
            "" if network.lower() == THE_PLAN else network,
            place,
            days,
            checking.yes_no("accepting", columns.of(row, "accepting")),
            checking.text("panel", columns.of(row, "panel"), 20).lower(),
            *ages,
        ),
    )


def _exclusions(columns: Columns, row: list[str]) -> tuple[tuple[str, Told], ...]:
    register = checking.text("excluded_by", columns.of(row, "excluded_by"), 12).lower()
    if not register:
        return ()
    named = ("excluded_from_on", "excluded_to_on")
    return ((register, days_of(named[0], columns.of(row, named[0]), named[1], columns.of(row, named[1]))),)


def _verifications(columns: Columns, row: list[str], day: date) -> tuple[tuple[date, str], ...]:
    on_day = checking.day("verified_on", columns.of(row, "verified_on"))
    if on_day is None:
        return ()
    if on_day > day:
        raise RowFault("verified_on", columns.of(row, "verified_on"), "after the day the file speaks of")
    return ((on_day, checking.text("verified_by", columns.of(row, "verified_by"), 40)),)

"""What one row of any file says about one professional, in one shape for all kinds of file.

The shapes are named tuples, which are made three times as fast as frozen dataclasses: there are millions of them.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from secondopinion.directory.loading import checking
from secondopinion.directory.loading.checking import RowFault


class Place(NamedTuple):
    """An address, and where it lies when the file says so. By its `key` the same place is known again."""

    key: str
    address: str
    city: str
    state: str
    zip_code: str
    latitude: float | None = None
    longitude: float | None = None


class Told(NamedTuple):
    """A period as told: no first day means the day the file speaks of, no last day that it runs."""

    from_on: date | None = None
    to_on: date | None = None


NOW = Told()


class LicenseTold(NamedTuple):
    """A licence as told."""

    state: str
    number: str
    status: str
    days: Told = NOW


class PracticeTold(NamedTuple):
    """A site as told, with what holds there for this professional."""

    place: Place
    phone: str = ""
    fax: str = ""
    languages: tuple[str, ...] = ()
    accessible: bool | None = None


class MembershipTold(NamedTuple):
    """A network as told: its name as the file writes it, empty for the plan's own."""

    network: str
    place: Place | None
    days: Told = NOW
    accepts: bool | None = None
    panel: str = ""
    age_from: int | None = None
    age_to: int | None = None


class Entry(NamedTuple):
    """One professional in one row. `whole`: what the row leaves out holds no longer."""

    npi: str
    first_name: str = ""
    last_name: str = ""
    credential: str = ""
    whole: bool = False
    group_name: str = ""
    specialties: tuple[tuple[str, bool], ...] = ()
    licenses: tuple[LicenseTold, ...] = ()
    practices: tuple[PracticeTold, ...] = ()
    memberships: tuple[MembershipTold, ...] = ()
    exclusions: tuple[tuple[str, Told], ...] = ()
    deactivation: Told | None = None
    verifications: tuple[tuple[date, str], ...] = ()


def place_of(address: str, city: str, state: str, zip_code: str, latitude: str = "", longitude: str = "") -> Place:
    """A checked place. Its key has large letters, no marks, and five digits of the zip code. Raises RowFault."""
    digits = zip_code.strip().replace("-", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in {5, 9}):
        raise RowFault("zip", zip_code, "not a zip code: five digits, or nine")
    address, city = checking.text("address", address, 120), checking.text("city", city, 60)
    state = checking.state("state", state)
    return Place(
        key_of_place(address, city, state, digits),
        address,
        city,
        state,
        f"{digits[:5]}-{digits[5:]}" if digits[5:] else digits,
        checking.number("latitude", latitude, -90, 90) if latitude else None,
        checking.number("longitude", longitude, -180, 180) if longitude else None,
    )


def key_of_place(address: str, city: str, state: str, zip_code: str) -> str:
    """The text by which one and the same place is known again, however its address is written."""
    street = address.upper()
    if "." in street or "," in street:
        street = " ".join(street.replace(".", " ").replace(",", " ").split())
    return f"{street}|{city.upper()}|{state}|{zip_code[:5]}"


def days_of(from_field: str, from_on: str, to_field: str, to_on: str) -> Told:
    """A checked period. Raises RowFault when it ends before it begins."""
    first, last = checking.day(from_field, from_on), checking.day(to_field, to_on)
    if first and last and last < first:
        raise RowFault(to_field, to_on, "ends before it begins")
    return Told(first, last)

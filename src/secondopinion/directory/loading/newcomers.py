"""People whom nobody knew, out of the national file: written straight into the tables, in the order of the file.

Of somebody new no period is held, so there is nothing to compare: every period begins, and today's columns follow from
the entry alone. `merging` and `projecting` would write the very same rows, several times slower; a test holds the two
ways against each other.
"""

# ruff: noqa: S608 - every name put into these statements is our own; values go as parameters

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from secondopinion.directory.loading.entry import NOW, Entry, Place, Told
from secondopinion.directory.loading.projecting import UNKNOWN_DAY

A_DAY = timedelta(days=1)
NONE = r"\N"
RUNS, LINES = 1 << 20, 1 << 28  # how many of each a key can tell apart; its chance part keeps it single beyond them

_DATED = "professional_id, said_by, run_id, said_from_on, from_on, to_on"
_PROFESSIONAL = (
    "id, npi, first_name, last_name, credential, taxonomy, other_taxonomies, serves_as_pcp, group_name, group_tax_id, "
    "languages, accepts_new_members, excluded, license_number, license_to_on, verified_on, phone, fax, address, city, "
    "state, zip_code, latitude, longitude"
)
_SITE = "place, address, city, state, zip_code, latitude, longitude"
_NOWHERE = f"\t\t\t\t{NONE}\t{NONE}\n"


@dataclass(frozen=True, slots=True)
class Telling:
    """Who says it, in which run, of which day, and what day it is."""

    run: int
    said_by: str
    on_day: date
    today: date


@dataclass(slots=True)
class Drafts:
    """The rows of those in a batch who may turn out to be new, as COPY reads them, but for what a site is told by.

    Columns of texts, side by side: they are quick to hand from process to process.
    """

    lines: list[int] = field(default_factory=list)
    npis: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)  # the site's address and position come behind
    practices: list[str] = field(default_factory=list)  # the site's number comes behind; empty: no practice
    places: list[str] = field(default_factory=list)  # the site's key
    specialties: list[str] = field(default_factory=list)
    licenses: list[str] = field(default_factory=list)
    deactivations: list[str] = field(default_factory=list)
    sites: dict[str, str] = field(default_factory=dict)  # every place of the batch, by its key: the row of a site

    def keys(self, numbers: Iterable[int]) -> list[UUID]:
        """The keys of the professionals at these places in the batch."""
        return [UUID(self.people[n].partition("\t")[0]) for n in numbers]

    def add(self, line: int, entry: Entry, telling: Telling) -> bool:
        """Draft an entry. Returns whether it tells nothing but what is written here."""
        for each in entry.practices:
            self._note(each.place)
        plain = (
            entry.last_name
            and telling.on_day <= telling.today  # what begins later is not yet true of today
            and len(entry.practices) <= 1
            and not (entry.memberships or entry.exclusions or entry.verifications)
            and all(each.status == "reported" and each.days is NOW for each in entry.licenses)
        )
        if not plain:
            return False
        key = key_of(telling.run, line)
        said = f"{key}\t{telling.said_by}\t{telling.run}"
        now = f"{said}\t{telling.on_day}\t{telling.on_day}\t{NONE}"
        x, dead = entry.practices[0] if entry.practices else None, entry.deactivation
        self.lines.append(line)
        self.npis.append(entry.npi)
        self.people.append(_person(key, entry, telling))
        self.practices.append(
            f"{now}\t{_plain(x.phone)}\t{_plain(x.fax)}\t{_array(x.languages)}\t{_flag(x.accessible)}\t" if x else ""
        )
        self.places.append(x.place.key if x else "")
        self.specialties.append("".join([f"{now}\t{code}\t{_flag(first)}\n" for code, first in entry.specialties]))
        self.licenses.append(
            "".join([f"{now}\t{each.state}\t{_plain(each.number)}\t{each.status}\n" for each in entry.licenses])
        )
        self.deactivations.append(f"{said}\t{dead.from_on}\t{dead.from_on}\t{dead.to_on or NONE}\n" if dead else "")
        return True

    def _note(self, place: Place) -> None:
        if place.key not in self.sites:
            self.sites[place.key] = (
                f"{_plain(place.key)}\t{_plain(place.address)}\t{_plain(place.city)}\t{place.state}\t{place.zip_code}"
                f"\t{_number(place.latitude)}\t{_number(place.longitude)}\n"
            )


def new_among(cursor: CursorWrapper, drafts: Drafts) -> list[int]:
    """Which of the drafts are of people whom the directory does not have."""
    # A question for each number, so that the index is used however large the directory is.
    cursor.execute(
        """SELECT npi FROM string_to_table(%s, ' ') AS asked (npi)
            WHERE (SELECT true FROM directory_qualifiedprofessional q WHERE q.npi = asked.npi)""",
        [" ".join(drafts.npis)],
    )
    known = {npi for (npi,) in cursor.fetchall()}
    return [at for at, npi in enumerate(drafts.npis) if npi not in known]


def write(cursor: CursorWrapper, drafts: Drafts, which: Sequence[int]) -> None:
    """Write the drafts that `new_among` found. No NPI may stand there twice."""
    sites = _sites(cursor, drafts.sites)
    practices = [f"{drafts.practices[n]}{sites[drafts.places[n]][0]}\n" for n in which if drafts.places[n]]
    people = [
        f"{drafts.people[n]}{sites[drafts.places[n]][1] if drafts.places[n] else _NOWHERE}" for n in which
    ]  # fmt: skip
    _copy(cursor, f"directory_qualifiedprofessional ({_PROFESSIONAL})", people)
    _copy(cursor, f"directory_specialtyheld ({_DATED}, code, is_primary)", [drafts.specialties[n] for n in which])
    _copy(cursor, f"directory_licenseheld ({_DATED}, state, number, status)", [drafts.licenses[n] for n in which])
    _copy(cursor, f"directory_practice ({_DATED}, phone, fax, languages, accessible, site_id)", practices)
    _copy(cursor, f"directory_npideactivation ({_DATED})", [drafts.deactivations[n] for n in which])


def key_of(run: int, line: int) -> str:
    """A key (RFC 9562, version 8) that grows with run and line, so that the rows of a load lie together in an index.

    A key by chance would strew the rows of each batch over the whole of every index.
    """
    grows, chance = f"{run % RUNS:05x}{line % LINES:07x}", secrets.token_hex(9)
    return f"{grows[:8]}-{grows[8:]}-8{chance[:3]}-8{chance[3:6]}-{chance[6:]}"


def _person(key: str, entry: Entry, telling: Telling) -> str:
    """Today's columns of somebody of whom this entry is all there is, as `projecting` fills them."""
    codes = [code for code, _ in sorted(entry.specialties, key=lambda each: (not each[1], each[0]))]
    numbers = [x.number for x in sorted(entry.licenses, key=lambda x: (x.state != "CA", x.number, x.state))]
    practice = entry.practices[0] if entry.practices else None
    return (
        f"{key}\t{entry.npi}\t{_plain(entry.first_name)}\t{_plain(entry.last_name)}\t{_plain(entry.credential)}\t"
        f"{codes[0] if codes else ''}\t{_array(codes[1:])}\tf\t{_plain(entry.group_name)}\t\t"
        f"{_array(sorted(set(practice.languages)) if practice else ())}\tt\tf\t"
        f"{_plain(numbers[0]) if numbers else ''}\t{_licensed_to(entry.deactivation, telling.today)}\t{UNKNOWN_DAY}\t"
        f"{_plain(practice.phone) if practice else ''}\t{_plain(practice.fax) if practice else ''}\t"
    )


def _licensed_to(dead: Told | None, today: date) -> date:
    """Nobody has confirmed a licence; a dead NPI takes even that unknown day down."""
    if dead and dead.from_on and dead.from_on <= today and (dead.to_on is None or dead.to_on >= today):
        return min(UNKNOWN_DAY, dead.from_on - A_DAY)
    return UNKNOWN_DAY


def _sites(cursor: CursorWrapper, told: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """The number of each place's site, made where it is not there yet, and its address and position for COPY."""
    cursor.execute("TRUNCATE stage_place")
    _copy(cursor, f"stage_place ({_SITE})", [told[key] for key in sorted(told)])
    cursor.execute(
        f"""INSERT INTO directory_site AS held ({_SITE}) SELECT {_SITE} FROM stage_place
            ON CONFLICT (place) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude
             WHERE held.latitude IS NULL AND excluded.latitude IS NOT NULL"""
    )
    cursor.execute(
        """SELECT g.place, g.id,
                  CASE WHEN (g.address, g.city, g.zip_code, g.latitude, g.longitude) IS DISTINCT FROM
                            (p.address, p.city, p.zip_code, p.latitude, p.longitude)
                       THEN ARRAY[g.address, g.city, g.state, g.zip_code, g.latitude::text, g.longitude::text] END
             FROM stage_place p CROSS JOIN LATERAL (SELECT * FROM directory_site WHERE place = p.place OFFSET 0) AS g"""
    )
    found: dict[str, tuple[int, str]] = {}
    for key, number, otherwise in cursor.fetchall():
        if otherwise is None:
            where = told[key].partition("\t")[2]
        else:
            where = "\t".join([NONE if each is None else _plain(each) for each in otherwise]) + "\n"
        found[key] = number, where
    return found


def _copy(cursor: CursorWrapper, table: str, lines: Sequence[str]) -> None:
    """Copy lines as COPY reads them: columns apart by tabs, no value `\\N`, a backslash doubled."""
    if text := "".join(lines):
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(text)


def _plain(text: str) -> str:
    """Words as COPY reads them. They hold no tab and no end of line: `checking.text` has made blanks of those."""
    return text.replace("\\", "\\\\")


def _array(words: Iterable[str]) -> str:
    """Codes and tags: nothing in them needs quotes."""
    return f"{{{','.join(words)}}}"


def _flag(value: bool | None) -> str:
    return NONE if value is None else "t" if value else "f"


def _number(value: float | None) -> str:
    return NONE if value is None else repr(value)

"""Made-up rows in the layout of the national NPI file, all of its columns, as fast as a disk takes them.

The header has the names of the file that CMS gives out (NPPES Data Dissemination, the full and the weekly one); nobody
in the rows exists. Four in five are people, the others organizations; some NPIs are dead. A week's file repeats a few
of them changed and adds some that are new.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

ORGANIZATIONS, DEAD = 5, 97  # one row in so many
AT_A_SITE = 3  # people for each site, on average
SPECIALTIES = tuple(f"2{kind}{a}{b}0{n}X" for kind, a, b, n in product("0", "78", "RXT", ("0000", "0001", "0117")))
LAST = tuple(
    a + b for a, b in product(("Ash", "Brook", "Cedar", "Dell", "Elm", "Field", "Glen"), ("ley", "man", "worth"))
)
FIRST = ("Ada", "Ben", "Cora", "Dan", "Eve", "Finn", "Gwen", "Hal", "Iris", "Jon", "Kit", "Lea")
CITIES = tuple(f"MADE UP CITY {n}" for n in range(400))
WRITE_AT_ONCE = 2_000


def header() -> list[str]:
    """The names of all columns, in their order."""
    address = (
        "First Line Business {0} Address", "Second Line Business {0} Address", "Business {0} Address City Name",
        "Business {0} Address State Name", "Business {0} Address Postal Code",
        "Business {0} Address Country Code (If outside U.S.)", "Business {0} Address Telephone Number",
        "Business {0} Address Fax Number",
    )  # fmt: skip
    name = ("Last Name", "First Name", "Middle Name", "Name Prefix Text", "Name Suffix Text", "Credential Text")
    official = ("Last Name", "First Name", "Middle Name", "Title or Position", "Telephone Number")
    official_more = ("Name Prefix Text", "Name Suffix Text", "Credential Text")
    code = (
        "Healthcare Provider Taxonomy Code", "Provider License Number", "Provider License Number State Code",
        "Healthcare Provider Primary Taxonomy Switch",
    )  # fmt: skip
    other = (
        "Other Provider Identifier", "Other Provider Identifier Type Code", "Other Provider Identifier State",
        "Other Provider Identifier Issuer",
    )  # fmt: skip
    return [
        "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
        "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)",
        *(f"Provider {each}" for each in name[1:]),
        "Provider Other Organization Name", "Provider Other Organization Name Type Code",
        *(f"Provider Other {each}" for each in name), "Provider Other Last Name Type Code",
        *(f"Provider {each.format('Mailing')}" for each in address),
        *(f"Provider {each.format('Practice Location')}" for each in address),
        "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date",
        "NPI Reactivation Date", "Provider Sex Code", *(f"Authorized Official {each}" for each in official),
        *(f"{each}_{n}" for n in range(1, 16) for each in code),
        *(f"{each}_{n}" for n in range(1, 51) for each in other),
        "Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN",
        *(f"Authorized Official {each}" for each in official_more),
        *(f"Healthcare Provider Taxonomy Group_{n}" for n in range(1, 16)), "Certification Date",
    ]  # fmt: skip


def number(at: int) -> str:
    """A valid NPI for each whole number below a hundred million (check digit: 45 CFR 162.406)."""
    stem = 100_000_000 + at
    total, rest, doubled = 24, stem, True  # 24: what the issuer 80840 before it adds
    while rest:
        rest, digit = divmod(rest, 10)
        total += digit * 2 - 9 * (digit > 4) if doubled else digit
        doubled = not doubled
    return f"{stem}{-total % 10}"


class Rows:
    """Writes rows; the same seed writes the same ones."""

    def __init__(self, seed: int = 1538) -> None:
        self._chance = random.Random(seed)
        self._header = header()
        self._at = {name: place for place, name in enumerate(self._header)}

    def head(self) -> str:
        """The line of the header."""
        return f"{_quoted(self._header)}\n"

    def rows(self, numbers: Iterable[int], sites: int, *, moved: bool = False) -> Iterator[str]:
        """One line for each number; `sites` is among how many places they lie. `moved`: all are somewhere else."""
        put, chance = self._put(), self._chance
        for at in numbers:
            street = f"{chance.randrange(max(sites, 1))} {'NEW ' * moved}GROVE ST"
            city = CITIES[at % len(CITIES)]
            zip_code = f"9{at % 9000:04d}{at % 10000:04d}"
            common = (street, "", city, "CA", zip_code, "US", f"714555{at % 10000:04d}", f"714556{at % 10000:04d}")
            named = LAST[at % len(LAST)], FIRST[at % len(FIRST)]
            if at % DEAD == 0:
                yield put(number(at), "", ("", ""), ("",) * 8, "06/30/2024", (), "")
            elif at % ORGANIZATIONS == 0:
                yield put(number(at), "2", ("", ""), common, "", (SPECIALTIES[at % len(SPECIALTIES)],), f"Group {at}")
            else:
                codes = chance.sample(SPECIALTIES, (1, 1, 1, 2, 3)[at % 5])
                yield put(number(at), "1", named, common, "", codes, "", f"A{at}")

    def _put(self):  # type: ignore[no-untyped-def]  # the closure is the fast part
        width = len(self._header)
        at = self._at
        mailing = at["Provider First Line Business Mailing Address"]
        practice = at["Provider First Line Business Practice Location Address"]
        code = at["Healthcare Provider Taxonomy Code_1"]
        groups = at["Other Provider Identifier_1"]
        tail = '"' + '","' * (width - groups - 1) + '"\n'

        def put(npi, entity, named, place, dead, codes, group, licence=""):  # type: ignore[no-untyped-def]
            row = [""] * groups
            row[0], row[1], row[4], row[5], row[6] = npi, entity, group, *named
            row[mailing : mailing + 8] = place
            row[practice : practice + 8] = place
            if entity == "1":
                row[10], row[mailing + 16], row[mailing + 17] = "M.D.", "05/23/2007", "08/01/2023"
                row[at["Provider Sex Code"]] = "F"
            row[at["NPI Deactivation Date"]] = dead
            for n, each in enumerate(codes):
                row[code + 4 * n : code + 4 * n + 4] = each, licence, "CA" if licence else "", "N" if n else "Y"
            return '"' + '","'.join(row) + '",' + tail

        return put


def write(path: Path, lines: Iterable[str], head: str) -> int:
    """Write a file. Returns how many bytes it has."""
    waiting: list[str] = [head]
    with path.open("w", encoding="utf-8", newline="") as file:
        for line in lines:
            waiting.append(line)
            if len(waiting) >= WRITE_AT_ONCE:
                file.write("".join(waiting))
                waiting.clear()
        file.write("".join(waiting))
        return file.tell()


def _quoted(values: Iterable[str]) -> str:
    return '"' + '","'.join(values) + '"'

"""The whole explained answer over a large directory: gates, ranks and reasons, the frozen proof, and the desk's pages.

It asks from many homes in town about a spine surgeon's care, in the directory that `match` draws too. Professionals of
the two specialties that fit have entries of their own; those of others stand in the flat rows alone.

`BENCH_PROFESSIONALS=8000000` is the large one: five minutes, nearly all of which fill the table.
"""

from __future__ import annotations

import gc
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from county_rows import EQUIVALENT, SAME, homes
from flat_table import copy_in, drawn, empty, index
from ground import fresh_database
from rows import row

from county import NEUROSURGERY, NOW, SPINE, TODAY, County, county, npi, sign_in
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from referrals.life import asked
from secondopinion.directory.models_candidates import specialty_of
from secondopinion.people.models import Member
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.offering import offers_for
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.receive import receive
from secondopinion.referrals.searching import search_for
from secondopinion.referrals.told import ReferUp, TakeUp
from secondopinion.site.preparing import collect_static

SIZES = [int(n) for n in os.environ.get("BENCH_PROFESSIONALS", "10000,100000").split(",")]
TURNS = 60
SLOWEST = 150  # milliseconds that the whole answer may take, 95 times of 100
ENTRIES = """
    COPY directory_qualifiedprofessional (id, npi, first_name, last_name, credential, taxonomy, other_taxonomies,
      serves_as_pcp, group_name, group_tax_id, languages, accepts_new_members, excluded, license_number, license_to_on,
      verified_on, phone, fax, address, city, state, zip_code, latitude, longitude) FROM STDIN"""


def enter(duck: Any) -> int:
    """Entries for everybody of the two specialties. Returns how many."""
    assert (SAME, EQUIVALENT) == (SPINE, NEUROSURGERY), "The made-up rows know other codes than the small county."
    people = duck.execute(
        """SELECT professional_id, specialty, any_value(languages), any_value(latitude), any_value(longitude)
             FROM rows WHERE specialty IN (?, ?) GROUP BY 1, 2""",
        [specialty_of(SAME), specialty_of(EQUIVALENT)],
    ).fetchall()
    text = io.StringIO()
    for at, (key, specialty, languages, latitude, longitude) in enumerate(people):
        code = SAME if specialty == specialty_of(SAME) else EQUIVALENT
        ends = "2026-01-01" if at % 50 == 0 else "2035-12-31"
        confirmed = "2025-01-06" if at % 5 == 0 else "2026-11-02"
        told = (key, npi(f"1{at:08d}"), "Ada", f"Made-Up{at}", "MD", code, "{}", "f", f"Group {at % 97}", "", languages,
                "t", "f" if at % 100 else "t", f"A{at}", ends, confirmed, "1-714-555-0150", "", f"{at} Clinic Way",
                "Orchard City", "CA", "92999", *("\\N" if x is None else x for x in (latitude, longitude)))  # fmt: skip
        text.write("\t".join(str(each) for each in told) + "\n")
    with plan_scope(TODAY), connection.cursor() as cursor, cursor.copy(ENTRIES) as copy:
        copy.write(text.getvalue())
    return len(people)


def explain(duck: Any, people: int, there: County) -> None:
    """Take the figures and print them."""
    entries = enter(duck)
    collect_static()
    settings.ALLOWED_HOSTS = ["testserver"]
    with plan_scope(TODAY):
        taken = receive(asked(there), person=there.person("intake@plan"), now=NOW)
        nurse = there.person("nurse@plan")
        advance(taken.referral_id, TakeUp(complete=True), person=nurse, now=NOW)
        advance(taken.referral_id, ReferUp("Please look."), person=nurse, now=NOW)
        referral = Referral.objects.get(pk=taken.referral_id)
    client = Client()
    sign_in(client, "nurse@plan", datetime.now(UTC))

    def offers() -> int:
        with plan_scope(TODAY):
            return len(offers_for(snapshot_of(referral), Member.objects.get(pk=referral.member_id), NOW).offers)

    def proof() -> int:
        with plan_scope(TODAY):
            member = Member.objects.get(pk=referral.member_id)
            return len(search_for(snapshot_of(referral), member, {}, NOW).looked)

    def page(name: str) -> Callable[[], int]:
        def opened() -> int:
            answer = client.get(reverse(name, args=[referral.number]))
            assert answer.status_code == 200, answer.status_code
            return len(answer.content)

        return opened

    figures = {
        "the Member's list: gates, ranks, reasons": (offers, "offers"),
        "the proof: everybody in reach, each with the reason": (proof, "told one by one"),
        "the page of the list, with its map": (page("choose-professional"), "bytes"),
        "the page of the proof": (page("search-network"), "bytes"),
    }
    for name in ("choose-professional", "search-network"):
        page(name)()
    gc.collect()
    gc.freeze()  # as the web server does once everything is loaded (site/wsgi.py)
    for figure, (ask, unit) in figures.items():
        first, warm, sizes = from_every_home(referral, ask)
        cuts = statistics.quantiles(warm, n=100, method="inclusive")
        before = statistics.quantiles(first, n=100, method="inclusive")
        row(f"match explained, {people:,} professionals ({entries:,} of the specialties): {figure}",
            f"{SLOWEST} ms", f"p50 {cuts[49]:.0f}, p95 {cuts[94]:.0f} ms ({statistics.median(sizes):,.0f} {unit}; "
            f"a home asked from for the first time: {before[49]:.0f}, {before[94]:.0f})",
            f"{SLOWEST} ms", cuts[94] / SLOWEST, f"p95 < {SLOWEST} ms", met=cuts[94] < SLOWEST)  # fmt: skip


def from_every_home(referral: Referral, ask: Callable[[], int]) -> tuple[list[float], list[float], list[int]]:
    """Ask twice from each of so many homes in town, after a few that do not count.

    Milliseconds of the first times, when rows may still come from the disk, and of the second, and how much was
    answered. Nothing of the first answer is kept by the program.
    """
    first, warm, sizes = list[float](), list[float](), list[int]()
    for home in homes("town", TURNS + 5):
        with plan_scope(TODAY):
            Member.objects.filter(pk=referral.member_id).update(latitude=home.latitude, longitude=home.longitude)
        for times in (first, warm):
            start = time.perf_counter()
            size = ask()
            times.append((time.perf_counter() - start) * 1000)
        sizes.append(size)
    return first[5:], warm[5:], sizes[5:]


def take(people: int, room: Path) -> None:
    """The figures at one size."""
    with fresh_database("bench_match") as address, drawn(people, room) as made:
        with plan_scope(TODAY):
            there = county()
        with psycopg.connect(**address.for_psycopg(), autocommit=True) as owner:
            empty(owner)
            copy_in(owner, made.text)
            index(owner)
            owner.execute("VACUUM ANALYZE directory_candidateat")
        made.text.unlink()
        explain(made.duck, people, there)


def main() -> None:
    """Every size, one after the other."""
    for people in SIZES:
        with tempfile.TemporaryDirectory(prefix="match-") as room:
            take(people, Path(room))


if __name__ == "__main__":
    main()

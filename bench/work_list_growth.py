"""The work list at one and at ten million referrals, 10,000 of them open each time, under row-level security.

The questions are the desk's own, taken down while it answers a signed-in nurse and sent again as the application's
role: the first page of all, of one Health Network, as that network itself, the next page by key, the four counts of
the tabs. Both tables stand on one server and every question goes to both in turn; what counts is how its median grows.
`BENCH_ROWS=100000,1000000` takes smaller tables, and a minute.
"""

from __future__ import annotations

import os
import re
import statistics
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
from ground import copied, database, fresh_database, state

from county import NOW, County, county, sign_in
from django.conf import settings
from django.test import Client
from django.urls import reverse
from many_referrals import fill
from recording import Statement, about, in_turn, recorded
from rows import row
from secondopinion.people.rls import SET_SCOPE, plan_scope
from secondopinion.site.preparing import collect_static

OPEN, TURNS = 10_000, 400
LISTS, COUNTS = 1.2, 2.0  # how much the median may grow
SMALL, LARGE = (int(n) for n in os.environ.get("BENCH_ROWS", "1000000,10000000").split(","))
Asked = Mapping[str, tuple[str, list[Statement]]]  # by figure: the scope, and what is sent in it


def asked_by_the_desk(there: County) -> Asked:
    """What the desk asks for its pages, by figure."""
    collect_static()
    settings.ALLOWED_HOSTS = ["testserver"]

    def opened(who: str, **address: str) -> tuple[list[Statement], str]:
        client = Client()
        sign_in(client, who, datetime.now(UTC))
        with recorded() as taken:
            answer = client.get(reverse("work-list"), address)
        page = answer.content.decode()
        assert answer.status_code == 200, answer.status_code
        assert page.count("SO-2026-") >= 50, f"{who} sees {page.count('SO-2026-')} referrals"
        return taken, page

    first, page = opened("nurse@plan")
    after = re.search(r'after=([^"&]+)', page)
    assert after, "The first page names no next one."
    following, _ = opened("nurse@plan", after=after[1].replace("%3A", ":").replace("%2B", "+").replace("%7E", "~"))
    filtered, _ = opened("nurse@plan", network=str(there.citrus.pk))
    by_itself, _ = opened("nurse@citrus")
    table, citrus = "referrals_referral", str(there.citrus.pk)
    return {
        "first page, all": ("plan", about(first, table)),
        "first page, one network": ("plan", about(filtered, table)),
        "first page, as that network": (citrus, about(by_itself, table)),
        "next page by key": ("plan", about(following, table)),
        "counts of the tabs": ("plan", about(first, table, counts=True)),
        "counts of the tabs, as that network": (citrus, about(by_itself, table, counts=True)),
    }


def as_the_program(address: database.Address, scope: str) -> psycopg.Connection[object]:
    """A connection as the application's role, in a transaction that sees what `scope` says."""
    app = replace(address, user=database.APP_ROLE, password=state.kept_secret("database-app"))
    connection = psycopg.connect(**app.for_psycopg())
    connection.execute(SET_SCOPE, [scope, NOW.date().isoformat(), "", ""])
    return connection


def compare(figure: str, scope: str, asked: list[Statement], small: database.Address, large: database.Address) -> None:
    """Ask both tables in turn and print how the median grows; the slowest in a hundred is named."""
    with as_the_program(small, scope) as one, as_the_program(large, scope) as other:
        before, after = (statistics.quantiles(taken, n=100) for taken in in_turn(one, other, asked, TURNS))
    growth, goal = after[49] / before[49], COUNTS if figure.startswith("counts") else LISTS
    told = [f"p50 {cuts[49]:.2f}, p99 {cuts[98]:.2f} ms" for cuts in (after, before)]
    row(f"work list, {figure}, {LARGE:,} rows", f"itself at {SMALL:,} rows, {OPEN:,} open", *told, growth,
        f"p50 grows ≤ {goal}", met=growth <= goal)  # fmt: skip


def main() -> None:
    """Fill both tables, take down the desk's questions, and ask them of both."""
    with fresh_database("bench_growth_small") as small:
        with plan_scope(NOW.date()):
            there = county()
        with copied(small, "bench_growth_large") as large:
            fill(small, SMALL, OPEN, datetime.now(UTC))
            fill(large, LARGE, OPEN, datetime.now(UTC))
            for figure, (scope, asked) in asked_by_the_desk(there).items():
                compare(figure, scope, asked, small, large)


if __name__ == "__main__":
    main()

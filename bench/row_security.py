"""What row-level security costs: the same statements with the policies and without, in the same database.

The application's role is bound by the policies; the owner of the tables is not. Each question is sent in turn as
one and as the other, on two connections that stay open, and so are the steps of one writer. The statements are the
desk's own, taken down while it answers. Both sides say whose rows they want (`set_config`): that round trip is
needed before any of them, and named by itself.
"""

from __future__ import annotations

import os
import statistics
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import psycopg
from ground import database, fresh_database, state

from advance import prepared, steps_a_second
from county import NOW, sign_in
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from many_referrals import fill
from recording import Statement, about, in_turn, recorded
from rows import row
from secondopinion.people.models import HealthNetwork
from secondopinion.people.person import Person
from secondopinion.people.rls import SET_SCOPE, Scope, plan_scope, set_scope
from secondopinion.referrals.models import Referral
from secondopinion.site.preparing import collect_static
from work_list import milliseconds

ROWS, OPEN = int(os.environ.get("BENCH_ROWS", "100000").split(",")[0]), 10_000
TURNS, ROUNDS, SECONDS = 400, 8, 1
OFF = "the same statements without policies"
Roles = tuple[database.Address, database.Address]  # bound by the policies, and not


def desk(who: str, page: str, *named: str) -> list[Statement]:
    """Everything that a page of the desk sends."""
    client = Client()
    sign_in(client, who, datetime.now(UTC))
    with recorded() as taken:
        answer = client.get(reverse(page, args=named))
    assert answer.status_code == 200, answer.status_code
    return taken


def ask(figure: str, scope: str, asked: list[Statement], roles: Roles) -> None:
    """Ask as both in turn, and print the ratio of the medians."""
    with psycopg.connect(**roles[0].for_psycopg()) as bound, psycopg.connect(**roles[1].for_psycopg()) as free:
        for one in (bound, free):
            one.execute(SET_SCOPE, [scope, NOW.date().isoformat(), "", ""])
        with_policies, without = (statistics.quantiles(taken, n=100) for taken in in_turn(bound, free, asked, TURNS))
    told = [f"p50 {cuts[49]:.2f}, p99 {cuts[98]:.2f} ms" for cuts in (with_policies, without)]
    row(f"row-level security: {figure}", OFF, *told, with_policies[49] / without[49], "named", met=True)


def step(ids: list[UUID], person: Person, roles: Roles) -> None:
    """Steps of one writer as both in turn, and how much of a step goes into saying whose rows are wanted."""
    rates: list[list[float]] = [[], []]
    for turn in range(ROUNDS):
        for role, taken in zip(roles, rates, strict=True):
            be(role)
            taken.append(steps_a_second([ids], person, SECONDS, turn))
    be(roles[0])
    with plan_scope(NOW.date()):
        scope = statistics.median(milliseconds(lambda: set_scope(Scope(None, NOW.date())), TURNS))
    bound, free = (statistics.median(taken) for taken in rates)
    ratio = statistics.median(free / bound for bound, free in zip(*rates, strict=True))
    row("row-level security: advance(), one writer", OFF, f"{1000 / bound:.2f} ms", f"{1000 / free:.2f} ms", ratio,
        "named", met=True)  # fmt: skip
    row("row-level security: saying whose rows", "one step of advance()", f"{scope:.2f} ms", f"{1000 / bound:.2f} ms",
        scope * bound / 1000, "named", met=True)  # fmt: skip


def be(role: database.Address) -> None:
    """Django's own connection is this role's from now on."""
    connection.close()
    connection.settings_dict.update(role.for_django(), CONN_HEALTH_CHECKS=False, CONN_MAX_AGE=None)


def main() -> None:
    """Take steps as both, then fill the table and ask what the desk asks."""
    with fresh_database("bench_row_security") as owner:
        app = replace(owner, user=database.APP_ROLE, password=state.kept_secret("database-app"))
        ids, person = prepared()
        step(ids, person, (app, owner))
        with plan_scope(NOW.date()):
            number = Referral.objects.get(pk=ids[0]).number
            citrus = str(HealthNetwork.objects.get(name__startswith="Citrus").pk)
        fill(owner, ROWS, OPEN, datetime.now(UTC))
        collect_static()
        settings.ALLOWED_HOSTS = ["testserver"]
        for scope, who in (("plan", "nurse@plan"), (citrus, "nurse@citrus")):
            listed, whose = desk(who, "work-list"), "the plan" if scope == "plan" else "a network"
            asked = about(listed, "referrals_referral"), about(listed, "referrals_referral", counts=True)
            ask(f"work list, first page, {whose}", scope, asked[0], (app, owner))
            ask(f"work list, counts, {whose}", scope, asked[1], (app, owner))
        history = about(desk("nurse@plan", "referral", number), "referrals_event")
        ask("the history of one referral", "plan", history, (app, owner))


if __name__ == "__main__":
    main()

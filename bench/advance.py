"""advance() against pgbench doing the very same statements, one round trip each, on the same durable server.

The step is “schedule”: lock and read the referral, read its clocks, write the event with its hash, the new
state and the stopped clock. Both sides run as the application's role under row-level security. Rounds of both
are taken in turn; the ratio of each round counts, and the median of the rounds is shown.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from ground import fresh_database, number, pgbench

from county import NOW, county
from django.db import connection
from rows import row
from secondopinion.people.person import Person
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.told import Choose, Schedule
from secondopinion.site.database import APP_ROLE

REFERRALS, SECONDS, ROUNDS = 200, 1, 12
GOALS = {1: 0.85, 4: 0.55}
SCRIPT = f"""
\\set n random(0, {REFERRALS - 1})
BEGIN;
SELECT set_config('secondopinion.scope', 'plan', true), set_config('secondopinion.today', '2026-11-23', true);
SELECT id AS id, position AS position, head_hash AS head FROM referrals_referral
  WHERE id = (SELECT id FROM bench_numbered WHERE n = :n) FOR UPDATE \\gset
SELECT kind, rule, due_at FROM referrals_runningclock WHERE referral_id = :id::uuid AND stopped_at IS NULL;
INSERT INTO referrals_event (referral_id, network_id, position, step, source, target, actor, actor_staff, role, at,
  edition, yes, no, finding, details, previous, hash)
  VALUES (:id::uuid, NULL, :position::int + 1, 'schedule', 'scheduled', 'scheduled', 'Intake Of Plan', 1, 'intake',
  now(), '2024-12-01', 1536, 0, NULL, '{{"appointment_at": "2026-11-26T18:00:00+00:00", "how": "", "letters": []}}',
  :head, :head);
UPDATE referrals_referral SET appointment_at = now(), state = 'scheduled', position = :position::int + 1,
  head_hash = :head, due_at = now(), due_kind = 'member-notice' WHERE id = :id::uuid;
UPDATE referrals_runningclock SET stopped_at = now()
  WHERE referral_id = :id::uuid AND kind = ANY(ARRAY['appointment']) AND stopped_at IS NULL;
COMMIT;
"""


def prepared() -> tuple[list[UUID], Person]:
    """A few hundred authorized referrals, each with its professional chosen and its visit scheduled once."""
    with plan_scope(NOW.date()):
        there = county()
        person = there.person("intake@plan")
        ids = []
        for n in range(REFERRALS):
            request = Request(
                member=there.one, program="medi-cal", channel="phone", received_at=NOW - timedelta(minutes=n),
                requester="member", requester_name="Member One", opinion="second", about="specialist-care",
                clinician=there.first, answers={"surgery_is_recommended": True, "member_questions_surgery": True},
            )  # fmt: skip
            taken = receive(request, person=person, now=NOW)
            advance(taken.referral_id, Choose(there.sam.pk, "member", "by phone"), person=person, now=NOW)
            advance(taken.referral_id, Schedule(NOW + timedelta(days=3)), person=person, now=NOW)
            ids.append(taken.referral_id)
    return ids, person


def steps_a_second(ids: list[UUID], person: Person, seconds: float, clients: int, seed: int) -> float:
    """Steps a second by `clients` processes, each with a connection of its own."""
    if clients == 1:
        return _run((ids, asdict(person), seconds, seed))
    with multiprocessing.get_context("fork").Pool(clients) as pool:
        return sum(pool.map(_run, [(ids, asdict(person), seconds, seed + k) for k in range(clients)]))


def _run(job: tuple[list[UUID], dict[str, object], float, int]) -> float:
    ids, fields, seconds, seed = job
    connection.close()
    person = Person(**{**fields, "credentials": ()})  # type: ignore[arg-type]
    pick, done = random.Random(seed), 0

    def step() -> None:
        with plan_scope(NOW.date()):
            advance(pick.choice(ids), Schedule(NOW + timedelta(days=3)), person=person, now=NOW)

    step()  # pgbench does not count its connecting either
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        step()
        done += 1
    return done / (time.perf_counter() - start)


def main() -> None:
    with fresh_database("bench_advance") as owner:
        ids, person = prepared()
        with plan_scope(NOW.date()):
            assert Referral.objects.filter(state="scheduled").count() == REFERRALS
        number(owner, ids)
        for clients, goal in GOALS.items():
            ratios, ours, theirs = [], [], []
            for turn in range(ROUNDS):
                connection.close()
                ours.append(steps_a_second(ids, person, SECONDS, clients, turn))
                theirs.append(pgbench(owner, SCRIPT, clients=clients, seconds=SECONDS, user=APP_ROLE))
                ratios.append(ours[-1] / theirs[-1])
            ratio = statistics.median(ratios)
            row(
                "advance(), one step",
                f"pgbench, same statements, {clients} client{'s' if clients > 1 else ''}",
                f"{statistics.median(ours):,.0f}/s",
                f"{statistics.median(theirs):,.0f}/s",
                ratio,
                f"≥ {goal}",
                met=ratio >= goal,
            )


if __name__ == "__main__":
    main()

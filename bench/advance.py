"""advance() against pgbench doing the very same statements, one round trip each, on the same durable server.

The step is “schedule”: lock and read the referral, read its clocks, write the event with its hash, the new
state and the clock that moves. One, two, four and eight writers take it, each on referrals of its own, then all on the
same referral, where both sides wait for the same row lock. Both sides run as the application's role under row-level
security. Rounds of both are taken in turn; the ratio of each round counts, and the median of the rounds is shown.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

from ground import database, fresh_database, number, pgbench

from county import NOW, county
from django.db import connection
from rows import row
from secondopinion.people.person import Person
from secondopinion.people.rls import plan_scope
from secondopinion.referrals.advance import advance
from secondopinion.referrals.ledger import CLOCKS, LOCK
from secondopinion.referrals.models import Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.told import Choose, Schedule
from secondopinion.site.database import APP_ROLE

REFERRALS, SECONDS, ROUNDS = 200, 1, 8
WRITERS = (1, 2, 4, 8)  # divisors of REFERRALS
GOALS = {1: 0.85, 4: 0.55}  # with referrals of their own; the others are named
OWN, SAME = "\\set n :client_id + {writers} * random(0, {each} - 1)", "\\set n 0"
MINE = "(SELECT id FROM bench_numbered WHERE n = :n)"
SCRIPT = f"""
BEGIN;
SELECT set_config('secondopinion.scope', 'plan', true), set_config('secondopinion.today', '2026-11-23', true),
  set_config('secondopinion.part', '', true);
{LOCK.replace("%s", MINE)} \\gset
{CLOCKS.replace("%s", ":id::uuid")};
INSERT INTO referrals_event (referral_id, network_id, position, step, source, target, actor, actor_staff, role, at,
  edition, yes, no, finding, details, previous, hash)
  VALUES (:id::uuid, NULL, :position::int + 1, 'schedule', 'scheduled', 'scheduled', 'Intake of Plan', 1, 'intake',
  now(), '2024-12-01', 1536, 0, NULL, '{{"appointment_at": "2026-11-26T18:00:00+00:00", "how": "", "letters": [],
  "set": {{"appointment_at": "2026-11-26T18:00:00+00:00"}}}}', :head_hash, :head_hash);
UPDATE referrals_runningclock SET stopped_at = now(), outcome = 'replaced'
  WHERE referral_id = :id::uuid AND kind = 'visit-record' AND rule = 'VISIT-RECORD' AND stopped_at IS NULL;
UPDATE referrals_referral SET appointment_at = now(), state = 'scheduled', position = :position::int + 1,
  head_hash = :head_hash, due_at = now(), due_kind = 'member-notice' WHERE id = :id::uuid;
INSERT INTO referrals_runningclock (referral_id, network_id, kind, rule, label, authority, started_at, due_at,
  paused_at, outcome)
  VALUES (:id::uuid, NULL, 'visit-record', 'VISIT-RECORD', 'To record the visit', 'the plan itself', now(), now(),
  NULL, '')
  ON CONFLICT (referral_id, kind, rule) WHERE stopped_at IS NULL DO UPDATE SET label = EXCLUDED.label,
  authority = EXCLUDED.authority, started_at = EXCLUDED.started_at, due_at = EXCLUDED.due_at,
  paused_at = EXCLUDED.paused_at;
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


def steps_a_second(shares: list[list[UUID]], person: Person, seconds: float, seed: int) -> float:
    """Steps a second by as many processes as there are shares, each with a connection and referrals of its own."""
    jobs = [(ids, asdict(person), seconds, seed + k) for k, ids in enumerate(shares)]
    if len(jobs) == 1:
        return _run(jobs[0])
    with multiprocessing.get_context("fork").Pool(len(jobs)) as pool:
        return sum(pool.map(_run, jobs, chunksize=1))


def _run(job: tuple[list[UUID], dict[str, object], float, int]) -> float:
    ids, fields, seconds, seed = job
    connection.close()
    person = Person(**{**fields, "credentials": ()})  # type: ignore[arg-type]
    pick, done = random.Random(seed), 0

    def step() -> None:
        # Moved by a week each time, so that a clock moves too.
        with plan_scope(NOW.date()):
            advance(pick.choice(ids), Schedule(NOW + timedelta(days=3, weeks=done % 10)), person=person, now=NOW)

    step()  # pgbench does not count its connecting either
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        step()
        done += 1
    return done / (time.perf_counter() - start)


def compare(owner: database.Address, ids: list[UUID], person: Person, writers: int, *, same: bool) -> None:
    """Both sides in turn with so many writers; print the median of the rounds' ratios."""
    shares = [ids[:1]] * writers if same else [ids[k::writers] for k in range(writers)]
    script = (SAME if same else OWN.format(writers=writers, each=REFERRALS // writers)) + SCRIPT
    ratios, ours, theirs = [], [], []
    for turn in range(ROUNDS):
        connection.close()
        ours.append(steps_a_second(shares, person, SECONDS, turn))
        theirs.append(pgbench(owner, script, clients=writers, seconds=SECONDS, user=APP_ROLE))
        ratios.append(ours[-1] / theirs[-1])
    ratio, goal = statistics.median(ratios), None if same else GOALS.get(writers)
    row(
        "advance(), one step" + (", all on the same referral" if same else ""),
        f"pgbench, same statements, {writers} client{'s' if writers > 1 else ''}",
        f"{statistics.median(ours):,.0f}/s",
        f"{statistics.median(theirs):,.0f}/s",
        ratio,
        f"≥ {goal}" if goal else "named",
        met=goal is None or ratio >= goal,
    )


def main() -> None:
    with fresh_database("bench_advance") as owner:
        ids, person = prepared()
        with plan_scope(NOW.date()):
            assert Referral.objects.filter(state="scheduled").count() == REFERRALS
        number(owner, ids)
        for same in (False, True):
            for writers in WRITERS:
                if writers > 1 or not same:
                    compare(owner, ids, person, writers, same=same)


if __name__ == "__main__":
    main()

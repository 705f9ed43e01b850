"""The one file of plain SQL: lock a referral, and write everything a step makes true in one flush.

The statements go through a psycopg pipeline on Django's own connection and inside the caller's
transaction, so the event, the state, the clocks, the letters and their jobs are true together or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
from django.db import connection
from psycopg import Cursor
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.people.person import Person
from secondopinion.policy.clocks import Clock
from secondopinion.policy.findings import Finding
from secondopinion.referrals.change import Change
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import COLUMNS, Running, Snapshot

Statement = tuple[str, list[Any]]

PACIFIC = ZoneInfo("America/Los_Angeles")
UTC = ZoneInfo("UTC")
FIRST = "0" * 64  # the hash that the first event of a referral carries as the one before
MAIL_TASK = "referrals.mail"

LOCK = f"SELECT {', '.join(COLUMNS)} FROM referrals_referral WHERE id = %s FOR UPDATE"  # noqa: S608
CLOCKS = "SELECT kind, rule, due_at FROM referrals_runningclock WHERE referral_id = %s AND stopped_at IS NULL"
EVENT = """
INSERT INTO referrals_event (referral_id, network_id, position, step, source, target, actor, actor_staff, role,
  at, edition, yes, no, finding, details, previous, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
STOP = """
UPDATE referrals_runningclock SET stopped_at = %s
 WHERE referral_id = %s AND kind = ANY(%s) AND stopped_at IS NULL
"""
START = """
INSERT INTO referrals_runningclock (referral_id, network_id, kind, rule, label, authority, started_at, due_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (referral_id, kind, rule) DO UPDATE SET label = EXCLUDED.label, authority = EXCLUDED.authority,
  started_at = EXCLUDED.started_at, due_at = EXCLUDED.due_at, stopped_at = NULL
"""
LETTER = """
INSERT INTO letters_letter (id, kind, program, language, recipient_role, recipient_name, data, data_sha256,
  template_sha256, network_id, owed_at, batch_on)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
NOTICE = """
INSERT INTO referrals_notice (referral_id, network_id, position, kind, recipient_role, letter_id)
VALUES (%s, %s, %s, %s, %s, %s)
"""
JOB = """
SELECT procrastinate_defer_jobs_v1(ARRAY[
  ROW('mail', %s::text, 0, %s::text, NULL, %s::jsonb, NULL)::procrastinate_job_to_defer_v1])
"""


@dataclass(frozen=True, slots=True)
class Locked:
    """A referral whose row is ours until the transaction ends, and its running clocks."""

    referral: Snapshot
    clocks: tuple[Running, ...]


def canonical(value: Any) -> bytes:
    """JSON with one spelling only, so that the same content has the same hash."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)


def lock(referral_id: UUID) -> Locked:
    """Lock one referral and read it with its running clocks, in one flush. Unseen and unknown are the same."""
    raw = connection.connection
    # Django's own cursors bind on the client; these bind on the server, so that each statement is planned once.
    with connection.wrap_database_errors, raw.pipeline():
        row = Cursor(raw, row_factory=class_row(Snapshot)).execute(LOCK, [referral_id], prepare=True)
        running = Cursor(raw, row_factory=class_row(Running)).execute(CLOCKS, [referral_id], prepare=True)
        found = row.fetchone()
        clocks = running.fetchall()
    if found is None:
        raise Refused("There is no such referral here. Check the number, or whose network you are signed in for.")
    return Locked(found, tuple(clocks))


def finding_json(finding: Finding | None) -> dict[str, Any] | None:
    """A finding as the event keeps it: sorted lists, so the hash is stable."""
    if finding is None:
        return None
    return {
        "verdict": finding.verdict.value,
        "because": sorted(finding.because),
        "needs": sorted(finding.needs),
        "cites": sorted(finding.cites),
    }


def event_hash(previous: str, body: Mapping[str, Any]) -> str:
    """The link of the chain: SHA-256 over the hash before and this event's canonical content."""
    return hashlib.sha256(previous.encode() + canonical(body)).hexdigest()


def body_of(
    number: str, position: int, step: str, source: str, target: str, person: Person, role: str, at: datetime,
    edition: str, yes: int, no: int, finding: Mapping[str, Any] | None, details: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """What an event's hash covers: every column of the event, instants in UTC."""
    return {
        "referral": number, "position": position, "step": step, "source": source, "target": target,
        "actor": person.name, "actor_staff": person.staff_id, "role": role,
        "at": at.astimezone(UTC).isoformat(), "edition": edition, "yes": yes, "no": no,
        "finding": finding, "details": details,
    }  # fmt: skip


def earliest(running: Iterable[Running], starts: Sequence[Clock], stops: Sequence[str]) -> tuple[datetime | None, str]:
    """The earliest clock that still runs after a step: when it is due, and its kind."""
    fresh = {(c.kind, c.rule) for c in starts}
    left = [
        (r.due_at, r.kind)
        for r in running
        if r.due_at is not None and r.kind not in stops and (r.kind, r.rule) not in fresh
    ]
    left += [(c.due_at, c.kind) for c in starts if c.due_at is not None]
    return min(left, default=(None, ""))


def write(
    before: Snapshot, running: Sequence[Running], step: str, target: str, change: Change, person: Person,
    role: str, now: datetime, *, first: Statement | None = None,
) -> tuple[int, tuple[UUID, ...]]:  # fmt: skip
    """Write one step: event, state, clocks, letters, jobs. Returns the new position and the letters' ids.

    Everything that can be refused is made before the first statement is sent. `first` goes before the others.
    """
    frozen = [(uuid4(), owed, freeze(owed.kind, before.program, owed.language, owed.data)) for owed in change.owes]
    position = before.position + 1
    yes, no = change.columns.get("yes", before.yes), change.columns.get("no", before.no)
    details = orjson.loads(canonical({**change.details, "letters": [str(i) for i, _, _ in frozen]}))
    finding = finding_json(change.finding)
    source = before.state if before.position else ""
    body = body_of(before.number, position, step, source, target, person, role, now, before.edition, yes, no,
                   finding, details)  # fmt: skip
    link = event_hash(before.head_hash, body)
    due_at, due_kind = earliest(running, change.starts, change.stops)
    columns = {**change.columns, "state": target, "position": position, "head_hash": link,
               "due_at": due_at, "due_kind": due_kind}  # fmt: skip
    event = [
        before.id, before.network_id, position, step, source, target, person.name, person.staff_id, role, now,
        before.edition, yes, no, None if finding is None else Jsonb(finding), Jsonb(details), before.head_hash, link,
    ]  # fmt: skip
    assignments = ", ".join(f"{name} = %s" for name in columns)  # the names are our own columns
    update = f"UPDATE referrals_referral SET {assignments} WHERE id = %s"  # noqa: S608
    statements: list[Statement] = [] if first is None else [first]
    statements += [(EVENT, event), (update, [*columns.values(), before.id])]
    if change.stops:
        statements.append((STOP, [now, before.id, list(change.stops)]))
    for c in change.starts:
        values = [before.id, before.network_id, c.kind, c.rule, c.label, c.authority, c.started_at, c.due_at]
        statements.append((START, values))
    for letter_id, owed, letter in frozen:
        statements += _owed(before, position, letter_id, owed.recipient_role, letter, now)
    for row in change.rows:
        row.save(force_insert=True)
    _send(statements)
    return position, tuple(i for i, _, _ in frozen)


def _owed(
    before: Snapshot, position: int, letter_id: UUID, recipient_role: str, letter: Frozen, now: datetime
) -> list[Statement]:
    """The letter, the notice that says which event owes it, and the job that mails it."""
    return [
        (
            LETTER,
            [letter_id, letter.kind, letter.program, letter.language, recipient_role,
             letter.data["recipient"]["name"], Jsonb(letter.data), letter.data_sha256, letter.template_sha256,
             before.network_id, now, now.astimezone(PACIFIC).date()],
        ),
        (NOTICE, [before.id, before.network_id, position, letter.kind, recipient_role, letter_id]),
        (JOB, [MAIL_TASK, str(before.id), Jsonb({"letter_id": str(letter_id), "referral_id": str(before.id)})]),
    ]  # fmt: skip


def _send(statements: Sequence[Statement]) -> None:
    """All statements in one flush, each planned once by the server and then only bound."""
    raw = connection.connection
    with connection.wrap_database_errors, raw.pipeline(), Cursor(raw) as cursor:
        for statement, values in statements:
            cursor.execute(statement, values, prepare=True)

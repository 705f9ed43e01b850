"""The one file of plain SQL: lock a referral, and write everything a step makes true in one statement.

It is sent on Django's own connection and inside the caller's transaction, so the event, the state, the clocks,
the letters and their jobs are true together or not at all. One statement measured faster than a psycopg
pipeline of the same parts, and two reads one after the other faster than both in a pipeline: what a pipeline
saves on the way it costs in Python (docs/decisions).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson

from secondopinion.letters.freeze import Frozen, freeze
from secondopinion.people.person import Person
from secondopinion.people.prepared import send
from secondopinion.policy.clocks import Clock
from secondopinion.policy.findings import Finding
from secondopinion.referrals import clockwork
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.copies import with_copies
from secondopinion.referrals.languages import debts_of, in_their_languages
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.mapped import mapped
from secondopinion.referrals.snapshot import COLUMNS, Running, Snapshot

PACIFIC = ZoneInfo("America/Los_Angeles")
UTC = ZoneInfo("UTC")
FIRST = "0" * 64  # the hash that the first event of a referral carries as the one before
MAIL_TASK = "referrals.mail"
OFFICE_TASK = "referrals.take_in_from_office"
COMPUTED = frozenset({"id", "state", "position", "head_hash", "yes", "no", "due_at", "due_kind"})
TOLD_ONCE = tuple(name for name in COLUMNS if name not in COMPUTED)  # what the first event sets
EMPTY = (None, "", 0, False)

LOCK = f"SELECT {', '.join(COLUMNS)} FROM referrals_referral WHERE id = %s FOR UPDATE"  # noqa: S608
CLOCKS = (
    "SELECT kind, rule, due_at, started_at, paused_at FROM referrals_runningclock"
    " WHERE referral_id = %s AND stopped_at IS NULL"
)
# The parts of the one statement that writes a step. Each takes the same few values by name, so that the server
# plans every combination once. A new referral, clocks and letters travel as JSON and become rows inside.
EVENT = """
event AS (
  INSERT INTO referrals_event (referral_id, network_id, position, step, source, target, actor, actor_staff, role,
    at, edition, yes, no, finding, details, previous, hash)
  VALUES (%(referral)s, %(network)s, %(position)s, %(step)s, %(source)s, %(target)s, %(actor)s, %(actor_staff)s,
    %(role)s, %(now)s, %(edition)s, %(yes)s, %(no)s, %(finding)s, %(details)s, %(previous)s, %(hash)s))"""
MADE = f"""
made AS (
  INSERT INTO referrals_referral ({", ".join(COLUMNS)})
  SELECT {", ".join(COLUMNS)} FROM jsonb_populate_record(NULL::referrals_referral, %(made)s))"""  # noqa: S608
STATE = """
state AS (UPDATE referrals_referral SET {assignments} WHERE id = %(referral)s)"""
STOP = """
stopped AS (
  UPDATE referrals_runningclock r SET stopped_at = e.at, outcome = e.outcome
    FROM jsonb_to_recordset(%(ends)s) AS e(kind text, rule text, outcome text, at timestamptz)
   WHERE r.referral_id = %(referral)s AND r.kind = e.kind AND r.rule = e.rule AND r.stopped_at IS NULL)"""
JOB_AGAIN = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('mail', %(task)s::text, 0, %(referral)s::text, NULL,
  jsonb_build_object('letter_id', %(letter)s::uuid, 'referral_id', %(referral)s::uuid),
  NULL)::procrastinate_job_to_defer_v1])"""
JOB_TAKE_IN = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('mail', %(task)s::text, 10, NULL, NULL,
  jsonb_build_object('request_id', %(request)s::uuid), NULL)::procrastinate_job_to_defer_v1])"""
STOP_FIRST = f"WITH {STOP.strip()} SELECT 1"
START = """
started AS (
  INSERT INTO referrals_runningclock (referral_id, network_id, kind, rule, label, authority, started_at, due_at,
    paused_at, outcome)
  SELECT %(referral)s, %(network)s, c.kind, c.rule, c.label, c.authority, c.started_at, c.due_at, c.paused_at, ''
    FROM jsonb_to_recordset(%(starts)s) AS c(kind text, rule text, label text, authority text,
      started_at timestamptz, due_at timestamptz, paused_at timestamptz)
  ON CONFLICT (referral_id, kind, rule) WHERE stopped_at IS NULL DO UPDATE SET label = EXCLUDED.label,
    authority = EXCLUDED.authority, started_at = EXCLUDED.started_at, due_at = EXCLUDED.due_at,
    paused_at = EXCLUDED.paused_at)"""
LETTERS = """
letter AS (
  INSERT INTO letters_letter (id, kind, program, language, recipient_role, recipient_name, data, data_sha256,
    template_sha256, network_id, owed_at, batch_on)
  SELECT l.id, l.kind, l.program, l.language, l.recipient_role, l.recipient_name, l.data, l.data_sha256,
    l.template_sha256, %(network)s, %(now)s, %(today)s
    FROM jsonb_to_recordset(%(letters)s) AS l(id uuid, kind text, program text, language text, recipient_role text,
      recipient_name text, data jsonb, data_sha256 text, template_sha256 text)),
notice AS (
  INSERT INTO referrals_notice (referral_id, network_id, position, kind, recipient_role, letter_id)
  SELECT %(referral)s, %(network)s, %(position)s, l.kind, l.recipient_role, l.id
    FROM jsonb_to_recordset(%(letters)s) AS l(id uuid, kind text, recipient_role text)),
job AS (
  SELECT procrastinate_defer_jobs_v1(array_agg(ROW('mail', %(task)s::text, 0, %(referral)s::text, NULL,
    jsonb_build_object('letter_id', l.id, 'referral_id', %(referral)s::uuid), NULL)::procrastinate_job_to_defer_v1))
    FROM jsonb_to_recordset(%(letters)s) AS l(id uuid, waits boolean) WHERE NOT l.waits HAVING count(*) > 0)"""
WORDS = """
word AS (
  INSERT INTO referrals_translation (id, referral_id, network_id, letter_id, field, original, original_sha256, language,
    owed_at)
  SELECT w.id, %(referral)s, %(network)s, w.letter, w.field, w.original, w.original_sha256, w.language, %(now)s
    FROM jsonb_to_recordset(%(words)s) AS w(id uuid, letter uuid, field text, original text, original_sha256 text,
      language text))"""
ALOUD = """
aloud AS (
  INSERT INTO referrals_readingaloud (id, referral_id, network_id, letter_id, language, owed_at)
  SELECT a.id, %(referral)s, %(network)s, a.letter, a.language, %(now)s
    FROM jsonb_to_recordset(%(aloud)s) AS a(id uuid, letter uuid, language text))"""


@dataclass(frozen=True, slots=True)
class Locked:
    """A referral whose row is ours until the transaction ends, and its running clocks."""

    referral: Snapshot
    clocks: tuple[Running, ...]


def canonical(value: Any) -> bytes:
    """JSON with one spelling only, so that the same content has the same hash."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)


def lock(referral_id: UUID) -> Locked:
    """Lock one referral, then read its running clocks. Unseen and unknown are the same answer."""
    found = send(LOCK, [referral_id]).fetchone()
    if found is None:
        raise Refused("There is no such referral here. Check the number, or whose network you are signed in for.")
    # Read when the lock is ours, so that a step just taken by somebody else is seen whole.
    running = send(CLOCKS, [referral_id]).fetchall()
    return Locked(Snapshot(*found), tuple(Running(*row) for row in running))


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
    edition: str, yes: int, no: int, finding: Any, details: Any,
) -> dict[str, Any]:  # fmt: skip
    """What an event's hash covers: every column of the event, instants in UTC; `finding` and `details` as JSON."""
    return {
        "referral": number, "position": position, "step": step, "source": source, "target": target,
        "actor": person.name, "actor_staff": person.staff_id, "role": role,
        "at": at.astimezone(UTC).isoformat(), "edition": edition, "yes": yes, "no": no,
        "finding": finding, "details": details,
    }  # fmt: skip


def plain(value: Any) -> Any:
    """A column's value as the history keeps it: one spelling whatever the driver gave."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def kept(before: Snapshot, columns: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
    """The columns that an event sets, so that the row can be rebuilt from its history alone."""
    if new:
        columns = {name: value for name in TOLD_ONCE if (value := getattr(before, name)) not in EMPTY} | dict(columns)
    return {name: plain(value) for name, value in columns.items() if name not in ("yes", "no")}


def write(
    before: Snapshot, running: Sequence[Running], step: str, target: str, change: Change, person: Person,
    role: str, now: datetime, *, new: bool = False,
) -> tuple[int, tuple[UUID, ...]]:  # fmt: skip
    """Write one step: event, state, clocks, letters, jobs. Returns the new position and the letters' ids.

    A letter whose words must be translated first has no job yet, but a row for each text. Everything that can be
    refused is made before the first statement is sent. `new`: the referral is not in the database yet, and its row is
    written too.
    """
    owes = in_their_languages(before, mapped(before, with_copies(before, change.owes, now)))
    frozen = [(uuid4(), owed, freeze(owed.kind, before.program, owed.language, owed.data)) for owed in owes]
    position = before.position + 1
    source = before.state if before.position else ""
    yes, no = change.columns.get("yes", before.yes), change.columns.get("no", before.no)
    after = before.after({**change.columns, "state": target})
    clocks = clockwork.moves(tuple(running), after, now, missed=change.missed)
    # What is hashed is what is stored: the same bytes.
    told = {**change.details, "letters": [str(i) for i, _, _ in frozen], "set": kept(before, change.columns, new=new)}
    details = canonical(told)
    finding = None if change.finding is None else canonical(finding_json(change.finding))
    body = body_of(before.number, position, step, source, target, person, role, now, before.edition, yes, no,
                   finding and orjson.Fragment(finding), orjson.Fragment(details))  # fmt: skip
    link = event_hash(before.head_hash, body)
    columns = {**change.columns, "state": target, "position": position, "head_hash": link,
               "due_at": clocks.due_at, "due_kind": clocks.due_kind}  # fmt: skip
    values = {
        "referral": before.id, "network": before.network_id, "position": position, "step": step, "source": source,
        "target": target, "actor": person.name, "actor_staff": person.staff_id, "role": role, "now": now,
        "edition": before.edition, "yes": yes, "no": no, "finding": finding and finding.decode(),
        "details": details.decode(), "previous": before.head_hash, "hash": link,
    }  # fmt: skip
    if new:
        values["made"] = orjson.dumps(replace(before, **columns)).decode()
    else:
        values |= {f"new_{name}": value for name, value in columns.items()}
    if clocks.ends:
        ended = [{"kind": kind, "rule": rule, "outcome": how, "at": at} for kind, rule, how, at in clocks.ends]
        values["ends"] = orjson.dumps(ended).decode()
    if clocks.starts:
        values["starts"] = orjson.dumps([_clock(c) for c in clocks.starts]).decode()
    debts = debts_of(before, frozen)
    if frozen:
        letters = [_letter(i, owed, f) | {"waits": i in debts.waiting} for i, owed, f in frozen]
        values["letters"] = orjson.dumps(letters).decode()
        values["today"], values["task"] = now.astimezone(PACIFIC).date(), MAIL_TASK
    more = {name: rows for name, rows in (("words", debts.words), ("aloud", debts.aloud)) if rows}
    values |= {name: orjson.dumps(rows).decode() for name, rows in more.items()}
    for row in change.rows:
        row.save(force_insert=True)
    ends = bool(clocks.ends)
    if ends and {(kind, rule) for kind, rule, _, _ in clocks.ends} & {(c.kind, c.rule) for c in clocks.starts}:
        # The same limit ends and begins anew: PostgreSQL may not touch a row twice in one statement.
        send(STOP_FIRST, {name: values[name] for name in ("ends", "referral")})
        ends = False
    send(statement(() if new else tuple(columns), ends, bool(clocks.starts), bool(frozen), tuple(more)), values)
    return position, tuple(i for i, _, _ in frozen)


def have_mailed(letter_id: UUID, referral_id: UUID) -> None:
    """Put a job into the queue that hands over whatever of a letter waits, in the caller's transaction."""
    send(JOB_AGAIN, {"task": MAIL_TASK, "referral": referral_id, "letter": letter_id})


def have_taken_in(request_id: UUID) -> None:
    """Put a job into the queue that takes in what an office sent, before any letter, in the caller's transaction."""
    send(JOB_TAKE_IN, {"task": OFFICE_TASK, "request": request_id})


@cache
def statement(columns: tuple[str, ...], stops: bool, starts: bool, letters: bool, more: tuple[str, ...] = ()) -> str:
    """The one statement that writes a step: the event, the new state, and what else the step makes true.

    Without `columns` the referral is new and its row is made. `more`: what its letters need, `words` and `aloud`.
    """
    assignments = ", ".join(f"{name} = %(new_{name})s" for name in columns)  # the names are our own columns
    parts = [EVENT, STATE.format(assignments=assignments) if columns else MADE]
    wanted = ((STOP, stops), (START, starts), (LETTERS, letters), (WORDS, "words" in more), (ALOUD, "aloud" in more))
    parts += [part for part, is_wanted in wanted if is_wanted]
    return f"WITH {', '.join(parts)} SELECT {'count(*) FROM job' if letters else '1'}"  # noqa: S608


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "kind": clock.kind, "rule": clock.rule, "label": clock.label, "authority": clock.authority,
        "started_at": clock.started_at, "due_at": clock.due_at, "paused_at": clock.paused_at,
    }  # fmt: skip


def _letter(letter_id: UUID, owed: Owed, frozen: Frozen) -> dict[str, Any]:
    return {
        "id": str(letter_id), "kind": frozen.kind, "program": frozen.program, "language": frozen.language,
        "recipient_role": owed.recipient_role, "recipient_name": frozen.data["recipient"]["name"],
        "data": frozen.data, "data_sha256": frozen.data_sha256, "template_sha256": frozen.template_sha256,
    }  # fmt: skip

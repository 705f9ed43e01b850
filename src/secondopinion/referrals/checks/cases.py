"""Reading referrals for the checks: a batch at a time, a few questions for each, plain rows and no objects of the ORM.

The plain SQL of this storey that is not in the ledger stands here, because a hundred thousand histories are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from secondopinion.people.models import License
from secondopinion.people.prepared import send
from secondopinion.referrals.checks.case import Case, Earlier, Licensed, Owing, Past, Sent, Unread
from secondopinion.referrals.snapshot import COLUMNS, Running, Snapshot

ROWS = f"SELECT {', '.join(COLUMNS)} FROM referrals_referral WHERE id = ANY(%s) ORDER BY number"  # noqa: S608
EVENTS = (
    "SELECT referral_id, position, step, source, target, actor, actor_staff, role, at, edition, yes, no, finding::text,"
    " details::text, previous, hash FROM referrals_event WHERE referral_id = ANY(%s) ORDER BY referral_id, position"
)
CLOCKS = (
    "SELECT referral_id, kind, rule, due_at, started_at, paused_at FROM referrals_runningclock"
    " WHERE referral_id = ANY(%s) AND stopped_at IS NULL"
)
OWED = (
    "SELECT n.referral_id, n.position, n.kind, n.recipient_role, n.letter_id, l.owed_at, l.mailed_at"
    " FROM referrals_notice n LEFT JOIN letters_letter l ON l.id = n.letter_id"
    " WHERE n.referral_id = ANY(%s) ORDER BY n.id"
)
SENT = (
    "SELECT n.referral_id, m.letter_id, m.carrier, m.stands, m.handed_over_at FROM letters_mailing m"
    " JOIN referrals_notice n ON n.letter_id = m.letter_id"
    " WHERE m.stands = 'handed_over' AND m.carrier = 'print' AND n.referral_id = ANY(%s) ORDER BY m.handed_over_at"
)
UNREAD = (
    "SELECT t.referral_id, t.letter_id, n.kind, t.language, min(t.owed_at) AS since, true"
    " FROM referrals_translation t JOIN referrals_notice n ON n.letter_id = t.letter_id"
    " WHERE t.approved_at IS NULL AND t.referral_id = ANY(%(ids)s)"
    " GROUP BY t.referral_id, t.letter_id, n.kind, t.language"
    " UNION ALL SELECT a.referral_id, a.letter_id, n.kind, a.language, a.owed_at, false"
    " FROM referrals_readingaloud a JOIN referrals_notice n ON n.letter_id = a.letter_id"
    " WHERE a.done_at IS NULL AND a.referral_id = ANY(%(ids)s) ORDER BY since, letter_id"
)
EARLIER = "SELECT id, number, member_id, opinion_number FROM referrals_referral WHERE id = ANY(%s)"


def cases(ids: Sequence[UUID], licenses: Mapping[int, Sequence[Licensed]], now: datetime | None) -> Iterator[Case]:
    """These referrals with everything that hangs on them, in the order of their numbers."""
    rows = [Snapshot(*row) for row in send(ROWS, [list(ids)]).fetchall()]
    events = _by_referral(send(EVENTS, [list(ids)]), _past)
    clocks = _by_referral(send(CLOCKS, [list(ids)]), Running)
    owed = _by_referral(send(OWED, [list(ids)]), Owing)
    sent = _by_referral(send(SENT, [list(ids)]), Sent)
    unread = _by_referral(send(UNREAD, {"ids": list(ids)}), Unread)
    followed = [row.follows_id for row in rows if row.follows_id is not None]
    earlier = {row[0]: Earlier(*row[1:]) for row in (send(EARLIER, [followed]).fetchall() if followed else ())}
    for row in rows:
        yield Case(
            row, events.get(row.id, ()), clocks.get(row.id, ()), owed.get(row.id, ()),
            earlier.get(row.follows_id) if row.follows_id else None, licenses, now, sent.get(row.id, ()),
            unread.get(row.id, ()),
        )  # fmt: skip


def _by_referral(found: Iterable[tuple[Any, ...]], made: Any) -> dict[UUID, list[Any]]:
    kept: dict[UUID, list[Any]] = defaultdict(list)
    for referral_id, *rest in found:
        kept[referral_id].append(made(*rest))
    return kept


def _past(*columns: Any) -> Past:
    *front, finding, details, previous, link = columns
    found = orjson.loads(finding) if finding else None
    return Past._make((*front, found, orjson.loads(details), previous, link))


def licenses_of_the_staff() -> dict[int, list[Licensed]]:
    """Every licence on record, by the row of its holder."""
    kept: dict[int, list[Licensed]] = defaultdict(list)
    columns = ("staff_id", "number", "state", "specialty", "unrestricted", "from_on", "to_on")
    for staff_id, *rest in License.objects.values_list(*columns):
        kept[staff_id].append(Licensed(*rest))
    return kept

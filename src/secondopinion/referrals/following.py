"""What a Member's own page shows of the Member's referrals: where each stands, its letters, and the way through it.

Everything is read in a transaction that the page's door has narrowed to the one Member.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from secondopinion.letters.models import Letter
from secondopinion.people.models_representing import Scope
from secondopinion.people.own_page import Own
from secondopinion.people.representing import acts
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import copies
from secondopinion.referrals.clockwork import running
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, Paper, Referral
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.sensitive import segments
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import ADVERSE_ENDS, ENDS, UNDECIDED, State

IN_HAND: Final = (*UNDECIDED, State.VISIT_REVIEW)
REPORTED: Final = (State.REPORT_RECEIVED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the way: `stands` is done, now, later or stopped; `at` when it was done or is set, `by` its limit."""

    name: str
    stands: str
    at: datetime | None = None
    by: datetime | None = None


def referrals_of(own: Own) -> list[Referral]:
    """The Member's referrals, the newest first; for a representative those that the authority reaches today."""
    found = Referral.objects.filter(member=own.member).select_related("professional", "clinician")
    return [one for one in found.order_by("-received_at", "-number") if _is_shown(own, one)]


def referral_of(own: Own, number: str) -> Referral:
    """One of the Member's referrals. Raises Refused; unknown and another's are the same answer."""
    found = Referral.objects.filter(member=own.member, number=number.replace("\x00", ""))
    one = found.select_related("member", "network", "professional", "clinician").first()
    if one is None or not _is_shown(own, one):
        raise Refused("There is no such request on this page. Open it from the list of requests.")
    return one


def like_it(own: Own, now: datetime, *, days: int = 30) -> list[Referral]:
    """The requests on the page that another one may be the same as: undecided, or received in the last days."""
    since = now - timedelta(days=days)
    return [one for one in referrals_of(own) if State(one.state) in UNDECIDED or one.received_at >= since]


def _is_shown(own: Own, referral: Referral) -> bool:
    # Reading: whoever may hear where things stand sees the request; what a minor may consent to alone, and what an
    # appointment does not name, no representative sees (45 CFR 164.502(g)(3)).
    if own.representative is None:
        return True
    known = segments(referral.pk, referral.condition_code, own.on)
    return acts(own.representative, Scope.LETTERS, known, own.on)


def due_of(row: Snapshot) -> dict[str, datetime]:
    """The earliest limit of each kind that runs, by kind."""
    due: dict[str, datetime] = {}
    for clock in running(row):
        if clock.due_at is not None and (clock.kind not in due or clock.due_at < due[clock.kind]):
            due[clock.kind] = clock.due_at
    return due


def stages_of(referral: Referral) -> list[Stage]:
    """The way of a referral from receipt to report, as far as it goes."""
    row = snapshot_of(referral)
    return list(_stages(row, due_of(row)))


def _stages(row: Snapshot, due: dict[str, datetime]) -> Iterator[Stage]:
    stands = row.stands
    yield Stage("received", "done", at=row.received_at)
    if stands in IN_HAND:
        by = due.get("decision")
        yield Stage("checked", "now", by=by)
        yield Stage("decided", "later", by=by)
        yield from (Stage(name, "later") for name in ("chosen", "visit", "report"))
        return
    if row.decided_at is None:  # withdrawn, handed over, or moved to an appeal before anybody decided
        yield Stage(stands.value, "stopped", at=row.withdrawn_at)
        return
    yield Stage("checked", "done", at=row.decided_at)
    if stands in ADVERSE_ENDS:
        yield Stage(stands.value, "stopped", at=row.decided_at)
        return
    yield Stage("decided", "done", at=row.decided_at)
    chosen = row.professional_id is not None
    was_seen = row.visited_on is not None
    if stands in ENDS and not was_seen:
        yield Stage(stands.value, "stopped", at=row.withdrawn_at)
        return
    yield Stage("chosen", "done" if chosen else "now", by=due.get("search"))
    if was_seen:
        yield Stage("visit", "done", at=_noon(row))
    else:
        yield Stage("visit", "now" if chosen else "later", at=row.appointment_at, by=due.get("appointment"))
    if row.report_received_at is not None:
        yield Stage("report", "done", at=row.report_received_at)
        yield Stage("next", "now")
    else:
        yield Stage("report", "now" if was_seen else "later", by=due.get("report"))


def _noon(row: Snapshot) -> datetime:
    assert row.visited_on is not None
    return datetime(row.visited_on.year, row.visited_on.month, row.visited_on.day, 12, tzinfo=PACIFIC)


def items_asked(referral: Referral) -> list[str]:
    """What the Member was asked for last, in the words of whoever asked; none while nothing is awaited."""
    if referral.state != State.AWAITING_INFORMATION.value:
        return []
    event = Event.objects.filter(referral=referral, step="ask").order_by("-position").first()
    return [item["words"] for item in event.details["items"]] if event else []


def letters_of(own: Own, referral: Referral) -> list[Notice]:
    """The letters that were mailed to whoever has the page open, the newest first, without their bytes."""
    # Reading: a letter is the Member's to read here from its mailing on, when its time begins to count.
    found = Notice.objects.filter(referral=referral, letter__mailed_at__isnull=False, **_addressed(own))
    return list(found.select_related("letter").defer("letter__pdf", "letter__data").order_by("-letter__mailed_at"))


def letter_of(own: Own, referral: Referral, key: UUID) -> Letter:
    """One of those letters, with its sealed bytes. Raises Refused."""
    found = Notice.objects.filter(
        referral=referral, letter=key, letter__mailed_at__isnull=False, letter__pdf__isnull=False, **_addressed(own)
    )
    one = found.select_related("letter").first()
    if one is None:
        raise Refused("There is no such letter on this page. Open it from the page of the request.")
    return one.letter


def _addressed(own: Own) -> dict[str, str]:
    """Whose letters they are: the Member's, or the copies in a representative's own name."""
    if own.representative is None:
        return {"recipient_role": "member"}
    return {"recipient_role": copies.ROLE, "letter__recipient_name": own.representative.name}


def sent_here(referral: Referral) -> list[Paper]:
    """The papers we have for the referral, the newest first, without their bytes: the proof that they came."""
    records = Paper.objects.filter(referral=referral, kind=Paper.Kind.RECORD)
    return list(records.defer("content").order_by("-added_at"))

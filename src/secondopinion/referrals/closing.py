"""The house's own steps: a letter has left, and nothing is open any more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from secondopinion.people.person import Person
from secondopinion.referrals.change import Change
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, RunningClock
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Close, Mailed

ENDS = {  # the clock that a mailed letter of a kind ends, once no other of its kind waits
    "approval_to_member": "member-notice",
    "denial_to_member": "member-notice",
    "approval_to_requester": "provider-notice",
    "denial_to_requester": "provider-notice",
    "withdrawal_to_member": "withdrawal-notice",
    "report_to_member": "report-delivery",
    "report_to_professional": "report-delivery",
}


def waiting(referral_id: UUID, *kinds: str) -> bool:
    """Is a letter of these kinds (none named: of any kind) still waiting to be mailed?"""
    letters = Notice.objects.filter(referral_id=referral_id, letter__mailed_at__isnull=True)
    return (letters.filter(kind__in=kinds) if kinds else letters).exists()


def mailed(before: Snapshot, told: Mailed, person: Person, now: datetime) -> Change:
    """Write down the proof of mailing; the clock of this notice ends when no letter of it waits."""
    clock = ENDS.get(told.kind)
    same = [kind for kind, ended in ENDS.items() if ended == clock]
    ended = (clock,) if clock and not waiting(before.id, *same) else ()
    return Change(
        details={
            "letter": str(told.letter_id),
            "kind": told.kind,
            "to": told.recipient_role,
            "batch": told.batch,
            "enclosures": list(told.enclosures),
        },
        stops=ended,
    )


def open_items(referral_id: UUID) -> list[str]:
    """What keeps a referral from being closed, in words; empty when nothing does (F29)."""
    left = [
        f"letter not mailed: {n.kind.replace('_', ' ')}"
        for n in Notice.objects.filter(referral_id=referral_id, letter__mailed_at__isnull=True)
    ]
    left += [
        f"clock still running: {c.kind}"
        for c in RunningClock.objects.filter(referral_id=referral_id, stopped_at__isnull=True, due_at__isnull=False)
    ]
    return left


def close(before: Snapshot, told: Close, person: Person, now: datetime) -> Change:
    """Close, if nothing at all is open; otherwise say what is."""
    left = open_items(before.id)
    if left:
        raise Refused(f"The referral cannot be closed: {'; '.join(left)}.")
    return Change()

"""The house's own steps: a letter has left, and nothing is open any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from secondopinion.letters.models import Mailing
from secondopinion.letters.models_mailing import By, Stands
from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.change import Change
from secondopinion.referrals.clockwork_objecting import OVERTURNED
from secondopinion.referrals.copies import ROLE as COPY
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, ReadingAloud, RunningClock
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Close, Mailed

TELLS_MEMBER = (
    "approval_to_member", "denial_to_member", "modification_to_member", "deemed_denial_to_member",
    "dismissal_to_member", "cost_notice_to_member", "visit_excused_to_member",
)  # fmt: skip
TELLS_OFFICE = (
    "approval_to_requester", "denial_to_requester", "modification_to_requester", "deemed_denial_to_requester",
    "dismissal_to_requester",
)  # fmt: skip
YES_TO_MEMBER = ("approval_to_member", "visit_excused_to_member")
SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # the instant that is set once the last letter of these kinds has left
        "member_notice_at": TELLS_MEMBER,
        "provider_told_at": TELLS_OFFICE,
        "withdrawal_notice_at": ("withdrawal_to_member",),
        "expedite_mailed_at": ("expedite_refused_to_member",),
        "report_delivered_at": ("report_to_member", "report_to_professional"),
    }
)


def waiting(referral_id: UUID, *kinds: str) -> bool:
    """Is a letter of these kinds (none named: of any kind) still waiting to be mailed? Copies are not waited for."""
    letters = Notice.objects.filter(referral_id=referral_id, letter__mailed_at__isnull=True)
    return (letters.filter(kind__in=kinds).exclude(recipient_role=COPY) if kinds else letters).exists()


def mailed(before: Snapshot, told: Mailed, person: Person, now: datetime) -> Change:
    """Write down the proof of mailing; its instant is set when no letter of its kind waits, and so its clock ends."""
    own = told.recipient_role != COPY  # a copy to the representative ends no clock of the Member's
    columns: dict[str, Any] = {
        name: now
        for name, kinds in SETS.items()
        if own and told.kind in kinds and getattr(before, name) is None and not waiting(before.id, *kinds)
    }
    if own and told.kind == "approval_to_member" and before.overturned_at is not None and before.effectuated_at is None:
        columns["effectuated_at"] = now  # the Member holds what the reversal gave
    if own and told.kind in YES_TO_MEMBER and before.appeal_outcome == OVERTURNED and before.appeal_written_on is None:
        # Reading: the letter of a yes is the written answer to the appeal that asked for it.
        columns["appeal_written_on"] = now.astimezone(PACIFIC).date()
    return Change(
        details={
            "letter": str(told.letter_id),
            "kind": told.kind,
            "to": told.recipient_role,
            "batch": told.batch,
            "enclosures": list(told.enclosures),
            "by": told.by,
            "confidential": told.confidential,
            "format": told.format,
        },
        columns=columns,
    )


def open_items(referral_id: UUID) -> list[str]:
    """What keeps a referral from being closed, in words; empty when nothing does (F29)."""
    left = [
        f"letter not mailed: {n.kind.replace('_', ' ')}"
        for n in Notice.objects.filter(referral_id=referral_id, letter__mailed_at__isnull=True)
    ]
    left += [
        f"letter to be read out: {kind.replace('_', ' ')}"
        for kind in ReadingAloud.objects.filter(referral=referral_id, done_at__isnull=True)
        .order_by("owed_at")
        .values_list("letter__kind", flat=True)
    ]
    left += [f"letter came back: {kind.replace('_', ' ')}" for kind in undelivered(referral_id)]
    left += [
        f"clock still running: {c.kind}"
        for c in RunningClock.objects.filter(referral_id=referral_id, stopped_at__isnull=True, due_at__isnull=False)
    ]
    return left


def undelivered(referral_id: UUID) -> list[str]:
    """The kinds of the letters that came back, or were not carried, and were not sent again since."""
    found = Mailing.objects.filter(letter__notice__referral=referral_id).exclude(carrier=By.PORTAL)
    kinds: dict[UUID, str] = {}
    under_way: set[UUID] = set()
    for letter_id, kind, stands in found.order_by("owed_at").values_list("letter_id", "letter__kind", "stands"):
        kinds[letter_id] = kind
        if stands not in (Stands.FAILED, Stands.RETURNED):
            under_way.add(letter_id)
    return [kind for letter_id, kind in kinds.items() if letter_id not in under_way]


def close(before: Snapshot, told: Close, person: Person, now: datetime) -> Change:
    """Close, if nothing at all is open; otherwise say what is."""
    left = open_items(before.id)
    if left:
        raise Refused(f"The referral cannot be closed: {'; '.join(left)}.")
    return Change()

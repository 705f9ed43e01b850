"""May somebody who says to be the Member's representative act in this referral, on that day, for this?"""

from __future__ import annotations

from datetime import date

from secondopinion.people.models_representing import Scope
from secondopinion.people.representing import acting
from secondopinion.policy.asked import Requester
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.sensitive import segments
from secondopinion.referrals.snapshot import Snapshot


def may_act(before: Snapshot, by: str, name: str, scope: Scope, on: date) -> bool:
    """Is `by` a representative, and does the authority on record reach this far on a day?"""
    if by != Requester.AUTHORIZED_REPRESENTATIVE:
        return False
    return acting(before.member_id, name, scope, segments(before.id, before.condition_code, on), on) is not None


def check_may_act(before: Snapshot, by: str, name: str, scope: Scope, on: date) -> None:
    """Raises Refused for a representative whose authority does not reach this far on a day; says nothing of others."""
    if by == Requester.AUTHORIZED_REPRESENTATIVE and not may_act(before, by, name, scope, on):
        raise Refused(
            f"Nobody of that name may do this for the Member on {on:%A, %B %-d, %Y}. Record the representative's "
            "authority first, with its paper, or ask the Member."
        )

"""How a referral can begin besides a plain request: after another opinion, for the plan itself, as a visit found.

`check` refuses what cannot be, `columns` are what such a beginning sets, `letters` what it owes at once.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from secondopinion.people.models_representing import Scope
from secondopinion.people.person import Person
from secondopinion.people.representing import acting
from secondopinion.policy.asked import Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.opinions import Need
from secondopinion.referrals import notices_after
from secondopinion.referrals.change import Owed
from secondopinion.referrals.clockwork import OFFICES
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Found
from secondopinion.referrals.objecting import looks_like_an_appeal
from secondopinion.referrals.request import Request
from secondopinion.referrals.sensitive import segments
from secondopinion.referrals.snapshot import Snapshot

NUMBERS = {Opinion.SECOND.value: 2, Opinion.THIRD.value: 3, Opinion.ADDITIONAL.value: 4}


def check(request: Request, person: Person, day: date) -> None:
    """Refuse a beginning that cannot be. `day`: the Pacific day of receipt."""
    own = request.requester == Requester.PLAN
    if own is (request.parent is None):
        raise Refused(
            "An opinion that the plan itself asks for names the request it is for: its number, what it is for, and by "
            "when it must be decided (II.E). Nobody else names one."
        )
    if own and not person.is_a("nurse", "physician"):
        raise Refused(
            "Whether the plan asks for an opinion of its own is for a Medical Director or a licensed reviewer to "
            "determine (II.E, II.I). Send it to one of them."
        )
    if request.parent is not None:
        if not request.parent.reference.strip() or not request.parent.service.strip():
            raise Refused("Name the request that the opinion is for: its number, and in words what it is for.")
        if request.parent.due_at.tzinfo is None:
            raise Refused("The instant by which the other request must be decided has no time zone.")
    if request.first_need and request.first_need not in {need.value for need in Need}:
        raise Refused(f"Say what the first practitioner found about the procedure: one of {', '.join(Need)}.")
    if request.follows is not None and request.follows.member_id != request.member.pk:
        raise Refused("The opinion before this one is another Member's. Check both numbers.")
    if request.found is not None:
        if request.found.by not in Found.values:
            raise Refused(f"Say how the visit came to light: {', '.join(Found.values)}.")
        if request.found.visited_on > day or not request.found.professional_name.strip():
            raise Refused("Say who saw the Member, and on which day, not later than the day it came to light.")


def columns(before: Snapshot, request: Request) -> dict[str, Any]:
    """What the beginning sets besides the head of the request."""
    set_: dict[str, Any] = {"opinion_number": NUMBERS.get(before.opinion, 2)}
    if request.first_need:
        set_["first_need"] = request.first_need
    if request.follows is not None:
        set_ |= {"follows_id": request.follows.pk, "opinion_number": request.follows.opinion_number + 1}
    if request.parent is not None:
        set_ |= {
            "parent_reference": request.parent.reference.strip()[:40],
            "parent_service": request.parent.service.strip()[:160],
            "parent_due_at": request.parent.due_at,
        }
    if request.found is not None:
        return set_ | {
            "found_by": request.found.by,
            "visited_on": request.found.visited_on,
            "outside_name": request.found.professional_name.strip()[:120],
        }
    if before.urgency == Urgency.EXPEDITED:
        # Reading: a provider's word makes a request expedited without more; a Member's runs at the fast time until a
        # nurse or physician has said whether it is (42 CFR 422.631(c), 438.210(d)(2)).
        supported = before.requester in OFFICES
        set_ |= {"expedite_asked_at": before.received_at, "expedite_supported": supported,
                 "expedite_settled_at": before.received_at if supported else None}  # fmt: skip
    if _waits_for_authority(before):
        set_["representative_needed"] = True
    earlier = looks_like_an_appeal(before) if request.requester != Requester.PLAN else None
    if earlier is not None:
        set_ |= {"maybe_appeal_of_id": earlier, "appeal_received_at": before.received_at,
                 "appeal_expedited": before.urgency == Urgency.EXPEDITED}  # fmt: skip
    return set_


def _waits_for_authority(before: Snapshot) -> bool:
    """Does a OneCare representative have no authority on record? Medi-Cal holds no request for that paper."""
    # Reading: the request is taken in and kept from its first receipt; only its time to decide waits (MA.6042 II.G).
    if before.program != Program.ONECARE or before.requester != Requester.AUTHORIZED_REPRESENTATIVE:
        return False
    day = before.received_at.astimezone(PACIFIC).date()
    # Reading: the authority must be that of the person who asks; somebody else's does not start the time to decide.
    known = segments(before.id, before.condition_code, day)
    return acting(before.member_id, before.requester_name, Scope.ASK, known, day) is None


def letters(before: Snapshot, request: Request, now: datetime) -> tuple[Owed, ...]:
    """The letter that offers an opinion the plan asks for, and says that the other request goes on (II.E)."""
    if request.parent is None:
        return ()
    return tuple(Owed(*letter) for letter in notices_after.plan_opinion(before, request.parent.expert, now))

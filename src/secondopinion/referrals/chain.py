"""One opinion after another, and one referral for the sake of another: what touches two referrals at once.

Each opinion has a referral, an authorization, clocks and a number of its own; `follows` makes the chain.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from secondopinion.people.find import member_with
from secondopinion.people.person import POLICY, Person
from secondopinion.policy.asked import Opinion
from secondopinion.referrals.advance import advance
from secondopinion.referrals.change import Taken
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import ConsultationReport, Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import Request
from secondopinion.referrals.states import State
from secondopinion.referrals.told_after import AskFurther
from secondopinion.referrals.told_objections import Contact, IsAppeal

REPORTED = (State.REPORT_RECEIVED.value, State.CLOSED.value)


def chain_of(referral: Referral) -> list[Referral]:
    """Every opinion of the chain that this referral stands in, the first one first."""
    first, seen = referral, {referral.pk}
    while first.follows_id is not None and first.follows_id not in seen:
        seen.add(first.follows_id)
        earlier = Referral.objects.filter(pk=first.follows_id).first()
        if earlier is None:
            break
        first = earlier
    found, at = [first], 0
    while at < len(found):
        found += list(Referral.objects.filter(follows_id=found[at].pk).order_by("number"))
        at += 1
    return found


def ask_for_another(
    earlier: Referral, *, channel: str, received_at: datetime, requester: str, requester_name: str, person: Person,
    now: datetime, words: str = "",
) -> Taken:  # fmt: skip
    """A third opinion after two that differ (II.D), or a further one (II.I), in one step and filled in already.

    Where the need for a procedure is in dispute, the policy authorizes at once. Any other disparity waits for a
    licensed reviewer. Raises Refused.
    """
    report = ConsultationReport.objects.filter(referral=earlier).first()
    if earlier.state not in REPORTED or report is None:
        raise Refused(
            "The report of the opinion before is not in hand yet. It is being asked for; the request is kept: enter it "
            "as a third opinion, and it is decided when the report is here. It is never refused for that."
        )
    if Referral.objects.filter(follows=earlier).exclude(state=State.WITHDRAWN.value).exists():
        raise Refused("The next opinion was asked for already. Open it from the chain of opinions.")
    member = member_with(earlier.member_id)
    if member is None:
        raise Refused("The Member is with another Health Network now. Ask the plan to take the request in.")
    third = earlier.opinion_number == 2
    answers: dict[str, bool | None] = {"second_opinion_report_in_hand": True}
    if report.agrees is not None:
        answers["recommendations_differ_on_need_for_procedure"] = not report.agrees
    request = Request(
        member=member, program=earlier.program, channel=channel, received_at=received_at, requester=requester,
        requester_name=requester_name, opinion=(Opinion.THIRD if third else Opinion.ADDITIONAL).value,
        about=earlier.about, condition=earlier.condition, condition_code=earlier.condition_code,
        procedure=earlier.procedure, clinician=earlier.clinician, clinician_name=earlier.clinician_name,
        clinician_taxonomy=earlier.clinician_taxonomy, answers=answers if third else {}, request_words=words,
        follows=earlier,
    )  # fmt: skip
    with transaction.atomic():
        taken = receive(request, person=person, now=now)
        by = person if person.is_a("intake", "nurse", "physician") else POLICY
        advance(earlier.pk, AskFurther(taken.number, requester_name), person=by, now=now)
    return taken


def move_to_appeal(
    suspect: Referral, told: IsAppeal, *, person: Person, now: datetime, seen: int | None = None
) -> Taken:
    """A request that is an appeal: close it, and open the appeal on the earlier referral from the same receipt.

    `seen` is the position of the suspect that the person had on the screen. Raises Refused.
    """
    earlier = Referral.objects.filter(number=told.earlier).first()
    if earlier is None:
        raise Refused("There is no such earlier referral here. Check the number, or whose network it belongs to.")
    with transaction.atomic():
        advance(suspect.pk, told, person=person, now=now, seen=seen)
        contact = Contact(
            received_at=suspect.received_at, by=suspect.requester, by_name=suspect.requester_name,
            words=suspect.request_words or told.why, appeal=True, complaint=False,
            expedited=suspect.urgency == "expedited",
            supported=suspect.expedite_supported, consent=suspect.requester in ("physician", "provider"),
            moved_from=suspect.number,
        )  # fmt: skip
        return advance(earlier.pk, contact, person=person, now=now)

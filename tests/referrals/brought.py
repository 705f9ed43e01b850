"""Referrals of the small county brought to where a step can be taken, by real steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from county import NOW, County, professional
from referrals.life import DENIAL, PDF, YES, asked
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.letters.mailing import Way as By
from secondopinion.letters.mailing import waiting_mailings
from secondopinion.letters.models import Mailing
from secondopinion.people.models import Delegation
from secondopinion.people.person import SYSTEM, Person
from secondopinion.referrals import told as t
from secondopinion.referrals import told_after as after
from secondopinion.referrals import told_objections as objections
from secondopinion.referrals import told_outcomes as outcomes
from secondopinion.referrals import told_review as review
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.receive import receive
from secondopinion.referrals.request import FoundVisit, Parent

WORDS = "A sentence that says in plain words why this is so."
EXPERTISE = "Twenty years of back and joint care, and a talk with a spine surgeon."
OUTSIDE = {
    "visit_was_outside_network": True, "visit_was_authorized": False, "visit_was_emergency_or_urgent": False,
    "visit_was_sensitive_service": False, "visit_continued_earlier_care": False, "provider_made_the_error": False,
    "decision_was_pending_or_late": False,
}  # fmt: skip
NOBODY_INSIDE = {"network_has_qualified_professional": False}
VISIT = NOW + timedelta(days=3)  # Thursday 2026-11-26
SEEN_AT = NOW + timedelta(days=4)  # Friday 2026-11-27
LATE = NOW + timedelta(days=200)


@dataclass(frozen=True, slots=True)
class Way:
    """A referral that stands ready for a step, what is told, by whom, and at which instant."""

    referral: UUID
    told: t.Told
    person: Person
    now: datetime


@dataclass(frozen=True, slots=True)
class Brought:
    """A referral on its way, moved on by real steps."""

    there: County
    referral: UUID

    def then(self, told: t.Told, who: str = "nurse@plan", now: datetime = NOW) -> Brought:
        """Somebody takes a step."""
        person = SYSTEM if who == "system" else self.there.person(who)
        advance(self.referral, told, person=person, now=now)
        return self

    def ready(self, told: t.Told, who: str = "nurse@plan", now: datetime = NOW) -> Way:
        """The step is left for the test to take."""
        person = SYSTEM if who == "system" else self.there.person(who)
        return Way(self.referral, told, person, now)


def came_in(there: County, **other: object) -> Brought:
    """A request came in by phone on Monday 2026-11-23."""
    return Brought(there, receive(asked(there, **other), person=there.person("intake@plan"), now=NOW).referral_id)


def joe(there: County, **other: object) -> Brought:
    """The same for a OneCare Member whose network is delegated to for nothing."""
    return came_in(there, member=there.joe, program="onecare", requester_name="Joe Smith", **other)


def authorized(there: County, **other: object) -> Brought:
    """Authorized by the policy at the door, with a professional chosen."""
    return came_in(there, answers=YES, **other).then(t.Choose(there.sam.pk, "member", "by phone"), "intake@plan")


def scheduled(there: County) -> Brought:
    """The visit is booked."""
    return authorized(there).then(t.Schedule(VISIT), "intake@plan")


def seen(there: County) -> Brought:
    """The visit took place."""
    return scheduled(there).then(t.See(date(2026, 11, 26)), "intake@plan", SEEN_AT)


def report(need: str = "not-needed") -> t.Report:
    """A report, signed on Friday 2026-11-27."""
    return t.Report(need, "The back can be treated with exercise first.", "", date(2026, 11, 27), "r.pdf", PDF)


def reported(there: County) -> Brought:
    """The report is here, and differs from the first opinion."""
    return seen(there).then(report(), "intake@plan", SEEN_AT)


def with_a_physician(there: County, **other: object) -> Brought:
    """A physician must look."""
    return came_in(there, **other).then(t.TakeUp(complete=True)).then(t.ReferUp(WORDS))


def denied(there: County) -> Brought:
    """Denied by a physician."""
    return with_a_physician(there).then(DENIAL, "physician@plan")


def agreed_outside(there: County) -> Brought:
    """Authorized, nobody inside is available, and the Medical Director has agreed to a Non-Contracted Provider."""
    way = came_in(there, answers=NOBODY_INSIDE).then(t.TakeUp())
    way.then(after.AgreeOutside(there.outside.pk, WORDS), "physician@plan").then(t.Answer(YES)).then(t.Authorize())
    return way.then(t.Choose(there.outside.pk, "member", "by phone"))


def of_the_wider_specialty(there: County) -> QualifiedProfessional:
    """An orthopedic surgeon without the narrower certificate of the spine surgeon questioned."""
    who = professional("210000021", "Ola", "Broad", "207X00000X", there.citrus)
    flatten([who.pk])
    return who


def found_visit(there: County) -> Brought:
    """A claim shows a visit outside the network that nobody had authorized; every exception is looked at."""
    visit = FoundVisit("claim", date(2026, 11, 2), "Otto Far, MD")
    return came_in(there, channel="claim", answers=OUTSIDE, found=visit)


def plans_own(there: County) -> Brought:
    """The plan itself asks, for the sake of another request."""
    parent = Parent("R-2026-000077", "an operation to remove loose skin", NOW + timedelta(days=5), "plastic surgeon")
    request = asked(there, requester="plan", requester_name="Orchard County Health Plan", parent=parent)
    return Brought(there, receive(request, person=there.person("nurse@plan"), now=NOW).referral_id)


def decided_by_a_network_no_more(there: County) -> Brought:
    """The Member's network decided at receipt, and its delegation has ended since."""
    way = came_in(there, member=there.maria, requester_name="Maria Reyes")
    Delegation.objects.filter(network=there.citrus).update(to_on=date(2026, 11, 22))  # the Sunday before
    return way


def may_be_an_appeal(there: County) -> Brought:
    """The same Member asks again about the same care two days after a denial."""
    denied(there)
    request = asked(there, received_at=NOW + timedelta(days=2))
    taken = receive(request, person=there.person("intake@plan"), now=NOW + timedelta(days=2))
    return Brought(there, taken.referral_id)


def contact(**other: object) -> objections.Contact:
    """The Member says that the decision is wrong."""
    said = {
        "received_at": NOW, "by": "member", "by_name": "Member One", "words": "This is not right.", "appeal": True,
        "complaint": False,
    }  # fmt: skip
    return objections.Contact(**{**said, **other})  # type: ignore[arg-type]


def modify(kind: type[outcomes.Modify], clause: str) -> outcomes.Modify:
    """A limited authorization, complete."""
    return kind(
        asked="a visit with Otto Far, MD, outside our network", approved="a visit with a doctor in our network",
        reasons=(t.Reason(clause, "A spine surgeon in our network can see you, close to your home."),),
        expertise=EXPERTISE,
    )  # fmt: skip


def letter_mailed(there: County) -> Way:
    """A letter has left the house."""
    way = came_in(there, answers=YES)
    notice = Notice.objects.get(referral_id=way.referral, recipient_role="member")
    return way.ready(t.Mailed(notice.letter_id, notice.kind, notice.recipient_role, "batch/line.pdf"), "system")


def handed_over(there: County) -> tuple[Brought, Mailing]:
    """A letter went out by mail: its mailing as the print house took it, without printing anything."""
    way = came_in(there, answers=YES)
    letter = Notice.objects.get(referral_id=way.referral, recipient_role="member").letter
    (mailing,) = waiting_mailings(letter.pk, (By("print"),), now=NOW)
    mailing.stands, mailing.handed_over_at, mailing.receipt = "handed_over", NOW, "b/l.pdf"
    mailing.save()
    return way, mailing


def after_handing_over(there: County, told: Callable[[Mailing], t.Told], who: str = "system") -> Way:
    """A letter went out, and something is heard of it."""
    way, mailing = handed_over(there)
    return way.ready(told(mailing), who)


def close_ready(there: County) -> Way:
    """Nothing is open any more: every letter is marked as mailed, and every clock has ended."""
    way = seen(there).then(report("needed"), "intake@plan", SEEN_AT)
    for notice in Notice.objects.filter(referral_id=way.referral).select_related("letter"):
        notice.letter.pdf, notice.letter.pdf_sha256 = b"%PDF", "0" * 64
        notice.letter.sealed_at = notice.letter.mailed_at = SEEN_AT
        notice.letter.save()
        way.then(t.Mailed(notice.letter_id, notice.kind, notice.recipient_role, "b/l.pdf"), "system", SEEN_AT)
    return way.ready(t.Close(), "system", SEEN_AT)


def number_of(way: Brought) -> str:
    """The referral's number."""
    return Referral.objects.get(pk=way.referral).number


def is_appeal(there: County) -> Way:
    """The request is an appeal of the denial before it."""
    way = may_be_an_appeal(there)
    held = Referral.objects.get(pk=way.referral).maybe_appeal_of
    assert held is not None
    return way.ready(objections.IsAppeal(held.number, WORDS), "appeals@plan", NOW + timedelta(days=2))


def fast(there: County, **other: object) -> Brought:
    """A OneCare Member asks for fast handling, without a doctor's word."""
    return joe(there, urgency="expedited", urgency_reason="I am afraid to wait.", **other)


def waits_for_authority(there: County) -> Brought:
    """A OneCare representative asks whose authority nobody has seen."""
    return joe(there, requester="authorized-representative")


def outreach() -> outcomes.Outreach:
    """One try to reach the representative, an hour before."""
    return outcomes.Outreach(NOW - timedelta(hours=1), "by phone", "the paper that shows the authority")


def joe_denied(there: County) -> Brought:
    """A OneCare Member is denied, by the rules of both programs."""
    both = {"medicare_reason": WORDS, "medi_cal_reason": WORDS}
    way = joe(there).then(t.TakeUp(complete=True)).then(t.ReferUp(WORDS))
    return way.then(replace(DENIAL, **both), "physician@plan")


def appealed(there: County, **other: object) -> Brought:
    """A Medi-Cal denial is appealed."""
    return denied(there).then(contact(**other))


def upheld(there: County) -> Brought:
    """The appeal left the denial as it was."""
    return appealed(there).then(objections.Uphold("Dr. Elm", WORDS), "appeals@plan")


def joe_upheld(there: County) -> Brought:
    """A OneCare appeal left the denial as it was."""
    return joe_denied(there).then(contact()).then(objections.Uphold("Dr. Elm", WORDS), "appeals@plan")


def with_the_reviewer(there: County) -> Brought:
    """Medicare's reviewer has the case."""
    return joe_upheld(there).then(review.ForwardToReviewer("by the reviewer's portal"), "appeals@plan")


HEARD_ON = date(2026, 12, 21)  # a Monday


def hearing_noticed(there: County) -> Brought:
    """The State gave notice of a hearing."""
    return upheld(there).then(review.HearingAsked(NOW, hearing_on=HEARD_ON), "appeals@plan")


def peer_asked(there: County) -> Brought:
    """A treating provider wants to talk with a physician."""
    return with_a_physician(there).then(review.AskPeer(NOW, "Dr. Lind", "1-714-555-0150"))

"""The rarer ways of a request, told for a first start: each state and panel has something alive to look at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from secondopinion.people.models import Member
from secondopinion.policy.asked import Opinion
from secondopinion.referrals.chain import ask_for_another
from secondopinion.referrals.models import Referral
from secondopinion.referrals.offering import candidates_for
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.request import FoundVisit
from secondopinion.referrals.told import (
    Answer,
    Ask,
    Authorize,
    Choose,
    Item,
    Reason,
    ReferUp,
    Report,
    See,
    TakeUp,
    TellRequester,
)
from secondopinion.referrals.told_after import AgreeOutside, Chase, Decline, DraftAgreement, Remind, Search
from secondopinion.referrals.told_outcomes import Dismiss, Limit, Outreach
from secondopinion.referrals.told_time import Delay
from secondopinion.site.telling import DOUBTS_SURGERY, REPORT, Teller, office, professional, staff


def son_asks_without_authority(t: Teller) -> None:
    """OneCare: a son calls for his mother; until his authority is shown, the time to decide waits."""
    t.came_in(
        "M0000050", "intake@plan", t.working(2, "09:50"), program="onecare", requester="authorized-representative",
        requester_name="Neil Knox", condition="a worn hip", condition_code="M16.11", procedure="hip replacement",
        clinician=professional("Baptiste"), answers={"surgery_is_recommended": True},
        request_words="My mother is to have a new hip. I want another surgeon to see her.",
    )  # fmt: skip


def nerves_take_more_time(t: Teller) -> None:
    """Medi-Cal: what was asked for has not come, and a physician has taken more time, once."""
    referral = t.came_in(
        "M0000038", "intake@plan", t.working(3, "10:15"), program="medi-cal", channel="fax",
        condition="numbness on one side of the body", condition_code="R20.0", clinician=professional("Weiss"),
        **office("Lindgren"), request_words="Two tests disagree. Please authorize another neurologist.",
    )  # fmt: skip
    items = (Item("The pictures of the head, and the report on them", "II.C.3", holder="Hannah Weiss, MD"),)
    t.then(referral, "nurse@plan", t.working(2, "09:00"), Ask(items))
    t.mailed(referral, t.working(2, "09:05"))
    interest = "With the pictures we can see whether the two tests really disagree, and may be able to say yes."
    t.then(referral, "physician@plan", t.working(1, "15:30"), Delay(14, "information", items=items, interest=interest))
    t.mailed(referral, t.working(1, "15:35"))


def back_surgeon_outside_is_not_the_choice(t: Teller) -> None:
    """OneCare: the Member asked for a surgeon outside; the choice was kept to the network, with a list and rights."""
    came = t.working(4, "11:00")
    referral = t.came_in(
        "M0000020", "intake@plan", came, program="onecare", condition="a narrow spinal canal in the neck",
        condition_code="M48.02", procedure="spinal fusion in the neck", clinician=professional("Holmquist"),
        answers=DOUBTS_SURGERY, wishes=professional("Farrow"),
        request_words="I want Dr. Farrow to tell me whether I need this. My neighbor went to him.",
    )  # fmt: skip
    t.then(referral, "nurse@plan", t.working(3, "09:20"), TakeUp(complete=True))
    t.then(referral, "nurse@plan", t.working(3, "09:40"), ReferUp("Asks for a surgeon outside; four inside are free."))
    limit = Limit(
        asked="A visit with Otto Farrow, MD, who is outside our network.",
        approved="A visit with a spine surgeon or neurosurgeon in our network. You choose which one.",
        reasons=(Reason("II.G", "Surgeons in our network do the same operation and can see you this month."),),
        medicare_reason="Medicare lets a plan use the doctors of its network when they can help.",
        medi_cal_reason="Medi-Cal pays for a doctor outside the network when nobody inside it can help.",
        expertise="Twenty years of bone and joint surgery, the spine among it.",
    )
    t.then(referral, "physician@plan", t.working(2, "14:00"), limit)
    t.mailed(referral, t.working(2, "14:05"))


def nobody_inside_and_an_agreement_is_out(t: Teller) -> None:
    """OneCare: no surgeon inside has room in time; a Medical Director agreed to one outside, who has the agreement."""
    came = t.working(5, "09:30")
    referral = t.came_in(
        "M0000055", "intake@plan", came, program="onecare", condition="a slipped disc in the neck",
        condition_code="M50.20", procedure="removal of a disc", clinician=professional("Raman"),
        answers={"surgery_is_recommended": True}, request_words="I cannot wait until spring for another opinion.",
    )  # fmt: skip
    t.then(referral, "nurse@plan", t.working(4, "09:00"), TakeUp(complete=True))
    searched = t.working(4, "11:00")
    member, row = Member.objects.get(member_id="M0000055"), Referral.objects.get(pk=referral)
    late = searched.date() + timedelta(days=60)
    openings = tuple((who.npi, late) for who in candidates_for(snapshot_of(row), member, searched))
    t.then(
        referral, "nurse@plan", searched, Search(openings, "Every office was called; nobody has room for two months.")
    )
    why = "Trained for this operation, practises in the county, and can see the Member next week."
    outside = professional("Farrow")
    t.then(referral, "physician@plan", t.working(3, "16:00"), AgreeOutside(outside.pk, why))
    t.then(referral, "nurse@plan", t.working(2, "09:00"), Answer(DOUBTS_SURGERY, "the Member, by phone"))
    t.then(referral, "nurse@plan", t.working(2, "09:05"), Authorize())
    t.then(referral, "intake@plan", t.working(2, "10:30"), Choose(outside.pk, "the Member", "phone"))
    t.mailed(referral, t.working(2, "10:35"))
    t.then(referral, "contracting@plan", t.working(1, "11:00"), DraftAgreement("the Medicare fee schedule"))
    t.mailed(referral, t.working(1, "11:05"))


def claim_shows_a_visit(t: Teller) -> None:
    """A claim shows a visit outside the network that nobody had authorized; the exceptions are being looked at."""
    seen_on = t.working(14, "10:00").date()
    referral = t.came_in(
        "M0000018", "intake@plan", t.working(1, "10:05"), program="onecare", channel="claim", requester="provider",
        requester_name="Otto Farrow, MD", condition="pain in the lower back", condition_code="M54.50",
        found=FoundVisit("claim", seen_on, "Otto Farrow, MD"),
        answers={"visit_was_outside_network": True, "visit_was_authorized": False},
        request_words="Claim for one office consultation.",
    )  # fmt: skip
    looked = {"visit_was_sensitive_service": False, "decision_was_pending_or_late": False}
    t.then(referral, "nurse@plan", t.working(1, "15:10"), Answer(looked, "the claim, and our own list of requests"))


def two_surgeons_differ_and_a_third_is_chosen(t: Teller) -> None:
    """The report says otherwise than the first surgeon: the Member asked for a third, and the policy authorized it."""
    came = t.working(25, "10:40")
    referral = t.came_in(
        "M0000043", "intake@plan", came, program="medi-cal", condition="a curved spine",
        condition_code="M41.9", procedure="an operation to straighten the spine", clinician=professional("Raman"),
        answers=DOUBTS_SURGERY, wishes=professional("Olsen"), **office("Moradi"),
        request_words="She is twenty-one and does not want surgery unless it is needed.",
    )  # fmt: skip
    t.mailed(referral, came + timedelta(minutes=25))
    t.then(referral, "intake@plan", t.working(25, "11:30"), TellRequester("phone", "front desk of Dr. Moradi"))
    t.then(referral, "intake@plan", t.working(12, "09:00"), See(t.working(13, "14:00").date()))
    report = Report(
        need="not-needed", summary="The curve has not grown in three years. Exercise is enough; no operation now.",
        recommended="A new picture of the spine in a year.", signed_on=t.working(6, "17:00").date(),
        file_name="consultation-report.pdf", content=REPORT.read_bytes(),
    )  # fmt: skip
    t.then(referral, "intake@plan", t.working(5, "09:30"), report)
    t.mailed(referral, t.working(5, "09:35"))
    asked = t.working(2, "13:00")
    third = ask_for_another(
        Referral.objects.get(pk=referral), channel="phone", received_at=asked, requester="member",
        requester_name="Silvia Montoya", person=staff("intake@plan", asked), now=asked + timedelta(minutes=10),
        words="One says operate, one says wait. I want to hear a third.",
    )  # fmt: skip
    t.mailed(third.referral_id, asked + timedelta(minutes=15))


def reminded_and_then_declined(t: Teller) -> None:
    """Authorized a month ago and never seen: reminded, chosen, and now the professional takes no new Members."""
    came = t.working(20, "09:15")
    referral = t.came_in(
        "M0000030", "intake@plan", came, program="onecare", condition="an uneven heartbeat", condition_code="I48.91",
        clinician=professional("Watson"), answers={"member_attempted_plan_of_care": True},
        request_words="I take the pills and my heart still races.",
    )  # fmt: skip
    t.mailed(referral, came + timedelta(minutes=25))
    t.house(referral, t.working(4, "06:00"), Remind())
    t.mailed(referral, t.working(4, "06:05"))
    tied = Choose(professional("Osei").pk, "the Member", "phone", knowing=True)
    t.then(referral, "intake@plan", t.working(3, "10:00"), tied)
    t.mailed(referral, t.working(3, "10:05"))
    declined = Decline("not-accepting", "The office has no room for new Members before spring.")
    t.then(referral, "intake@plan", t.working(1, "16:20"), declined)
    t.mailed(referral, t.working(1, "16:25"))


def hand_again_may_be_an_appeal(t: Teller) -> None:
    """Denied last week, and now the Member calls again about the same hand: both clocks are held."""
    t.came_in(
        "M0000003", "intake@plan", t.working(1, "14:20"), program="medi-cal", opinion=Opinion.THIRD.value,
        condition="a numb hand", condition_code="G56.01", clinician=professional("Petrak"),
        procedure="release of the wrist nerve",
        request_words="You said no to one more doctor for my hand. It is worse now. Please look again.",
        answers={"second_opinion_report_in_hand": True},
    )  # fmt: skip


def daughter_showed_no_authority(t: Teller) -> None:
    """OneCare: two tries to get the daughter's authority failed; the dismissal can be taken back."""
    referral = t.came_in(
        "M0000041", "intake@plan", t.working(5, "11:20"), program="onecare", requester="authorized-representative",
        requester_name="Clara Amado", requester_address="770 Mission Road\nOrchard City, CA 92999",
        condition="cloudy eyes", condition_code="H25.9", clinician=professional("Doyle"),
        request_words="My father wants another eye doctor.",
    )  # fmt: skip
    tries = (
        Outreach(t.working(4, "10:00"), "by phone", "the paper that shows that you may act for him"),
        Outreach(t.working(3, "16:00"), "by letter", "the paper, with a form to sign"),
    )
    why = "We asked twice for the paper that lets Clara Amado act for you, and it has not come."
    t.then(referral, "nurse@plan", t.working(2, "10:00"), Dismiss("no-authority", why, tries))
    t.mailed(referral, t.working(2, "10:05"))


def hernia_report_is_late(t: Teller) -> None:
    """The one that is overdue: the Member was seen, and the written report has not come. The house has asked once."""
    came = t.working(18, "08:45")
    referral = t.came_in(
        "M0000060", "intake@plan", came, program="onecare", channel="fax", condition="a hernia in the groin",
        condition_code="K40.90", procedure="repair of the hernia", clinician=professional("Lindqvist"),
        answers=DOUBTS_SURGERY, wishes=professional("Beck"), **office("Castellan"),
        request_words="Patient asks whether the operation can wait.",
    )  # fmt: skip
    t.mailed(referral, came + timedelta(minutes=25))
    t.then(referral, "intake@plan", t.working(18, "10:00"), TellRequester("phone", "nurse of Dr. Castellan"))
    t.then(referral, "intake@plan", t.working(12, "10:00"), See(t.working(13, "14:00").date()))
    t.house(referral, t.working(2, "06:00"), Chase(1))
    t.mailed(referral, t.working(2, "06:05"))


BRANCHES: tuple[Callable[[Teller], None], ...] = (
    hernia_report_is_late,
    son_asks_without_authority,
    nerves_take_more_time,
    back_surgeon_outside_is_not_the_choice,
    nobody_inside_and_an_agreement_is_out,
    claim_shows_a_visit,
    two_surgeons_differ_and_a_third_is_chosen,
    reminded_and_then_declined,
    hand_again_may_be_an_appeal,
    daughter_showed_no_authority,
)

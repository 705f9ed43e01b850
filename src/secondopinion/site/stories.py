"""The made-up referrals of a first start, so that the first work list is alive: the usual ways of a request.

The rarer ones stand in stories_branches.py. `tell_all` tells both; telling.py says how.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from secondopinion.letters.carriers import Carrier
from secondopinion.policy.asked import About, Opinion
from secondopinion.policy.calendar import PACIFIC, business_calendar
from secondopinion.referrals.models import Referral
from secondopinion.referrals.told import (
    Answer,
    Ask,
    Choose,
    Deny,
    Item,
    Reason,
    ReferUp,
    Report,
    Schedule,
    See,
    TakeUp,
    TellRequester,
    Withdraw,
)
from secondopinion.referrals.told_objections import Acknowledge, Contact
from secondopinion.referrals.told_time import Deem
from secondopinion.site.stories_branches import BRANCHES
from secondopinion.site.telling import DOUBTS_SURGERY, REPORT, Teller, office, professional


def tell_all(now: datetime, carrier: Carrier) -> int:
    """Tell every story, unless the database holds a referral already. Returns how many were told.

    Call it inside plan scope, in one transaction.
    """
    if Referral.objects.exists():
        return 0
    teller = Teller(now, carrier)
    for story in STORIES:
        story(teller)
    teller.acknowledged()
    return len(STORIES)


def back_pain_with_a_nurse(t: Teller) -> None:
    """A Member called; one question is open, and asking it would settle the request."""
    came = t.working(1, "10:20")
    referral = t.came_in(
        "M0000003", "intake@plan", came, program="medi-cal", condition="a narrow spinal canal in the lower back",
        condition_code="M48.061", procedure="decompression of the lower spine", clinician=professional("Archer"),
        request_words="My surgeon wants to operate on my back. I want somebody else to look first.",
        answers={"surgery_is_recommended": True},
    )  # fmt: skip
    t.then(referral, "nurse@plan", came + timedelta(hours=3), TakeUp())


def heart_counts_as_denied_and_is_appealed(t: Teller) -> None:
    """Nobody decided within the 72 hours: by law a denial, told in time, and appealed by the doctor as fast."""
    came = t.ago(hours=100)
    referral = t.came_in(
        "M0000004", "intake@plan", came, program="onecare", channel="fax", urgency="expedited",
        urgency_reason="Fainting spells while waiting could lead to injury.", condition="a slow heart rhythm",
        condition_code="I49.5", clinician=professional("Marquez"), **office("Lindgren"),
        request_words="Please arrange a second cardiology opinion on device therapy.",
    )  # fmt: skip
    t.then(referral, "nurse@plan", t.ago(hours=96), TakeUp(complete=True))
    note = "Expedited by the PCP. No listed reason is documented; the Member could not be reached by phone twice."
    t.then(referral, "nurse@plan", t.ago(hours=76), ReferUp(note))
    over = came + timedelta(hours=71, minutes=40)
    t.house(referral, over, Deem())
    t.mailed(referral, over + timedelta(minutes=1))
    call = Contact(
        received_at=t.ago(hours=22), by="physician", by_name="Grace Lindgren, MD",
        words="He fainted again. You had three days and did not answer.", appeal=True, complaint=False, supported=True,
    )  # fmt: skip
    t.then(referral, "intake@plan", t.ago(hours=21.5), call)
    t.then(referral, "appeals@plan", t.ago(hours=20), Acknowledge("appeal"))
    t.mailed(referral, t.ago(hours=19.5))


def knee_waits_for_records(t: Teller) -> None:
    """The plan asked for what is missing; the letters have gone out."""
    came = t.working(3, "14:05")
    referral = t.came_in(
        "M0000025", "intake@plan", came, program="onecare", channel="fax", condition="worn cartilage in the knee",
        condition_code="M17.11", procedure="knee replacement", clinician=professional("Tanabe"), **office("Moradi"),
        request_words="Second opinion about the knee, see attached.",
    )  # fmt: skip
    doubt = "Whether Mr. Belov himself doubts that the operation is needed"
    note = "The last clinic note in which the operation is recommended"
    items = (
        Item(doubt, "II.C.1", "member_questions_surgery", holder="Farid Moradi, MD"),
        Item(note, "II.C.1", "surgery_is_recommended", holder="Yuki Tanabe, MD"),
    )
    t.then(referral, "nurse@plan", t.working(2, "09:15"), Ask(items))
    t.mailed(referral, t.working(2, "09:16"))


def letter_nobody_has_classified(t: Teller) -> None:
    """A letter came by mail. Somebody must say what kind of opinion it asks for."""
    t.came_in(
        "M0000005", "intake@plan", t.working(1, "11:30"), program="onecare", channel="mail", opinion="", about="",
        condition="shoulder pain", condition_code="M25.511",
        request_words="I would like to see another doctor. The last one did not listen to me.",
    )  # fmt: skip


def gallbladder_waits_for_a_choice(t: Teller) -> None:
    """The policy authorized at receipt; the Member has five professionals to choose from."""
    came = t.working(1, "15:40")
    referral = t.came_in(
        "M0000008", "intake@plan", came, program="medi-cal", condition="gallstones",
        condition_code="K80.20", procedure="removal of the gallbladder", clinician=professional("Beck"),
        answers=DOUBTS_SURGERY, request_words="Do I really need this operation?",
    )  # fmt: skip
    t.mailed(referral, came + timedelta(minutes=25))


def spine_visit_is_scheduled(t: Teller) -> None:
    """Authorized, chosen, and the visit is booked for next week."""
    came = t.working(4, "09:10")
    referral = t.came_in(
        "M0000026", "intake@plan", came, program="medi-cal", channel="fax", condition="a slipped disc in the back",
        condition_code="M51.26", procedure="spinal fusion", clinician=professional("Haddad"), answers=DOUBTS_SURGERY,
        wishes=professional("Specialist"), **office("Lindgren"),
        request_words="Member questions whether fusion is necessary.",
    )  # fmt: skip
    t.mailed(referral, came + timedelta(minutes=25))
    t.then(referral, "intake@plan", t.working(3, "10:00"), TellRequester("phone", "front desk of Dr. Lindgren"))
    day = business_calendar().add_business_days(t.now.astimezone(PACIFIC).date(), 5)
    visit = datetime.combine(day, time(9, 30), PACIFIC)
    t.then(referral, "intake@plan", t.working(3, "10:10"), Schedule(visit, "phone call with the Member"))


def bowel_visit_done_report_due(t: Teller) -> None:
    """The Member was seen; the clock of the written report runs."""
    came = t.working(15, "13:00")
    referral = t.came_in(
        "M0000013", "nurse@sierra", came, program="onecare",
        condition="inflammation of the large bowel", condition_code="K51.90", clinician=professional("Dumont"),
        answers={"member_attempted_plan_of_care": True}, request_words="The medicine does not help me.",
    )  # fmt: skip
    t.mailed(referral, came + timedelta(minutes=25))
    choice = Choose(professional("Menon").pk, "the Member", "phone", knowing=True)
    t.then(referral, "nurse@sierra", t.working(13, "11:00"), choice)
    t.mailed(referral, t.working(13, "11:05"))
    t.then(
        referral, "nurse@sierra", t.working(12, "11:00"), Schedule(t.working(6, "14:00"), "the professional's office")
    )
    t.then(referral, "nurse@sierra", t.working(5, "10:00"), See(t.working(6, "14:00").date()))


def tumor_opinion_is_closed(t: Teller) -> None:
    """From the fax to the report, everything mailed: a closed referral."""
    came = t.working(28, "09:40")
    referral = t.came_in(
        "M0000014", "intake@plan", came, program="medi-cal", channel="fax",
        condition="a tumor of the large bowel", condition_code="C18.7", procedure="removal of a part of the bowel",
        clinician=professional("Beck"), answers=DOUBTS_SURGERY, wishes=professional("Cole"), **office("Villareal"),
        request_words="Patient is afraid of surgery and wants to hear a second surgeon.",
    )  # fmt: skip
    t.mailed(referral, came + timedelta(minutes=25))
    t.then(referral, "intake@plan", t.working(28, "11:00"), TellRequester("phone", "nurse of Dr. Villareal"))
    visit = t.working(20, "10:00")
    t.then(referral, "intake@plan", t.working(27, "09:00"), Schedule(visit, "the professional's office"))
    t.then(referral, "intake@plan", t.working(19, "09:00"), See(visit.date()))
    report = Report(
        need="needed", summary="The second surgeon agrees: the operation is needed, and soon.",
        recommended="Operate within three weeks.", signed_on=t.working(15, "17:00").date(),
        file_name="consultation-report.pdf", content=REPORT.read_bytes(),
    )  # fmt: skip
    t.then(referral, "intake@plan", t.working(14, "09:30"), report)
    t.mailed(referral, t.working(14, "09:35"))


def third_opinion_is_denied(t: Teller) -> None:
    """A physician's denial, signed, with both letters mailed."""
    came = t.working(6, "10:30")
    referral = t.came_in(
        "M0000003", "intake@plan", came, program="medi-cal", opinion=Opinion.THIRD.value, condition="a numb hand",
        condition_code="G56.01", clinician=professional("Petrak"), procedure="release of the wrist nerve",
        request_words="I want one more opinion about my hand.",
        answers={"second_opinion_report_in_hand": True, "recommendations_differ_on_need_for_procedure": False},
    )  # fmt: skip
    t.then(referral, "nurse@plan", t.working(5, "09:00"), TakeUp(complete=True))
    t.then(referral, "nurse@plan", t.working(5, "09:30"), ReferUp("Both surgeons advise against the operation."))
    denial = Deny(
        reasons=(
            Reason("II.D", "Your two doctors agree with each other: neither thinks you need this operation now."),
        ),
        clinical_reason="Nerve tests from both visits show a mild narrowing. Splints and exercise come first.",
        why_not_otherwise="No new sign and no different diagnosis was found in the two reports or in what you told us.",
        would_change="A note from one of your doctors that the two opinions differ\nNew tests that show a change",
        expertise="Twenty years of hand and shoulder surgery.",
    )
    t.then(referral, "physician@plan", t.working(4, "16:00"), denial)
    t.mailed(referral, t.working(4, "16:05"))


def third_opinion_waits_for_a_physician(t: Teller) -> None:
    """The tour's denial: two opinions agree, nothing else speaks for a third, and a physician must decide."""
    came = t.working(2, "13:10")
    referral = t.came_in(
        "M0000056", "intake@plan", came, program="medi-cal", opinion=Opinion.THIRD.value,
        condition="a torn shoulder tendon", condition_code="M75.101", clinician=professional("Archer"),
        procedure="repair of the shoulder tendon", request_words="Two doctors said exercise. I want a third one.",
        answers={"second_opinion_report_in_hand": True, "recommendations_differ_on_need_for_procedure": False},
    )  # fmt: skip
    t.then(referral, "nurse@plan", t.working(1, "09:40"), TakeUp(complete=True))
    note = "Both surgeons advise exercise and no operation. No new injury. The Member simply wants to be sure."
    t.then(referral, "nurse@plan", t.working(1, "09:55"), ReferUp(note))


def eye_request_is_withdrawn(t: Teller) -> None:
    """The Member changed her mind."""
    referral = t.came_in(
        "M0000019", "nurse@sierra", t.working(5, "09:20"), program="medi-cal",
        condition="cataract", condition_code="H25.13", clinician=professional("Doyle"),
        request_words="Another eye doctor, please.",
    )  # fmt: skip
    words = "I spoke with my doctor again and I am content."
    t.then(referral, "nurse@sierra", t.working(3, "16:10"), Withdraw("member", "the Member", words))
    t.mailed(referral, t.working(3, "16:15"))


def citrus_nurse_reviews(t: Teller) -> None:
    """A delegated network's own request, with its nurse."""
    came = t.working(2, "08:50")
    referral = t.came_in(
        "M0000007", "nurse@citrus", came, program="medi-cal", channel="fax", condition="chest pain on effort",
        condition_code="I20.8", clinician=professional("Osei"), **office("Zhao"),
        request_words="Patient not improving, please authorize a second cardiologist.",
        answers={"treatment_is_in_progress": True},
    )  # fmt: skip
    t.then(referral, "nurse@citrus", came + timedelta(hours=2), TakeUp())
    t.then(referral, "nurse@citrus", came + timedelta(hours=2, minutes=10),
           Answer({"condition_is_serious": True}, "clinic note"))  # fmt: skip


def citrus_physician_looks(t: Teller) -> None:
    """Expedited, with the network's physician, a day still to go."""
    came = t.ago(hours=44)
    referral = t.came_in(
        "M0000009", "nurse@citrus", came, program="medi-cal", urgency="expedited",
        urgency_reason="Weakness of the leg is getting worse from day to day.", condition="pressure on a spinal nerve",
        condition_code="M54.16", clinician=professional("Holmquist"), **office("Abara"),
        request_words="Urgent second look at the spine, please.",
    )  # fmt: skip
    t.then(referral, "nurse@citrus", t.ago(hours=40), TakeUp(complete=True))
    t.then(referral, "nurse@citrus", t.ago(hours=38), ReferUp("PCP asks; the Member has not said what he doubts."))


def harbor_just_received(t: Teller) -> None:
    """A request about the PCP's own care, just in."""
    t.came_in(
        "M0000012", "nurse@harbor", t.ago(hours=3), program="medi-cal", channel="walk-in",
        about=About.PCP_CARE.value, condition="high blood pressure", condition_code="I10",
        clinician=professional("Castellan"), request_words="My pressure pills make me dizzy and he will not listen.",
    )  # fmt: skip


STORIES: tuple[Callable[[Teller], None], ...] = (
    tumor_opinion_is_closed,
    bowel_visit_done_report_due,
    third_opinion_is_denied,
    eye_request_is_withdrawn,
    spine_visit_is_scheduled,
    knee_waits_for_records,
    third_opinion_waits_for_a_physician,
    citrus_nurse_reviews,
    gallbladder_waits_for_a_choice,
    back_pain_with_a_nurse,
    letter_nobody_has_classified,
    heart_counts_as_denied_and_is_appealed,
    citrus_physician_looks,
    harbor_just_received,
    *BRANCHES,
)

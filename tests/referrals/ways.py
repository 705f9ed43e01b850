"""A way to every step of the table: a referral of the small county brought to where the step can be taken.

`way_to(step, there)` gives the referral, what is told, by whom and when. The races press it from two sides at once,
the walk through the table takes each once, and the machine borrows what is told.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from county import NOW, County
from referrals.brought import (
    HEARD_ON,
    LATE,
    NOBODY_INSIDE,
    SEEN_AT,
    VISIT,
    WORDS,
    Way,
    after_handing_over,
    agreed_outside,
    appealed,
    authorized,
    came_in,
    close_ready,
    contact,
    decided_by_a_network_no_more,
    denied,
    fast,
    found_visit,
    hearing_noticed,
    is_appeal,
    joe_denied,
    joe_upheld,
    letter_mailed,
    may_be_an_appeal,
    modify,
    of_the_wider_specialty,
    outreach,
    peer_asked,
    plans_own,
    report,
    reported,
    scheduled,
    seen,
    upheld,
    waits_for_authority,
    with_a_physician,
    with_the_reviewer,
)
from referrals.life import DENIAL, PDF, YES
from referrals.spanish import to_be_read_out, words_entered
from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals import told as t
from secondopinion.referrals import told_after as after
from secondopinion.referrals import told_choosing as choosing
from secondopinion.referrals import told_objections as objections
from secondopinion.referrals import told_outcomes as outcomes
from secondopinion.referrals import told_post as heard
from secondopinion.referrals import told_review as review
from secondopinion.referrals import told_time as time_

WAYS: dict[str, Callable[[County], Way]] = {
    "classify": lambda c: came_in(c, opinion="", about="").ready(t.Classify(Opinion.SECOND, About.SPECIALIST_CARE)),
    "hand_over": lambda c: came_in(c).ready(t.HandOver("the physical therapy desk")),
    "is_new": lambda c: may_be_an_appeal(c).ready(objections.IsNew(WORDS), now=NOW + timedelta(days=2)),
    "is_appeal": is_appeal,
    "show_authority": lambda c: waits_for_authority(c).ready(time_.ShowAuthority(NOW, "power of attorney, scanned")),
    "correct": lambda c: came_in(c).ready(time_.Correct({"condition": "pain in the lower back"}, WORDS)),
    "carry_over": lambda c: decided_by_a_network_no_more(c).ready(time_.CarryOver(WORDS), "system"),
    "answer": lambda c: came_in(c).ready(t.Answer(YES)),
    "record_first": lambda c: came_in(c).ready(time_.RecordFirst("needed", "clinic note of 2026-11-10")),
    "file_record": lambda c: came_in(c).ready(t.FileRecord("scan.pdf", PDF)),
    "take_up": lambda c: came_in(c).ready(t.TakeUp(complete=True)),
    "ask": lambda c: came_in(c).ready(t.Ask((t.Item("Your scan", "II.C.3"),))),
    "supply": lambda c: came_in(c).then(t.Ask((t.Item("Your scan", "II.C.3"),))).ready(t.Supply(NOW, complete=True)),
    "late_information": lambda c: came_in(c).ready(time_.LateInformation(NOW, "a letter of the surgeon")),
    "refer_up": lambda c: came_in(c).then(t.TakeUp()).ready(t.ReferUp(WORDS)),
    "send_back": lambda c: with_a_physician(c).ready(t.SendBack(WORDS), "physician@plan"),
    "expedite": lambda c: came_in(c).ready(time_.Expedite(WORDS, supported=True, by_name="Dr. Lind"), "intake@plan"),
    "refuse_expedite": lambda c: fast(c).ready(time_.RefuseExpedite(WORDS)),
    "delay": lambda c: with_a_physician(c).ready(
        time_.Delay(10, "expert", expert="spine surgeon", interest=WORDS), "physician@plan"
    ),
    "tell_member": lambda c: denied(c).ready(time_.TellMember("decision", "the Member")),
    "authorize": lambda c: came_in(c).then(t.Answer(YES)).ready(t.Authorize()),
    "limit": lambda c: with_a_physician(c).then(t.Answer(YES)).ready(modify(outcomes.Limit, "II.G"), "physician@plan"),
    "grant_in_part": lambda c: with_a_physician(c).then(t.Answer(YES)).ready(
        modify(outcomes.GrantInPart, "III.G"), "physician@plan"
    ),
    "deny": lambda c: with_a_physician(c).ready(DENIAL, "physician@plan"),
    "deem": lambda c: came_in(c).ready(
        time_.Deem(), "system", datetime(2026, 12, 1, 7, 45, tzinfo=UTC)  # Monday 2026-11-30 23:45 in California
    ),
    "dismiss": lambda c: waits_for_authority(c).ready(outcomes.Dismiss("no-authority", WORDS, (outreach(),))),
    "vacate": lambda c: waits_for_authority(c).then(
        outcomes.Dismiss("no-authority", WORDS, (outreach(),))
    ).ready(outcomes.Vacate(WORDS)),
    "reverse": lambda c: denied(c).then(t.Answer(YES, "a letter that came later")).ready(outcomes.Reverse(WORDS)),
    "withdraw": lambda c: came_in(c).ready(t.Withdraw("member", "Member One", "I changed my mind")),
    "rescind": lambda c: authorized(c).ready(
        outcomes.Rescind("not-enrolled", WORDS, date(2026, 12, 15)), "physician@plan"
    ),
    "tell_requester": lambda c: authorized(c).ready(t.TellRequester("by phone", "the front desk")),
    "search": lambda c: came_in(c).ready(after.Search(note=WORDS)),
    "attest_training": lambda c: came_in(c).ready(
        after.AttestTraining(of_the_wider_specialty(c).pk, WORDS), "physician@plan"
    ),
    "agree_outside": lambda c: came_in(c, answers=NOBODY_INSIDE).then(t.TakeUp()).ready(
        after.AgreeOutside(c.outside.pk, WORDS), "physician@plan"
    ),
    "draft_agreement": lambda c: agreed_outside(c).ready(
        after.DraftAgreement("the Medi-Cal fee-for-service rate"), "contracting@plan"
    ),
    "sign_agreement": lambda c: agreed_outside(c).then(
        after.DraftAgreement("the Medi-Cal fee-for-service rate"), "contracting@plan"
    ).ready(after.SignAgreement(date(2026, 11, 23), "Otto Far, MD"), "contracting@plan"),
    "drop_agreement": lambda c: agreed_outside(c).ready(after.DropAgreement(WORDS), "contracting@plan"),
    "tell_cost": lambda c: found_visit(c).ready(outcomes.TellCost(WORDS), "physician@plan"),
    "excuse": lambda c: found_visit(c).ready(outcomes.Excuse(WORDS)),
    "choose": lambda c: came_in(c, answers=YES).ready(t.Choose(c.sam.pk, "member", "by phone"), "intake@plan"),
    "give_page": lambda c: came_in(c).ready(choosing.GivePage(uuid4(), "a" * 64), "intake@plan"),
    "take_back_page": lambda c: came_in(c).then(choosing.GivePage(uuid4(), "a" * 64), "intake@plan").ready(
        choosing.TakeBackPage("The paper was lost")
    ),
    "choose_again": lambda c: scheduled(c).ready(choosing.ChooseAgain(c.neuro.pk, "member", "phone"), "intake@plan"),
    "pick": lambda c: came_in(c, answers=YES).ready(choosing.Pick(c.sam.pk, "recorded-call", "call 4711")),
    "none_suits": lambda c: came_in(c, answers=YES).ready(
        choosing.NoneSuits(("too-far",), "I have no car", "member", "by phone"), "intake@plan"
    ),
    "decline": lambda c: authorized(c).ready(after.Decline("not-accepting"), "intake@plan"),
    "schedule": lambda c: authorized(c).ready(t.Schedule(VISIT), "intake@plan"),
    "miss": lambda c: scheduled(c).ready(t.Miss("The Member was ill"), "intake@plan", SEEN_AT),
    "see": lambda c: scheduled(c).ready(t.See(date(2026, 11, 26)), "intake@plan", SEEN_AT),
    "return_tests": lambda c: seen(c).ready(
        after.ReturnTests((after.Asked("a scan of the back", "72148"),), "Sam Specialist, MD"), now=SEEN_AT
    ),
    "remind": lambda c: authorized(c).ready(after.Remind(), "system", NOW + timedelta(days=40)),
    "chase": lambda c: seen(c).ready(after.Chase(1), "system", NOW + timedelta(days=30)),
    "lapse": lambda c: authorized(c).ready(after.Lapse(), "system", LATE),
    "report": lambda c: seen(c).ready(report(), "intake@plan", SEEN_AT),
    "ask_further": lambda c: reported(c).ready(after.AskFurther("SO-2026-999999", "Member One"), now=SEEN_AT),
    "parent_decided": lambda c: plans_own(c).ready(after.ParentDecided(date(2026, 11, 23), "not covered")),
    "mailed": letter_mailed,
    "postmarked": lambda c: after_handing_over(c, lambda m: heard.Postmarked(m.pk, date(2026, 11, 23))),
    "not_delivered": lambda c: after_handing_over(c, lambda m: heard.NotDelivered(m.pk, "the file cannot be read")),
    "came_back": lambda c: after_handing_over(
        c, lambda m: heard.CameBack(m.pk, date(2026, 11, 23), "moved"), "intake@plan"
    ),
    "mail_again": lambda c: after_handing_over(
        c, lambda m: heard.MailAgain(m.letter_id, "print", WORDS), "appeals@plan"
    ),
    "mailed_again": lambda c: after_handing_over(c, lambda m: heard.MailedAgain(m.pk)),
    "approve_words": words_entered,
    "read_aloud": to_be_read_out,
    "close": close_ready,
    "dispute": lambda c: denied(c).ready(contact(), "intake@plan"),
    "acknowledge": lambda c: denied(c).then(contact()).ready(objections.Acknowledge("appeal"), "appeals@plan"),
    "uphold": lambda c: denied(c).then(contact()).ready(objections.Uphold("Dr. Elm", WORDS), "appeals@plan"),
    "overturn": lambda c: denied(c).then(contact()).ready(objections.Overturn("Dr. Elm", WORDS), "appeals@plan"),
    "lift": lambda c: with_a_physician(c).then(t.Answer(YES)).then(
        modify(outcomes.Limit, "II.G"), "physician@plan"
    ).then(contact()).ready(objections.Lift("Dr. Elm", WORDS), "appeals@plan"),
    "refuse_fast_appeal": lambda c: appealed(c, expedited=True).ready(review.RefuseFastAppeal(WORDS), "appeals@plan"),
    "extend_appeal": lambda c: joe_denied(c).then(contact()).ready(
        review.ExtendAppeal(14, "information", WORDS), "appeals@plan"
    ),
    "write_answer": lambda c: upheld(c).ready(review.WriteAnswer("appeal", NOW.date()), "appeals@plan"),
    "forward_to_reviewer": lambda c: joe_upheld(c).ready(
        review.ForwardToReviewer("by the reviewer's portal"), "appeals@plan"
    ),
    "reviewer_agrees": lambda c: with_the_reviewer(c).ready(review.ReviewerAgrees(WORDS), "appeals@plan"),
    "hearing_asked": lambda c: upheld(c).ready(review.HearingAsked(NOW, hearing_on=HEARD_ON), "appeals@plan"),
    "packet_sent": lambda c: hearing_noticed(c).ready(review.PacketSent("by the State's portal"), "appeals@plan"),
    "hearing_upheld": lambda c: hearing_noticed(c).ready(review.HearingUpheld(WORDS), "appeals@plan"),
    "ask_peer": lambda c: with_a_physician(c).ready(review.AskPeer(NOW, "Dr. Lind", "1-714-555-0150")),
    "answer_peer": lambda c: peer_asked(c).ready(review.AnswerPeer(WORDS), "physician@plan"),
    "answer_complaint": lambda c: came_in(c).then(contact(appeal=False, complaint=True)).ready(
        objections.AnswerComplaint("Ann Oak", WORDS), "appeals@plan"
    ),
}  # fmt: skip


def way_to(step: str, there: County) -> Way:
    """A referral that stands ready for the step."""
    return WAYS[step](there)

"""The life of a referral as one pure table. Permissions, drawings and the staff manual are read from it.

A `Step` says from which states it may be taken, where it leads, who may take it, which letters it owes,
and what the policy must have found. Nothing here touches a database or a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from secondopinion.referrals.states import (
    ADVERSE_ENDS,
    APPEALS,
    DESK,
    EVERY,
    GOING_ON,
    HOUSE,
    LICENSED,
    MEMBER,
    OFFICE,
    PHYSICIAN,
    PROFESSIONAL,
    UNDECIDED,
    By,
    State,
)

S = State
VISIT_AHEAD = (S.AUTHORIZED, S.SCHEDULED)
NOT_AGREED = (S.DENIED, S.DEEMED_DENIED, S.DISMISSED)
TO_CHOOSE = (*UNDECIDED, S.AUTHORIZED)  # once a visit is scheduled, a choice is a change: it ends the appointment
CHOSEN = ("authorization_to_professional", "approval_to_member", "choice_changed_to_professional")
APPROVALS = ("approval_to_member", "approval_to_requester", "approval_to_pcp", "authorization_to_professional")
MODIFICATIONS = (
    "modification_to_member", "modification_to_requester", "modification_to_pcp", "authorization_to_professional",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One move. `target` None means the state stays as it is. `finds` is what the policy must answer.

    `owes` are the letters it may owe, `always` those it never goes without. `adverse`: a physician signs it with
    a licence, in person. `decider_only`: for the entity that decides the referral (II.L). `instead` is what to do
    where it may not be taken.
    """

    name: str
    words: str
    sources: tuple[State, ...]
    target: State | None
    by: frozenset[By]
    owes: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    finds: str = ""
    clause: str = ""
    decider_only: bool = True
    adverse: bool = False
    instead: str = ""


def _at_the_desk(name: str, words: str, sources: tuple[State, ...], target: State | None, clause: str,
                 by: frozenset[By] = DESK, **more: object) -> Step:  # fmt: skip
    """A step that anybody at the desk may record, whoever decides the referral."""
    return Step(name, words, sources, target, by, clause=clause, decider_only=False, **more)  # type: ignore[arg-type]


COMING_IN = (
    _at_the_desk("receive", "Received the request", (), S.RECEIVED, "II.B",
                 DESK | OFFICE | MEMBER | {By.POLICY, By.SYSTEM}, owes=("plan_opinion_to_member",)),
    _at_the_desk("discover", "Found a visit without authorization", (), S.VISIT_REVIEW, "III.D"),
    _at_the_desk("classify", "Said what kind of opinion is asked", (S.RECEIVED,), None, "II.J"),
    _at_the_desk("hand_over", "Handed over: not a second opinion", (S.RECEIVED,), S.CLOSED, "II.J"),
    _at_the_desk("is_new", "Said that it is a new request, not an appeal", (*UNDECIDED, S.DEEMED_DENIED), None,
                 "II.K.2", DESK | APPEALS),
    _at_the_desk("is_appeal", "Said that it is an appeal of an earlier decision", (*UNDECIDED, S.DEEMED_DENIED),
                 S.CLOSED, "II.K.2", DESK | APPEALS),
    _at_the_desk("show_authority", "Received the representative's authority", UNDECIDED, None, "II.B"),
    _at_the_desk("correct", "Corrected what was written down", (*UNDECIDED, S.VISIT_REVIEW, *GOING_ON), None, "II.J"),
    Step("carry_over", "Carried over to the entity that decides from now on", (*UNDECIDED, *GOING_ON), None, HOUSE,
         clause="II.L", decider_only=False),
)  # fmt: skip

REVIEW = (
    _at_the_desk("answer", "Recorded answers", (*UNDECIDED, S.VISIT_REVIEW, S.DENIED, S.DEEMED_DENIED), None, "II.C"),
    _at_the_desk("record_first", "Recorded what the first practitioner said",
                 (*UNDECIDED, *VISIT_AHEAD, S.SEEN), None, "II.D"),
    _at_the_desk("file_record", "Filed a medical record", (*UNDECIDED, S.VISIT_REVIEW, *VISIT_AHEAD, *NOT_AGREED), None,
                 "II.J", DESK | OFFICE | MEMBER),
    Step("take_up", "Took up the review", (S.RECEIVED,), S.NURSE_REVIEW, LICENSED, clause="II.J"),
    Step("ask", "Asked for information", (S.RECEIVED, S.NURSE_REVIEW, S.PHYSICIAN_REVIEW), S.AWAITING_INFORMATION,
         DESK, owes=("information_needed_to_member", "information_needed_to_requester"),
         always=("information_needed_to_member",), clause="II.J"),
    _at_the_desk("supply", "Received the information", (S.AWAITING_INFORMATION,), S.NURSE_REVIEW, "II.J",
                 DESK | OFFICE | MEMBER),
    _at_the_desk("late_information", "Received further information",
                 (S.RECEIVED, S.NURSE_REVIEW, S.PHYSICIAN_REVIEW, S.VISIT_REVIEW, S.DENIED, S.DEEMED_DENIED,
                  S.DISMISSED), None, "II.J"),
    Step("refer_up", "Sent to a physician", (S.RECEIVED, S.AWAITING_INFORMATION, S.NURSE_REVIEW),
         S.PHYSICIAN_REVIEW, DESK, clause="II.J"),
    Step("send_back", "Sent back to the nurse", (S.PHYSICIAN_REVIEW,), S.NURSE_REVIEW, PHYSICIAN, clause="II.J"),
    _at_the_desk("expedite", "Made it expedited", UNDECIDED, None, "II.J"),
    Step("refuse_expedite", "Kept it at the standard time", UNDECIDED, None, LICENSED,
         owes=("expedite_refused_to_member", "expedite_refused_to_requester"), always=("expedite_refused_to_member",),
         clause="II.J"),
    Step("delay", "Took more time to decide", UNDECIDED, None, PHYSICIAN,
         owes=("delay_to_member", "delay_to_requester"), always=("delay_to_member",), clause="II.J", adverse=True),
    _at_the_desk("tell_member", "Told the Member by voice", EVERY, None, "II.K"),
)  # fmt: skip

DECISION = (
    Step("authorize", "Authorized", UNDECIDED, S.AUTHORIZED, DESK | {By.POLICY}, owes=APPROVALS,
         always=("approval_to_member",), finds="authorize", clause="II.C"),
    Step("limit", "Authorized, with the choice kept to the network", (S.PHYSICIAN_REVIEW,), S.AUTHORIZED, PHYSICIAN,
         owes=MODIFICATIONS, always=("modification_to_member",), finds="authorize", clause="II.G", adverse=True),
    Step("grant_in_part", "Authorized a part of what was asked", (S.PHYSICIAN_REVIEW,), S.AUTHORIZED, PHYSICIAN,
         owes=MODIFICATIONS, always=("modification_to_member",), finds="authorize", clause="III.G", adverse=True),
    Step("deny", "Denied", (S.PHYSICIAN_REVIEW,), S.DENIED, PHYSICIAN,
         owes=("denial_to_member", "denial_to_requester", "denial_to_pcp"), always=("denial_to_member",),
         clause="II.K", adverse=True),
    Step("deem", "Time ran out: it counts as denied", UNDECIDED, S.DEEMED_DENIED, HOUSE,
         owes=("deemed_denial_to_member", "deemed_denial_to_requester"), always=("deemed_denial_to_member",),
         clause="II.J", decider_only=False),
    Step("dismiss", "Dismissed", UNDECIDED, S.DISMISSED, LICENSED,
         owes=("dismissal_to_member", "dismissal_to_requester"), always=("dismissal_to_member",), clause="II.B"),
    Step("vacate", "Took the dismissal back", (S.DISMISSED,), S.RECEIVED, LICENSED | APPEALS, clause="II.B",
         decider_only=False),
    Step("reverse", "Changed the decision to a yes", (S.DENIED, S.DEEMED_DENIED), S.AUTHORIZED, LICENSED,
         owes=APPROVALS, always=("approval_to_member",), finds="authorize", clause="II.C"),
    _at_the_desk("withdraw", "Withdrawn by the requester", (*UNDECIDED, *VISIT_AHEAD), S.WITHDRAWN, "II.J",
                 DESK | MEMBER, owes=("withdrawal_to_member", "withdrawal_to_requester"),
                 always=("withdrawal_to_member",)),
    Step("rescind", "Took the authorization back", VISIT_AHEAD, None, PHYSICIAN,
         owes=("rescission_to_member", "rescission_to_professional"), always=("rescission_to_member",),
         clause="II.K", adverse=True),
    _at_the_desk("tell_requester", "Told the requester", (*GOING_ON, S.DENIED, S.DEEMED_DENIED, S.DISMISSED), None,
                 "II.J", DESK | OFFICE | {By.POLICY}),
)  # fmt: skip

OUTSIDE = (
    Step("search", "Searched the network", (*UNDECIDED, *VISIT_AHEAD), None, LICENSED, clause="II.H"),
    Step("attest_training", "Attested a professional's training", (*UNDECIDED, *VISIT_AHEAD), None, PHYSICIAN,
         clause="III.B"),
    Step("agree_outside", "Agreed to go outside the network", (S.NURSE_REVIEW, S.PHYSICIAN_REVIEW, *VISIT_AHEAD), None,
         PHYSICIAN, clause="II.H"),
    Step("draft_agreement", "Sent the letter of agreement", VISIT_AHEAD, None, frozenset({By.CONTRACTING}),
         owes=("agreement_to_professional",), always=("agreement_to_professional",), clause="III.B",
         decider_only=False),
    Step("sign_agreement", "Recorded the signed agreement", (*VISIT_AHEAD, S.SEEN), None, frozenset({By.CONTRACTING}),
         clause="III.B", decider_only=False),
    Step("drop_agreement", "Ended the talks without an agreement", VISIT_AHEAD, S.AUTHORIZED,
         frozenset({By.CONTRACTING}), owes=("appointment_reminder_to_member",), clause="III.B", decider_only=False),
    Step("tell_cost", "Told the Member that the visit is not covered", (S.VISIT_REVIEW,), S.NOT_COVERED, PHYSICIAN,
         owes=("cost_notice_to_member",), always=("cost_notice_to_member",), clause="III.D.1", adverse=True),
    Step("excuse", "Found that the Member owes nothing", (S.VISIT_REVIEW, S.NOT_COVERED), S.CLOSED,
         LICENSED | APPEALS, owes=("visit_excused_to_member",), always=("visit_excused_to_member",), clause="III.D",
         decider_only=False),
)  # fmt: skip

AFTERWARDS = (
    _at_the_desk("give_page", "Gave the Member a page to choose", (*UNDECIDED, *VISIT_AHEAD), None, "III.A, III.B"),
    _at_the_desk("take_back_page", "Took the Member's page back", (*UNDECIDED, *VISIT_AHEAD), None, "III.A, III.B"),
    _at_the_desk("choose", "Recorded the Member's choice", TO_CHOOSE, None, "III.A, III.B",
                 DESK | MEMBER | {By.POLICY}, owes=CHOSEN),
    _at_the_desk("choose_again", "Recorded the Member's choice of somebody else, before the visit", (S.SCHEDULED,),
                 S.AUTHORIZED, "III.A, III.B", DESK | MEMBER,
                 owes=CHOSEN, always=CHOSEN),
    _at_the_desk("pick", "Picked a professional for the Member, who declined to choose", TO_CHOOSE, None,
                 "III.A, III.B", owes=CHOSEN),
    _at_the_desk("none_suits", "Recorded that nobody on the list suits the Member", TO_CHOOSE, None, "II.H",
                 DESK | MEMBER),
    _at_the_desk("decline", "The professional declined", VISIT_AHEAD, S.AUTHORIZED, "III.B", DESK | PROFESSIONAL,
                 owes=("appointment_reminder_to_member",), always=("appointment_reminder_to_member",)),
    _at_the_desk("schedule", "Scheduled the visit", VISIT_AHEAD, S.SCHEDULED, "III.G", DESK | PROFESSIONAL),
    _at_the_desk("miss", "Visit did not take place", (S.SCHEDULED,), S.AUTHORIZED, "III.G"),
    _at_the_desk("see", "Recorded the visit", VISIT_AHEAD, S.SEEN, "III.G", DESK | PROFESSIONAL,
                 instead="One authorization covers one visit (III.G). A further visit needs a new request."),
    _at_the_desk("return_tests", "Sent tests back to the treating professional", (*GOING_ON, S.CLOSED), None, "III.G",
                 owes=("tests_returned_to_professional",), always=("tests_returned_to_professional",)),
    _at_the_desk("remind", "Reminded the Member to make the visit", (S.AUTHORIZED,), None, "III.G", HOUSE,
                 owes=("appointment_reminder_to_member",), always=("appointment_reminder_to_member",)),
    _at_the_desk("chase", "Asked for the missing report", (S.SEEN,), None, "III.F.1", HOUSE,
                 owes=("report_chase_to_professional", "report_chase_to_network"),
                 always=("report_chase_to_professional",)),
    _at_the_desk("lapse", "The authorization ended unused", VISIT_AHEAD, S.EXPIRED, "III.G", HOUSE,
                 owes=("authorization_ended_to_member", "authorization_ended_to_professional"),
                 always=("authorization_ended_to_member",)),
    _at_the_desk("report", "Received the consultation report", (S.SEEN,), S.REPORT_RECEIVED, "III.F.1",
                 DESK | PROFESSIONAL,
                 owes=("report_to_member", "report_to_professional", "third_opinion_offer_to_member"),
                 always=("report_to_member",)),
    _at_the_desk("ask_further", "Another opinion was asked for", (S.REPORT_RECEIVED, S.CLOSED), None, "II.D, II.I",
                 DESK | {By.POLICY}),
    _at_the_desk("parent_decided", "The request it was for was decided", EVERY, None, "II.E"),
    _at_the_desk("mailed", "Mailed a letter", EVERY, None, "II.K", HOUSE),
    _at_the_desk("postmarked", "Had the postmark of a letter", EVERY, None, "II.K", HOUSE),
    _at_the_desk("not_delivered", "A letter was not delivered", EVERY, None, "II.K", HOUSE),
    _at_the_desk("came_back", "A letter came back", EVERY, None, "II.K", DESK | APPEALS | HOUSE),
    _at_the_desk("mail_again", "Sent a letter again", EVERY, None, "II.K", DESK | APPEALS | HOUSE),
    _at_the_desk("mailed_again", "Mailed a letter again", EVERY, None, "II.K", HOUSE),
    _at_the_desk("approve_words", "Approved the translation of a letter's words", EVERY, None, "II.K", DESK | APPEALS),
    _at_the_desk("read_aloud", "Read a letter out in the reader's language", EVERY, None, "II.K", DESK | APPEALS),
    _at_the_desk("close", "Closed", (S.REPORT_RECEIVED,), S.CLOSED, "III.F.1", HOUSE),
)  # fmt: skip

OBJECTIONS = (
    _at_the_desk("dispute", "Opened an appeal or a complaint", EVERY, None, "II.K.2", DESK | APPEALS | MEMBER),
    _at_the_desk("acknowledge", "Acknowledged the appeal or complaint", EVERY, None, "II.K.2", APPEALS,
                 owes=("acknowledgment_to_member",), always=("acknowledgment_to_member",)),
    _at_the_desk("uphold", "The appeal left the decision as it was", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("overturn", "The appeal changed the decision to a yes", (S.DENIED, S.DEEMED_DENIED, S.EXPIRED),
                 S.AUTHORIZED, "II.K.2", APPEALS, owes=APPROVALS, always=("approval_to_member",)),
    _at_the_desk("lift", "The appeal changed the decision in the Member's favor",
                 VISIT_AHEAD, None, "II.K.2", APPEALS, owes=("approval_to_member",), always=("approval_to_member",)),
    _at_the_desk("answer_complaint", "Answered the complaint", EVERY, None, "II.K.3", APPEALS),
    _at_the_desk("refuse_fast_appeal", "Kept the appeal at the standard time", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("extend_appeal", "Took more time for the appeal", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("write_answer", "Mailed the answer about the appeal", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("forward_to_reviewer", "Sent the case on to Medicare's reviewer", EVERY, None, "II.K.2", APPEALS,
                 owes=("appeal_forwarded_to_member",), always=("appeal_forwarded_to_member",)),
    _at_the_desk("reviewer_agrees", "Medicare's reviewer left the decision as it was", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("hearing_asked", "Received the notice of a State Hearing", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("packet_sent", "Sent the packet for the State Hearing", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("hearing_upheld", "The State Hearing left the decision as it was", EVERY, None, "II.K.2", APPEALS),
    _at_the_desk("ask_peer", "A treating provider asked to talk with a physician",
                 (*UNDECIDED, S.VISIT_REVIEW, *VISIT_AHEAD, *ADVERSE_ENDS), None, "II.J", DESK | APPEALS),
    _at_the_desk("answer_peer", "A physician talked with the treating provider", EVERY, None, "II.J", PHYSICIAN),
)  # fmt: skip

STEPS: Mapping[str, Step] = MappingProxyType(
    {s.name: s for s in (*COMING_IN, *REVIEW, *DECISION, *OUTSIDE, *AFTERWARDS, *OBJECTIONS)}
)


class Refused(Exception):
    """A step that may not be taken: what happened, why, what to do instead. Holds no name, no condition."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def steps_from(state: State, roles: frozenset[str]) -> tuple[Step, ...]:
    """The steps that a person with these roles may take from a state, in the table's order."""
    return tuple(s for s in STEPS.values() if state in s.sources and s.by & roles)


def check(name: str, state: State, roles: frozenset[str]) -> Step:
    """The step `name` if it may be taken from `state` by someone with `roles`; else `Refused`."""
    step = STEPS.get(name)
    if step is None:
        raise Refused(f"There is no step called “{name}”. The steps are: {', '.join(STEPS)}.")
    if state not in step.sources:
        instead = [s.words.lower() for s in steps_from(state, roles)] or ["nothing more: it is finished"]
        go_on = step.instead or f"From here it can go on with: {', '.join(instead)}."
        raise Refused(f"“{step.words}” cannot follow while the referral is “{state.words}”. {go_on}")
    if not step.by & roles:
        raise Refused(
            f"“{step.words}” is not yours to do: it needs {' or '.join(sorted(step.by))}. "
            f"Pass the referral to someone who may."
        )
    return step


def target_of(step: Step, state: State) -> State:
    """Where a referral stands after a step."""
    return step.target or state

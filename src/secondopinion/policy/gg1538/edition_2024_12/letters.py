"""What each letter must say, kind by kind: the marks that the finished paper is read for.

A mark is the name of an order (policy clause or statute), with a word or two where one clause orders
several things. The letters storey wraps the sentences that keep an order in the mark's name; this table
is what it is compared with. Few marks differ by program; mostly the words under them do (rights.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from secondopinion.policy.clauses import LetterMarks

DENIAL_REASON: Final = "GG.1538 II.K.1"
APPEAL_RIGHT: Final = "GG.1538 II.K.2"
COMPLAINT_CONTACT: Final = "GG.1538 II.K.3"
NO_COST: Final = "GG.1538 II.F"
OUTSIDE_COST: Final = "GG.1538 III.D.1"
ONE_VISIT: Final = "GG.1538 III.G"
REPORT: Final = "GG.1538 III.F.1"
SECOND_OPINION_ONLY: Final = "GG.1538 III.F.1 second opinion only"
WRITTEN_REPORT: Final = "GG.1538 III.F.1 written report"
ONE_VISIT_ONLY: Final = "GG.1538 III.G one visit"
RETURN_FOR_TESTS: Final = "GG.1538 III.G return for tests"
NAMED_PROFESSIONAL: Final = "HSC 1367.01(h)(4)"
WHAT_IS_MISSING: Final = "HSC 1367.01(h)(5)"
THIRD_OPINION: Final = "GG.1538 II.D"
PLAN_ASKS: Final = "GG.1538 II.E"
PAYER: Final = "GG.1538 III.B"
LIMITED_CHOICE: Final = "GG.1538 II.G"
DELAY_COMPLAINT: Final = "42 CFR 438.404(c)(4)"
COUNTS_AS_DENIED: Final = "42 CFR 438.404(c)(5)"
APPROVAL_ENDS: Final = "42 CFR 438.404(c)(1)"
CARE_GOES_ON: Final = "42 CFR 438.420"
ASK_AGAIN: Final = "MA.6042 III.B.4 ask again"
REFUSAL_COMPLAINT: Final = "MA.6042 III.B.4 complaint"
DISMISSAL_REASON: Final = "MA.6042 III.D reason"
DISMISSAL_VACATE: Final = "MA.6042 III.D vacate"
DISMISSAL_REVIEW: Final = "MA.6042 III.D review"
FREE_COPIES: Final = "42 CFR 438.404(b)(2)"
STATE_HEARING: Final = "42 CFR 438.404(b)(3)"
EXPEDITE: Final = "42 CFR 438.404(b)(5)"
CONTINUATION: Final = "42 CFR 438.404(b)(6)"
BOTH_RULES: Final = "42 CFR 422.631(d)"
OWN_REVIEWER: Final = "42 CFR 422.634"
NEW_FACTS: Final = "GG.1507 III.A.3 new facts"
WOULD_HELP: Final = "GG.1507 III.A.4 what would help"
REPRESENTATIVE: Final = "GG.1507 III.A.4 representative"
DHCS: Final = f"{COMPLAINT_CONTACT} dhcs"
QIO: Final = f"{COMPLAINT_CONTACT} qio"
THE_RIGHT: Final = "GG.1538 II.A"
WHO_MAY_ASK: Final = "GG.1538 II.B"
HOW_TO_GET_ONE: Final = "HSC 1383.1"
ACKNOWLEDGED: Final = "GG.1510 III.C.2.b"
FAIR_TREATMENT: Final = frozenset(
    f"45 CFR 92.10(a)(1)({part})" for part in ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")
)
# English, and the languages of the State's own notice: more than the fifteen that the rule asks for.
OFFERED_IN: Final = (
    "en", "ar", "es", "fa", "hi", "hmn", "hy", "ium", "ja", "km", "ko", "lo", "pa", "ru", "th", "tl", "uk", "vi", "zh",
)  # fmt: skip
DISMISSAL: Final = frozenset({DISMISSAL_REASON, DISMISSAL_VACATE, DISMISSAL_REVIEW})
APPEALABLE: Final = frozenset({DENIAL_REASON, APPEAL_RIGHT, COMPLAINT_CONTACT, DHCS})
# What a Member is told of every act that can be appealed; a visit that is over cannot be hurried, so not EXPEDITE.
TOLD_WITH_IT: Final = frozenset({FREE_COPIES, STATE_HEARING, NEW_FACTS, REPRESENTATIVE})
TO_MEMBER: Final = APPEALABLE | TOLD_WITH_IT
TO_OFFICE: Final = APPEALABLE | {FREE_COPIES, STATE_HEARING, EXPEDITE, REPRESENTATIVE}

LETTERS: Final[Mapping[str, frozenset[str]]] = {
    # Reading: the "notice of action" of III.F is the approval sent to the consultant, not an adverse notice.
    "authorization_to_professional": frozenset({SECOND_OPINION_ONLY, WRITTEN_REPORT, ONE_VISIT_ONLY, RETURN_FOR_TESTS}),
    # Reading: the Member is told of the cost of unauthorized care outside the network (III.D.1) before
    # going, not only after a bill is found.
    "approval_to_member": frozenset({NO_COST, OUTSIDE_COST, ONE_VISIT, REPORT}),
    "approval_to_requester": frozenset({ONE_VISIT}),
    "approval_to_pcp": frozenset({ONE_VISIT, REPORT}),
    # Reading: II.K is owed for every denial, whoever asked, not only when the Member did (42 CFR 438.404).
    "denial_to_member": TO_MEMBER | {OUTSIDE_COST, EXPEDITE, WOULD_HELP},
    "denial_to_requester": TO_OFFICE | {NAMED_PROFESSIONAL, WOULD_HELP},
    "denial_to_pcp": TO_OFFICE | {NAMED_PROFESSIONAL, WOULD_HELP},
    # Reading: "denies" in II.K takes in a yes that is less than was asked, a decision not made in time, and an
    # approval taken back: each can be appealed, so each is told the same way (42 CFR 438.400(b)).
    "modification_to_member": TO_MEMBER | {LIMITED_CHOICE, NO_COST, ONE_VISIT, REPORT, OUTSIDE_COST, EXPEDITE},
    "modification_to_requester": TO_OFFICE | {LIMITED_CHOICE, ONE_VISIT, NAMED_PROFESSIONAL},
    "modification_to_pcp": TO_OFFICE | {LIMITED_CHOICE, ONE_VISIT, NAMED_PROFESSIONAL},
    # Reading: no professional is named to the office where nobody decided, because the time ran out.
    "deemed_denial_to_member": TO_MEMBER | {COUNTS_AS_DENIED, EXPEDITE},
    "deemed_denial_to_requester": TO_OFFICE | {COUNTS_AS_DENIED},
    # Reading: a visit made while care goes on (42 CFR 438.420) is an authorized visit, so II.F holds: no cost.
    "rescission_to_member": TO_MEMBER | {APPROVAL_ENDS, CARE_GOES_ON, EXPEDITE},
    "rescission_to_professional": frozenset({APPROVAL_ENDS}),
    # Reading: the decision that III.D.1 lets the Member appeal is told with its reasons, as a denial is.
    "cost_notice_to_member": TO_MEMBER | {OUTSIDE_COST},
    "visit_excused_to_member": frozenset({NO_COST}),
    "dismissal_to_member": DISMISSAL,
    "dismissal_to_requester": DISMISSAL,
    # Reading: OneCare takes no extension today; where a dated setting allows one, its Members complain of it as
    # those of Medi-Cal do, and faster (42 CFR 422.630, 422.631(d)).
    "delay_to_member": frozenset({WHAT_IS_MISSING, DELAY_COMPLAINT}),
    "delay_to_requester": frozenset({WHAT_IS_MISSING, DELAY_COMPLAINT, NAMED_PROFESSIONAL}),
    "expedite_refused_to_member": frozenset({ASK_AGAIN, REFUSAL_COMPLAINT}),
    "expedite_refused_to_requester": frozenset({ASK_AGAIN, REFUSAL_COMPLAINT}),
    "information_needed_to_member": frozenset({WHAT_IS_MISSING}),
    "information_needed_to_requester": frozenset({WHAT_IS_MISSING}),
    "withdrawal_to_member": frozenset(),
    "report_to_member": frozenset({REPORT}),
    "report_to_professional": frozenset({REPORT}),
    # after authorization, and hand-offs
    "report_chase_to_professional": frozenset({WRITTEN_REPORT}),
    "report_chase_to_network": frozenset({WRITTEN_REPORT}),
    "appointment_reminder_to_member": frozenset({NO_COST, ONE_VISIT}),
    # Reading: an authorization that runs out unused is no denial and no termination (nothing that was asked is
    # refused); the Member is told so, and that a new request is as free as the first (II.F).
    "authorization_ended_to_member": frozenset({NO_COST}),
    "authorization_ended_to_professional": frozenset(),
    "choice_changed_to_professional": frozenset(),
    "tests_returned_to_professional": frozenset({ONE_VISIT_ONLY, RETURN_FOR_TESTS}),
    # Reading: II.E lets the plan ask and compels nobody. The Member is told so, and, as the expert whom the plan
    # waits for is the reason of the wait, which expert and until when (HSC 1367.01(h)(5)).
    "plan_opinion_to_member": frozenset({PLAN_ASKS, NO_COST, WHAT_IS_MISSING}),
    # Reading: the terms agreed with a Non-Contracted Provider repeat what the authorization says (III.F.1, III.G),
    # since that Provider has promised none of it by contract; and who bears the cost is part of them (III.B).
    "agreement_to_professional": frozenset(
        {PAYER, NO_COST, SECOND_OPINION_ONLY, WRITTEN_REPORT, ONE_VISIT_ONLY, RETURN_FOR_TESTS}
    ),
    # Reading: II.D sets no last day to ask for a third opinion, so the offer names none.
    "third_opinion_offer_to_member": frozenset({THIRD_OPINION}),
    "packet_cover": frozenset(),
    # appeals and complaints, and what needs no decision
    "acknowledgment_to_member": frozenset(
        {ACKNOWLEDGED, *(f"{ACKNOWLEDGED} {part}" for part in ("answer", "contact", "more facts"))}
    ),
    "appeal_forwarded_to_member": frozenset({OWN_REVIEWER, STATE_HEARING, COMPLAINT_CONTACT, DHCS, QIO}),
    "withdrawal_to_requester": frozenset(),
    # Reading: II.A has the right told at enrollment; the statute also wants how to use it, and how requests are
    # looked at (HSC 1383.1).
    "right_statement_to_member": frozenset(
        {THE_RIGHT, WHO_MAY_ASK, HOW_TO_GET_ONE, NO_COST, OUTSIDE_COST, COMPLAINT_CONTACT, DHCS}
    ),
    # leaflets
    "your_rights": frozenset(
        {APPEAL_RIGHT, COMPLAINT_CONTACT, DHCS, FREE_COPIES, STATE_HEARING, EXPEDITE, CONTINUATION, REPRESENTATIVE}
    ),
    "nondiscrimination_notice": FAIR_TREATMENT,
    "right_in_handbook": frozenset(
        {THE_RIGHT, WHO_MAY_ASK, HOW_TO_GET_ONE, NO_COST, OUTSIDE_COST, COMPLAINT_CONTACT, DHCS}
    ),
    "right_insert": frozenset({THE_RIGHT, WHO_MAY_ASK, HOW_TO_GET_ONE, NO_COST}),
    "language_help": frozenset(f"45 CFR 92.11 {language}" for language in OFFERED_IN),
}

WHEN_OPINIONS_DIFFER: Final[Mapping[str, frozenset[str]]] = {
    # Reading: the right to a third opinion (II.D) is of use only to a Member told of it with the report.
    "report_to_member": frozenset({THIRD_OPINION}),
}

# Reading: for a OneCare Member the policy's "DHCS and/or QIO" is both, and a refusal is told under both programs' rules
# (42 CFR 422.631(d)); what the plan refuses on appeal goes on by itself to Medicare's reviewer (42 CFR 422.634).
IN_ONECARE: Final[Mapping[str, frozenset[str]]] = {
    "denial_to_member": frozenset({QIO, BOTH_RULES, OWN_REVIEWER}),
    "denial_to_requester": frozenset({QIO, BOTH_RULES}),
    "denial_to_pcp": frozenset({QIO, BOTH_RULES}),
    "modification_to_member": frozenset({QIO, BOTH_RULES, OWN_REVIEWER}),
    "modification_to_requester": frozenset({QIO, BOTH_RULES}),
    "modification_to_pcp": frozenset({QIO, BOTH_RULES}),
    "deemed_denial_to_member": frozenset({QIO, OWN_REVIEWER}),
    "deemed_denial_to_requester": frozenset({QIO}),
    "rescission_to_member": frozenset({QIO, OWN_REVIEWER}),
    "cost_notice_to_member": frozenset({QIO, OWN_REVIEWER}),
    "right_statement_to_member": frozenset({QIO}),
    "right_in_handbook": frozenset({QIO}),
    "your_rights": frozenset({QIO, OWN_REVIEWER}),
}

MARKS: Final = LetterMarks(
    LETTERS, WHEN_OPINIONS_DIFFER, {(kind, "onecare"): more for kind, more in IN_ONECARE.items()}
)


def marks(kind: str, program: str, *, differs: bool = False) -> frozenset[str]:
    """The marks that a letter of this kind must bear in this edition. Raises KeyError for an unknown kind."""
    return MARKS.of(kind, program, differs=differs)

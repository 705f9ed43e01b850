"""What the policy asks of each letter, and what it never asks of the policy's own marks."""

import pytest

from policy.gg1538.cases import EDITION, asked
from secondopinion.policy.asked import Program
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.rights import rights

KINDS = {
    "authorization_to_professional",
    "approval_to_member",
    "approval_to_requester",
    "denial_to_member",
    "denial_to_requester",
    "modification_to_member",
    "modification_to_requester",
    "deemed_denial_to_member",
    "deemed_denial_to_requester",
    "rescission_to_member",
    "rescission_to_professional",
    "cost_notice_to_member",
    "visit_excused_to_member",
    "dismissal_to_member",
    "dismissal_to_requester",
    "delay_to_member",
    "delay_to_requester",
    "expedite_refused_to_member",
    "expedite_refused_to_requester",
    "information_needed_to_member",
    "information_needed_to_requester",
    "withdrawal_to_member",
    "report_to_member",
    "report_to_professional",
    # after authorization, and hand-offs
    "report_chase_to_professional",
    "report_chase_to_network",
    "appointment_reminder_to_member",
    "authorization_ended_to_member",
    "authorization_ended_to_professional",
    "choice_changed_to_professional",
    "tests_returned_to_professional",
    "plan_opinion_to_member",
    "agreement_to_professional",
    "third_opinion_offer_to_member",
    "packet_cover",
    "approval_to_pcp",
    "denial_to_pcp",
    "modification_to_pcp",
    "acknowledgment_to_member",
    "appeal_forwarded_to_member",
    "withdrawal_to_requester",
    "right_statement_to_member",
    "your_rights",
    "nondiscrimination_notice",
    "language_help",
}


def says(kind: str, program: str = "medi-cal", *, differs: bool = False) -> frozenset[str]:
    return questions.what_must_the_letter_say(EDITION, kind, Program(program), differs=differs)


@pytest.mark.parametrize("program", list(Program))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_letter_has_its_marks(kind: str, program: str) -> None:
    assert all(
        mark.startswith(("GG.1538 ", "GG.1507 ", "GG.1510 ", "HSC ", "42 CFR ", "45 CFR ", "MA.6042 "))
        for mark in says(kind, program)
    )


def test_a_letter_of_no_kind_is_refused() -> None:
    with pytest.raises(KeyError, match="the letter denial must say is not mapped"):
        says("denial")


@pytest.mark.clause("II.K", "II.K.1", "II.K.2", "II.K.3")
@pytest.mark.parametrize("program", list(Program))
def test_a_denial_gives_reasons_appeal_right_and_complaint_contact(program: str) -> None:
    assert says("denial_to_member", program) >= {"GG.1538 II.K.1", "GG.1538 II.K.2", "GG.1538 II.K.3"}


@pytest.mark.clause("II.K", "II.K.1", "II.K.2", "II.K.3")
@pytest.mark.parametrize(
    "kind",
    ["modification_to_member", "deemed_denial_to_member", "rescission_to_member", "cost_notice_to_member"],
)
def test_every_act_that_a_member_may_appeal_is_told_as_a_denial_is(kind: str) -> None:
    assert says(kind) >= {"GG.1538 II.K.1", "GG.1538 II.K.2", "GG.1538 II.K.3"}


@pytest.mark.clause("II.G", "III.E", "II.F", "III.G")
def test_a_limited_yes_says_what_differs_and_is_still_a_free_visit() -> None:
    assert says("modification_to_member") >= {"GG.1538 II.G", "GG.1538 II.F", "GG.1538 III.G", "GG.1538 III.D.1"}
    assert says("modification_to_requester") >= {
        "GG.1538 II.K.1", "GG.1538 II.G", "GG.1538 III.G", "HSC 1367.01(h)(4)",
    }  # fmt: skip


@pytest.mark.clause("III.D", "III.D.1")
def test_an_unapproved_visit_is_told_of_with_its_cost_and_the_right_to_appeal() -> None:
    assert says("cost_notice_to_member") >= {"GG.1538 III.D.1", "GG.1538 II.K.2", "GG.1538 II.K.3"}
    assert says("visit_excused_to_member") == {"GG.1538 II.F"}


@pytest.mark.clause("II.J")
def test_letters_about_time_give_the_reason_the_day_and_the_right_to_complain() -> None:
    assert says("delay_to_member") == {"HSC 1367.01(h)(5)", "42 CFR 438.404(c)(4)"}
    assert says("delay_to_requester") == says("delay_to_member") | {"HSC 1367.01(h)(4)"}
    for reader in ("member", "requester"):
        assert says(f"expedite_refused_to_{reader}") == {"MA.6042 III.B.4 ask again", "MA.6042 III.B.4 complaint"}
        assert "42 CFR 438.404(c)(5)" in says(f"deemed_denial_to_{reader}")


def test_an_approval_taken_back_says_when_it_ends_and_how_to_keep_it() -> None:
    assert says("rescission_to_member") >= {"42 CFR 438.404(c)(1)", "42 CFR 438.420"}
    assert says("rescission_to_professional") == {"42 CFR 438.404(c)(1)"}


def test_a_dismissal_gives_the_reason_and_both_ways_against_it() -> None:
    for reader in ("member", "requester"):
        assert says(f"dismissal_to_{reader}", "onecare") == {
            "MA.6042 III.D reason", "MA.6042 III.D vacate", "MA.6042 III.D review",
        }  # fmt: skip


@pytest.mark.clause("II.K.1")
def test_the_requester_gets_the_reasons_and_a_named_professional() -> None:
    assert says("denial_to_requester") >= {"GG.1538 II.K.1", "HSC 1367.01(h)(4)"}


@pytest.mark.clause("II.F", "III.D.1", "III.G")
def test_an_approval_says_no_cost_one_visit_and_what_unauthorized_care_outside_would_mean() -> None:
    assert says("approval_to_member") >= {"GG.1538 II.F", "GG.1538 III.D.1", "GG.1538 III.G", "GG.1538 III.F.1"}


@pytest.mark.clause("III.F", "III.F.1", "III.G")
def test_the_authorization_bears_both_statements_one_visit_and_return_for_tests() -> None:
    assert says("authorization_to_professional") == {
        "GG.1538 III.F.1 second opinion only",
        "GG.1538 III.F.1 written report",
        "GG.1538 III.G one visit",
        "GG.1538 III.G return for tests",
    }


@pytest.mark.clause("II.J")
def test_a_letter_for_missing_information_says_what_is_missing() -> None:
    for kind in ("information_needed_to_member", "information_needed_to_requester"):
        assert says(kind) == {"HSC 1367.01(h)(5)"}


@pytest.mark.clause("III.F.1", "II.D")
def test_a_report_that_differs_tells_the_member_of_the_third_opinion() -> None:
    assert says("report_to_member") == {"GG.1538 III.F.1"}
    assert says("report_to_member", differs=True) == {"GG.1538 III.F.1", "GG.1538 II.D"}
    assert says("report_to_professional", differs=True) == {"GG.1538 III.F.1"}


@pytest.mark.clause("II.E", "II.F")
def test_when_the_plan_asks_it_says_why_that_it_is_free_and_by_when_it_decides() -> None:
    assert says("plan_opinion_to_member") == {"GG.1538 II.E", "GG.1538 II.F", "HSC 1367.01(h)(5)"}


@pytest.mark.clause("II.F", "III.B", "III.F.1", "III.G")
def test_an_agreement_repeats_what_the_authorization_says_and_who_pays() -> None:
    more = {"GG.1538 III.B", "GG.1538 II.F"}
    assert says("agreement_to_professional") == says("authorization_to_professional") | more


@pytest.mark.clause("II.D")
def test_the_offer_of_a_third_opinion_tells_of_the_right() -> None:
    assert says("third_opinion_offer_to_member") == {"GG.1538 II.D"}


@pytest.mark.clause("III.F.1", "III.G")
def test_what_is_asked_of_professionals_afterwards_names_what_they_owe() -> None:
    for kind in ("report_chase_to_professional", "report_chase_to_network"):
        assert says(kind) == {"GG.1538 III.F.1 written report"}
    both = {"GG.1538 III.G one visit", "GG.1538 III.G return for tests"}
    assert says("tests_returned_to_professional") == both


@pytest.mark.clause("II.F", "III.G")
def test_a_reminder_and_an_ended_approval_still_say_that_it_is_free() -> None:
    assert says("appointment_reminder_to_member") == {"GG.1538 II.F", "GG.1538 III.G"}
    assert says("authorization_ended_to_member") == {"GG.1538 II.F"}


@pytest.mark.clause("IX.Appeal (Medi-Cal)", "IX.Appeal (OneCare)", "IX.Integrated Appeal", "II.K.2")
def test_a_denial_can_be_appealed_within_the_window_of_its_program() -> None:
    noticed_on = asked().received_at.date()
    assert rights(Program.MEDI_CAL, "deny", noticed_on).appeal_days == 60
    assert rights(Program.ONECARE, "deny", noticed_on).appeal_days == 65
    assert not rights(Program.MEDI_CAL, "deny", noticed_on).external_review

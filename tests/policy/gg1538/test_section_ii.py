"""Section II, clause by clause: one example for and one against each."""

import pytest

from policy.gg1538.cases import EDITION, all_no, asked, authorize, find
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN

LISTED = (
    {"surgery_is_recommended": True, "member_questions_surgery": True},
    {"member_questions_diagnosis": True, "condition_threatens_limb": True},
    {"indications_are_unclear": True},
    {"treatment_is_in_progress": True, "no_improvement_in_appropriate_time": True},
    {"member_attempted_plan_of_care": True},
    {"member_consulted_initial_provider": True},
)


@pytest.mark.clause("II.B", "IX.Provider")
@pytest.mark.parametrize("requester", ["member", "authorized-representative", "physician", "provider"])
def test_each_of_the_four_may_request(requester: str) -> None:
    finding = questions.who_may_request(EDITION, asked(requester=requester))
    assert finding.verdict is YES
    assert finding.cites == {"II.B"}


@pytest.mark.clause("II.B")
def test_the_plan_does_not_request_under_ii_b_but_may_under_ii_e() -> None:
    assert find("II.B", asked(requester="plan")).verdict is NO
    finding = questions.who_may_request(EDITION, asked(requester="plan"))
    assert finding.verdict is YES
    assert finding.cites == {"II.E"}


@pytest.mark.clause("II.C")
@pytest.mark.parametrize("reason", LISTED)
def test_one_listed_reason_authorizes_whatever_else_is_unknown_or_no(reason: dict[str, bool]) -> None:
    assert authorize(**reason).verdict is YES
    finding = authorize(asked(), **{**all_no(), **reason})
    assert finding.verdict is YES
    assert set(reason) <= finding.because
    assert "II.C" in finding.cites


@pytest.mark.clause("II.C")
def test_another_reason_found_by_a_licensed_reviewer_authorizes() -> None:
    finding = authorize(asked(), **{**all_no(), "reviewer_finds_another_reason": True})
    assert finding.verdict is YES
    assert finding.cites == {"II.C"}
    assert EDITION.facts["reviewer_finds_another_reason"].only_licensed


@pytest.mark.clause("II.C", "IX.Plan of Care")
def test_no_listed_criterion_is_no_ground_to_deny_and_a_person_must_look() -> None:
    finding = authorize(asked(), **all_no())
    assert finding.verdict is UNKNOWN
    assert finding.needs == {"reviewer_finds_another_reason"}
    assert questions.answer_to(finding) == "a person must look"


@pytest.mark.clause("II.C")
def test_with_nothing_answered_the_policy_asks() -> None:
    finding = authorize()
    assert questions.answer_to(finding) == "ask"
    assert {"surgery_is_recommended", "member_attempted_plan_of_care"} <= finding.needs


@pytest.mark.clause("II.C.1")
def test_a_member_who_doubts_a_proposed_hip_replacement_has_a_reason() -> None:
    finding = find("II.C.1", surgery_is_recommended=True, member_questions_surgery=True)
    assert finding.verdict is YES
    assert finding.because == {"surgery_is_recommended", "member_questions_surgery"}


@pytest.mark.clause("II.C.1")
def test_a_complaint_about_an_operation_already_done_is_another_reason() -> None:
    assert find("II.C.1", surgery_is_recommended=False, member_questions_surgery=True).verdict is NO


@pytest.mark.clause("II.C.2", "IX.Serious Chronic Condition")
def test_a_doubted_plan_for_insulin_dependent_diabetes_is_a_reason() -> None:
    finding = find(
        "II.C.2",
        member_questions_plan_of_care=True,
        condition_is_serious=True,
        condition_needs_ongoing_treatment=True,
    )
    assert finding.verdict is YES
    assert "IX.Serious Chronic Condition" in finding.cites


@pytest.mark.clause("II.C.2")
@pytest.mark.parametrize("threat", ["life", "limb", "bodily_function", "substantial_impairment"])
def test_each_threat_alone_makes_a_condition_grave(threat: str) -> None:
    assert find("II.C.2", member_questions_diagnosis=True, **{f"condition_threatens_{threat}": True}).verdict is YES


@pytest.mark.clause("II.C.2")
def test_a_cosmetic_preference_is_no_grave_condition() -> None:
    assert find("II.C.2", asked(), **{**all_no(), "member_questions_plan_of_care": True}).verdict is NO


@pytest.mark.clause("II.C.3")
def test_conflicting_tests_with_the_members_request_are_a_reason() -> None:
    assert find("II.C.3", diagnosis_in_doubt_from_conflicting_tests=True).verdict is YES


@pytest.mark.clause("II.C.3", "II.C.4")
@pytest.mark.parametrize("clause", ["II.C.3", "II.C.4"])
def test_a_provider_only_request_asks_for_the_members_concurrence_and_is_not_denied(clause: str) -> None:
    head = asked(requester="physician")
    reason = {
        "diagnosis_in_doubt_from_conflicting_tests": True,
        "treatment_is_in_progress": True,
        "no_improvement_in_appropriate_time": True,
    }
    finding = find(clause, head, **reason)
    assert finding.verdict is UNKNOWN
    assert finding.needs == {"member_concurs"}
    assert questions.answer_to(authorize(head, **reason)) == "ask"
    assert find(clause, head, **reason, member_concurs=True).verdict is YES


@pytest.mark.clause("II.C.3", "II.C.4")
def test_a_representatives_request_stands_for_the_members() -> None:
    head = asked(requester="authorized-representative")
    assert find("II.C.3", head, treating_provider_cannot_diagnose=True).verdict is YES


@pytest.mark.clause("II.C.4")
def test_twelve_weeks_of_therapy_without_gain_are_a_reason() -> None:
    assert find("II.C.4", treatment_is_in_progress=True, no_improvement_in_appropriate_time=True).verdict is YES


@pytest.mark.clause("II.C.4")
def test_the_first_week_of_therapy_is_not_a_reason_and_no_number_of_weeks_is() -> None:
    assert find("II.C.4", treatment_is_in_progress=True, no_improvement_in_appropriate_time=False).verdict is NO
    assert find("II.C.4", treatment_is_in_progress=True).needs == {"no_improvement_in_appropriate_time"}


@pytest.mark.clause("II.C.5")
def test_a_member_who_spoke_to_the_surgeon_has_a_reason() -> None:
    assert find("II.C.5", member_consulted_initial_provider=True).verdict is YES


@pytest.mark.clause("II.C.5")
def test_neither_an_attempt_nor_a_talk_leaves_other_reasons_open() -> None:
    neither = {"member_attempted_plan_of_care": False, "member_consulted_initial_provider": False}
    assert find("II.C.5", **neither).verdict is NO
    assert authorize(**neither).verdict is UNKNOWN


@pytest.mark.clause("II.D")
@pytest.mark.parametrize("requester", ["member", "authorized-representative", "physician", "provider"])
def test_a_third_opinion_is_authorized_when_one_says_operate_and_the_other_does_not(requester: str) -> None:
    finding = authorize(
        asked(opinion="third", requester=requester),
        second_opinion_report_in_hand=True,
        recommendations_differ_on_need_for_procedure=True,
    )
    assert finding.verdict is YES
    assert "II.D" in finding.cites


@pytest.mark.clause("II.D")
def test_two_surgeons_who_agree_leave_the_third_opinion_to_a_reviewer() -> None:
    head = asked(opinion="third")
    agree = {"second_opinion_report_in_hand": True, "recommendations_differ_on_need_for_procedure": False}
    assert find("II.D", head, **agree).verdict is NO
    finding = authorize(head, **agree)
    assert finding.needs == {"reviewer_grants_additional_opinion"}
    assert questions.answer_to(finding) == "a person must look"


@pytest.mark.clause("II.D")
@pytest.mark.parametrize("report", [None, False])
def test_a_missing_second_report_is_chased_and_denies_nothing(report: bool | None) -> None:
    head = asked(opinion="third")
    finding = find(
        "II.D",
        head,
        second_opinion_report_in_hand=report,
        recommendations_differ_on_need_for_procedure=True,
    )
    assert finding.verdict is UNKNOWN
    assert finding.needs == {"second_opinion_report_in_hand"}
    assert questions.answer_to(authorize(head, second_opinion_report_in_hand=report)) == "ask"


@pytest.mark.clause("II.D")
def test_a_listed_reason_for_a_second_opinion_does_not_authorize_a_third() -> None:
    assert authorize(asked(opinion="third"), member_attempted_plan_of_care=True).verdict is UNKNOWN


@pytest.mark.clause("II.E")
def test_the_plan_may_order_an_opinion_on_a_service_of_doubtful_necessity() -> None:
    head = asked(requester="plan")
    finding = authorize(head, necessity_is_in_question=True)
    assert finding.verdict is YES
    assert finding.cites == {"II.E"}
    assert questions.what_is_authorized(EDITION, head).modifiers == ("32",)


@pytest.mark.clause("II.E")
def test_nobody_but_the_plan_asks_under_ii_e() -> None:
    assert find("II.E", asked(requester="physician"), necessity_is_in_question=True).verdict is NO


@pytest.mark.clause("II.F")
@pytest.mark.parametrize("contracted", [True, False])
@pytest.mark.parametrize("program", ["medi-cal", "onecare"])
def test_the_member_pays_nothing(program: str, contracted: bool) -> None:
    payer = questions.who_pays(EDITION, asked(program=program), contracted=contracted, decider="network")
    assert payer.member_pays == 0
    assert payer.payer == "network"
    assert "II.F" in payer.cites
    assert payer.agreement_needed is not contracted


AVAILABLE = {
    "network_has_qualified_professional": True,
    "network_professional_is_independent": True,
    "network_professional_accepts_member": True,
    "network_professional_is_within_reach": True,
    "network_professional_can_see_member_in_time": True,
    "network_professional_is_accessible": True,
}


@pytest.mark.clause("II.G")
def test_a_urologist_available_in_the_network_lets_the_choice_be_limited() -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(), AVAILABLE)
    assert choice.may_limit.verdict is YES
    assert choice.out_of_network.verdict is NO
    assert choice.within == "plan-network"


@pytest.mark.clause("II.G")
def test_a_limit_with_no_qualified_candidate_is_refused() -> None:
    answers = {**AVAILABLE, "network_has_qualified_professional": False}
    assert find("II.G", **answers).verdict is NO


@pytest.mark.clause("II.H")
@pytest.mark.parametrize("missing", list(AVAILABLE))
def test_whoever_is_unwilling_or_unable_is_not_available(missing: str) -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(), {**AVAILABLE, missing: False})
    assert choice.out_of_network.verdict is YES
    assert choice.out_of_network.because == {missing}
    assert choice.within == "outside-network"


@pytest.mark.clause("II.H")
def test_cost_is_no_part_of_availability() -> None:
    needed = find("II.H").needs
    assert needed == set(AVAILABLE)
    assert not any(word in EDITION.facts[name].question.lower() for name in needed for word in ("cost", "price", "fee"))


@pytest.mark.clause("II.I")
def test_a_medical_director_grants_a_fourth_opinion_and_a_clerk_cannot() -> None:
    head = asked(opinion="additional")
    assert authorize(head, reviewer_grants_additional_opinion=True).cites == {"II.I"}
    assert EDITION.facts["reviewer_grants_additional_opinion"].only_licensed


@pytest.mark.clause("II.I")
def test_a_reviewers_no_to_a_further_opinion_is_not_a_denial() -> None:
    assert find("II.I", asked(opinion="additional"), reviewer_grants_additional_opinion=False).verdict is UNKNOWN


@pytest.mark.clause("II.J")
def test_an_opinion_on_specialist_care_needs_prior_authorization() -> None:
    finding = questions.is_prior_authorization_required(EDITION, asked(), {})
    assert finding.verdict is YES
    assert finding.cites == {"II.J"}


@pytest.mark.clause("II.J")
def test_an_opinion_on_pcp_care_needs_it_only_when_a_specialist_is_chosen() -> None:
    head = asked(about="pcp-care")
    for chosen, verdict in ((True, YES), (False, NO), (None, UNKNOWN)):
        answers = {"chosen_professional_is_specialist": chosen}
        assert questions.is_prior_authorization_required(EDITION, head, answers).verdict is verdict


@pytest.mark.clause("II.L")
def test_a_delegated_network_decides_and_any_other_leaves_it_to_the_plan() -> None:
    assert questions.who_decides(EDITION, asked().program, delegated=True) == "network"
    assert questions.who_decides(EDITION, asked().program, delegated=False) == "plan"


@pytest.mark.clause("II.L")
def test_a_network_never_decides_an_out_of_area_onecare_request() -> None:
    onecare = asked(program="onecare").program
    assert questions.who_decides(EDITION, onecare, delegated=True, out_of_area=True) == "plan"

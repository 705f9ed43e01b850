"""Section III, clause by clause: choice, cost, limited choice, and what is authorized."""

import pytest

from policy.gg1538.cases import EDITION, asked, find
from secondopinion.policy.asked import Program
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538 import questions

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


@pytest.mark.clause("III.A")
@pytest.mark.parametrize("requester", ["member", "authorized-representative", "physician", "provider"])
def test_an_opinion_on_pcp_care_may_come_from_any_qualified_professional(requester: str) -> None:
    head = asked(about="pcp-care", requester=requester)
    choice = questions.where_may_the_member_go(EDITION, head, {})
    assert (choice.clause, choice.candidates) == ("III.A", "any-qualified-professional")
    assert choice.within == "responsible-network"
    assert choice.needs == frozenset()


@pytest.mark.clause("III.A")
def test_the_same_pcp_is_excluded() -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(about="pcp-care"), {})
    assert choice.excludes == ("questioned-clinician",)


@pytest.mark.clause("III.A", "IX.Primary Care Practitioner/Physician", "IX.Specialist Physician")
def test_a_specialist_who_serves_as_pcp_is_questioned_as_a_pcp() -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(), {"questioned_specialist_serves_as_pcp": True})
    assert (choice.clause, choice.candidates) == ("III.A", "any-qualified-professional")


@pytest.mark.clause("III.B", "IX.Specialist Physician")
def test_an_opinion_on_specialist_care_comes_from_a_like_specialist_in_any_network_of_the_plan() -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(), {"questioned_specialist_serves_as_pcp": False})
    assert (choice.clause, choice.candidates) == ("III.B", "specialist-physician-same-or-equivalent")
    assert choice.within == "plan-network"
    assert not choice.same_license


@pytest.mark.clause("III.B")
def test_until_told_otherwise_the_head_rules_and_the_choice_says_what_could_change_it() -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(), {})
    assert choice.clause == "III.B"
    assert choice.needs == {"questioned_specialist_serves_as_pcp", "questioned_clinician_is_not_a_physician"}


@pytest.mark.clause("III.B")
def test_an_opinion_on_a_podiatrists_care_comes_from_the_same_licence() -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(), {"questioned_clinician_is_not_a_physician": True})
    assert (choice.clause, choice.candidates) == ("II.F", "any-qualified-professional")
    assert choice.same_license


@pytest.mark.clause("III.B", "IX.Non-Contracted Provider")
def test_with_no_pediatric_hepatologist_in_the_network_the_member_goes_outside_and_the_plan_pays() -> None:
    choice = questions.where_may_the_member_go(EDITION, asked(), {"network_has_qualified_professional": False})
    assert choice.within == "outside-network"
    payer = questions.who_pays(EDITION, asked(), contracted=False, decider="plan")
    assert (payer.payer, payer.member_pays, payer.agreement_needed) == ("plan", 0, True)
    assert "III.B" in payer.cites


@pytest.mark.clause("III.C")
def test_a_third_opinion_excludes_both_earlier_clinicians_and_is_authorized_by_itself() -> None:
    head = asked(opinion="third")
    choice = questions.where_may_the_member_go(EDITION, head, {})
    assert choice.excludes == ("questioned-clinician", "second-opinion-clinician")
    assert questions.what_is_authorized(EDITION, head).units == 1


UNAUTHORIZED = {
    "visit_was_outside_network": True,
    "visit_was_authorized": False,
    "visit_was_emergency_or_urgent": False,
    "visit_was_sensitive_service": False,
    "visit_continued_earlier_care": False,
    "provider_made_the_error": False,
    "decision_was_pending_or_late": False,
}


@pytest.mark.clause("III.D", "III.D.1")
def test_an_unauthorized_visit_outside_the_network_is_told_to_the_member() -> None:
    assert find("III.D", **UNAUTHORIZED).verdict is YES
    assert find("III.D.1", **UNAUTHORIZED).cites == {"III.D", "III.D.1"}


@pytest.mark.clause("III.D")
@pytest.mark.parametrize("excuse", [name for name in UNAUTHORIZED if name != "visit_was_outside_network"])
def test_an_authorized_or_excused_visit_costs_the_member_nothing(excuse: str) -> None:
    assert find("III.D", **{**UNAUTHORIZED, excuse: True}).verdict is NO


@pytest.mark.clause("III.D")
def test_a_contracted_professionals_visit_is_never_the_members_cost() -> None:
    assert find("III.D", **{**UNAUTHORIZED, "visit_was_outside_network": False}).verdict is NO


@pytest.mark.clause("III.E")
def test_a_request_for_an_outside_professional_kept_to_the_network_is_a_limited_authorization() -> None:
    available = dict.fromkeys(find("II.G").needs, True)
    choice = questions.where_may_the_member_go(
        EDITION, asked(), {**available, "member_asked_for_outside_professional": True}
    )
    assert choice.limited.verdict is YES
    assert choice.limited.cites == {"II.G", "III.E"}


@pytest.mark.clause("III.E")
def test_a_member_who_asked_for_nobody_outside_is_not_limited() -> None:
    assert find("III.E", member_asked_for_outside_professional=False).verdict is NO


@pytest.mark.clause("III.G")
@pytest.mark.parametrize(("program", "code"), [("medi-cal", "99244"), ("medi-cal", "99204"), ("onecare", "99204")])
def test_one_visit_of_the_programs_consult_codes_is_authorized(program: str, code: str) -> None:
    authorized = questions.what_is_authorized(EDITION, asked(program=program))
    assert authorized.units == 1
    assert authorized.valid_days == 90
    assert authorized.covers(code)
    assert authorized.cites == {"III.G"}


@pytest.mark.clause("III.G")
@pytest.mark.parametrize("program", list(Program))
@pytest.mark.parametrize("code", ["70551", "80053", "36415", "93000", "27130", "99241", "99446", "99252", ""])
def test_tests_imaging_surgery_and_other_visits_are_not_authorized(program: str, code: str) -> None:
    assert not questions.what_is_authorized(EDITION, asked(program=program)).covers(code)


@pytest.mark.clause("IX.Appropriately Qualified Health Care Professional")
def test_a_nurse_practitioner_in_scope_with_the_background_is_qualified_and_an_unrelated_specialist_is_not() -> None:
    clause = "IX.Appropriately Qualified Health Care Professional"
    fit = {
        "chosen_professional_is_licensed": True,
        "chosen_professional_acts_in_scope": True,
        "chosen_professional_has_related_background": True,
    }
    assert find(clause, **fit).verdict is YES
    assert find(clause, **{**fit, "chosen_professional_has_related_background": False}).verdict is NO


@pytest.mark.clause("IX.Serious Chronic Condition")
def test_multiple_sclerosis_is_a_serious_chronic_condition_and_a_healed_sprain_is_not() -> None:
    clause = "IX.Serious Chronic Condition"
    assert find(clause, condition_is_serious=True, condition_persists_or_worsens=True).verdict is YES
    assert find(clause, condition_is_serious=False).verdict is NO


@pytest.mark.clause("IX.Second Opinion")
def test_a_review_of_records_is_no_second_opinion_unless_the_member_agrees() -> None:
    assert find("IX.Second Opinion", consultation_is_a_visit=True).verdict is YES
    records = {"consultation_is_a_visit": False}
    assert find("IX.Second Opinion", **records, member_accepts_record_review=False).verdict is NO
    assert find("IX.Second Opinion", **records, member_accepts_record_review=True).verdict is YES

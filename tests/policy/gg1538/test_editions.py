"""Editions: which one a day is read under, what a new one changes, and what facts and bits keep."""

from datetime import date, timedelta

import pytest

from policy.gg1538.cases import EDITION, REHEARSAL, all_no, asked
from secondopinion.policy.clauses import Edition, Force
from secondopinion.policy.facts import Facts, UnknownFact
from secondopinion.policy.findings import Finding, Verdict
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.parameters import load


def test_every_day_from_2015_to_2035_is_read_under_the_one_edition_we_hold() -> None:
    day = date(2015, 1, 1)
    while day <= date(2035, 12, 31):
        assert questions.edition_on(day) is EDITION
        day += timedelta(days=1)


@pytest.mark.parametrize("day", [date(2014, 12, 31), date(2036, 1, 1)])
def test_a_day_outside_the_years_covered_is_refused_with_the_days_that_are(day: date) -> None:
    with pytest.raises(questions.NoEdition, match="2015-01-01 to 2035-12-31"):
        questions.edition_on(day)


def test_an_edition_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(questions.NoEdition, match="2030-01-01"):
        questions.edition_named("2030-01-01")


def test_the_rehearsal_changes_a_clause_adds_another_and_leaves_the_first_edition_alone() -> None:
    head = asked(requester="physician")
    slow = {"treatment_is_in_progress": True, "no_improvement_in_appropriate_time": True}
    assert questions.shall_we_authorize(REHEARSAL, head, slow).verdict is Verdict.YES
    assert questions.shall_we_authorize(EDITION, head, slow).verdict is Verdict.UNKNOWN
    moved = questions.shall_we_authorize(REHEARSAL, head, {**all_no(REHEARSAL), "member_has_moved_away": True})
    assert moved.cites == {"II.C", "II.C.6"}
    assert "II.C.6" not in EDITION.clauses
    assert REHEARSAL.clauses["II.D"] is EDITION.clauses["II.D"]


def test_the_rehearsals_register_and_facts_build_on_the_first() -> None:
    assert set(REHEARSAL.register) == {*EDITION.register, "II.C.6", "II.K.4"}
    assert set(REHEARSAL.facts) == {*EDITION.facts, "member_has_moved_away"}
    assert {name: REHEARSAL.bits[name] for name in EDITION.bits} == EDITION.bits


def test_the_rehearsals_letters_say_one_thing_more_and_its_codes_are_the_first_editions() -> None:
    said = questions.what_must_the_letter_say
    program = asked().program
    more = said(REHEARSAL, "denial_to_member", program) - said(EDITION, "denial_to_member", program)
    assert more == {"GG.1538 II.K.4"}
    assert said(REHEARSAL, "approval_to_member", program) == said(EDITION, "approval_to_member", program)
    assert questions.what_is_authorized(REHEARSAL, asked()) == questions.what_is_authorized(EDITION, asked())


def test_a_clause_that_rests_on_another_editions_words_is_refused() -> None:
    forgetful = Edition("GG.1538", "forgetful", REHEARSAL._folder, adopts=EDITION)

    @forgetful.clause("II.C.1", Force.SHALL)
    def questions_surgery(facts: Facts) -> Finding:
        """Only the doubt counts."""
        return facts.member_questions_surgery

    with pytest.raises(ValueError, match=r"II\.C rests on another edition's II\.C\.1"):
        _ = forgetful.trees


def test_a_clause_or_question_entered_twice_is_refused() -> None:
    edition = Edition("GG.1538", "twice", REHEARSAL._folder)
    edition.clause("II.B", Force.MAY)(lambda facts: facts.requester_is_member)
    with pytest.raises(ValueError, match="keep one"):
        edition.clause("II.B", Force.MAY)(lambda facts: facts.requester_is_member)


def test_a_clause_that_asks_an_unlisted_question_is_refused() -> None:
    edition = Edition("GG.1538", "typo", REHEARSAL._folder)
    edition.clause("II.B", Force.MAY)(lambda facts: facts.requester_is_a_member)
    with pytest.raises(UnknownFact, match="requester_is_a_member"):
        _ = edition.trees


def test_a_clause_that_branches_on_a_finding_is_refused() -> None:
    edition = Edition("GG.1538", "branching", REHEARSAL._folder)
    edition.clause("II.B", Force.MAY)(lambda facts: facts.member_has_moved_away or facts.member_has_moved_away)
    with pytest.raises(TypeError, match="may not branch"):
        _ = edition.trees


@pytest.mark.parametrize("edition", [EDITION, REHEARSAL], ids=lambda edition: edition.name)
def test_every_fact_is_asked_by_some_clause_in_a_plain_question(edition: Edition) -> None:
    for fact in edition.facts.values():
        assert fact.clauses, fact.name
        assert set(fact.clauses) <= set(edition.clauses)
        assert fact.question.endswith("?") or fact.question.endswith(")"), fact.name
        assert fact.section


def test_facts_fit_in_two_integers_of_63_bits() -> None:
    assert max(EDITION.bits.values()) < 1 << 63


def test_no_fact_has_moved_to_another_bit() -> None:
    kept = {
        "requester_is_member": 0,
        "about_is_specialist_care": 8,
        "surgery_is_recommended": 9,
        "member_concurs": 15,
        "condition_is_serious": 20,
        "no_improvement_in_appropriate_time": 28,
        "reviewer_finds_another_reason": 29,
        "second_opinion_report_in_hand": 32,
        "network_has_qualified_professional": 36,
        "chosen_professional_is_specialist": 42,
        "consultation_is_a_visit": 47,
        "visit_was_outside_network": 49,
        "decision_was_pending_or_late": 55,
    }
    assert {name: EDITION.facts[name].bit for name in kept} == kept


def test_the_standard_of_access_in_a_question_is_the_one_in_force() -> None:
    today = date(2026, 11, 23)
    access = load("access")
    near = EDITION.facts["network_professional_is_within_reach"].question
    soon = EDITION.facts["network_professional_can_see_member_in_time"].question
    assert str(access.value("distance", today)) in near
    assert str(access.value("travel", today)) in near
    assert str(access.value("appointment_standard", today)) in soon
    assert str(access.value("appointment_expedited", today)) in soon


def test_an_answer_to_a_question_nobody_asks_is_refused_by_name() -> None:
    with pytest.raises(UnknownFact, match="asks no question named 'favourite_colour'"):
        questions.as_masks(EDITION, {"favourite_colour": True})


def test_an_answer_the_head_already_gives_is_refused() -> None:
    with pytest.raises(UnknownFact, match="head of the request"):
        questions.as_masks(EDITION, {"requester_is_member": True})


def test_an_answer_that_is_neither_yes_nor_no_nor_unknown_is_refused() -> None:
    with pytest.raises(TypeError, match="member_concurs"):
        questions.as_masks(EDITION, {"member_concurs": 1})  # type: ignore[dict-item]


def test_integers_that_are_no_stored_answers_are_refused() -> None:
    bit = EDITION.bits["member_concurs"]
    for yes, no in ((bit, bit), (1 << 62, 0), (EDITION.bits["requester_is_member"], 0)):
        with pytest.raises(ValueError, match="no stored answers"):
            questions.from_masks(EDITION, yes, no)


def test_an_attested_clause_answers_the_facts_it_cannot_be_true_without() -> None:
    assert questions.implied_by(EDITION, "II.C.1") == {"surgery_is_recommended", "member_questions_surgery"}
    assert questions.implied_by(EDITION, "II.C.2") == frozenset()
    assert questions.implied_by(EDITION, "II.C.4") == {
        "treatment_is_in_progress",
        "no_improvement_in_appropriate_time",
    }
    assert questions.implied_by(EDITION, "II.D") == {
        "second_opinion_report_in_hand",
        "recommendations_differ_on_need_for_procedure",
    }
    assert questions.implied_by(EDITION, "III.D") == {"visit_was_outside_network"}

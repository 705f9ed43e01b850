"""Three clauses of Section II as a made-up revision might put them."""

from __future__ import annotations

from secondopinion.policy.clauses import Force
from secondopinion.policy.facts import Facts
from secondopinion.policy.findings import Finding
from secondopinion.policy.gg1538.edition_2024_12.section_ii import (
    diagnosis_is_unclear,
    further_opinion_may_be_authorized,
    has_tried_or_consulted,
    plan_may_validate,
    questions_care_of_grave_condition,
    questions_surgery,
    third_opinion_shall_be_authorized,
)
from secondopinion.policy.gg1538.rehearsal.edition import EDITION


@EDITION.clause("II.C.4", Force.SHALL)
def treatment_is_not_helping(facts: Facts) -> Finding:
    """A treatment under way has not improved the condition in the time that suits it, whoever asks."""
    return facts.treatment_is_in_progress & facts.no_improvement_in_appropriate_time


@EDITION.clause("II.C.6", Force.SHALL)
def member_is_far_from_first_clinician(facts: Facts) -> Finding:
    """The Member can no longer reach the first clinician."""
    return facts.member_has_moved_away


@EDITION.clause("II.C", Force.SHALL)
def second_opinion_shall_be_authorized(facts: Facts) -> Finding:
    """A second opinion is authorized for any of six listed reasons, or for another of like weight."""
    listed = (
        questions_surgery(facts)
        | questions_care_of_grave_condition(facts)
        | diagnosis_is_unclear(facts)
        | treatment_is_not_helping(facts)
        | has_tried_or_consulted(facts)
        | member_is_far_from_first_clinician(facts)
    )
    return facts.opinion_is_second & (listed | facts.reviewer_finds_another_reason)


@EDITION.question("authorize")
def shall_we_authorize(facts: Facts) -> Finding:
    """Any of the clauses that authorize, with this edition's II.C among them."""
    return (
        second_opinion_shall_be_authorized(facts)
        | third_opinion_shall_be_authorized(facts)
        | plan_may_validate(facts)
        | further_opinion_may_be_authorized(facts)
    )

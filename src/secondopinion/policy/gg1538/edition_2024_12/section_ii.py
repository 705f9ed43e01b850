"""GG.1538 Section II, Policy: who may ask, what must be authorized, and where the Member is referred.

The clauses kept by letters, pages and people (II.A, II.F, II.K, II.L) stand in register.toml.
"""

from __future__ import annotations

from secondopinion.policy.clauses import Force
from secondopinion.policy.facts import Facts
from secondopinion.policy.findings import Finding
from secondopinion.policy.gg1538.edition_2024_12.edition import EDITION
from secondopinion.policy.gg1538.edition_2024_12.glossary import serious_chronic_condition, the_member_asks


@EDITION.clause("II.B", Force.MAY)
def may_be_requested(facts: Facts) -> Finding:
    """A Member, an Authorized Representative, a physician or a Provider may ask for a second opinion."""
    # Reading: the physician or Provider need not be the treating one, nor in the network; the statute is
    # narrower, the policy is not. No form is wanted of a Member.
    return (
        facts.requester_is_member
        | facts.requester_is_authorized_representative
        | facts.requester_is_physician
        | facts.requester_is_provider
    )


@EDITION.clause("II.C.1", Force.SHALL)
def questions_surgery(facts: Facts) -> Finding:
    """The Member doubts that a recommended operation is reasonable or necessary."""
    # Reading: recommended means still to be done; a complaint about an operation already performed rests on
    # another reason.
    return facts.surgery_is_recommended & facts.member_questions_surgery


@EDITION.clause("II.C.2", Force.SHALL)
def questions_care_of_grave_condition(facts: Facts) -> Finding:
    """The Member doubts the diagnosis or the Plan of Care for a condition that could cost life, limb or a
    bodily function, or impair substantially; a Serious Chronic Condition is one of these."""
    # Reading: "including" makes a Serious Chronic Condition enough by itself.
    questioned = facts.member_questions_diagnosis | facts.member_questions_plan_of_care
    grave = (
        facts.condition_threatens_life
        | facts.condition_threatens_limb
        | facts.condition_threatens_bodily_function
        | facts.condition_threatens_substantial_impairment
    )
    return questioned & (grave | serious_chronic_condition(facts))


@EDITION.clause("II.C.3", Force.SHALL)
def diagnosis_is_unclear(facts: Facts) -> Finding:
    """The signs are unclear, or complex and confusing, or tests conflict and leave the diagnosis in doubt, or
    the treating Provider cannot make one; and the Member asks for another diagnosis."""
    # Reading: the Member's request belongs to every one of the alternatives, as in HSC 1383.15(a)(3).
    unclear = (
        facts.indications_are_unclear
        | facts.indications_are_complex_and_confusing
        | facts.diagnosis_in_doubt_from_conflicting_tests
        | facts.treating_provider_cannot_diagnose
    )
    return unclear & the_member_asks(facts)


@EDITION.clause("II.C.4", Force.SHALL)
def treatment_is_not_helping(facts: Facts) -> Finding:
    """A treatment under way has not improved the condition in the time that suits the diagnosis and the Plan
    of Care; and the Member asks for an opinion on the diagnosis or on going on."""
    # Reading: the policy sets no number of weeks; the appropriate time is a clinician's answer.
    return facts.treatment_is_in_progress & facts.no_improvement_in_appropriate_time & the_member_asks(facts)


@EDITION.clause("II.C.5", Force.SHALL)
def has_tried_or_consulted(facts: Facts) -> Finding:
    """The Member has tried to follow the Plan of Care, or has taken serious doubts about the diagnosis or the
    Plan of Care to the first Provider."""
    # Reading: either is enough; the serious doubts belong to the talk with the Provider, not to the trying.
    return facts.member_attempted_plan_of_care | facts.member_consulted_initial_provider


@EDITION.clause("II.C", Force.SHALL)
def second_opinion_shall_be_authorized(facts: Facts) -> Finding:
    """A second opinion is authorized for any of the five listed reasons, or for another of like weight: the
    list is not closed."""
    # Reading: the "and" before the fifth reason joins a list of alternatives; one reason is enough, as in the
    # statute. Nothing else (enrolment, forms, contracts) stands in this clause's way.
    # Reading: because the list is open, five noes refuse nothing. They leave the question with a licensed
    # reviewer, whose no is also not a refusal here: denial is a physician's act, never this clause's.
    listed = (
        questions_surgery(facts)
        | questions_care_of_grave_condition(facts)
        | diagnosis_is_unclear(facts)
        | treatment_is_not_helping(facts)
        | has_tried_or_consulted(facts)
    )
    return facts.opinion_is_second & (listed | facts.reviewer_finds_another_reason)


@EDITION.clause("II.D", Force.SHALL)
def third_opinion_shall_be_authorized(facts: Facts) -> Finding:
    """A third opinion is authorized when the first and the second practitioner differ on the need for a
    procedure and a Member, Authorized Representative, physician or Provider asks for it."""
    # Reading: recommending a different procedure is differing on the need. While the second report has not
    # come in the answer is not known, and the report is chased; its absence refuses nothing.
    # Reading: other disparities, such as two diagnoses, go to II.I, where a licensed reviewer may grant them.
    return (
        facts.opinion_is_third
        & may_be_requested(facts)
        & facts.second_opinion_report_in_hand
        & facts.recommendations_differ_on_need_for_procedure
    )


@EDITION.clause("II.E", Force.MAY)
def plan_may_validate(facts: Facts) -> Finding:
    """When it is in question whether a requested service is Medically Necessary, the plan or Health Network
    may itself arrange second and third opinions to confirm that a procedure is not covered."""
    # Reading: only the plan or network asks under this clause. The parent request's clock runs on, and the
    # opinion is offered to the Member, whose refusal is no ground against the parent request.
    return facts.requester_is_plan & (facts.opinion_is_second | facts.opinion_is_third) & facts.necessity_is_in_question


@EDITION.clause("II.I", Force.MAY)
def further_opinion_may_be_authorized(facts: Facts) -> Finding:
    """The plan or Health Network may authorize further opinions on its own independent judgment."""
    # Reading: the judgment is a Medical Director's or a licensed reviewer's; a clerk's is not.
    return (facts.opinion_is_third | facts.opinion_is_additional) & facts.reviewer_grants_additional_opinion


@EDITION.question("authorize")
def shall_we_authorize(facts: Facts) -> Finding:
    """Any of the clauses that authorize a second, third or further opinion."""
    return (
        second_opinion_shall_be_authorized(facts)
        | third_opinion_shall_be_authorized(facts)
        | plan_may_validate(facts)
        | further_opinion_may_be_authorized(facts)
    )


def available_in_network(facts: Facts) -> Finding:
    """Someone qualified in the network is independent of the first opinion, takes the Member, is within
    reach, has an appointment in time, and can serve the Member's language and access needs."""
    # Reading: "within the network" (II.G) and "available within the network" (II.H) are one test: a
    # professional who exists but is unwilling, or unable in time, is not available. The measure is 15 miles
    # or 30 minutes, and 15 business days or 96 hours when urgent. Ability to travel counts: HSC 1383.15(g).
    # Reading: cost is no part of availability.
    return (
        facts.network_has_qualified_professional
        & facts.network_professional_is_independent
        & facts.network_professional_accepts_member
        & facts.network_professional_is_within_reach
        & facts.network_professional_can_see_member_in_time
        & facts.network_professional_is_accessible
    )


@EDITION.clause("II.G", Force.MAY)
def choice_may_be_limited(facts: Facts) -> Finding:
    """The plan or Health Network may keep the Member's choice to its network if someone appropriately
    qualified is there."""
    # Reading: the limit is the edge of the network, never one named professional; inside it the Member picks.
    return available_in_network(facts)


@EDITION.clause("II.H", Force.SHALL)
def shall_refer_outside(facts: Facts) -> Finding:
    """The Member is referred to a qualified professional outside the network when none is available in it."""
    return ~available_in_network(facts)


@EDITION.clause("II.J", Force.SHALL)
def needs_prior_authorization(facts: Facts) -> Finding:
    """Requests follow the general referral policy, by which an opinion from a Specialist Physician needs
    authorization beforehand (GG.1508 III.F.4)."""
    # Reading: an opinion from primary care needs none, because primary care is on GG.1508's list of services
    # that need none; the request is recorded, answered and told all the same.
    # Reading: care from a specialist is answered by a specialist (III.B), so it needs authorization whoever
    # is chosen. When that specialist serves as the Member's PCP, the head of the request says PCP care.
    return facts.about_is_specialist_care | facts.chosen_professional_is_specialist

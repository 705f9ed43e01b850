"""GG.1538 Section IX: the words whose meaning decides something.

The terms that no rule can keep (who is a Member, what a Complaint is) stand in register.toml with their
keepers. A glossary clause is numbered IX and the term.
"""

from __future__ import annotations

from secondopinion.policy.clauses import Force
from secondopinion.policy.facts import Facts
from secondopinion.policy.findings import Finding
from secondopinion.policy.gg1538.edition_2024_12.edition import EDITION


@EDITION.clause("IX.Serious Chronic Condition", Force.MEANS)
def serious_chronic_condition(facts: Facts) -> Finding:
    """An illness or disorder, serious in nature, that either stays without full cure or gets worse over a
    long time, or needs ongoing treatment to hold it in remission or keep it from getting worse."""
    # Reading: there is no closed list of illnesses; seriousness is answered for this Member.
    return facts.condition_is_serious & (facts.condition_persists_or_worsens | facts.condition_needs_ongoing_treatment)


@EDITION.clause("IX.Appropriately Qualified Health Care Professional", Force.MEANS)
def appropriately_qualified_professional(facts: Facts) -> Finding:
    """A PCP, specialist or other licensed provider, acting within the scope of the licence, with training
    and expertise in the illness or condition the second opinion is about."""
    # Reading: any licence will do, physician or not; III.B narrows this for opinions on specialist care.
    return (
        facts.chosen_professional_is_licensed
        & facts.chosen_professional_acts_in_scope
        & facts.chosen_professional_has_related_background
    )


@EDITION.clause("IX.Specialist Physician", Force.MEANS)
def care_was_a_specialist_physicians(facts: Facts) -> Finding:
    """A physician with further training in a focused field who does not act as PCP; here, as the clinician
    whose care the opinion is about."""
    # Reading: a specialist who serves as the Member's PCP is not a Specialist Physician in this policy, and
    # neither is a podiatrist or psychologist, who is no physician.
    return (
        facts.about_is_specialist_care
        & ~facts.questioned_specialist_serves_as_pcp
        & ~facts.questioned_clinician_is_not_a_physician
    )


@EDITION.clause("IX.Second Opinion", Force.MEANS)
def second_opinion(facts: Facts) -> Finding:
    """A consultation in which a qualified professional sees the Member, so that the Member can decide about
    care and treatment with more knowledge."""
    # Reading: a visit by video is a visit. A review of records alone, or one clinician consulting another, is
    # not, unless the Member has agreed to it in place of a visit.
    return facts.consultation_is_a_visit | facts.member_accepts_record_review


def the_member_asks(facts: Facts) -> Finding:
    """The Member, or someone who stands in the Member's place, asks for the opinion or agrees with it."""
    # Reading: where a clause wants the Member's own request and a clinician made it, the Member's agreement
    # is enough, given at any time; the request is kept and the agreement asked for, never refused for it.
    return facts.requester_is_member | facts.requester_is_authorized_representative | facts.member_concurs

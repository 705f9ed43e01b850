"""GG.1538 Section III, Procedure: whom the Member may choose, limited choice, unauthorized visits, and
what an authorization is for. III.F is kept by the letters (letters.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from secondopinion.policy.clauses import Force
from secondopinion.policy.facts import Facts
from secondopinion.policy.findings import Finding
from secondopinion.policy.gg1538.edition_2024_12.edition import EDITION
from secondopinion.policy.gg1538.edition_2024_12.glossary import care_was_a_specialist_physicians
from secondopinion.policy.gg1538.edition_2024_12.section_ii import choice_may_be_limited

ANY_QUALIFIED: Final = "any-qualified-professional"
SAME_SPECIALTY: Final = "specialist-physician-same-or-equivalent"

RESPONSIBLE_NETWORK: Final = "responsible-network"
PLAN_NETWORK: Final = "plan-network"
OUTSIDE_NETWORK: Final = "outside-network"


@EDITION.clause("III.A", Force.MAY)
def pcp_track(facts: Facts) -> Finding:
    """An opinion about the PCP's care may come from any appropriately qualified professional the Member picks
    in the network of the plan or of the Health Network."""
    # Reading: requests by physicians and Providers (II.B) are treated like the Member's.
    # Reading: the network is the one of the entity responsible for the Member, and the whole plan network if
    # the Member asks for that. The statute says "same physician organization"; the policy is wider.
    # Reading: a specialist who serves as the Member's PCP is questioned as a PCP.
    return ~facts.about_is_specialist_care | facts.questioned_specialist_serves_as_pcp


@EDITION.clause("III.B", Force.MAY)
def specialist_track(facts: Facts) -> Finding:
    """An opinion about a Specialist Physician's care may come from any Specialist Physician of the same or an
    equivalent specialty the Member picks; outside the network, at the plan's cost, if none is available."""
    # Reading: the consultant must be a physician; a nurse practitioner or physician assistant may not be it.
    # Reading: the choice runs across every Health Network of the plan, as in HSC 1383.15(f).
    # Reading: the specialty that counts is the one the first specialist practised in the care questioned.
    return care_was_a_specialist_physicians(facts)


@EDITION.clause("III.D", Force.SHALL)
def cost_may_lie_with_member(facts: Facts) -> Finding:
    """The cost of a further opinion outside the network that nobody authorized lies with the Member."""
    # Reading: not for emergency or urgent care, sensitive services, care the Member may finish with that
    # professional, a provider's mistake, or a request still open or decided late. A professional under
    # contract with any network of the plan may not bill the Member (AA.1220).
    # Reading: this finding says only that the Member is to be told (III.D.1). It is never an amount owed.
    excused = (
        facts.visit_was_emergency_or_urgent
        | facts.visit_was_sensitive_service
        | facts.visit_continued_earlier_care
        | facts.provider_made_the_error
        | facts.decision_was_pending_or_late
    )
    return facts.visit_was_outside_network & ~facts.visit_was_authorized & ~excused


@EDITION.clause("III.D.1", Force.SHALL)
def member_is_told_of_cost(facts: Facts) -> Finding:
    """The Member is told in writing of that responsibility, and of the right to Appeal."""
    # Reading: told before, in the letters about the request, and after, when an unauthorized visit comes to
    # light. The decision to appeal is the one that refused authorization or payment.
    return cost_may_lie_with_member(facts)


@EDITION.clause("III.E", Force.MAY)
def choice_is_limited(facts: Facts) -> Finding:
    """A request may be authorized while the Member's choice is kept to the network under II.G."""
    # Reading: yes means a limited authorization, which is adverse (42 CFR 438.400(b)(1)): the letter says
    # why, lists whom the Member may choose and gives the right to Appeal.
    return facts.member_asked_for_outside_professional & choice_may_be_limited(facts)


@dataclass(frozen=True, slots=True)
class Authorized:
    """What one authorization is for (III.G): so many visits, these codes, for so many calendar days."""

    units: int
    codes: tuple[str, ...]
    valid_days: int
    cites: frozenset[str]
    modifiers: tuple[str, ...] = ()

    def covers(self, code: str) -> bool:
        """Whether a procedure code may be billed under it; every test goes back to the treating clinician."""
        return code in self.codes

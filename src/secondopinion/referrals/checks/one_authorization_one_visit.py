"""One authorization covers one visit (III.G)."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.referrals.checks.case import Case, Check, Difference
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.states import State

GRANTS = {"overturn", *(s.name for s in STEPS.values() if s.target is State.AUTHORIZED and s.finds)}


class OneAuthorizationOneVisit(Check):
    """At most one visit was recorded, after an authorization and not before its day."""

    name = "visits"
    sentence = "One authorization was used for one visit at most, and no visit came before its authorization."

    def look(self, case: Case) -> Iterator[Difference]:
        """Second visits, and visits before any authorization."""
        visits, authorized = 0, False
        for event in case.events:
            authorized = authorized or event.step in GRANTS
            if event.step == "see":
                visits += 1
                if not authorized:
                    yield self.found(case, f"event {event.position} records a visit that nobody had authorized")
        if visits > 1:
            yield self.found(case, f"{visits} visits were recorded under one authorization")
        visited, granted = case.row.visited_on, case.row.authorized_on
        if visits and visited is not None and granted is not None and visited < granted:
            yield self.found(case, f"the visit of {visited} lies before the authorization of {granted}")

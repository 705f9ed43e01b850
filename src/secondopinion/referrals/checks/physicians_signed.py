"""Nobody but a licensed physician has signed an adverse step."""

from __future__ import annotations

from collections.abc import Iterator

from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.specialties import is_physician
from secondopinion.referrals.checks.case import Case, Check, Difference, Past
from secondopinion.referrals.lifecycle import STEPS
from secondopinion.referrals.states import By


class PhysiciansSigned(Check):
    """Each adverse event was signed in person, with a physician's California licence in force on its day."""

    name = "signatures"
    sentence = "Only a physician, with a California licence in force on that day, signed a step against the Member."

    def look(self, case: Case) -> Iterator[Difference]:
        """Adverse events without such a signature."""
        for event in case.events:
            step = STEPS.get(event.step)
            if step is not None and step.adverse and not self._is_signed(case, event):
                yield self.found(case, f"event {event.position} ({event.step}) was not signed by a licensed physician")

    def _is_signed(self, case: Case, event: Past) -> bool:
        signed = event.details.get("signed") or {}
        if event.role != By.PHYSICIAN or event.actor_staff is None:
            return False
        day = event.at.astimezone(PACIFIC).date()
        return any(
            license.number == signed.get("license") and license.state == signed.get("state") == "CA"
            and license.unrestricted and is_physician(license.specialty)
            and license.from_on <= day and (license.to_on is None or day <= license.to_on)
            for license in case.licenses.get(event.actor_staff, ())
        )  # fmt: skip

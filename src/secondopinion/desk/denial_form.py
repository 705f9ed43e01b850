"""The form of a denial: reasons with their clauses, and everything the law wants said with them."""

from __future__ import annotations

from secondopinion.desk.reasons_form import ReasonsForm, sentence
from secondopinion.referrals.told import Deny


class DenyForm(ReasonsForm):
    """A denial as a physician writes it."""

    step = "deny"
    title = "Deny"
    verb = "Sign and deny"
    in_the_letter = ("clinical_reason", "would_change", "medicare_reason", "medi_cal_reason")
    clinical_reason = sentence("The medical reason", "What was looked at, and what it shows.")
    would_change = sentence("What would lead to a yes", "One line for each thing the Member could send.")
    medicare_reason = sentence("Why Medicare’s rules do not cover it")
    medi_cal_reason = sentence("Why Medi-Cal’s rules do not cover it")
    why_not_otherwise = sentence(
        "Why no other good reason applies",
        "For the file, not for the letter: another reason like those listed (II.C), checking whether the service "
        "is needed (II.E), a further opinion (II.I).",
    )

    def told(self) -> Deny:
        """What the physician said."""
        said = self.cleaned_data
        return Deny(
            reasons=self.reasons_told(),
            clinical_reason=said["clinical_reason"],
            why_not_otherwise=said["why_not_otherwise"],
            would_change=said["would_change"],
            medicare_reason=said.get("medicare_reason", ""),
            medi_cal_reason=said.get("medi_cal_reason", ""),
            expertise=said.get("expertise", ""),
        )

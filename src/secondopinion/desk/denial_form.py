"""The form of a denial: reasons with their clauses, and everything the law wants said with them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from secondopinion.desk.step_fields import Setting, StepForm, choice_field, words_field
from secondopinion.policy.asked import Program
from secondopinion.referrals.gate import SHORTEST_REASON
from secondopinion.referrals.told import Deny, Reason

NUMBERS: Final = ("1", "2", "3")
sentence = partial(words_field, shortest=SHORTEST_REASON)


class DenyForm(StepForm):
    """A denial as a physician writes it. For OneCare the rules of both programs are answered."""

    step = "deny"
    title = "Deny the request"
    verb = "Sign and deny"
    clause_1 = choice_field("Clause of the policy")
    reason_1 = sentence("Why it is not met, in words the Member understands")
    clause_2 = choice_field("Clause of the policy", required=False, first="No second reason")
    reason_2 = sentence("Why it is not met", required=False)
    clause_3 = choice_field("Clause of the policy", required=False, first="No third reason")
    reason_3 = sentence("Why it is not met", required=False)
    clinical_reason = sentence("The medical reason", "What was looked at, and what it shows.")
    would_change = sentence("What would lead to a yes", "One line for each thing the Member could send.")
    medicare_reason = sentence("Why Medicare’s rules do not cover it")
    medi_cal_reason = sentence("Why Medi-Cal’s rules do not cover it")
    why_not_otherwise = sentence(
        "Why no other good reason applies",
        "For the file, not for the letter: another reason like those listed (II.C), checking whether the service "
        "is needed (II.E), a further opinion (II.I).",
    )

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        if setting.before.program != Program.ONECARE:
            del self.fields["medicare_reason"], self.fields["medi_cal_reason"]

    @property
    def reasons(self) -> list[tuple[str, Any, Any]]:
        """The reasons as pairs of fields, with their number."""
        return [(n, self[f"clause_{n}"], self[f"reason_{n}"]) for n in NUMBERS]

    @property
    def rest(self) -> list[Any]:
        """The other fields that the letter shows."""
        names = ("clinical_reason", "would_change", "medicare_reason", "medi_cal_reason")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """A clause and its words belong together."""
        said = super().clean() or {}
        for n in ("2", "3"):
            clause, words = said.get(f"clause_{n}"), said.get(f"reason_{n}")
            if bool(clause) != bool(words):
                self.add_error(f"reason_{n}" if clause else f"clause_{n}", "Give both the clause and the words.")
        return said

    def told(self) -> Deny:
        """What the physician said."""
        said = self.cleaned_data
        pairs = [(said[f"clause_{n}"], said[f"reason_{n}"]) for n in NUMBERS]
        return Deny(
            reasons=tuple(Reason(clause, words.strip()) for clause, words in pairs if clause),
            clinical_reason=said["clinical_reason"],
            why_not_otherwise=said["why_not_otherwise"],
            would_change=said["would_change"],
            medicare_reason=said.get("medicare_reason", ""),
            medi_cal_reason=said.get("medi_cal_reason", ""),
        )

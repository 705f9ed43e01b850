"""What every signed decision against a wish is written with: reasons with their clauses, and who may judge it."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Final

from secondopinion.desk.step_fields import Setting, StepForm, choice_field, words_field
from secondopinion.policy.asked import Program
from secondopinion.referrals.gate import SHORTEST_REASON, credential_to_sign
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.told import Reason

NUMBERS: Final = ("1", "2", "3")
sentence = partial(words_field, shortest=SHORTEST_REASON)
EXPERTISE_WANTED: Final = (
    "Your licence is for another field than the care in question, so the law wants to know what fits you to judge it: "
    "training, experience, or which specialist you asked. It stays in the file and is not in the letter."
)


class ReasonsForm(StepForm):
    """Reasons as a physician writes them. For OneCare the rules of both programs are answered."""

    in_the_letter: ClassVar[tuple[str, ...]] = ()  # the other fields that the Member reads, in their order
    clause_1 = choice_field("Clause of the policy")
    reason_1 = sentence("Why it is not met, in words the Member understands")
    clause_2 = choice_field("Clause of the policy", required=False, first="No second reason")
    reason_2 = sentence("Why it is not met", required=False)
    clause_3 = choice_field("Clause of the policy", required=False, first="No third reason")
    reason_3 = sentence("Why it is not met", required=False)
    expertise = sentence("What fits you to judge this question?", EXPERTISE_WANTED)

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        if setting.before.program != Program.ONECARE:
            for name in ("medicare_reason", "medi_cal_reason"):
                self.fields.pop(name, None)
        if not must_name_expertise(setting):
            del self.fields["expertise"]

    @property
    def reasons(self) -> list[tuple[str, Any, Any]]:
        """The reasons as pairs of fields, with their number."""
        return [(n, self[f"clause_{n}"], self[f"reason_{n}"]) for n in NUMBERS]

    @property
    def rest(self) -> list[Any]:
        """The other fields that the letter shows."""
        return [self[name] for name in self.in_the_letter if name in self.fields]

    @property
    def for_the_file(self) -> list[Any]:
        """The fields that only the file keeps."""
        return [self[name] for name in ("why_not_otherwise", "expertise") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """A clause and its words belong together."""
        said = super().clean() or {}
        for n in ("2", "3"):
            clause, words = said.get(f"clause_{n}"), said.get(f"reason_{n}")
            if bool(clause) != bool(words):
                self.add_error(f"reason_{n}" if clause else f"clause_{n}", "Give both the clause and the words.")
        return said

    def reasons_told(self) -> tuple[Reason, ...]:
        """The reasons that were given."""
        said = self.cleaned_data
        pairs = [(said[f"clause_{n}"], said[f"reason_{n}"]) for n in NUMBERS]
        return tuple(Reason(clause, words.strip()) for clause, words in pairs if clause)


def must_name_expertise(setting: Setting) -> bool:
    """Is the physician's licence for another field than the care in question, so that the law asks what fits?"""
    try:
        credential_to_sign(setting.before, setting.person)
    except Refused:
        return False  # no signature at all, for another reason, which the page says
    try:
        credential_to_sign(setting.before, setting.person, "")
    except Refused:
        return True
    return False

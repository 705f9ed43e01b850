"""The forms of a limited yes: the choice kept to the network (II.G), or a part of what was asked (III.G)."""

from __future__ import annotations

from typing import Any

from django import forms

from secondopinion.desk.reasons_form import NUMBERS, ReasonsForm, sentence
from secondopinion.desk.step_fields import Setting, line_field, words_field
from secondopinion.policy.gg1538 import plain
from secondopinion.referrals.told_outcomes import GrantInPart, Limit, Modify


class ModifyForm(ReasonsForm):
    """What every limited yes is written with."""

    in_the_letter = ("clinical_reason", "medicare_reason", "medi_cal_reason")
    reason_1 = sentence("Why, in words the Member understands")
    reason_2 = sentence("Why", required=False)
    reason_3 = sentence("Why", required=False)
    asked = line_field("What was asked, in a few words")
    approved = line_field("What is approved, in a few words")
    clinical_reason = words_field("The medical reason, if there is one", required=False)
    medicare_reason = sentence("Why Medicare’s rules do not cover the rest")
    medi_cal_reason = sentence("Why Medi-Cal’s rules do not cover the rest")

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        edition = setting.before.edition_in_force
        clauses = [(c, f"{c}: {plain.in_plain_words(edition, c)}") for c in plain.citable_for_a_limit(edition)]
        for n in NUMBERS:
            field = self.fields[f"clause_{n}"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*list(field.choices)[:1], *clauses]  # type: ignore[arg-type]

    def written(self) -> dict[str, Any]:
        """What the physician said, by the names of `Modify`."""
        said = self.cleaned_data
        names = ("asked", "approved", "clinical_reason", "medicare_reason", "medi_cal_reason", "expertise")
        return {"reasons": self.reasons_told(), **{name: said.get(name, "") for name in names}}

    def told(self) -> Modify:
        """What the physician said."""
        raise NotImplementedError


class LimitForm(ModifyForm):
    """Authorize, with the choice kept to the network."""

    step = "limit"
    title = "Keep the choice to the network"
    verb = "Sign and authorize within the network"
    explains = "The opinion is authorized; the Member chooses among those in the network (GG.1538 II.G)."

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """The clause that allows the limit."""
        return {"clause_1": "II.G", "approved": "One visit with a doctor in the network"}

    def told(self) -> Limit:
        """What the physician said."""
        return Limit(**self.written())


class PartForm(ModifyForm):
    """Authorize the consultation, and not the rest."""

    step = "grant_in_part"
    title = "Authorize a part"
    verb = "Sign and authorize this part"
    explains = "One consultation is authorized; the Member reads why the rest of what was asked is not (GG.1538 III.G)."

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """What the policy authorizes."""
        return {"approved": "One visit to hear another doctor’s opinion"}

    def told(self) -> GrantInPart:
        """What the physician said."""
        return GrantInPart(**self.written())

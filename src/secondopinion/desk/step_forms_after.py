"""The forms of what follows a yes: the agreement, a professional who declines, tests sent back, a visit found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from secondopinion.desk.step_fields import (
    Setting,
    StepForm,
    choice_field,
    day_field,
    line_field,
    papers_field,
    words_field,
)
from secondopinion.referrals.gate import SHORTEST_REASON
from secondopinion.referrals.models import Agreement
from secondopinion.referrals.told import Told
from secondopinion.referrals.told_after import (
    DECLINES,
    Asked,
    Decline,
    DraftAgreement,
    DropAgreement,
    ParentDecided,
    ReturnTests,
    SignAgreement,
)
from secondopinion.referrals.told_outcomes import Excuse, TellCost


class DraftAgreementForm(StepForm):
    """Send the letter of agreement."""

    step = "draft_agreement"
    title = "Send the letter of agreement"
    verb = "Send the letter of agreement"
    explains = "It goes to the professional with the rate and who pays. The Member pays nothing, whatever is agreed."
    rate = line_field("What rate is offered?", "In words, such as: the Medi-Cal fee-for-service rate.")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """Once a Medical Director has agreed, until it is signed."""
        return setting.before.outside_agreed_at is not None and setting.before.agreement != Agreement.SIGNED

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """The rate of the letter before."""
        return {"rate": setting.before.agreement_rate}

    def told(self) -> Told:
        """What the person said."""
        return DraftAgreement(self.cleaned_data["rate"])


class SignAgreementForm(StepForm):
    """Record the signed agreement."""

    step = "sign_agreement"
    title = "Record the signed agreement"
    verb = "Record the signature"
    explains = "Its clock ends with the signature."
    signed_on = day_field("Day it was signed")
    by_name = line_field("Who signed it?")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a letter waits for a signature."""
        return setting.before.agreement == Agreement.DRAFTED

    def told(self) -> Told:
        """What the person said."""
        return SignAgreement(self.cleaned_data["signed_on"], self.cleaned_data["by_name"])


class DropAgreementForm(StepForm):
    """End the talks."""

    step = "drop_agreement"
    title = "End the talks: no agreement came about"
    verb = "End the talks"
    explains = "The authorization stays good. The Member hears that another professional is looked for."
    careful = True
    why = words_field("Why did no agreement come about?", rows=2)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While the talks are open."""
        return DraftAgreementForm.offered(setting)

    def told(self) -> Told:
        """What the person said."""
        return DropAgreement(self.cleaned_data["why"])


class DeclineForm(StepForm):
    """The professional declined."""

    step = "decline"
    title = "Record that the professional will not see the Member"
    verb = "Record that they declined"
    explains = "The authorization stays good. The Member is written to, and chooses again."
    reason = choice_field("Why?", tuple(DECLINES.items()))
    words = line_field("In their words", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """Once somebody is chosen."""
        return setting.before.professional_id is not None

    def told(self) -> Told:
        """What the person said."""
        return Decline(self.cleaned_data["reason"], self.cleaned_data["words"])


class ReturnTestsForm(StepForm):
    """Send tests back to the treating professional."""

    step = "return_tests"
    title = "Send tests back to the treating professional"
    verb = "Send them back"
    explains = (
        "An authorization covers one consultation. Tests and procedures are for the treating professional to order "
        "(GG.1538 III.G); the office is written to."
    )
    folds = (("A second and a third one", ("test_2", "code_2", "test_3", "code_3")),)
    by_name = line_field("Who asked for them?", "The consulting professional or the office.")
    test_1 = line_field("Which test or procedure?", "In words, as it was asked for.")
    code_1 = line_field("Its code, if one came", required=False)
    test_2 = line_field("A second one", required=False)
    code_2 = line_field("Code of the second one", required=False)
    test_3 = line_field("A third one", required=False)
    code_3 = line_field("Code of the third one", required=False)

    def clean(self) -> dict[str, Any]:
        """A code without words says nothing to the reader of the letter."""
        said = super().clean() or {}
        for n in ("2", "3"):
            if said.get(f"code_{n}") and not said.get(f"test_{n}"):
                self.add_error(f"test_{n}", "Say in words what this code is; the letter is read by people.")
        return said

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        pairs = [(said[f"test_{n}"].strip(), said[f"code_{n}"].strip().upper()) for n in ("1", "2", "3")]
        return ReturnTests(tuple(Asked(words, code) for words, code in pairs if words), said["by_name"])


class ParentDecidedForm(StepForm):
    """The request it is for was decided."""

    step = "parent_decided"
    title = "Record how the request it is for was decided"
    verb = "Record the decision"
    explains = "The clock of that request ends here. The Member may still go to the visit that was offered."
    decided_on = day_field("Day it was decided")
    outcome = words_field("How was it decided?", rows=2)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While another request waits for this opinion."""
        return setting.before.parent_due_at is not None and setting.before.parent_decided_at is None

    def told(self) -> Told:
        """What the person said."""
        return ParentDecided(self.cleaned_data["decided_on"], self.cleaned_data["outcome"])


class TellCostForm(StepForm):
    """Tell the Member that the visit is not covered."""

    step = "tell_cost"
    title = "Tell the Member that the visit is not covered"
    verb = "Sign and tell the Member"
    explains = (
        "Every exception is looked at first: the questions of “A visit already made outside the network” below. The "
        "letter says how to appeal, and names no amount."
    )
    careful = True
    reason = words_field("Why is it not covered?", "A sentence that the Member reads.", shortest=SHORTEST_REASON)
    considered = papers_field("I have read")

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        if not setting.choices.get("considered"):
            del self.fields["considered"]

    def told(self) -> Told:
        """What the person said."""
        read = tuple(UUID(paper) for paper in self.cleaned_data.get("considered", ()))
        return TellCost(self.cleaned_data["reason"], read)


class ExcuseForm(StepForm):
    """The Member owes nothing."""

    step = "excuse"
    title = "Find that the Member owes nothing"
    verb = "Tell the Member that nothing is owed"
    explains = "The Member is written to, and this referral closes."
    why = words_field("Why is nothing owed?", "A sentence that the Member reads.", rows=2)

    def told(self) -> Told:
        """What the person said."""
        return Excuse(self.cleaned_data["why"])


FORMS_AFTER = (
    DraftAgreementForm, SignAgreementForm, DropAgreementForm, DeclineForm, ReturnTestsForm, ParentDecidedForm,
    TellCostForm, ExcuseForm,
)  # fmt: skip

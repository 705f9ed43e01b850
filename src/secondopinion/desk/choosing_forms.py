"""The forms of the page where a choice is recorded: the choice, the pick, that nobody suits, and the Member's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms

from secondopinion.desk.step_fields import (
    StepForm,
    choice_field,
    day_field,
    line_field,
    pacific_instant,
    tick_field,
    time_field,
    words_field,
)
from secondopinion.referrals.choosing import CHOOSERS, DECLINED, UNSUITED
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.shown import Shown, unsealed
from secondopinion.referrals.told import Choose, Told
from secondopinion.referrals.told_choosing import ChooseAgain, NoneSuits, Pick, TakeBackPage
from secondopinion.referrals.way import AT_THE_DESK

PICK_ONE: Final = "Choose a professional from the list."
BOTH_OR_NEITHER: Final = "Give the day and the time, or leave both empty for just now."
STALE: Final = "The page does not say which list it showed. Open the list again, and choose once more."
WHICH_NAME: Final = "Only where a representative spoke; as it is on record"


def _professional_field() -> forms.UUIDField:
    return forms.UUIDField(label="Professional", error_messages={"required": PICK_ONE, "invalid": PICK_ONE})


def _shown_field() -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, max_length=60_000, error_messages={"required": STALE})


class FromTheList(StepForm):
    """What the forms of this page share: the list that was shown, and when the Member spoke."""

    day_name = "day"
    time_name = "time"

    def clean(self) -> dict[str, Any]:
        """A day without a time says nothing, and a time without a day as little."""
        super().clean()
        said = self.cleaned_data
        names = (self.day_name, self.time_name)
        day, at = (said.get(name) for name in names)
        if (day is None) is not (at is None) and not self.errors.keys() & set(names):
            self.add_error(self.day_name if day is None else self.time_name, BOTH_OR_NEITHER)
        if day is not None and at is not None:
            try:
                said["said_at"] = pacific_instant(day, at)
            except Refused as refused:
                self.add_error(self.time_name, refused.sentence)
        return said

    @property
    def said_at(self) -> datetime | None:
        """The instant of the Member's words; None: just now."""
        return self.cleaned_data.get("said_at")

    @property
    def the_list(self) -> Shown:
        """The list that the person had before the eyes. Raises Refused."""
        return unsealed(self.cleaned_data["shown"], self.setting.before.id, self.setting.now)


class ChooseForm(FromTheList):
    """Record whom the Member chose."""

    step = "choose"
    title = "Record the Member’s choice"
    verb = "Record the choice"
    tells: ClassVar[type[Choose]] = Choose
    professional = _professional_field()
    by = choice_field("Who chose?", tuple(CHOOSERS.items()))
    by_name = line_field("Name of the representative", WHICH_NAME, required=False)
    how = choice_field("How did the choice reach us?", AT_THE_DESK)
    day = day_field("Day it was said", "Empty: just now", required=False)
    time = time_field("Time it was said", "Pacific time", required=False)
    knowing = tick_field("The Member knows what speaks against independence, and chooses all the same")
    shown = _shown_field()

    def told(self) -> Told:
        """What the person said. Raises Refused for a list that came back altered."""
        said = self.cleaned_data
        return self.tells(
            said["professional"], said["by"], said["how"], said["by_name"], self.said_at, self.the_list,
            said["knowing"],
        )  # fmt: skip


class ChooseAgainForm(ChooseForm):
    """Record that the Member wants somebody else than the one with whom the visit is scheduled."""

    step = "choose_again"
    verb = "Record the change"
    tells = ChooseAgain


class PickForm(FromTheList):
    """Pick a professional for a Member who declined to choose."""

    step = "pick"
    title = "The Member declines to choose"
    verb = "Pick the one marked"
    day_name = "declined_day"
    time_name = "declined_time"
    professional = _professional_field()
    declined_how = choice_field(
        "How did the Member decline?", tuple((key, words[:1].upper() + words[1:]) for key, words in DECLINED.items())
    )
    evidence = line_field("Where that is kept", "Number of the recording, or of the letter")
    declined_day = day_field("Day the Member declined", "Empty: just now", required=False)
    declined_time = time_field("Time the Member declined", "Pacific time", required=False)
    shown = _shown_field()

    def told(self) -> Told:
        """What the person said. Raises Refused for a list that came back altered."""
        said = self.cleaned_data
        return Pick(said["professional"], said["declined_how"], said["evidence"], self.said_at, self.the_list)


class NoneSuitsForm(FromTheList):
    """Record that nobody on the list suits the Member."""

    step = "none_suits"
    title = "None of these works for the Member"
    verb = "Keep it, and search again"
    explains = (
        "A person then searches again, also outside the network where nobody inside is available (GG.1538 II.H). "
        "The work list shows by when."
    )
    reasons = forms.MultipleChoiceField(
        label="Why does nobody suit?",
        choices=tuple(UNSUITED.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Mark at least one reason why nobody suits."},
    )
    words = words_field("In the Member’s words", required=False)
    by = choice_field("Who said so?", tuple(CHOOSERS.items()))
    by_name = line_field("Name of the representative", WHICH_NAME, required=False)
    how = choice_field("How did it reach us?", AT_THE_DESK)
    day = day_field("Day it was said", "Empty: just now", required=False)
    time = time_field("Time it was said", "Pacific time", required=False)
    shown = _shown_field()

    def told(self) -> Told:
        """What the person said. Raises Refused for a list that came back altered."""
        said = self.cleaned_data
        return NoneSuits(
            tuple(said["reasons"]), said["words"], said["by"], said["how"], said["by_name"], self.said_at,
            self.the_list,
        )  # fmt: skip


class TakeBackPageForm(StepForm):
    """Close the Member's page before its time."""

    step = "take_back_page"
    title = "Take the Member’s page back"
    verb = "Take it back"
    why = line_field("Why is it taken back?")

    def told(self) -> Told:
        """What the person said."""
        return TakeBackPage(self.cleaned_data["why"])

"""Forms of decisions beyond yes and no: dismiss, take a dismissal back, change a no, take an authorization back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms

from secondopinion.desk.step_fields import (
    Setting,
    StepForm,
    choice_field,
    day_field,
    line_field,
    pacific_instant,
    time_field,
    words_field,
)
from secondopinion.policy.parameters import value
from secondopinion.referrals.gate import SHORTEST_REASON
from secondopinion.referrals.told import Told
from secondopinion.referrals.told_outcomes import DISMISSALS, RESCISSIONS, Dismiss, Outreach, Rescind, Reverse, Vacate

TRIES: Final = ("1", "2", "3")
PARTS: Final = ("day", "time", "how", "what")
WHOLE_TRY: Final = "Give the day, the time, how it was made and what was asked, or leave the whole try empty."


class DismissForm(StepForm):
    """No decision is owed (OneCare)."""

    step = "dismiss"
    title = "Dismiss the request"
    verb = "Dismiss the request"
    explains = "No decision is owed. The Member is told why, and how to have the dismissal looked at again."
    careful = True
    folds = (
        ("First try to get what was missing", ("day_1", "time_1", "how_1", "what_1")),
        ("Second try", ("day_2", "time_2", "how_2", "what_2")),
        ("Third try", ("day_3", "time_3", "how_3", "what_3")),
    )
    ground = choice_field("On which ground?", tuple(DISMISSALS.items()))
    reason = words_field("Why? The reader of the letter sees this.", shortest=SHORTEST_REASON)
    day_1 = day_field("Day of the first try", required=False)
    time_1 = time_field("Time of the first try", "Pacific time.", required=False)
    how_1 = line_field("How was the first try made?", "By phone, by letter, by fax; and to whom.", required=False)
    what_1 = line_field("What was asked the first time?", required=False)
    day_2 = day_field("Day of the second try", required=False)
    time_2 = time_field("Time of the second try", "Pacific time.", required=False)
    how_2 = line_field("How was the second try made?", required=False)
    what_2 = line_field("What was asked the second time?", required=False)
    day_3 = day_field("Day of the third try", required=False)
    time_3 = time_field("Time of the third try", "Pacific time.", required=False)
    how_3 = line_field("How was the third try made?", required=False)
    what_3 = line_field("What was asked the third time?", required=False)

    def clean(self) -> dict[str, Any]:
        """A try is written down whole, or not at all."""
        said = super().clean() or {}
        for number in TRIES:
            given = [name for name in (f"{part}_{number}" for part in PARTS) if said.get(name)]
            if 0 < len(given) < len(PARTS):
                first = next(f"{part}_{number}" for part in PARTS if f"{part}_{number}" not in given)
                if first not in self.errors:
                    self.add_error(first, WHOLE_TRY)
        return said

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        tries = tuple(
            Outreach(pacific_instant(said[f"day_{n}"], said[f"time_{n}"]), said[f"how_{n}"], said[f"what_{n}"])
            for n in TRIES
            if said[f"day_{n}"]
        )
        return Dismiss(said["ground"], said["reason"], tries)


class VacateForm(StepForm):
    """Take the dismissal back."""

    step = "vacate"
    title = "Take the dismissal back"
    verb = "Open the request again"
    explains = "For good cause. The request is open again, and its time to decide starts now."
    why = words_field("What good cause is there?", rows=2)

    def told(self) -> Told:
        """What the person said."""
        return Vacate(self.cleaned_data["why"])


class ReverseForm(StepForm):
    """Change a no into a yes."""

    step = "reverse"
    title = "Change the decision to a yes"
    verb = "Change it to a yes and authorize"
    explains = "Nobody has to appeal for it. The letters of an authorization go out, and an open appeal is settled."
    why = words_field("What has changed since the decision?", rows=2)

    def told(self) -> Told:
        """What the person said."""
        return Reverse(self.cleaned_data["why"])


class RescindForm(StepForm):
    """Take the authorization back."""

    step = "rescind"
    title = "Take the authorization back"
    verb = "Sign and take it back"
    explains = (
        "Only before the visit, and never because the opinion seems unnecessary. The Member is told before the "
        "last day, and can appeal."
    )
    careful = True
    ground = choice_field("On which ground?", tuple(RESCISSIONS.items()))
    reason = words_field("Why? The Member reads this.", shortest=SHORTEST_REASON)
    ends_on = day_field("Last day it is good for")
    considered = forms.MultipleChoiceField(
        label="Papers read", help_text="Mark every paper that you have read.", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        self.fields[
            "ends_on"
        ].help_text = (
            f"{notice_days(setting)} days ahead or later, unless it was made out for the wrong person or got by fraud."
        )
        if not setting.choices.get("considered"):
            del self.fields["considered"]

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """The first day that the law allows on most grounds."""
        return {"ends_on": setting.today + timedelta(days=notice_days(setting))}

    def told(self) -> Told:
        """What the physician said."""
        said = self.cleaned_data
        read = tuple(said.get("considered") or ())
        known = {str(key): key for key, _ in self.setting.choices.get("considered", ())}
        return Rescind(said["ground"], said["reason"], said["ends_on"], tuple(known[k] for k in read))


def notice_days(setting: Setting) -> int:
    """How many days before its end a Member must know that an authorization is taken back."""
    return value("authorization.notice_of_end", setting.today).number


OUTCOME_FORMS: Final = (ReverseForm, VacateForm, DismissForm, RescindForm)

"""The forms of the consulting professional: accept, decline, the appointment, the report."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Final

from django import forms

from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.opinions import Need
from secondopinion.portal.office_forms import MEGABYTES, day, line, pdf, radios
from secondopinion.referrals.told import Schedule
from secondopinion.referrals.told_after import Decline
from secondopinion.referrals.visit_links import Written

NEEDS: Final = (
    (Need.NEEDED.value, "It is needed"),
    (Need.NOT_NEEDED.value, "It is not needed"),
    (Need.ALTERNATIVE.value, "Something else should be done instead"),
    (Need.DEFER.value, "It should wait"),
    (Need.UNDETERMINED.value, "I cannot say yet"),
    (Need.NO_PROCEDURE.value, "No procedure was in question"),
)
DIFFERS: Final = (
    ("", "As the answer above says"), ("no", "I agree with the first opinion"), ("yes", "I differ from it"),
)  # fmt: skip
REASONS: Final = (  # those of `DECLINES`, as the professional says them
    ("no-appointment", "I have no appointment in time"),
    ("not-accepting", "I take no new patients"),
    ("not-my-field", "The condition is not in my field"),
    ("affiliated", "I work with the doctor whose opinion is questioned"),
    ("not-at-this-place", "I no longer practise there"),
    ("other", "Another reason"),
)
SAYS: Final = {"yes": True, "no": False}


class OpenForm(forms.Form):
    """The code and the second proof."""

    code = line("Code", 40, "Sixteen letters and digits, from the letter or the call.", missing="Enter the code.",
                autocapitalize="characters", spellcheck="false")  # fmt: skip
    proof = line("Your NPI and the last four digits of your office’s phone", 30, "Fourteen digits in a row, or your "
                 "licence number instead.", missing="Enter the NPI and the four digits, or the licence number.",
                 spellcheck="false")  # fmt: skip


class AppointmentForm(forms.Form):
    """The day and the time of the one visit."""

    on = day("Day of the visit", "Enter the day of the visit.")
    at = forms.TimeField(
        label="Time, Pacific", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": "Enter the time of the visit.", "invalid": "Enter the time of the visit."},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """An hour that the clocks skip is none."""
        given = super().clean() or {}
        on, at = given.get("on"), given.get("at")
        if isinstance(on, date) and isinstance(at, time):
            local = datetime.combine(on, at, PACIFIC)
            instant = local.astimezone(UTC)
            if instant.astimezone(PACIFIC).replace(tzinfo=None) != local.replace(tzinfo=None):
                self.add_error("at", "That hour does not exist: the clocks go forward. Choose another.")
            given["instant"] = instant
        return given

    def told(self) -> Schedule:
        """What the house is told. Call it on a valid form only."""
        return Schedule(self.cleaned_data["instant"], how="on the page of the visit")


class DeclineForm(forms.Form):
    """Why the professional will not see the Member."""

    reason = radios("Why?", REASONS, "Choose the reason that comes closest.")
    words = line("In your words", 300, "Needed for another reason. Nothing about the patient.")

    def clean(self) -> dict[str, Any]:
        """Another reason is said in words."""
        given = super().clean() or {}
        if given.get("reason") == "other" and not given.get("words", "").strip():
            self.add_error("words", "Say in a few words what the reason is.")
        return given

    def told(self) -> Decline:
        """What the house is told. Call it on a valid form only."""
        return Decline(self.cleaned_data["reason"], self.cleaned_data["words"].strip())


class ReportForm(forms.Form):
    """The structured report and its file."""

    visited_on = day("Day of the visit", "Enter the day on which you saw the patient.")
    need = radios("What about the procedure in question?", NEEDS, "Say what you found about the procedure.")
    found = line("What you found", 4000, "A few sentences, in words the patient can follow.", rows=5,
                 missing="Say what you found, in a few sentences.")  # fmt: skip
    differs = radios("Do you agree with the first opinion on the need?", DIFFERS, "", required=False)
    differs_why = line("If that is not plain from the above: why?", 300)
    recommended = line(
        "What you recommend", 4000, "Tests and treatment are for the treating professional to order.", rows=3
    )
    follow_up = line("Follow-up", 1000, "What should be looked at again, and when.", rows=2)
    other_disparity = line("Do you differ in anything else, such as the diagnosis?", 1000, rows=2)
    signed_on = day("Signed on", "Enter the day on which you signed the report.")
    report = pdf(
        "The signed report", f"A PDF of at most {MEGABYTES} MB.", missing="Choose the file of the signed report."
    )

    def __init__(self, data: Any = None, files: Any = None, *, today: date, visited_on: date | None) -> None:
        super().__init__(
            data, files, label_suffix="", initial={"signed_on": today, "visited_on": visited_on, "differs": ""}
        )
        if visited_on is not None:
            self.fields["visited_on"].disabled = True
        for name in ("visited_on", "signed_on"):
            self.fields[name].widget.attrs["max"] = today.isoformat()

    def written(self) -> Written:
        """What the house is told. Call it on a valid form only."""
        given = self.cleaned_data
        return Written(
            need=given["need"], found=given["found"], differs=SAYS.get(given["differs"]),
            differs_why=given["differs_why"], recommended=given["recommended"], follow_up=given["follow_up"],
            other_disparity=given["other_disparity"], signed_on=given["signed_on"], visited_on=given["visited_on"],
            file_name=given["report"].name, content=given["report"].read(),
        )  # fmt: skip

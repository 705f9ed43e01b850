"""Two beginnings that are no plain request: a visit nobody had authorized, and an opinion the plan itself asks for.

Both take over from the form of intake what they share with it, with its checks of day, time and program.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms

from secondopinion.desk.forms_intake import OFFICES, Intake, Radios, must, one_line
from secondopinion.desk.step_fields import missing, pacific_instant
from secondopinion.policy.asked import Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Channel, Found
from secondopinion.referrals.request import FoundVisit, Parent, Request

HOW_FOUND: Final = (
    (Channel.CLAIM.value, "By a claim"),
    (Channel.PHONE.value, "By a call"),
    (Channel.FAX.value, "By a request after the visit, by fax"),
    (Channel.MAIL.value, "By a request after the visit, by mail"),
    (Channel.WALK_IN.value, "By a request after the visit, in person"),
)
FOUND_BY: Final = {Channel.CLAIM.value: Found.CLAIM.value, Channel.PHONE.value: Found.CALL.value}
TOLD_BY: Final = tuple(r.value for r in Requester if r is not Requester.PLAN)


def _radios(label: str, choices: tuple[tuple[str, str], ...], words: str) -> Radios:
    field = Radios("", (), first=True, label=label, error_messages=must(words))
    field.choices = list(choices)
    return field


def _day(label: str, words: str) -> forms.DateField:
    attrs = {"type": "date", "class": "usa-input so-input--date"}
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs=attrs), error_messages=must(words)
    )


class FoundVisitForm(Intake):
    """A visit outside the network that nobody had authorized, as it came to light (III.D)."""

    urgency = urgency_reason = None  # type: ignore[assignment]
    requester_npi = requester_address = condition_code = None  # type: ignore[assignment]

    channel = _radios("How did it come to light?", HOW_FOUND, "Choose how the visit came to light.")
    requester = Radios("requester", TOLD_BY, label="Who told us?", help_text="For a claim: the provider who sent it.",
                       error_messages=must("Choose who told us."))  # fmt: skip
    visited_on = _day("Day of the visit", "Enter the day of the visit.")
    outside_name = one_line("Who saw the Member?", 120, required=True, missing="Say who saw the Member.")
    condition = one_line("What was the visit about, in plain words?", 120, "The letters say it this way.",
                         required=True, missing="Say in plain words what the visit was about.")  # fmt: skip

    field_order = (
        "entry", "channel", "received_on", "received_time", "requester", "requester_name", "requester_phone",
        "visited_on", "outside_name", "condition", "program", "opinion", "about", "request_words",
    )  # fmt: skip

    def __init__(self, data: Any = None, **how: Any) -> None:
        super().__init__(data, **how)
        name, words, opinion = (self.fields[f] for f in ("requester_name", "request_words", "opinion"))
        name.label = "Name of the one who told us"
        name.help_text = "Leave empty when it is the Member, or whoever saw the Member."
        words.label, words.help_text = "What was said or written", "Write it down, or copy it from the paper."
        opinion.label = "Which opinion was it?"

    def clean(self) -> dict[str, Any]:
        """The provider who sent a claim is the one who saw the Member, unless another name is given."""
        given = self.cleaned_data
        if not given.get("requester_name", "").strip() and given.get("requester") in OFFICES:
            given["requester_name"] = given.get("outside_name", "")
        given = super().clean()
        on, received_at = given.get("visited_on"), given.get("received_at")
        if isinstance(on, date) and received_at and on > received_at.astimezone(PACIFIC).date():
            self.add_error("visited_on", "The visit lies after the day on which it came to light. Check the two days.")
        return given

    def request(self) -> Request:
        """The request for the house. Call it on a valid form only."""
        given = self.cleaned_data
        found = FoundVisit(
            FOUND_BY.get(given["channel"], Found.REQUEST.value), given["visited_on"], given["outside_name"]
        )
        names = ("program", "channel", "received_at", "requester", "requester_name", "requester_phone", "opinion",
                 "about", "request_words", "condition")  # fmt: skip
        return Request(member=self.member, answers=self.answers(), found=found, **{n: given[n] for n in names})


class PlanAsksForm(Intake):
    """An opinion that the plan or Health Network itself asks for, about a request it has not decided (II.E)."""

    requester = urgency = urgency_reason = None  # type: ignore[assignment]
    requester_name = requester_phone = requester_npi = requester_address = None  # type: ignore[assignment]

    parent_reference = one_line("Its number", 40, "As it stands in the system that holds it.", required=True,
                                missing="Give the number of the request that the opinion is for.")  # fmt: skip
    parent_service = one_line("What is it for, in plain words?", 160, "The Member reads these words.", required=True,
                              missing="Say in plain words what that request is for.")  # fmt: skip
    parent_expert = one_line("What kind of doctor is to look?", 80, "As the Member reads it, such as: plastic surgeon.",
                             required=True, missing="Say what kind of doctor is to look.")  # fmt: skip
    parent_due_on = _day("Day", "Enter the day by which that request must be decided.")
    parent_due_time = forms.TimeField(
        label="Time, Pacific",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "usa-input so-input--time"}),
        error_messages=must("Enter the time by which that request must be decided."),
    )

    field_order = (
        "entry", "parent_reference", "parent_service", "parent_due_on", "parent_due_time", "channel", "parent_expert",
        "request_words", "received_on", "received_time", "program", "opinion", "about", "clinician_name",
        "clinician_taxonomy", "condition", "procedure", "condition_code",
    )  # fmt: skip

    def __init__(self, data: Any = None, **how: Any) -> None:
        super().__init__(data, **how)
        self.fields["channel"].label = "How did that request reach us?"
        self.fields["channel"].error_messages["required"] = "Choose how that request reached us."
        why = self.fields["request_words"]
        why.label, why.required = "Why is an opinion needed?", True
        why.help_text = "For the file: what is in question, and what the opinion should settle."
        why.error_messages["required"] = missing("Why is an opinion needed?")

    def clean(self) -> dict[str, Any]:
        """The plan asks, in the name of the person who determined it."""
        given = super().clean()
        given |= {"requester": Requester.PLAN.value, "requester_name": self.person.name, "urgency": "standard"}
        on, at = given.get("parent_due_on"), given.get("parent_due_time")
        if on and at:
            try:
                given["parent_due_at"] = pacific_instant(on, at)
            except Refused as refused:
                self.add_error("parent_due_time", refused.sentence)
        return given

    def request(self) -> Request:
        """The request for the house. Call it on a valid form only."""
        given = self.cleaned_data
        parent = Parent(
            given["parent_reference"], given["parent_service"], given["parent_due_at"], given["parent_expert"]
        )
        names = ("program", "channel", "received_at", "requester", "requester_name", "opinion", "about",
                 "request_words", "condition", "condition_code", "procedure", "clinician_name",
                 "clinician_taxonomy")  # fmt: skip
        return Request(
            member=self.member, clinician=self.clinicians.get(given["clinician"]), answers=self.answers(),
            parent=parent, **{n: given[n] for n in names},
        )  # fmt: skip

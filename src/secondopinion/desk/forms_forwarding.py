"""The forms of a misdirected request: what came, by the words it came with, and to whom it goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django import forms

from secondopinion.desk.forms_intake import CHANNELS, Radios
from secondopinion.people.models import HealthNetwork
from secondopinion.people.person import Person
from secondopinion.policy.asked import Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.forwarding import Misdirected

THE_PLAN = "plan"


class SendOn(forms.Form):
    """To whom a request goes. `target` is a Health Network's key, or None for the plan."""

    to = forms.ChoiceField(
        label="Send it to",
        widget=forms.Select(attrs={"class": "usa-select"}),
        help_text="Not sure whose Member it is? The plan knows every Member.",
        error_messages={"required": "Choose to whom it goes.", "invalid_choice": "Choose to whom it goes."},
    )

    def __init__(self, data: Any = None, *, person: Person, networks: Iterable[HealthNetwork], **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        plan = [] if person.network is None else [(THE_PLAN, "The plan")]
        others = [(str(n.pk), n.name) for n in networks if n.pk not in person.networks]
        self.fields["to"].choices = [("", "Choose"), *plan, *others]  # type: ignore[attr-defined]

    @property
    def target(self) -> UUID | None:
        """The Health Network chosen, or None for the plan. Of a valid form only."""
        chosen = self.cleaned_data["to"]
        return None if chosen == THE_PLAN else UUID(chosen)


class Forward(SendOn):
    """A misdirected request as it was taken down. `said()` is what goes on."""

    channel = Radios(
        "channel",
        [c.value for c in CHANNELS],
        across=True,
        first=True,
        label="How did the request reach you?",
        error_messages={"required": "Choose how the request reached you."},
    )
    received_on = forms.DateField(
        label="Day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "usa-input so-input--date"}),
        error_messages={"required": "Enter the day on which the request reached you.", "invalid": "This is no day."},
    )
    received_time = forms.TimeField(
        label="Time, Pacific",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "usa-input so-input--time"}),
        error_messages={"required": "Enter the time at which the request reached you.", "invalid": "This is no time."},
    )
    urgency = Radios(
        "urgency",
        [u.value for u in Urgency],
        across=True,
        label="How urgent is it?",
        help_text="Expedited when waiting could harm life, health or function. Do not decide it: say what was said.",
        error_messages={"required": "Choose standard or expedited."},
    )
    who = forms.CharField(
        label="Who is the Member?",
        max_length=200,
        help_text="Name, birth date and ID number, as the request gives them.",
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Write down how the request names the Member."},
    )
    asked_by = forms.CharField(
        label="Who asks, and how can they be reached?",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off"}),
        error_messages={"required": "Write down who asks, and how they can be reached."},
    )
    words = forms.CharField(
        label="What is asked, in the asker’s own words",
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "usa-textarea so-textarea", "rows": 4}),
        error_messages={"required": "Write down what is asked, so that nobody has to ask again."},
    )
    field_order = ("channel", "received_on", "received_time", "urgency", "who", "asked_by", "words", "to")

    def clean(self) -> dict[str, Any]:
        """An hour that the clocks jump over in spring is refused."""
        given = super().clean() or {}
        on, at = given.get("received_on"), given.get("received_time")
        if on and at and instant_of(on, at).astimezone(PACIFIC).replace(tzinfo=None) != datetime.combine(on, at):
            self.add_error("received_time", "That hour did not exist: the clocks went forward. Check the time.")
        return given

    def said(self) -> Misdirected:
        """What came. Of a valid form only."""
        given = self.cleaned_data
        return Misdirected(
            received_at=instant_of(given["received_on"], given["received_time"]),
            **{name: given[name] for name in ("channel", "urgency", "who", "asked_by", "words")},
        )


def instant_of(on: date, at: time) -> datetime:
    """A Pacific day and time as an instant. An hour that comes twice in autumn is the first: the strictest for us."""
    return datetime.combine(on, at, PACIFIC).astimezone(UTC)

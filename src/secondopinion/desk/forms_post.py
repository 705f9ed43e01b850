"""The forms of one letter's post: it came back, or it is to be sent again."""

from __future__ import annotations

from typing import Any

from django import forms

from secondopinion.desk.step_fields import CLASSES, missing
from secondopinion.letters.models_mailing import By

LONGEST = 60  # characters of a line in the window of an envelope


class PostForm(forms.Form):
    """A small form in the look of USWDS."""

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, use_required_attribute=False, **more)
        for field in self.fields.values():
            field.error_messages["required"] = missing(str(field.label))
            field.widget.attrs["class"] = CLASSES.get(type(field.widget), "usa-input")


class CameBackForm(PostForm):
    """A letter that lies on the desk again."""

    on = forms.DateField(
        label="Day it came back",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "“Day it came back” is no day."},
    )
    why = forms.CharField(
        label="What the envelope says", max_length=200, help_text="For example: moved, no new address"
    )
    mailing = forms.UUIDField(widget=forms.HiddenInput)


class AgainForm(PostForm):
    """The same sealed letter once more: which way, why, and to which address if not its own."""

    by = forms.ChoiceField(label="How", choices=[(b.value, b.label) for b in (By.PRINT, By.FAX, By.MAIL)])
    why = forms.CharField(label="Why", max_length=200, help_text="For example: new address from the Member, by phone")
    address = forms.CharField(
        label="Another address",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Only for mail, and only if the letter’s own is wrong: street, then city, State and ZIP. "
        "An address the Member asked for in confidence is used instead of this one.",
    )

    def clean_address(self) -> tuple[str, ...]:
        """The lines of the envelope."""
        lines = tuple(" ".join(line.split()) for line in self.cleaned_data["address"].splitlines() if line.strip())
        if lines and (not 2 <= len(lines) <= 4 or any(len(line) > LONGEST for line in lines)):
            raise forms.ValidationError(
                f"“Another address” needs two to four lines of at most {LONGEST} characters: street, then city and ZIP."
            )
        return lines

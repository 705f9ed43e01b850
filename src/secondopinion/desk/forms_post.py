"""The forms of one letter's post: it came back, or it is to be sent again."""

from __future__ import annotations

from typing import Any

from django import forms

from secondopinion.desk.step_fields import CLASSES, missing
from secondopinion.letters.models_mailing import By
from secondopinion.people.models import ConfidentialRequest

LONGEST = 60  # characters of a line in the window of an envelope


class PostForm(forms.Form):
    """A small form in the look of USWDS."""

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, use_required_attribute=False, **more)
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
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


class OfficeForm(PostForm):
    """Where an office gets letters, as somebody has just verified."""

    npi = forms.CharField(label="NPI of the office’s professional", max_length=10)
    by = forms.ChoiceField(label="How", choices=[(b.value, b.label) for b in (By.FAX, By.MAIL)])
    to = forms.CharField(label="Fax number or e-mail address", max_length=254)
    certificate = forms.CharField(
        label="The office’s certificate", required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only for e-mail: the X.509 certificate as text, from BEGIN CERTIFICATE to END CERTIFICATE.",
    )  # fmt: skip
    verified = forms.BooleanField(
        label="I have just called the office at a number we knew before, and it confirmed this address.",
        error_messages={"required": "Call the office and confirm the address first, then tick the box."},
    )


class ConfidentialForm(PostForm):
    """Where a Member asks to be written to; no reason is asked for."""

    how = forms.ChoiceField(
        label="How the request came",
        choices=[(h.value, h.label) for h in ConfidentialRequest.How],
    )
    received_on = forms.DateField(
        label="The day it reached the plan", widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "“The day it reached the plan” is no day."},
    )  # fmt: skip
    address = forms.CharField(
        label="Address to use from now on", max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Street, then city, State and ZIP: two to four lines.",
    )  # fmt: skip
    phone = forms.CharField(label="Phone to use", required=False, max_length=20)


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

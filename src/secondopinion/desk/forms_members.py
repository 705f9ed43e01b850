"""The form that finds one Member by two identifiers."""

from __future__ import annotations

from typing import Any

from django import forms

from secondopinion.people.find import NotMatched, match_member
from secondopinion.people.models import Member


class MemberSearch(forms.Form):
    """Birth date, and the ID number or the full name. `member` is the one Member found when it is valid."""

    birth_date = forms.DateField(
        label="Birth date",
        widget=forms.DateInput(
            attrs={"type": "date", "class": "usa-input so-input--date", "autocomplete": "off", "autofocus": True}
        ),
        error_messages={
            "required": "Enter the Member’s birth date.",
            "invalid": "This is no date. Enter month, day and year.",
        },
    )
    card = forms.CharField(
        label="ID number",
        required=False,
        max_length=30,
        help_text="From the plan’s card, or the Medi-Cal CIN, or the Medicare number.",
        widget=forms.TextInput(attrs={"class": "usa-input so-input--id", "autocomplete": "off", "spellcheck": "false"}),
    )
    first_name = forms.CharField(
        label="First name",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off", "spellcheck": "false"}),
    )
    last_name = forms.CharField(
        label="Last name",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off", "spellcheck": "false"}),
    )

    member: Member | None = None

    def clean(self) -> dict[str, Any]:
        """Look for the one Member on whom everything given agrees."""
        given = super().clean() or {}
        if not self.errors:
            try:
                self.member = match_member(**given)
            except NotMatched as answer:
                raise forms.ValidationError(answer.sentence) from None
        return given

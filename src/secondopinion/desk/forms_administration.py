"""The forms of what two people decide: a change of one thing, and the answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from secondopinion.desk.forms_post import PostForm
from secondopinion.people.changes import Ask

LONGEST_REASON = 400  # characters


class ChangeForm(PostForm):
    """What shall hold, from which day, and why. Its first fields are those that the kind of change asks for."""

    from_on = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It begins at midnight, Pacific time, of this day.",
        error_messages={"invalid": "“First day” is no day."},
    )  # fmt: skip
    why = forms.CharField(
        label="Why", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever approves it reads this, and so does an auditor in years. Name no Member.",
    )  # fmt: skip


def change_form(asks: Sequence[Ask]) -> type[ChangeForm]:
    """The form for a change that asks these questions first."""
    fields = {ask.name: _field(ask) for ask in asks}
    return type("ChangeOf", (ChangeForm,), {**fields, "field_order": [*fields, *ChangeForm.base_fields]})


class AnswerForm(PostForm):
    """Yes, or no with a reason."""

    words = forms.CharField(
        label="What you say to it", required=False, max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="A refusal needs a reason.",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="answer-%s")


def _field(ask: Ask) -> forms.Field:
    said: dict[str, Any] = {"label": ask.label, "help_text": ask.help, "required": ask.needed}
    match ask.form:
        case "number":
            return forms.IntegerField(
                **said,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
                error_messages={"invalid": f"“{ask.label}” is a whole number."},
            )
        case "yes-no":
            return forms.ChoiceField(**said, choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect)
        case "choices":
            return forms.MultipleChoiceField(**said, choices=ask.choices, widget=forms.CheckboxSelectMultiple)
        case "day":
            return forms.DateField(
                **said,
                widget=forms.DateInput(attrs={"type": "date"}),
                error_messages={"invalid": f"“{ask.label}” is no day."},
            )
        case "lines":
            return forms.CharField(**said, max_length=400, widget=forms.Textarea(attrs={"rows": 5}))
        case _:
            return forms.CharField(**said, max_length=240)

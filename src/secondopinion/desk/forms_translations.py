"""The forms of a letter's language: its words in translation, and that it was read out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from secondopinion.desk.forms_post import PostForm
from secondopinion.desk.step_fields import CLASSES
from secondopinion.referrals.language_work import Words
from secondopinion.referrals.models import ReadingAloud
from secondopinion.referrals.translating import LONGEST

TEXT = "text-"


class WordsForm(PostForm):
    """A text area beside each text that waits, and who translated."""

    translator = forms.CharField(
        label="Who translated", max_length=120, help_text="The qualified translator, or the agency"
    )

    def __init__(self, words: Sequence[Words], language: str, data: Any = None, **more: Any) -> None:
        named = next((each.row.translator for each in words if each.row.translator), "")
        super().__init__(data, initial={"translator": named}, **more)
        for each in words:
            field = forms.CharField(
                label=f"Translation of: {each.where}", required=False, max_length=LONGEST, initial=each.row.text,
                widget=forms.Textarea(
                    attrs={"rows": 2 + len(each.row.original) // 80, "lang": language, "dir": "auto",
                           "class": CLASSES.get(forms.Textarea, "usa-textarea")}
                ),
                error_messages={"max_length": f"A translation has at most {LONGEST} characters."},
            )  # fmt: skip
            self.fields[f"{TEXT}{each.row.pk}"] = field

    @property
    def texts(self) -> dict[UUID, str]:
        """What was typed, by the row it translates."""
        said = self.cleaned_data
        return {UUID(name.removeprefix(TEXT)): text for name, text in said.items() if name.startswith(TEXT)}

    def of(self, each: Words) -> forms.BoundField:
        """The text area of one text."""
        return self[f"{TEXT}{each.row.pk}"]


class ReadAloudForm(PostForm):
    """How a letter was read out, and by whose voice."""

    outcome = forms.ChoiceField(label="What happened", choices=ReadingAloud.Outcome.choices)
    interpreter = forms.CharField(
        label="Who interpreted", required=False, max_length=120,
        help_text="The interpreter’s name or number, or the agency; not needed where the reader did not want it",
    )  # fmt: skip

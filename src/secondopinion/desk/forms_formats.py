"""The form in which a choice of a format is taken down, for the Member or for somebody who acts for the Member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from secondopinion.desk.forms_post import PostForm
from secondopinion.people.models import AuthorizedRepresentative, FormatPreference
from secondopinion.policy.formats import IN_WORDS, Format

MEMBER = "member"


class FormatForm(PostForm):
    """Who reads, how, and how and when the plan was told. No reason is asked for."""

    who = forms.ChoiceField(label="Who reads")
    format = forms.ChoiceField(label="Format from now on", choices=[(each.value, IN_WORDS[each]) for each in Format])
    told = forms.ChoiceField(
        label="How the plan was told", choices=[(each.value, each.label) for each in FormatPreference.Told]
    )
    from_on = forms.DateField(
        label="The day the plan was told",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "“The day the plan was told” is no day."},
    )

    def __init__(self, readers: Iterable[AuthorizedRepresentative], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.readers = {str(each.pk): each for each in readers}
        choices = [(MEMBER, "The Member"), *((key, f"{who.name}, who may act") for key, who in self.readers.items())]
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def representative(self) -> AuthorizedRepresentative | None:
        """Whose choice it is; none: the Member's own."""
        return self.readers.get(self.cleaned_data["who"])

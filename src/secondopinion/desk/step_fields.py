"""The form of one step: fields in the look of USWDS, read into what `advance` is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile

from secondopinion.people.person import Person
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Told

CLASSES: Mapping[type[forms.Widget], str] = {
    forms.Textarea: "usa-textarea",
    forms.Select: "usa-select",
    forms.CheckboxInput: "usa-checkbox__input",
    forms.CheckboxSelectMultiple: "usa-checkbox__input",
    forms.ClearableFileInput: "usa-file-input",
    forms.FileInput: "usa-file-input",
    forms.RadioSelect: "usa-radio__input",
}
YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "unsure": None}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a form needs to know to offer the right choices: the referral, who looks, and when."""

    before: Snapshot
    person: Person
    now: datetime
    choices: Mapping[str, Sequence[tuple[Any, str]]]
    earlier: str = ""  # the number of the referral whose decision this request may appeal

    @property
    def today(self) -> date:
        """The Pacific day."""
        return self.now.astimezone(PACIFIC).date()


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that stand together. With a title they are folded away until they are wanted."""

    title: str
    fields: Sequence[Any]
    open: bool = True


class StepForm(forms.Form):
    """A step as a small form. `told()` is what the person said, once the form is valid."""

    step: ClassVar[str]
    title: ClassVar[str]
    verb: ClassVar[str]  # what the button says
    explains: ClassVar[str] = ""
    careful: ClassVar[bool] = False  # an end that is not gone back on: the button says so by its colour
    beforehand: Sequence[Any] = ()  # what will follow, to be read before the button is pressed

    folds: ClassVar[tuple[tuple[str, tuple[str, ...]], ...]] = ()  # what is folded away: its title, its fields

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        self.setting = setting
        super().__init__(
            data, files, auto_id=f"{self.step}-%s", initial=self.first_values(setting), use_required_attribute=False
        )
        for name, field in self.fields.items():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = missing(str(field.label))
            field.widget.attrs["class"] = CLASSES.get(type(field.widget), "usa-input")
            if isinstance(field, forms.ChoiceField) and name in setting.choices:
                first = list(field.choices)  # type: ignore[arg-type]
                field.choices = [*first, *setting.choices[name]]

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """Is there anything for this step to do now? The lifecycle table says who may take it, and from where."""
        return True

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """What stands in the fields before anybody types."""
        return {}

    @property
    def parts(self) -> list[Part]:
        """The fields as a page shows them: those in sight, then what is folded, open where something was typed."""
        folded = {name for _, names in self.folds for name in names}
        parts = [Part("", [self[name] for name in self.fields if name not in folded])]
        for title, names in self.folds:
            here = [name for name in names if name in self.fields]
            typed = self.is_bound and any(name in self.errors or name in self.changed_data for name in here)
            if here:
                parts.append(Part(title, [self[name] for name in here], typed))
        return parts

    @property
    def position(self) -> int:
        """Where the referral stood when the page was shown."""
        return self.setting.before.position

    @property
    def has_file(self) -> bool:
        """Must the browser send it as a multipart form?"""
        return self.is_multipart()

    def told(self) -> Told:
        """What the person said."""
        raise NotImplementedError


def missing(label: str) -> str:
    """What is said of a field left empty, so that the summary at the top names it."""
    return f"“{label}” is not answered." if label.endswith("?") else f"“{label}” is missing."


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A day, by the browser's own control."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    wrong = {"invalid": f"“{label}” is no day. Write it as 2026-11-30."}
    return forms.DateField(label=label, help_text=help_text, required=required, widget=widget, error_messages=wrong)


def time_field(label: str, help_text: str = "", *, required: bool = True) -> forms.TimeField:
    """A time of day in Pacific time."""
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    wrong = {"invalid": f"“{label}” is no time of day. Write it as 14:30."}
    return forms.TimeField(label=label, help_text=help_text, required=required, widget=widget, error_messages=wrong)


def words_field(
    label: str, help_text: str = "", *, required: bool = True, rows: int = 3, shortest: int = 0
) -> forms.CharField:
    """Words of more than one line, of at least `shortest` characters when any are given."""
    short = f"“{label}” is too short to be understood. Write at least one sentence."
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=4000, min_length=shortest or None,
        widget=forms.Textarea({"rows": rows}), error_messages={"min_length": short},
    )  # fmt: skip


def line_field(label: str, help_text: str = "", *, required: bool = True) -> forms.CharField:
    """One line of words."""
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=300)


def choice_field(
    label: str, choices: Sequence[tuple[str, str]] = (), help_text: str = "", *, required: bool = True,
    first: str = "Choose one",
) -> forms.ChoiceField:  # fmt: skip
    """One of a list."""
    wrong = {"invalid_choice": f"“{label}”: choose one from the list."}
    return forms.ChoiceField(
        label=label, choices=[("", first), *choices], help_text=help_text, required=required, error_messages=wrong
    )


def tick_field(label: str, help_text: str = "") -> forms.BooleanField:
    """A box to tick."""
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def unsure_field(label: str, help_text: str = "", unsure: str = "Not sure") -> forms.ChoiceField:
    """Yes, no, or not sure: three buttons, none of them chosen beforehand. Read it with `YES_NO`."""
    choices = [("yes", "Yes"), ("no", "No"), ("unsure", unsure)]
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text, widget=forms.RadioSelect)


def papers_field(label: str) -> forms.MultipleChoiceField:
    """The papers of the referral, each to be ticked once it was read."""
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple)


def pacific_instant(day: date, at: time) -> datetime:
    """A day and a time on a Pacific wall clock. Refuses the hour that spring skips; takes autumn's first."""
    instant = datetime.combine(day, at, PACIFIC)
    if instant.astimezone(PACIFIC).timestamp() != instant.timestamp() or not _exists(instant):
        raise Refused("That time does not exist: the clocks go forward in that night. Choose another time.")
    return instant


def _exists(instant: datetime) -> bool:
    there_and_back = datetime.fromtimestamp(instant.timestamp(), PACIFIC)
    return there_and_back.replace(tzinfo=None) == instant.replace(tzinfo=None)


def bytes_of(upload: UploadedFile[Any], largest: int) -> bytes:
    """The bytes of an upload. What is too large is refused before it is read."""
    size = upload.size or 0
    if size > largest:
        raise Refused(
            f"The file has {size / 1024 / 1024:.0f} MB; the most is {largest // 1024 // 1024} MB. "
            "Scan it smaller, and choose it again."
        )
    return bytes(upload.read())

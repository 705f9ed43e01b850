"""What a person writes down about an entry of the directory: a doubt, or what the office said on asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms

from secondopinion.directory.amending import ADDRESS_ON_RECORD, Heard
from secondopinion.directory.models import Doubt
from secondopinion.directory.profile import Profile
from secondopinion.directory.search import codes_for

HOW: Final = (("phone", "By phone"), ("visit", "On a visit"), ("letter", "In writing"))
NOT_ASKED: Final = "unasked"


class Across(forms.ChoiceField):
    """A few answers beside each other."""

    across = True

    def __init__(self, label: str, choices: Sequence[tuple[str, str]], first: str = "") -> None:
        super().__init__(
            label=label,
            choices=choices,
            initial=first,
            widget=forms.RadioSelect({"class": "usa-radio__input"}),
            error_messages={"required": f"“{label}” is not answered.", "invalid_choice": "Choose one of the answers."},
        )


class DoubtForm(forms.Form):
    """Which question should be put to the office."""

    asks = Across("What should be asked?", Doubt.Asks.choices)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="doubt-%s", use_required_attribute=False)


class HeardForm(forms.Form):
    """What the office said. Each question can be left unasked; a day and the means are always told."""

    on_day = forms.DateField(
        label="On which day was the office asked?",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "usa-input so-input--date"}),
        error_messages={"required": "Enter the day.", "invalid": "This is no day. Enter month, day and year."},
    )
    how = Across("How?", HOW, "phone")
    accepts = Across("Does it take new Members?", [("yes", "Yes"), ("no", "No"), (NOT_ASKED, "Not asked")], NOT_ASKED)
    places = Across(
        "Does the professional practise there?",
        [("right", "Yes, as on record"), ("gone", "No longer at the places ticked"), (NOT_ASKED, "Not asked")],
        NOT_ASKED,
    )
    gone = forms.MultipleChoiceField(
        label="No longer at",
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "usa-checkbox__input"}),
        error_messages={"invalid_choice": "This place is not on record any more. Read the page again."},
    )
    field = Across(
        "Is the specialty right?",
        [("right", "Yes, as on record"), ("other", "No, it is another"), (NOT_ASKED, "Not asked")],
        NOT_ASKED,
    )
    specialties = forms.CharField(
        label="Taxonomy codes that the office names",
        help_text="The main one first, with blanks between.",
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "usa-input", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, profile: Profile, today: date, data: Any = None) -> None:
        self.profile, self.today = profile, today
        super().__init__(data, auto_id="heard-%s", use_required_attribute=False, initial={"on_day": today})
        self.fields["gone"].choices = places_of(profile)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What belongs together must be told together."""
        told = super().clean() or {}
        if told.get("on_day") and told["on_day"] > self.today:
            self.add_error("on_day", "The day lies in the future. Enter the day on which the office was asked.")
        if told.get("places") == "gone" and not told.get("gone") and "gone" not in self.errors:
            self.add_error("gone", "Tick each place where the professional does not practise any more.")
        if told.get("field") == "other":
            codes = told.get("specialties", "").upper().split()
            if not codes or any(codes_for(code) != (code,) for code in codes):
                self.add_error("specialties", "Enter taxonomy codes of ten characters, such as 207RC0000X.")
        if {told.get(name) for name in ("accepts", "places", "field")} == {NOT_ASKED}:
            self.add_error(None, "Nothing was asked, so nothing can be confirmed. Answer at least one question.")
        return told

    def heard(self) -> Heard:
        """What was said, once the form is valid."""
        told = self.cleaned_data
        who = self.profile.who
        specialties = {
            "right": (who.taxonomy, *who.other_taxonomies),
            "other": tuple(told["specialties"].upper().split()),
        }
        return Heard(
            on_day=told["on_day"],
            how=told["how"],
            accepts={"yes": True, "no": False}.get(told["accepts"]),
            places_right={"right": True, "gone": False}.get(told["places"]),
            gone=tuple(int(key) for key in told["gone"]) if told["places"] == "gone" else (),
            specialties=specialties.get(told["field"], ()),
        )


def places_of(profile: Profile) -> list[tuple[str, str]]:
    """The places on record, by the key of their site; an entry put in by hand has its one address."""
    sites = {m.site.pk: m.site for m in profile.standing.memberships if m.site}
    sites |= {p.site.pk: p.site for p in profile.standing.practices}
    if sites:
        return [(str(key), f"{site.address}, {site.city}") for key, site in sites.items()]
    return [(str(ADDRESS_ON_RECORD), f"{profile.who.address}, {profile.who.city}")]

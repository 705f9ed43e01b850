"""The forms of privacy: a representative and how the authority ends, a disclosure, a purpose, what is sensitive."""

from __future__ import annotations

from django import forms

from secondopinion.desk.forms_post import PostForm
from secondopinion.people.looking import Why
from secondopinion.people.models_representing import RepresentativeEnd, Scope
from secondopinion.people.representing import LARGEST, Basis
from secondopinion.policy.privacy import Purpose, Segment


def a_day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """A field for a day."""
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": f"“{label}” is no day."},
    )  # fmt: skip


def words(label: str, help_text: str = "") -> forms.CharField:
    """A field for a sentence."""
    return forms.CharField(label=label, max_length=300, help_text=help_text, widget=forms.Textarea(attrs={"rows": 2}))


class RepresentativeForm(PostForm):
    """Who may act for the Member. What is missing is said by the room below, all of it at once."""

    needed = ("name", "basis", "signed_on", "paper")  # never called optional, though the form itself asks for none

    name = forms.CharField(label="Name, as the paper has it", max_length=120, required=False)
    basis = forms.ChoiceField(
        label="What the authority rests on", required=False, widget=forms.RadioSelect,
        choices=[(b.value, b.label) for b in Basis],
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label="What the paper appoints the person for", required=False, widget=forms.CheckboxSelectMultiple,
        choices=Scope.choices,
        help_text="For an appointment by the Member. Legal authority, and a parent’s, is for all.",
    )  # fmt: skip
    signed_on = a_day("Day on the paper", required=False, help_text="When it was signed, or issued")
    from_on = a_day("First day", required=False, help_text="If it is another than the day on the paper")
    to_on = a_day("Last day", required=False, help_text="If the paper names one")
    phone = forms.CharField(label="Phone", required=False, max_length=20)
    address = forms.CharField(
        label="Address for copies", required=False, max_length=160, help_text="Street, then a comma, then city and ZIP"
    )
    paper = forms.FileField(
        label="The paper", required=False, allow_empty_file=True,
        help_text=f"A PDF, JPEG, PNG or TIFF of at most {LARGEST // 1024 // 1024} MB. "
        "If the page comes back, choose the file again.",
    )  # fmt: skip


class EndForm(PostForm):
    """An authority ends."""

    how = forms.ChoiceField(label="How", choices=RepresentativeEnd.How.choices, widget=forms.RadioSelect)
    from_on = a_day("First day without authority")
    why = words("Why", "What was said or came in, and from whom. The representative is never shown this.")


class DisclosureForm(PostForm):
    """Something left the house otherwise than by a letter."""

    on = a_day("Day it left")
    to_name = forms.CharField(label="To whom", max_length=160)
    to_address = forms.CharField(label="Their address, if known", required=False, max_length=300)
    what = forms.CharField(label="What was disclosed", max_length=300, help_text="As “the denial letter”")
    purpose = forms.ChoiceField(label="Purpose", choices=[("", "Choose one"), *((p.key, p.words) for p in Purpose)])
    why = words("Why", "In a sentence; or name the request in writing that it answers")
    about = forms.CharField(label="Referral number", required=False, max_length=40)


class WhyForm(PostForm):
    """Why somebody opens what is not their work."""

    purpose = forms.ChoiceField(
        label="What is it for?", choices=[(w.key, w.words) for w in Why], widget=forms.RadioSelect,
        error_messages={"required": "Choose why you open it."},
    )  # fmt: skip
    words = words("In a sentence", "For example: Mrs. Example called and asks which doctor was chosen")


class SensitiveForm(PostForm):
    """That a referral is sensitive, or is not."""

    segment = forms.ChoiceField(
        label="Which care",
        choices=[("", "Choose one"), *((s.key, s.words[0].upper() + s.words[1:]) for s in Segment)],
    )
    holds = forms.ChoiceField(
        label="Does the referral belong to it?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect
    )
    why = words("How do you know?", "Name the paper or the person")

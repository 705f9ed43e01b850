"""The forms that an office fills in: a request, and what opens its answer. Offices read English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django import forms

from secondopinion.people.kept.kinds import LARGEST
from secondopinion.policy.asked import About, Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.facts import Fact
from secondopinion.policy.gg1538 import questions
from secondopinion.policy.identifiers import npi_is_valid
from secondopinion.referrals.offices import LONGEST_NAME, OfficeForm

FACT: Final = "fact_"
SECTIONS: Final = ("The Member's doubts", "The condition", "The diagnosis and the treatment", "The opinions so far")
ANSWERS: Final[Mapping[str, bool]] = {"yes": True, "no": False}
OFFICES: Final = (
    (Requester.PHYSICIAN.value, "A physician: the patient’s PCP or specialist"),
    (Requester.PROVIDER.value, "Another provider"),
)
PROGRAMS: Final = ((Program.MEDI_CAL.value, "Medi-Cal"), (Program.ONECARE.value, "OneCare"), ("", "I do not know"))
OPINIONS: Final = (
    (Opinion.SECOND.value, "Second"), (Opinion.THIRD.value, "Third"), (Opinion.ADDITIONAL.value, "A further one"),
)  # fmt: skip
ABOUT: Final = (
    (About.SPECIALIST_CARE.value, "Care from a specialist"), (About.PCP_CARE.value, "Care from the PCP"),
)  # fmt: skip
URGENCY: Final = (
    (Urgency.STANDARD.value, "Standard"),
    (Urgency.EXPEDITED.value, "Expedited: waiting could harm life, health or function"),
)
MEGABYTES: Final = LARGEST // 1024 // 1024


def line(
    label: str, most: int, hint: str = "", *, missing: str = "", rows: int = 1, **attrs: str
) -> forms.CharField:  # fmt: skip
    """One line of words, or a few where `rows` says so; required when `missing` says what to say without it."""
    given = {"autocomplete": "off", **attrs}
    widget = forms.Textarea(attrs={"rows": rows, **given}) if rows > 1 else forms.TextInput(attrs=given)
    errors = {"required": missing} if missing else {}
    return forms.CharField(
        label=label, max_length=most, help_text=hint, widget=widget, required=bool(missing), error_messages=errors
    )


def radios(
    label: str, choices: Iterable[tuple[str, str]], missing: str, hint: str = "", **more: Any
) -> forms.ChoiceField:
    """One of a few."""
    return forms.ChoiceField(
        label=label, choices=list(choices), help_text=hint, widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing}, **more,
    )  # fmt: skip


def day(label: str, missing: str, hint: str = "", *, required: bool = True) -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(
        label=label, help_text=hint, required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"required": missing, "invalid": missing},
    )  # fmt: skip


def pdf(label: str, hint: str, missing: str = "") -> forms.FileField:
    """A PDF; whether it can be read is looked at when it is kept."""
    return forms.FileField(
        label=label, help_text=hint, required=bool(missing),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": missing, "empty": "The file is empty. Choose the file again.",
            "max_length": "The file’s name is too long. Give it a shorter one.",
        }, max_length=120,
    )  # fmt: skip


class AskForm(forms.Form):
    """A request for a second opinion. `said()` is what the house keeps when it is valid."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    requester = radios("Who asks?", OFFICES, "Say who asks.")
    requester_name = line("Name of the person who asks", LONGEST_NAME, "We write to this name.",
                          missing="Enter the name of the person who asks.")  # fmt: skip
    requester_npi = line("NPI", 10, "Ten digits. It opens the status later.", missing="Enter the NPI.",
                         inputmode="numeric")  # fmt: skip
    requester_phone = line("Phone", 30, "A direct line, where we may call back.", missing="Enter a phone number.",
                           inputmode="tel")  # fmt: skip
    requester_address = line("Mailing address", 200, "As on an envelope, a line each. Letters go there.", rows=3,
                             missing="Enter the address to which we write.")  # fmt: skip
    card = line("Patient’s ID number", 20, "On the plan’s card or the Medi-Cal card.",
                missing="Enter the patient’s ID number.")  # fmt: skip
    birth_date = day("Patient’s date of birth", "Enter the patient’s date of birth.")
    first_name = line("Patient’s first name", 60, missing="Enter the patient’s first name.")
    last_name = line("Patient’s last name", 60, missing="Enter the patient’s last name.")
    program = radios("Program", PROGRAMS, "", required=False)
    opinion = radios("Which opinion is asked for?", OPINIONS, "Say which opinion is asked for.")
    about = radios("Whose care is it about?", ABOUT, "Say whose care it is about.")
    clinician_npi = line("NPI of the doctor whose opinion is questioned", 10, "If you know it.", inputmode="numeric")
    clinician_name = line("Name of that doctor", 120, "If you do not know the NPI.")
    condition = line("What is it about, in plain words?", 120, "For example “surgery on the lower back”. The letters "
                     "to the patient use these words.", missing="Say in plain words what it is about.")  # fmt: skip
    procedure = line("What was recommended?", 160, "In plain words, if anything was.")
    request_words = line("Anything else we should know", 4000, rows=4)
    urgency = radios("How urgent is it?", URGENCY, "Say how urgent it is.")
    urgency_reason = line("What could happen while waiting?", 300, "Needed when expedited.")
    paper = pdf("A record, as a PDF", f"At most {MEGABYTES} MB. If it is one file with the rest, send that.")

    def __init__(self, data: Any = None, files: Any = None, *, now: datetime, entry: UUID | None = None) -> None:
        super().__init__(
            data,
            files,
            label_suffix="",
            initial={"entry": entry, "urgency": Urgency.STANDARD.value, "opinion": "second"},
        )
        self.today = now.astimezone(PACIFIC).date()
        facts = questions.facts(questions.edition_on(self.today)).values()
        self.facts: dict[str, list[Fact]] = {section: [] for section in SECTIONS}
        for fact in facts:
            if fact.section in self.facts and not fact.hidden and not fact.only_licensed:
                self.facts[fact.section].append(fact)
                self.fields[FACT + fact.name] = radios(
                    fact.question, (("yes", "Yes"), ("no", "No"), ("", "Not known")), "", required=False
                )
        self.fields["birth_date"].widget.attrs["max"] = self.today.isoformat()

    @property
    def questions(self) -> list[tuple[str, list[forms.BoundField], bool]]:
        """The policy's questions by section; the first section stands open, as does one with an answer."""
        rows = []
        for at, (section, facts) in enumerate(self.facts.items()):
            fields = [self[FACT + fact.name] for fact in facts]
            rows.append((section, fields, at == 0 or any(field.value() for field in fields)))
        return rows

    def clean_requester_npi(self) -> str:
        """An NPI has ten digits, the last a check digit."""
        return _npi(self.cleaned_data["requester_npi"])

    def clean_clinician_npi(self) -> str:
        """An NPI has ten digits, the last a check digit."""
        return _npi(self.cleaned_data["clinician_npi"])

    def clean_requester_phone(self) -> str:
        """A phone number has ten digits at least: it is a proof later."""
        phone: str = self.cleaned_data["requester_phone"].strip()
        if sum(sign.isdigit() for sign in phone) < 10:
            raise forms.ValidationError("Enter the phone number with its area code.")
        return phone

    def clean_birth_date(self) -> date:
        """A day that lies ahead is nobody's birth date."""
        born: date = self.cleaned_data["birth_date"]
        if born > self.today or born.year < 1900:
            raise forms.ValidationError("Check the date of birth: nobody was born on that day.")
        return born

    def clean(self) -> dict[str, Any]:
        """Expedited needs its reason."""
        given = super().clean() or {}
        if given.get("urgency") == Urgency.EXPEDITED and not given.get("urgency_reason", "").strip():
            self.add_error("urgency_reason", "Say what could happen to the patient while waiting: expedited needs it.")
        return given

    def said(self) -> OfficeForm:
        """What the house keeps. Call it on a valid form only."""
        given = self.cleaned_data
        told = {
            name: given[name].strip()
            for name in (
                "requester", "requester_name", "requester_npi", "requester_phone", "requester_address", "program",
                "opinion", "about", "clinician_npi", "clinician_name", "condition", "procedure", "request_words",
                "urgency", "urgency_reason",
            )
        }  # fmt: skip
        paper = given["paper"]
        answers = {name.removeprefix(FACT): ANSWERS[value] for name, value in given.items()
                   if name.startswith(FACT) and value in ANSWERS}  # fmt: skip
        return OfficeForm(
            entry=given["entry"], card=given["card"].strip(), birth_date=given["birth_date"],
            first_name=given["first_name"].strip(), last_name=given["last_name"].strip(), told=told,
            paper_name=paper.name if paper else "", paper=paper.read() if paper else b"", answers=answers,
        )  # fmt: skip


class StatusForm(forms.Form):
    """What opens an answer: the number, the patient's date of birth, and a proof that it is this office."""

    number = line("Request number", 20, "It begins with SO and stands on our letters.",
                  missing="Enter the request number.", spellcheck="false")  # fmt: skip
    birth_date = day("Patient’s date of birth", "Enter the patient’s date of birth.")
    proof = line("Your office’s NPI or phone, or your code", 40, "The NPI or the phone that is on the request opens "
                 "the status. The code that came with the number opens the whole answer.",
                 missing="Enter the NPI, the phone or the code.", spellcheck="false")  # fmt: skip


class RecordForm(forms.Form):
    """One more record."""

    paper = pdf("Record", f"A PDF of at most {MEGABYTES} MB.", missing="Choose the file to send.")


def _npi(typed: str) -> str:
    npi = typed.strip()
    if npi and not npi_is_valid(npi):
        raise forms.ValidationError("This is no NPI: its check digit does not fit. Compare the ten digits.")
    return npi

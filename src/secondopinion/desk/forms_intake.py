"""The intake form: the head of a request as it was taken down, and the answers known at the door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms

from secondopinion.desk.words import WORDS, day
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.find import standing
from secondopinion.people.models import Member
from secondopinion.people.person import Person
from secondopinion.people.plan import the_plan
from secondopinion.policy.asked import About, Asked, Opinion, Program, Requester, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.facts import Fact
from secondopinion.policy.identifiers import icd10_has_shape, npi_is_valid
from secondopinion.referrals.models import Channel
from secondopinion.referrals.request import Request

CHANNELS = (Channel.PHONE, Channel.FAX, Channel.MAIL, Channel.WALK_IN)
OFFICES = (Requester.PHYSICIAN.value, Requester.PROVIDER.value)
HEAD = ("program", "received_at", "urgency", "requester", "opinion", "about")
ANSWERS = {"yes": True, "no": False, "unknown": None}
FACT = "fact_"


class Radios(forms.ChoiceField):
    """One of a few words, as radio buttons; `across` puts short ones on one line, `first` takes the focus."""

    def __init__(
        self, kind: str, values: Iterable[str], *, across: bool = False, first: bool = False, **kwargs: Any
    ) -> None:
        self.across = across
        super().__init__(
            choices=[(value, WORDS[kind].get(value, value)) for value in values],
            widget=forms.RadioSelect(attrs={"class": "usa-radio__input", "autofocus": first}),
            **kwargs,
        )


def one_line(label: str, most: int, hint: str = "", *, required: bool = False, missing: str = "") -> forms.CharField:
    """One line of words of at most `most` characters; `missing` is said when it is required and empty."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        help_text=hint,
        widget=forms.TextInput(attrs={"class": "usa-input", "autocomplete": "off"}),
        error_messages={"required": missing} if missing else None,
    )


def _text(label: str, most: int, hint: str = "", rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "usa-textarea so-textarea", "rows": rows})
    return forms.CharField(label=label, required=False, max_length=most, help_text=hint, widget=widget)


def must(words: str) -> dict[str, str]:
    """The same sentence for a field that is empty, wrong, or no choice of the list."""
    return {"required": words, "invalid": words, "invalid_choice": words}


class Intake(forms.Form):
    """A request for a Member at an instant. `request()` is what the house receives when it is valid."""

    entry = forms.UUIDField(widget=forms.HiddenInput)
    forwarded = forms.UUIDField(required=False, widget=forms.HiddenInput)  # the forwarded request it takes in
    channel = Radios("channel", [c.value for c in CHANNELS], across=True, first=True,
                     label="How did the request reach us?",
                     error_messages=must("Choose how the request reached us."))  # fmt: skip
    received_on = forms.DateField(
        label="Day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "usa-input so-input--date"}),
        error_messages=must("Enter the day on which the request reached us."),
    )
    received_time = forms.TimeField(
        label="Time, Pacific",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "usa-input so-input--time"}),
        error_messages=must("Enter the time at which the request reached us."),
    )
    program = Radios("program", [*(p.value for p in Program), "pace"], across=True, label="Program",
                     error_messages=must("Choose the Member’s program."))  # fmt: skip
    urgency = Radios("urgency", [u.value for u in Urgency], across=True, label="How urgent is it?",
                     help_text="Expedited when waiting could harm life, health or function.",
                     error_messages=must("Choose standard or expedited."))  # fmt: skip
    urgency_reason = one_line("What could happen while waiting?", 300, "Needed when expedited, in the asker’s words.")

    requester = Radios("requester", [r.value for r in Requester], label="Who asks?",
                       error_messages=must("Choose who asks."))  # fmt: skip
    requester_name = one_line("Name of the person who asks", 120, "Leave empty when it is the Member.")
    requester_phone = one_line("Phone", 30)
    requester_npi = one_line("NPI", 10, "10 digits, for a physician or another provider.")
    requester_address = _text("Address of the office", 200, "One line each; letters to the office go there.", rows=3)

    opinion = Radios("opinion", [o.value for o in Opinion], across=True, label="Which opinion is asked for?",
                     error_messages=must("Choose which opinion is asked for."))  # fmt: skip
    about = Radios("about", [a.value for a in About], across=True, label="Whose care is it about?",
                   error_messages=must("Choose whose care it is about."))  # fmt: skip
    clinician_name = one_line("Who gave the opinion that is questioned?", 120,
                           "Name or NPI. Search the directory, or leave it as you typed it.")  # fmt: skip
    clinician = forms.ChoiceField(required=False, widget=forms.RadioSelect(attrs={"class": "usa-radio__input"}))
    clinician_taxonomy = forms.ChoiceField(
        label="Specialty", required=False, widget=forms.Select(attrs={"class": "usa-select"}),
        help_text="When the person is not in the directory.",
    )  # fmt: skip
    condition = one_line("What is it about, in plain words?", 120,
                      "The letters say it this way, for example “surgery on the lower back”.", required=True,
                      missing="Say in plain words what it is about; the letters use these words.")  # fmt: skip
    procedure = one_line("What was recommended?", 160, "In plain words, if anything was.")
    condition_code = one_line("ICD-10 code", 10, "If the request gives one.")
    request_words = _text("The request in the asker’s own words", 4000, "Write it down, or copy it from the paper.", 4)

    def __init__(
        self, data: Any = None, *, member: Member, person: Person, now: datetime, facts: Iterable[Fact],
        clinicians: Iterable[QualifiedProfessional] = (), specialties: Iterable[tuple[str, str]] = (),
        initial: dict[str, Any] | None = None, fixed: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """`fixed` are answers that came along with a forwarded request: shown, and not to be changed."""
        super().__init__(data, initial={**(initial or {}), **fixed}, label_suffix="")
        for name in fixed:
            self.fields[name].disabled = True
        self.member, self.person, self.now = member, person, now
        self.today = now.astimezone(PACIFIC).date()
        self.facts = tuple(facts)
        self.clinicians = {str(who.pk): who for who in clinicians}
        none = ("", "None of these: keep what I typed")
        self.fields["clinician"].choices = [none, *((pk, who.full_name) for pk, who in self.clinicians.items())]  # type: ignore[attr-defined]
        self.fields["clinician_taxonomy"].choices = [("", "Not known"), *specialties]  # type: ignore[attr-defined]
        self.fields["received_on"].widget.attrs["max"] = self.today.isoformat()

    def clean_received_on(self) -> date:
        """A day that lies ahead is refused at the day itself."""
        given: date = self.cleaned_data["received_on"]
        if given > self.today:
            raise forms.ValidationError(
                "This day lies ahead. Enter the day on which the request reached us; today at the latest."
            )
        if (self.today - given).days > 365:
            raise forms.ValidationError("This day lies more than a year back. Check the year.")
        return given

    def clean_requester_npi(self) -> str:
        """An NPI has ten digits, the last a check digit."""
        npi: str = self.cleaned_data["requester_npi"].strip()
        if npi and not npi_is_valid(npi):
            raise forms.ValidationError("This is no NPI: its check digit does not fit. Compare the ten digits.")
        return npi

    def clean_condition_code(self) -> str:
        """An ICD-10 code in capitals, with its point after the third sign."""
        code: str = self.cleaned_data["condition_code"].strip().upper().replace(".", "")
        code = code if len(code) <= 3 else f"{code[:3]}.{code[3:]}"
        if code and not icd10_has_shape(code):
            raise forms.ValidationError("This has not the shape of an ICD-10 code, such as M48.061. Check it.")
        return code

    def clean_program(self) -> str:
        """PACE has a way of its own."""
        program: str = self.cleaned_data["program"]
        if program == "pace":
            pace = the_plan().pace
            raise forms.ValidationError(
                f"GG.1538 does not apply to PACE. Send the request to {pace['name']}, {pace['phone']}, today."
            )
        return program

    def clean(self) -> dict[str, Any]:
        """What depends on two answers: the receipt instant, the program on that day, who asks, the reason."""
        given = super().clean() or {}
        received_at = self._received_at(given)
        given["received_at"] = received_at
        if received_at is not None:
            self._check_standing(given, received_at.astimezone(PACIFIC).date())
        if given.get("urgency") == Urgency.EXPEDITED and not given.get("urgency_reason", "").strip():
            self.add_error("urgency_reason", "Say what could happen to the Member while waiting: expedited needs it.")
        if not given.get("requester_name", "").strip():
            if given.get("requester") == Requester.MEMBER:
                given["requester_name"] = str(self.member)
            elif given.get("requester"):
                self.add_error("requester_name", "Enter the name of the person who asks.")
        return given

    def _received_at(self, given: dict[str, Any]) -> datetime | None:
        on, at = given.get("received_on"), given.get("received_time")
        if not isinstance(on, date) or not isinstance(at, time):
            return None
        # Reading: an hour that the clock shows twice in autumn is taken as the first, the strictest for us.
        local = datetime.combine(on, at, PACIFIC)
        instant = local.astimezone(UTC)
        if instant.astimezone(PACIFIC).replace(tzinfo=None) != local.replace(tzinfo=None):
            self.add_error("received_time", "That hour did not exist: the clocks went forward. Check the time.")
            return None
        if instant > self.now:
            self.add_error("received_time", "This time lies ahead. A request cannot reach us in the future; check it.")
            return None
        return instant

    def _check_standing(self, given: dict[str, Any], on: date) -> None:
        stands = standing(self.member, on)
        program = given.get("program")
        if program and program not in stands.programs:
            where = " and ".join(WORDS["program"].get(p, p) for p in stands.programs) or "no program of this plan"
            self.add_error(
                "program",
                f"On {day(on)} the Member was enrolled in {where}. Check the Member, the day and the program.",
            )
        network = stands.network.pk if stands.network else None
        if self.person.network is not None and network not in self.person.networks:
            self.add_error(
                "received_on",
                f"On {day(on)} the Member was not with your Health Network. "
                "Pass the request to the plan today; its clock runs from its first arrival.",
            )

    def answers(self) -> dict[str, bool | None]:
        """The answers given, unknown left out. A question that is not this person's to answer is not read."""
        chosen = {fact.name: ANSWERS.get(self.data.get(FACT + fact.name, "")) for fact in self.facts}
        return {name: answer for name, answer in chosen.items() if answer is not None}

    def asked(self) -> Asked | None:
        """The head of the request for the policy, as far as it stands; None while a part is missing or wrong."""
        given = getattr(self, "cleaned_data", {})
        if any(not given.get(name) for name in HEAD):
            return None
        return Asked(
            program=Program(given["program"]), received_at=given["received_at"], information_complete_at=None,
            urgency=Urgency(given["urgency"]), requester=Requester(given["requester"]),
            opinion=Opinion(given["opinion"]), about=About(given["about"]),
        )  # fmt: skip

    def request(self) -> Request:
        """The request for the house. Call it on a valid form only."""
        given = self.cleaned_data
        plain = {name: given[name] for name in (
            "program", "channel", "received_at", "urgency", "urgency_reason", "requester", "requester_name",
            "requester_phone", "requester_npi", "requester_address", "opinion", "about", "request_words", "condition",
            "condition_code", "procedure", "clinician_name", "clinician_taxonomy",
        )}  # fmt: skip
        return Request(
            member=self.member, clinician=self.clinicians.get(given["clinician"]), answers=self.answers(), **plain
        )

    @property
    def entry_id(self) -> UUID:
        """The one-time mark of this form, so that a second press makes no second referral."""
        return UUID(str(self.cleaned_data["entry"]))

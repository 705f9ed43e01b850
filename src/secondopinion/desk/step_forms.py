"""One small form for each step a person can take on the referral's page, named as the lifecycle table names it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django import forms

from secondopinion.desk.missing_items import MORE_ITEMS, MissingItems
from secondopinion.desk.step_fields import (
    YES_NO,
    Setting,
    StepForm,
    bytes_of,
    choice_field,
    day_field,
    line_field,
    pacific_instant,
    tick_field,
    time_field,
    words_field,
)
from secondopinion.desk.step_forms_after import FORMS_AFTER
from secondopinion.desk.step_forms_objections import FORMS_OF_OBJECTIONS
from secondopinion.desk.step_forms_outcomes import OUTCOME_FORMS
from secondopinion.desk.step_forms_review import REVIEW_FORMS
from secondopinion.desk.step_forms_time import TIME_FORMS
from secondopinion.desk.words import WORDS
from secondopinion.people.kept.kinds import LARGEST
from secondopinion.policy.asked import About, Opinion
from secondopinion.referrals.told import (
    Ask,
    Authorize,
    Classify,
    FileRecord,
    HandOver,
    Miss,
    ReferUp,
    Report,
    Schedule,
    See,
    SendBack,
    Supply,
    TakeUp,
    TellRequester,
    Told,
    Withdraw,
)
from secondopinion.referrals.way import AT_THE_DESK


class ClassifyForm(StepForm):
    """Say what kind of opinion is asked."""

    step = "classify"
    title = "Say what kind of opinion this is"
    verb = "Record the kind of opinion"
    explains = "The clocks are read again from the day of receipt; nothing is lost by asking first."
    opinion = choice_field("Which opinion is asked for?", tuple(WORDS["opinion"].items()))
    about = choice_field("Whose care is it about?", tuple(WORDS["about"].items()))
    clinician_name = line_field("Name of the clinician whose care is questioned", required=False)
    clinician_taxonomy = choice_field("Specialty of that clinician", required=False, first="Not known")

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """What is recorded already."""
        names = ("opinion", "about", "clinician_name", "clinician_taxonomy")
        return {name: getattr(setting.before, name) for name in names}

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Classify(
            Opinion(said["opinion"]), About(said["about"]), clinician_name=said["clinician_name"],
            clinician_taxonomy=said["clinician_taxonomy"],
        )  # fmt: skip


class HandOverForm(StepForm):
    """Not a second opinion: hand it over."""

    step = "hand_over"
    title = "Hand it over: it asks for no second opinion"
    verb = "Hand over and close"
    explains = "The clock goes on where it is handed to, from the same receipt."
    careful = True
    to = line_field("Who has it now?", "The team, and the person who took it.")

    def told(self) -> Told:
        """What the person said."""
        return HandOver(self.cleaned_data["to"])


def pdf_field(label: str) -> forms.FileField:
    """A PDF to be chosen; a browser does not keep the choice when a page comes back."""
    return forms.FileField(
        label=label,
        help_text=f"At most {LARGEST // 1024 // 1024} MB. If the page comes back, choose the file again.",
        widget=forms.FileInput({"accept": "application/pdf,.pdf"}),
        error_messages={"empty": "The file is empty. Choose the file again."},
    )


class FileRecordForm(StepForm):
    """Put a medical record with the referral."""

    step = "file_record"
    title = "Add a medical record"
    verb = "Keep the record"
    explains = "Whoever decides must mark it as read before a denial can be signed."
    file = pdf_field("The record as a PDF")
    note = line_field("What is it?", required=False)

    def told(self) -> Told:
        """What the person said."""
        file = self.cleaned_data["file"]
        return FileRecord(file.name or "record.pdf", bytes_of(file, LARGEST), self.cleaned_data["note"])


class TakeUpForm(StepForm):
    """A nurse takes up the review."""

    step = "take_up"
    title = "Take up the review"
    verb = "Take it up"
    complete = tick_field("Everything needed to decide was in hand on the day of receipt")

    def told(self) -> Told:
        """What the person said."""
        return TakeUp(self.cleaned_data["complete"])


class AskForm(MissingItems):
    """Ask for named information."""

    step = "ask"
    title = "Ask for information"
    verb = "Ask the Member and the office that asked"
    explains = "Each thing asked for names the question it would settle. The decision clock runs on."
    folds = MORE_ITEMS

    def told(self) -> Told:
        """What the person said."""
        return Ask(self.items())


class SupplyForm(StepForm):
    """Information came in."""

    step = "supply"
    title = "Record information that came in"
    verb = "Record what came in"
    explains = "When nothing more is needed, the State's clock starts at the instant it came in."
    day = day_field("Day it came in")
    time = time_field("Time it came in", "Pacific time, by the fax header, the call or the stamp.")
    complete = tick_field("Nothing more is needed to decide")
    note = words_field("What came in", required=False, rows=2)

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Supply(pacific_instant(said["day"], said["time"]), said["complete"], said["note"])


class ReferUpForm(StepForm):
    """Send to a physician."""

    step = "refer_up"
    title = "Send to a physician"
    verb = "Send to a physician"
    note = words_field("Summary for the physician", "What is asked, what is known, what is not.", rows=5)

    def told(self) -> Told:
        """What the person said."""
        return ReferUp(self.cleaned_data["note"])


class SendBackForm(StepForm):
    """Back to the nurse."""

    step = "send_back"
    title = "Send back to the nurse"
    verb = "Send back"
    note = words_field("What should the nurse find out?")

    def told(self) -> Told:
        """What the person said."""
        return SendBack(self.cleaned_data["note"])


class AuthorizeForm(StepForm):
    """Authorize."""

    step = "authorize"
    title = "Authorize the opinion"
    verb = "Authorize"
    explains = "One visit, at no cost to the Member. The letters go out by themselves."
    note = line_field("Note for the history", required=False)

    def told(self) -> Told:
        """What the person said."""
        return Authorize(self.cleaned_data["note"])


class WithdrawForm(StepForm):
    """Withdraw."""

    step = "withdraw"
    title = "Record that the request is withdrawn"
    verb = "Withdraw the request"
    explains = "Only the one who asked can take a request back. The Member is told in writing."
    careful = True
    by = choice_field("Who withdrew it?", tuple(WORDS["requester"].items()))
    by_name = line_field("Name of that person")
    words = words_field("In what words?", rows=2)
    how = choice_field("How did it reach us?", AT_THE_DESK, required=False, first="Not written down")

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Withdraw(said["by"], said["by_name"], said["words"], said["how"])


class TellRequesterForm(StepForm):
    """Tell the requester."""

    step = "tell_requester"
    title = "Record that the requester was told"
    verb = "Record that they were told"
    how = choice_field(
        "How?", tuple((w, w.capitalize()) for w in ("by phone", "by fax", "in the portal", "electronically"))
    )
    whom = line_field("Who took the message?")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """Until it is on record that the office was told."""
        return setting.before.provider_told_at is None

    def told(self) -> Told:
        """What the person said."""
        return TellRequester(self.cleaned_data["how"], self.cleaned_data["whom"])


class ScheduleForm(StepForm):
    """Schedule."""

    step = "schedule"
    title = "Schedule the visit"
    verb = "Schedule the visit"
    explains = "Moving an appointment keeps the one visit that was authorized."
    day = day_field("Day of the visit")
    time = time_field("Time of the visit", "Pacific time.")
    how = line_field("How was it arranged?", required=False)

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Schedule(pacific_instant(said["day"], said["time"]), said["how"])


class MissForm(StepForm):
    """Missed."""

    step = "miss"
    title = "Record that the visit did not take place"
    verb = "Record the missed visit"
    explains = "The authorization stays good for its one visit."
    reason = line_field("Why did it not take place?")

    def told(self) -> Told:
        """What the person said."""
        return Miss(self.cleaned_data["reason"])


class SeeForm(StepForm):
    """Record the visit."""

    step = "see"
    title = "Record the visit"
    verb = "Record the visit"
    explains = "The written report is then due ten business days later."
    visited_on = day_field("Day of the visit")

    def told(self) -> Told:
        """What the person said."""
        return See(self.cleaned_data["visited_on"])


class ReportForm(StepForm):
    """Record the consultation report."""

    step = "report"
    title = "Record the consultation report"
    verb = "Keep the report and pass it on"
    explains = "It goes to the Member, the PCP and the treating professional."
    file = pdf_field("The report as a PDF")
    signed_on = day_field("Day it was signed")
    need = choice_field("What did the consultant find?", tuple(WORDS["need"].items()))
    summary = words_field("The consultant's opinion, in a few sentences", rows=4)
    recommended = words_field(
        "Tests and procedures recommended", "Each one goes back to the treating professional to order.", required=False
    )
    folds = (("It differs in another way, or the outcomes leave the need open",
              ("other_disparity", "differs", "differs_why")),)  # fmt: skip
    other_disparity = words_field(
        "Does it differ in another way?",
        "Such as the diagnosis. A reviewer may then grant a further opinion.",
        required=False,
        rows=2,
    )
    differs = choice_field(
        "Does it differ from the first opinion on the need?",
        (("yes", "Yes, it differs"), ("no", "No, they agree")),
        "Only where the two outcomes leave it open, or say it wrongly.",
        required=False,
        first="As the outcomes say",
    )
    differs_why = line_field("Why do you say so?", required=False)

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        file = said["file"]
        return Report(
            need=said["need"], summary=said["summary"], recommended=said["recommended"], signed_on=said["signed_on"],
            file_name=file.name or "report.pdf", content=bytes_of(file, LARGEST),
            differs=YES_NO.get(said["differs"]), differs_why=said["differs_why"],
            other_disparity=said["other_disparity"],
        )  # fmt: skip


FORMS: Final[Mapping[str, type[StepForm]]] = MappingProxyType(
    {
        form.step: form
        for form in (
            ClassifyForm, HandOverForm, FileRecordForm, TakeUpForm, AskForm, SupplyForm, ReferUpForm, SendBackForm,
            AuthorizeForm, WithdrawForm, TellRequesterForm, ScheduleForm, MissForm, SeeForm, ReportForm,
            *TIME_FORMS, *OUTCOME_FORMS,
            *FORMS_AFTER, *FORMS_OF_OBJECTIONS, *REVIEW_FORMS,
        )
    }
)  # fmt: skip

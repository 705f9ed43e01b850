"""The forms of objections: what a person said, what the appeals team answered, and a referral that goes on.

Staff write down what was said and answer in plain words; which policy and which clocks follow is the law's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django import forms

from secondopinion.desk.step_fields import (
    YES_NO,
    Setting,
    StepForm,
    choice_field,
    day_field,
    line_field,
    pacific_instant,
    tick_field,
    time_field,
    unsure_field,
    words_field,
)
from secondopinion.desk.step_forms_time import instant_of
from secondopinion.desk.words import WORDS
from secondopinion.policy.asked import Program, Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import Clock
from secondopinion.policy.clocks_objecting import appeal_clocks, complaint_clocks
from secondopinion.policy.objections import Path, paths
from secondopinion.referrals.hearing import is_hearing_open, is_with_the_reviewer
from secondopinion.referrals.models import Decision
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Told
from secondopinion.referrals.told_objections import (
    Acknowledge,
    AnswerComplaint,
    Contact,
    Lift,
    Overturn,
    Uphold,
)
from secondopinion.referrals.way import AT_THE_DESK

OBJECTORS: Final = tuple((value, words) for value, words in WORDS["requester"].items() if value != Requester.PLAN)
LEVELS: Final[Mapping[str, str]] = MappingProxyType(
    {"appeal": "The plan’s appeal", "hearing": "A State Hearing", "reviewer": "Medicare’s independent reviewer"}
)


@dataclass(frozen=True, slots=True)
class Way:
    """What follows when one of the two questions is answered yes: the policies, and the limits of each speed."""

    when: str
    what: str
    paths: tuple[Path, ...]
    clocks: tuple[tuple[str, Clock], ...]


def ways(program: Program, at: datetime) -> tuple[Way, ...]:
    """The two ways an objection can go, with their policies and clocks, for one that came in at `at`."""
    on = at.astimezone(PACIFIC).date()
    acknowledge, standard = appeal_clocks(at, program, expedited=False)
    _, fast = appeal_clocks(at, program, expedited=True)
    heard, answered = complaint_clocks(at, program, expedited=False)
    standard_paths = paths(program, "appeal", expedited=False, on=on)
    more = tuple(p for p in paths(program, "appeal", expedited=True, on=on) if p not in standard_paths)
    return (
        Way("Wants the decision changed", "an appeal", (*standard_paths, *more),
            (("Acknowledge", acknowledge), ("Decide", standard), ("Decide, when waiting could harm", fast))),
        Way("Is unhappy with something else", "a complaint", paths(program, "complaint", expedited=False, on=on),
            (("Acknowledge", heard), ("Answer", answered))),
    )  # fmt: skip


def is_open(before: Snapshot, which: str) -> bool:
    """Is an appeal, or a complaint, open on the referral?"""
    received, resolved = getattr(before, f"{which}_received_at"), getattr(before, f"{which}_resolved_at")
    return received is not None and resolved is None


class ContactForm(StepForm):
    """Somebody is not content. The form asks for words, never for the name of a policy."""

    step = "dispute"
    title = "Write down that somebody is not content"
    verb = "Write it down"
    explains = (
        "Write what was said. What it is called follows from your answers; what may be a complaint is one. The clocks "
        "start at once."
    )
    folds = (("It comes after the last day to appeal", ("late_because",)),)
    words = words_field("What did the person say?", "As close to their own words as you can.", rows=4)
    wants_change = unsure_field("Does the person want the decision changed?")
    unhappy = unsure_field(
        "Is the person unhappy with something else?", "Such as how long it took, or how it was said."
    )
    by = choice_field("Who said it?", OBJECTORS)
    by_name = line_field("Name of that person")
    how = choice_field("How did it reach us?", AT_THE_DESK, required=False, first="Not written down")
    day = day_field("Day it reached us", "Us or any Health Network, whoever was first.")
    time = time_field("Time it reached us", "Pacific time.")
    expedited = tick_field("Waiting could harm the Member’s life, health or function")
    supported = tick_field("A physician says so, or asks for the fast way")
    consent = tick_field("The Member’s written consent is on file")
    continue_care = tick_field("The Member asks to keep the authorization while the appeal is looked at")
    late_because = line_field("What kept the Member from it?", required=False)

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        before = setting.before
        self.beforehand = ways(Program(before.program), setting.now)
        if before.program != Program.MEDI_CAL:
            del self.fields["consent"]
        if before.rescinded_at is None:
            del self.fields["continue_care"]

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """Now, unless somebody says otherwise."""
        here = setting.now.astimezone(PACIFIC)
        return {"day": here.date(), "time": here.time().replace(second=0, microsecond=0)}

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Contact(
            received_at=pacific_instant(said["day"], said["time"]), by=said["by"],
            by_name=said["by_name"], words=said["words"],
            appeal=YES_NO[said["wants_change"]], complaint=YES_NO[said["unhappy"]], expedited=said["expedited"],
            supported=said["supported"], consent=said.get("consent", False),
            continue_care=said.get("continue_care", False), late_because=said["late_because"], how=said["how"],
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Two times no is no objection."""
        said = super().clean() or {}
        if said.get("wants_change") == "no" and said.get("unhappy") == "no":
            self.add_error("unhappy", "Twice no: then there is nothing to open. If you are not sure, say “Not sure”.")
        return said


class AcknowledgeForm(StepForm):
    """The appeals team acknowledged."""

    step = "acknowledge"
    title = "Record the acknowledgment"
    verb = "Record the acknowledgment"
    which = forms.ChoiceField(label="Which was acknowledged in writing?", widget=forms.RadioSelect)

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        waiting = self._waiting(setting)
        field: Any = self.fields["which"]
        field.choices = [(which, f"The {which}") for which in waiting]
        if len(waiting) == 1:
            field.initial = self.initial["which"] = waiting[0]

    @staticmethod
    def _waiting(setting: Setting) -> list[str]:
        return [
            which for which in ("appeal", "complaint")
            if is_open(setting.before, which) and getattr(setting.before, f"{which}_acknowledged_at") is None
        ]  # fmt: skip

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While one of the two waits for it."""
        return bool(cls._waiting(setting))

    def told(self) -> Told:
        """What the person said."""
        return Acknowledge(self.cleaned_data["which"])


class OutcomeForm(StepForm):
    """What came of an appeal."""

    by_name = line_field("Who decided the appeal?", "Somebody who had no part in the decision.")
    why = words_field("Why?", "In a sentence or two.")
    day = day_field("Day the answer was given by voice, if it was", required=False)
    time = time_field("Time of that", "Pacific time.", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While an appeal is open."""
        return is_open(setting.before, "appeal") and setting.before.maybe_appeal_of_id is None


class ReversalForm(OutcomeForm):
    """A decision changed for the Member, at one of the levels where something waits."""

    level = choice_field("Where was it changed?")
    day = day_field(
        "Day the answer was given by voice, or the State’s or reviewer’s came, if before now", required=False
    )

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        field: Any = self.fields["level"]
        field.choices = [("", "Choose one"), *((level, LEVELS[level]) for level in self.levels(setting.before))]

    @staticmethod
    def levels(before: Snapshot) -> tuple[str, ...]:
        """Where something waits that could change the decision."""
        waits = {
            "appeal": is_open(before, "appeal") and before.maybe_appeal_of_id is None,
            "hearing": is_hearing_open(before),
            "reviewer": is_with_the_reviewer(before),
        }
        return tuple(level for level, so in waits.items() if so)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While something waits that could change the decision."""
        return bool(cls.levels(setting.before))


class UpholdForm(OutcomeForm):
    """The decision stands."""

    step = "uphold"
    title = "Record that the appeal left the decision as it was"
    verb = "Record that the decision stands"

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        if setting.before.program == Program.ONECARE:
            self.explains = "For OneCare the case goes on to Medicare’s independent reviewer by itself."  # type: ignore[misc]
        else:
            self.explains = "The Member can then ask for a State Hearing; the answer to the appeal says how."  # type: ignore[misc]

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Uphold(said["by_name"], said["why"], instant_of(said))


class OverturnForm(ReversalForm):
    """The no became a yes."""

    step = "overturn"
    title = "Record that the decision was changed to a yes"
    verb = "Authorize the opinion"
    explains = "The opinion is authorized at once, and the letters go out by themselves."

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Overturn(said["by_name"], said["why"], said["level"], instant_of(said))


class LiftForm(ReversalForm):
    """A limit was lifted."""

    step = "lift"
    title = "Record that the limit was lifted, or the authorization given back"
    verb = "Authorize the whole"
    explains = "What was limited or taken back is authorized whole; the Member is written to."

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While something waits that could lift a limit, or give an authorization back."""
        limited = setting.before.decision in (Decision.LIMIT, Decision.PARTIAL)
        return super().offered(setting) and (limited or setting.before.rescinded_at is not None)

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Lift(said["by_name"], said["why"], said["level"], instant_of(said))


class AnswerComplaintForm(StepForm):
    """The complaint was answered."""

    step = "answer_complaint"
    title = "Record the answer to the complaint"
    verb = "Record the answer"
    by_name = line_field("Who answered it?")
    outcome = words_field("What was the answer?", "In a sentence or two.")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a complaint is open."""
        return is_open(setting.before, "complaint")

    def told(self) -> Told:
        """What the person said."""
        return AnswerComplaint(self.cleaned_data["by_name"], self.cleaned_data["outcome"])


FORMS_OF_OBJECTIONS = (AcknowledgeForm, UpholdForm, OverturnForm, LiftForm, AnswerComplaintForm, ContactForm)

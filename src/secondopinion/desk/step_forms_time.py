"""Forms of the steps of time, and of who asks: more time, faster or not, what came in late, and what is set right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django import forms

from secondopinion.desk.missing_items import MORE_ITEMS, MissingItems
from secondopinion.desk.step_fields import (
    Setting,
    StepForm,
    choice_field,
    day_field,
    line_field,
    pacific_instant,
    tick_field,
    time_field,
    words_field,
)
from secondopinion.desk.words import WORDS
from secondopinion.policy.asked import Program, Urgency
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Told
from secondopinion.referrals.told_objections import IsAppeal, IsNew
from secondopinion.referrals.told_time import (
    GROUNDS,
    SPOKEN,
    Correct,
    Delay,
    Expedite,
    LateInformation,
    RecordFirst,
    RefuseExpedite,
    ShowAuthority,
    TellMember,
)

STAMP: Final = "Pacific time, by the fax header, the call or the stamp."
WAYS_TO_TALK: Final = ("by phone", "by video", "in person", "with an interpreter, by phone")


def instant_of(said: Mapping[str, Any]) -> datetime | None:
    """The instant of the fields `day` and `time`; None when both are empty. Refuses half an instant."""
    on, at = said.get("day"), said.get("time")
    if on is None and at is None:
        return None
    if on is None or at is None:
        raise Refused("Give both the day and the time, or leave both empty.")
    return pacific_instant(on, at)


class ShowAuthorityForm(StepForm):
    """The representative's authority came in."""

    step = "show_authority"
    title = "Record that the representative’s authority came in"
    verb = "Record the authority"
    explains = "The time to decide starts when both the request and the authority are here."
    day = day_field("Day it came in")
    time = time_field("Time it came in", STAMP)
    evidence = line_field("Which paper shows it, and where is it kept?")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a representative's authority is missing."""
        return setting.before.representative_needed

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return ShowAuthority(pacific_instant(said["day"], said["time"]), said["evidence"])


class LateInformationForm(StepForm):
    """Something came in that nobody waited for."""

    step = "late_information"
    title = "Record further information that came in"
    verb = "Keep what came in"
    explains = (
        "For what nobody was waiting for. After a no it opens nothing by itself; it can lead to a yes, or an appeal."
    )
    day = day_field("Day it came in")
    time = time_field("Time it came in", STAMP)
    complete = tick_field("With it, everything needed to decide is in hand")
    note = words_field("What came in", rows=2)

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return LateInformation(pacific_instant(said["day"], said["time"]), said["note"], said["complete"])


class ExpediteForm(StepForm):
    """Make it expedited."""

    step = "expedite"
    title = "Make it expedited"
    verb = "Make it expedited"
    explains = (
        "The fast clock then runs beside the old one. A provider’s word is enough; without one, a nurse or a "
        "physician must find it."
    )
    reason = words_field("What could happen to the Member while waiting the standard time?", rows=2)
    supported = tick_field("A provider says that waiting could harm the Member")
    by_name = line_field("Name of that provider", required=False)

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Expedite(said["reason"], said["supported"], said["by_name"])


class RefuseExpediteForm(StepForm):
    """Keep the standard time."""

    step = "refuse_expedite"
    title = "Keep it at the standard time"
    verb = "Keep the standard time and write to the Member"
    explains = (
        "Only where no provider supports the fast way. The Member is told by voice and in writing, "
        "and can complain. The standard time counts from the receipt."
    )
    careful = True
    reason = words_field("Why is the standard time safe to wait? The Member reads this.")
    day = day_field("Day fast handling was asked for", "Only if it was later than the request.", required=False)
    time = time_field("Time it was asked for", "Pacific time.", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """Where somebody asked for the fast way."""
        return setting.before.expedite_asked_at is not None or setting.before.urgency == Urgency.EXPEDITED

    def told(self) -> Told:
        """What the person said."""
        return RefuseExpedite(self.cleaned_data["reason"], instant_of(self.cleaned_data))


class DelayForm(MissingItems):
    """More time to decide, once, on a lawful ground."""

    step = "delay"
    title = "Take more time to decide"
    verb = "Take more time and write to the Member"
    explains = "Once, and only on one of these grounds. The Member is told why, until when, and how to complain."
    careful = True
    days = forms.IntegerField(label="How many days more?", min_value=1)
    ground = choice_field("On which ground?", tuple(GROUNDS.items()))
    interest = words_field(
        "Why is waiting good for the Member?", "Not needed when somebody asked for more time.", required=False, rows=2
    )
    asked_by_name = line_field("Who asked for more time?", "The Member, or a provider by name.", required=False)
    expert = line_field("Which kind of expert?", required=False)
    examination = line_field("Which examination or test?", required=False)
    folds = (
        ("When somebody asked for more time", ("asked_by_name",)),
        ("When an expert must look", ("expert",)),
        ("When an examination or a test is needed", ("examination",)),
        ("When information is missing", ("words_1", "fact_1", "clause_1")),
        *MORE_ITEMS,
    )

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        most = longest_extension(setting.before.program, setting.today)
        days = self.fields["days"]
        days.help_text = f"At most {most} calendar days after the first limit."
        days.widget.attrs["max"] = most
        self.fields["words_1"].required = False

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return Delay(
            days=said["days"], ground=said["ground"], items=self.items(), expert=said["expert"],
            examination=said["examination"], interest=said["interest"], asked_by_name=said["asked_by_name"],
        )  # fmt: skip


def longest_extension(program: str, on: date) -> int:
    """The most days that a program gives beyond its first limit on a day; 0 where it gives none."""
    return value(f"decision_time.extension_allowed.{Program(program).value.replace('-', '_')}", on).number


class TellMemberForm(StepForm):
    """The Member was told by voice."""

    step = "tell_member"
    title = "Record that the Member was told by voice"
    verb = "Record that the Member was told"
    explains = "A message left on a machine does not count. The letter goes out all the same."
    what = choice_field("What was said?")
    whom = line_field("Who was reached?")
    how = choice_field("How?", tuple((w, w.capitalize()) for w in WAYS_TO_TALK))
    day = day_field("Day, if it was before now", required=False)
    time = time_field("Time, if it was before now", "Pacific time.", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While there is something to say that was not said."""
        return bool(to_be_said(setting.before))

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = [
            ("", "Choose one"),
            *((k, f"{SPOKEN[k][:1].upper()}{SPOKEN[k][1:]}") for k in to_be_said(setting.before)),
        ]

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return TellMember(said["what"], said["whom"], said["how"], instant_of(said))


def to_be_said(before: Snapshot) -> tuple[str, ...]:
    """What there is to tell the Member by voice, as the referral stands."""
    there_is = {
        "expedite-refused": before.expedite_refused,
        "decision": before.decided_at is not None,
        "delay": before.delayed_at is not None,
        "fast-appeal-refused": before.appeal_fast_refused_at is not None and before.appeal_refusal_told_at is None,
    }
    return tuple(what for what, so in there_is.items() if so)


class CorrectForm(StepForm):
    """Set right what was written down wrong."""

    step = "correct"
    title = "Correct what was written down"
    verb = "Correct it"
    explains = "Open what is wrong and change only that. What stood there before stays in the history."
    why = line_field("What was wrong, and how do you know?")
    day = day_field("Day the request reached us", "It can only move to an earlier instant.")
    time = time_field("Time the request reached us", STAMP)
    requester_name = line_field("Name of the one who asked")
    requester_phone = line_field("Phone of the one who asked", required=False)
    requester_npi = line_field("NPI of the one who asked", required=False)
    requester_address = words_field("Address of the one who asked", required=False, rows=2)
    request_words = words_field("What was asked, in the asker’s words", required=False, rows=2)
    condition = line_field("Condition, in plain words", required=False)
    condition_code = line_field("Its ICD-10 code", required=False)
    procedure = line_field("What was recommended", required=False)
    clinician_name = line_field("Whose care is questioned", required=False)
    visited_on = day_field("Day of the visit")

    folds = (
        ("When it reached us", ("day", "time")),
        ("Who asked, and in what words", ("requester_name", "requester_phone", "requester_npi", "requester_address",
                                          "request_words")),
        ("What it is about", ("condition", "condition_code", "procedure", "clinician_name")),
        ("When the visit was", ("visited_on",)),
    )  # fmt: skip
    WORDS_OF = ("requester_name", "requester_phone", "requester_npi", "requester_address", "request_words", "condition",
                "condition_code", "procedure", "clinician_name")  # fmt: skip

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        if setting.before.visited_on is None:
            del self.fields["visited_on"]

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """What is recorded now."""
        here = setting.before.received_at.astimezone(PACIFIC)
        minute = here.time().replace(second=0, microsecond=0)
        kept = {name: getattr(setting.before, name) for name in (*self.WORDS_OF, "visited_on")}
        return {**kept, "day": here.date(), "time": minute}

    def told(self) -> Told:
        """What the person changed."""
        said = self.cleaned_data
        columns: dict[str, str | date | datetime] = {
            name: said[name].replace("\r\n", "\n") for name in self.WORDS_OF if name in self.changed_data
        }
        if {"day", "time"} & set(self.changed_data):
            columns["received_at"] = pacific_instant(said["day"], said["time"])
        if "visited_on" in self.changed_data:
            columns["visited_on"] = said["visited_on"]
        return Correct(columns, said["why"])


class RecordFirstForm(StepForm):
    """What the first practitioner said of the need."""

    step = "record_first"
    title = "Record what the first practitioner said"
    verb = "Record the first opinion"
    explains = "Two opinions can then be compared. If they differ on the need, the Member may have a third."
    need = choice_field("What did the first practitioner find?", tuple(WORDS["need"].items()))
    procedure = line_field("About which procedure?", required=False)
    source = line_field("Where does it say so?", "A note, a letter, a call, and of which day.")

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """What is recorded already."""
        return {"need": setting.before.first_need, "procedure": setting.before.procedure}

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return RecordFirst(said["need"], said["source"], said["procedure"])


class IsNewForm(StepForm):
    """A new request, not an appeal."""

    step = "is_new"
    title = "It is a new request"
    verb = "Go on with it as a new request"
    explains = "The clock of an appeal ends. The time to decide has been running since the receipt."
    why = line_field("What is different from the earlier request?")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While the request may be an appeal."""
        return setting.before.maybe_appeal_of_id is not None

    def told(self) -> Told:
        """What the person said."""
        return IsNew(self.cleaned_data["why"])


class IsAppealForm(StepForm):
    """An appeal of an earlier decision."""

    step = "is_appeal"
    title = "It is an appeal of the earlier decision"
    verb = "Hand it over as an appeal"
    explains = "This referral closes. The appeal goes on at the earlier one, counted from the same receipt."
    careful = True
    why = line_field("How do you know that it is an appeal?")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While the request may be an appeal."""
        return setting.before.maybe_appeal_of_id is not None

    def told(self) -> Told:
        """What the person said."""
        return IsAppeal(self.setting.earlier, self.cleaned_data["why"])


TIME_FORMS: Final = (
    ShowAuthorityForm, IsNewForm, IsAppealForm, LateInformationForm, ExpediteForm, RefuseExpediteForm, DelayForm,
    TellMemberForm, RecordFirstForm, CorrectForm,
)  # fmt: skip

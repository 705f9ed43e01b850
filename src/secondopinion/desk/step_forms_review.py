"""The forms of what follows an objection, and of a talk with a treating provider: for appeals and for physicians."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

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
from secondopinion.desk.step_forms_time import instant_of
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.parameters import value
from secondopinion.referrals import hearing, peers
from secondopinion.referrals.clockwork_objecting import ANSWERED, UPHELD, is_exhausted
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told import Told
from secondopinion.referrals.told_review import (
    ANSWERS,
    EXTENSIONS,
    AnswerPeer,
    AskPeer,
    ExtendAppeal,
    ForwardToReviewer,
    HearingAsked,
    HearingUpheld,
    PacketSent,
    RefuseFastAppeal,
    ReviewerAgrees,
    WriteAnswer,
)

SPEEDS: Final[Mapping[str, str]] = MappingProxyType({"standard": "In the usual time", "fast": "Fast (expedited)"})


def _is_appeal_open(before: Snapshot) -> bool:
    received = before.appeal_received_at is not None and before.appeal_resolved_at is None
    return received and before.maybe_appeal_of_id is None


class RefuseFastAppealForm(StepForm):
    """An appeal is not handled fast."""

    step = "refuse_fast_appeal"
    title = "Keep the appeal at the standard time"
    verb = "Keep the standard time"
    explains = (
        "The thirty days count from the first receipt. Call the Member within 24 hours; the letter follows within two "
        "days of the call."
    )
    why = words_field("Why is the standard time safe to wait?", "The Member reads this.")
    day = day_field("Day the Member was told, if it was done already", required=False)
    time = time_field("Time of that", "Pacific time.", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a fast appeal is open that no provider supports."""
        before = setting.before
        return _is_appeal_open(before) and before.appeal_expedited and not before.appeal_supported

    def told(self) -> Told:
        """What the person said."""
        return RefuseFastAppeal(self.cleaned_data["why"], instant_of(self.cleaned_data))


class ExtendAppealForm(StepForm):
    """More time for a OneCare appeal."""

    step = "extend_appeal"
    title = "Take more time for the appeal"
    verb = "Take more time"
    explains = "Once, and only when it serves the Member. The Member is told why, and may complain about it."
    days = line_field("How many days more?")
    ground = choice_field("On which ground?", tuple(EXTENSIONS.items()))
    interest = words_field("Why does waiting serve the Member?", required=False, rows=2)
    asked_by_name = line_field("Who asked for more time?", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While an appeal is open that may be given more time."""
        return _is_appeal_open(setting.before) and not setting.before.appeal_extension_days and cls.longest(setting) > 0

    @staticmethod
    def longest(setting: Setting) -> int:
        """The most days that the program gives."""
        return value(f"appeal_time.extension.{setting.before.program.replace('-', '_')}", setting.today).number

    def clean_days(self) -> int:
        """A number of days."""
        typed = str(self.cleaned_data["days"]).strip()
        if not typed.isdecimal() or not 1 <= int(typed) <= self.longest(self.setting):
            self.add_error("days", f"“How many days more?” is a number from 1 to {self.longest(self.setting)}.")
            return 0
        return int(typed)

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return ExtendAppeal(said["days"], said["ground"], said["interest"], said["asked_by_name"])


class WriteAnswerForm(StepForm):
    """A written answer left."""

    step = "write_answer"
    title = "Record that the answer was mailed"
    verb = "Record the mailing"
    which = choice_field("What was mailed?")
    mailed_on = day_field("Day it was mailed", "As on the postmark.")

    def __init__(self, setting: Setting, data: Any = None, files: Any = None) -> None:
        super().__init__(setting, data, files)
        field: Any = self.fields["which"]
        field.choices = [("", "Choose one"), *((which, ANSWERS[which]) for which in self.waiting(setting.before))]

    @staticmethod
    def waiting(before: Snapshot) -> tuple[str, ...]:
        """What is still to be written."""
        answered = before.appeal_resolved_at is not None and before.appeal_outcome in ANSWERED
        there_is = {
            "appeal": answered and before.appeal_written_on is None,
            "fast-refused": before.appeal_fast_refused_at is not None and before.appeal_refusal_written_on is None,
        }
        return tuple(which for which, so in there_is.items() if so)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While something is to be written."""
        return bool(cls.waiting(setting.before))

    def told(self) -> Told:
        """What the person said."""
        return WriteAnswer(self.cleaned_data["which"], self.cleaned_data["mailed_on"])


class ForwardToReviewerForm(StepForm):
    """On to Medicare's reviewer."""

    step = "forward_to_reviewer"
    title = "Send the case on to Medicare’s reviewer"
    verb = "Record that it was sent"
    explains = "The whole case goes, unasked. An appeal that nobody answered in time goes too."
    how = line_field("How was it sent, and what proves it?")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a OneCare case is to be sent on."""
        before = setting.before
        over = _is_appeal_open(before) and is_exhausted(before, setting.now)
        return before.program == Program.ONECARE and before.appeal_forwarded_at is None and (
            over or before.appeal_outcome == UPHELD
        )  # fmt: skip

    def told(self) -> Told:
        """What the person said."""
        return ForwardToReviewer(self.cleaned_data["how"])


class ReviewerAgreesForm(StepForm):
    """Medicare's reviewer agrees."""

    step = "reviewer_agrees"
    title = "Record that Medicare’s reviewer left the decision as it was"
    verb = "Record the reviewer’s answer"
    why = words_field("What did the reviewer find?", "In a sentence or two.")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While the reviewer has the case."""
        return hearing.is_with_the_reviewer(setting.before)

    def told(self) -> Told:
        """What the person said."""
        return ReviewerAgrees(self.cleaned_data["why"])


class HearingAskedForm(StepForm):
    """Notice of a State Hearing."""

    step = "hearing_asked"
    title = "Record the notice of a State Hearing"
    verb = "Record the notice"
    explains = (
        "The packet is due two business days before the hearing; for a fast one, two business days from the notice."
    )
    folds = (("It was asked for after the last day", ("late_because",)),)
    day = day_field("Day the State’s notice came")
    time = time_field("Time it came", "Pacific time.")
    speed = choice_field("How fast is it heard?", tuple(SPEEDS.items()))
    hearing_on = day_field("Day of the hearing, if it is set", required=False)
    asked_on = day_field("Day the Member asked, if the notice says it", required=False)
    late_because = line_field("What good cause does the notice give?", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """Once the plan has answered with a no, or its time is over; and while a hearing may be moved."""
        before = setting.before
        if hearing.is_hearing_open(before):
            return True
        over = _is_appeal_open(before) and is_exhausted(before, setting.now)
        stands = before.appeal_resolved_at is not None and before.appeal_outcome in (UPHELD, "late")
        return over or (stands and before.hearing_resolved_at is None)

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """Now, unless somebody says otherwise."""
        here = setting.now.astimezone(PACIFIC)
        return {"day": here.date(), "time": here.time().replace(second=0, microsecond=0)}

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return HearingAsked(
            pacific_instant(said["day"], said["time"]), said["speed"] == "fast", said["hearing_on"], said["asked_on"],
            said["late_because"],
        )  # fmt: skip


class PacketSentForm(StepForm):
    """The packet left."""

    step = "packet_sent"
    title = "Record that the packet for the hearing was sent"
    verb = "Record that it was sent"
    explains = "The packet is made under “Papers”, with every paper, letter and event."
    how = line_field("How was it sent, and what proves it?")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a hearing waits for it."""
        return hearing.is_hearing_open(setting.before) and setting.before.hearing_packet_at is None

    def told(self) -> Told:
        """What the person said."""
        return PacketSent(self.cleaned_data["how"])


class HearingUpheldForm(StepForm):
    """The hearing left the decision."""

    step = "hearing_upheld"
    title = "Record that the State Hearing left the decision as it was"
    verb = "Record what the State found"
    why = words_field("What did the State find?", "In a sentence or two.")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a hearing waits."""
        return hearing.is_hearing_open(setting.before)

    def told(self) -> Told:
        """What the person said."""
        return HearingUpheld(self.cleaned_data["why"])


class AskPeerForm(StepForm):
    """A provider wants to talk."""

    step = "ask_peer"
    title = "A treating provider asks to talk with a physician"
    verb = "Ask a physician to call"
    explains = "A physician calls within one business day; in an emergency within 30 minutes."
    by_name = line_field("Who asks?")
    phone = line_field("At which number?")
    day = day_field("Day of the call")
    time = time_field("Time of the call", "Pacific time.")
    emergency = tick_field("It is an emergency")

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While there is a decision to talk over, and nobody waits already."""
        before = setting.before
        return peers.may_ask(before) and (before.peer_asked_at is None or before.peer_answered_at is not None)

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """Now, unless somebody says otherwise."""
        here = setting.now.astimezone(PACIFIC)
        return {"day": here.date(), "time": here.time().replace(second=0, microsecond=0)}

    def told(self) -> Told:
        """What the person said."""
        said = self.cleaned_data
        return AskPeer(pacific_instant(said["day"], said["time"]), said["by_name"], said["phone"], said["emergency"])


class AnswerPeerForm(StepForm):
    """A physician called."""

    step = "answer_peer"
    title = "Record the talk with the treating provider"
    verb = "Record the talk"
    explains = "What changes the decision is a step of its own."
    words = words_field("What was said?", "In a sentence or two.")
    day = day_field("Day, if it was before now", required=False)
    time = time_field("Time, if it was before now", "Pacific time.", required=False)

    @classmethod
    def offered(cls, setting: Setting) -> bool:
        """While a provider waits for the call."""
        return setting.before.peer_asked_at is not None and setting.before.peer_answered_at is None

    def told(self) -> Told:
        """What the person said."""
        return AnswerPeer(self.cleaned_data["words"], instant_of(self.cleaned_data))


REVIEW_FORMS = (
    RefuseFastAppealForm, ExtendAppealForm, WriteAnswerForm, ForwardToReviewerForm, ReviewerAgreesForm,
    HearingAskedForm, PacketSentForm, HearingUpheldForm, AnswerPeerForm, AskPeerForm,
)  # fmt: skip

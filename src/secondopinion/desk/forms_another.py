"""The form that asks for the next opinion of a chain: who asks, and when it reached us. Everything else is known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from secondopinion.desk.step_fields import (
    Setting,
    StepForm,
    choice_field,
    day_field,
    line_field,
    pacific_instant,
    time_field,
    words_field,
)
from secondopinion.desk.words import WORDS
from secondopinion.policy.asked import Requester
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals.models import Channel

WAYS_IN = tuple((c.value, str(c.label)) for c in (Channel.PHONE, Channel.FAX, Channel.MAIL, Channel.WALK_IN))
ASKERS = tuple((value, words) for value, words in WORDS["requester"].items() if value != Requester.PLAN)


class AnotherForm(StepForm):
    """Ask for a third or further opinion in one step. The Member, the care and the clinician are taken over."""

    step = "ask_further"
    title = "Ask for another opinion"
    verb = "Ask for it"
    requester = choice_field("Who asks?", ASKERS)
    requester_name = line_field("Name of that person")
    channel = choice_field("How did it reach us?", WAYS_IN)
    day = day_field("Day it reached us")
    time = time_field("Time it reached us", "Pacific time.")
    words = words_field("In their own words", required=False, rows=2)

    def first_values(self, setting: Setting) -> dict[str, Any]:
        """The Member on the phone, now: change what was otherwise."""
        here = setting.now.astimezone(PACIFIC)
        at = here.time().replace(second=0, microsecond=0)
        return {"requester": Requester.MEMBER.value, "channel": Channel.PHONE.value, "day": here.date(), "time": at}

    @property
    def received_at(self) -> datetime:
        """When it reached us. Raises Refused for an hour that does not exist."""
        return pacific_instant(self.cleaned_data["day"], self.cleaned_data["time"])

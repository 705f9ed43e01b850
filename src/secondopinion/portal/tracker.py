"""Where a request stands, in the page's words: the way it goes, what comes next by when, what the Member must do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from secondopinion.people.own_page import Own
from secondopinion.policy.calendar import PACIFIC
from secondopinion.portal.own_door import acts_as
from secondopinion.portal.words import day_in_words, instant_in_words
from secondopinion.referrals.following import IN_HAND, REPORTED, Stage, due_of, items_asked, stages_of
from secondopinion.referrals.lifecycle import steps_from
from secondopinion.referrals.models import Referral
from secondopinion.referrals.reading import report_of, snapshot_of
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.states import State
from secondopinion.referrals.windows import windows

Words = Mapping[str, Any]
CHOICES: Final = {"choose", "choose_again"}
APPEALABLE: Final = "Appeal to the plan"


@dataclass(frozen=True, slots=True)
class Line:
    """One stage in words. `when` is empty where nothing is known."""

    name: str
    words: str
    stands: str
    when: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A request as its page and the list of requests show it."""

    referral: Referral
    about: str
    link: str
    stands: str
    lines: tuple[Line, ...]
    next: tuple[str, ...]
    to_do: tuple[str, ...]
    may: frozenset[str]  # the acts that the page offers now

    @property
    def waits_for_papers(self) -> bool:
        """Is the Member asked for something?"""
        return self.referral.state == State.AWAITING_INFORMATION.value

    @property
    def chooses_now(self) -> bool:
        """Is the choice of a doctor the Member's next act, and not one that can be made before the answer is there?"""
        return "choose" in self.may and self.referral.state == State.AUTHORIZED.value

    @property
    def step(self) -> int:
        """Which stage it is at, counted from one."""
        here = next(
            (at for at, line in enumerate(self.lines) if line.stands in ("now", "stopped")), len(self.lines) - 1
        )
        return here + 1


def standing_of(own: Own, referral: Referral, words: Words, now: datetime) -> Standing:
    """How a request stands, for whoever has the page open."""
    row = snapshot_of(referral)
    due = due_of(row)
    may = acts_of(own, referral, row)
    today = now.astimezone(PACIFIC).date()
    about = referral.condition or words["follow_no_words"]
    return Standing(
        referral=referral,
        about=about,
        link=words["follow_open"].format(number=referral.number),
        stands=words["follow_state"][referral.state],
        lines=tuple(_line(stage, words, today) for stage in stages_of(referral)),
        next=tuple(_next(row, referral, due, words)),
        to_do=tuple(_to_do(row, referral, due, words, may, today)),
        may=may,
    )


def acts_of(own: Own, referral: Referral, row: Snapshot) -> frozenset[str]:
    """What may be done on the page now: by the lifecycle table, and where there is something to do it with."""
    table = {step.name for step in steps_from(State(referral.state), acts_as(own).roles)}
    may = set()
    if CHOICES & table and row.about and row.opinion:
        may.add("choose")
    may |= {act for act, step in (("papers", "file_record"), ("withdraw", "withdraw"), ("object", "dispute"))
            if step in table}  # fmt: skip
    if row.stands in REPORTED and report_of(referral) is not None and not referral.followed_by.exclude(
        state=State.WITHDRAWN.value
    ).exists():  # fmt: skip
        may.add("another")
    return frozenset(may)


def appeal_until(row: Snapshot, today: date) -> tuple[date | None, bool]:
    """The last day to appeal and whether it is over; (None, False) where there is nothing to appeal, or no day yet."""
    window = next((one for one in windows(row) if one.what == APPEALABLE), None)
    if window is None or window.used:
        return None, False
    return window.until, window.stands(today) == "over"


def is_appealable(row: Snapshot) -> bool:
    """Was something decided that the Member can appeal, and has not?"""
    return any(one.what == APPEALABLE and not one.used for one in windows(row))


def _line(stage: Stage, words: Words, today: date) -> Line:
    name = words["follow_stage"].get(stage.name) or words["follow_state"][stage.name]
    when = ""
    if stage.at is not None:
        is_set = stage.name == "visit" and stage.stands != "done"
        said = (
            instant_in_words(stage.at, words["language"])
            if is_set or stage.name == "received"
            else day_in_words(stage.at, words["language"])
        )
        when = words["follow_set_for"].format(at=said) if is_set else words["follow_on"].format(at=said)
    elif stage.by is not None and stage.stands != "done":
        late = stage.by.astimezone(PACIFIC).date() < today
        when = words["follow_was_due" if late else "follow_latest"].format(by=day_in_words(stage.by, words["language"]))
    return Line(stage.name, name, stage.stands, when)


def _next(row: Snapshot, referral: Referral, due: Mapping[str, datetime], words: Words) -> list[str]:
    """What we do next, each with its latest day where one is known."""
    said = words["follow_next"]
    by = {kind: day_in_words(at, words["language"]) for kind, at in due.items()}
    lines = []
    if row.stands in IN_HAND:
        lines.append(said["decision"].format(by=by["decision"]) if "decision" in by else said["decision_waits"])
    if "search" in by:
        lines.append(said["search"].format(by=by["search"]))
    if row.stands is State.SEEN:
        lines.append(said["report"].format(by=by["report"]) if "report" in by else said["report_waits"])
    if row.decided_at is not None and row.member_notice_at is None and "member-notice" in by:
        lines.append(said["letter"].format(by=by["member-notice"]))
    for kind in ("appeal-resolve", "complaint-resolve"):
        if kind in by:
            lines.append(said[kind].format(by=by[kind]))
    if row.professional_id is None and row.stands is State.AUTHORIZED and not lines:
        lines.append(said["choose"])
    return lines or [said["nothing"]]


def _to_do(
    row: Snapshot, referral: Referral, due: Mapping[str, datetime], words: Words, may: frozenset[str], today: date
) -> list[str]:
    """What the Member must do, or may, to bring it on."""
    said = words["follow_do"]
    lines = [said["item"].format(item=item) for item in items_asked(referral)]
    if row.stands is State.AUTHORIZED and "choose" in may:
        if row.professional_id is None:
            lines.append(said["choose"])
        elif "appointment" in due:
            phone = referral.professional.phone if referral.professional else ""
            lines.append(said["call"].format(phone=phone, by=day_in_words(due["appointment"], words["language"])))
    if row.stands is State.SCHEDULED and row.appointment_at is not None:
        lines.append(said["visit"].format(at=instant_in_words(row.appointment_at, words["language"])))
    if "another" in may:
        lines.append(said["another"])
    until, over = appeal_until(row, today)
    if until is not None and not over:
        lines.append(said["appeal"].format(by=day_in_words(until, words["language"])))
    return lines

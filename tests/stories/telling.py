"""A story about one referral: who did what on which day, told through the doors only, and what an auditor finds then.

Every instant is written with its weekday, in Pacific time, as in `Monday 2026-11-23 10:00`; a wrong weekday fails.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from county import NOW, County
from policy.when import at
from referrals.life import PDF, YES, asked
from secondopinion.letters import paper
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.person import POLICY, SYSTEM, Person
from secondopinion.people.rls import Scope, set_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import told as t
from secondopinion.referrals import told_objections as objections
from secondopinion.referrals import told_outcomes as outcomes
from secondopinion.referrals.advance import advance
from secondopinion.referrals.afterwards import take_acknowledgements
from secondopinion.referrals.change import Taken
from secondopinion.referrals.language_work import read_out
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Notice, ReadingAloud, Referral, RunningClock
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive
from secondopinion.referrals.sweep import take_due
from secondopinion.referrals.told_translating import ReadAloud

HOUSE = {"the house": SYSTEM, "the policy": POLICY}
SIX = ("received_at", "entered_at", "decided_at", "provider_told_at", "member_notice_at", "report_received_at")
DOUBTS = YES  # the Member was told to have surgery and doubts it: II.C.1 finds yes
EXPERTISE = "Twenty years of back and joint care, and a talk with a spine surgeon."
OFFICE = {
    "channel": "fax", "requester": "physician", "requester_name": "Grace Lind, MD",
    "requester_address": "1 Main Street\nOrchard City, CA 92999",
}  # fmt: skip


@dataclass
class Story:
    """One referral and what happens to it. `now` is the last instant that was told."""

    there: County
    folder: Path
    now: datetime = NOW
    referral: UUID | None = None
    house: PrintHouse = field(init=False)

    def __post_init__(self) -> None:
        self.house = PrintHouse(self.folder)

    # ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────

    def look(self, now: datetime) -> None:
        """Time moves on: the day that the database goes by is the day of `now`."""
        self.now = now
        set_scope(Scope(None, now.astimezone(PACIFIC).date()))

    def comes_in(self, when: str, who: str = "intake@plan", *, entered: str = "", **request: Any) -> Taken:
        """A request reaches the plan or a network `when`, and is entered then, or later."""
        self.look(at(entered or when))
        taken = receive(asked(self.there, received_at=at(when), **request), person=self.person(who), now=self.now)
        self.referral = taken.referral_id
        return taken

    def then(self, when: str, who: str, told: t.Told) -> Taken:
        """Somebody takes a step."""
        self.look(at(when))
        assert self.referral is not None
        return advance(self.referral, told, person=self.person(who), now=self.now)

    def refused(self, when: str, who: str, told: t.Told) -> str:
        """Somebody tries a step and may not take it: the sentence that says why. Nothing is written."""
        before = self.row.position
        with pytest.raises(Refused) as caught:
            self.then(when, who, told)
        assert self.row.position == before, "a refused step writes nothing"
        return caught.value.sentence

    def post_goes(self, when: str) -> list[str]:
        """Every letter that waits is printed and mailed, in the order it was owed; the kinds that left."""
        self.look(at(when))
        waiting = Letter.objects.filter(notice__referral_id=self.referral, mailed_at__isnull=True)
        left = []
        for letter in list(waiting.order_by("owed_at", "kind")):
            assert post(letter.pk, now=self.now, carrier=self.house)
            left.append(letter.kind)
            self.look(self.now)
            self._print_house_answers(letter)
        self._is_read_out()
        return left

    def _is_read_out(self) -> None:
        """Whatever is not in its reader's language is read out by an interpreter on the same day."""
        nurse = self.there.person("nurse@plan")
        tasks = ReadingAloud.objects.filter(referral=self.referral, done_at__isnull=True)
        for letter_id in list(tasks.values_list("letter", flat=True)):
            assert self.referral is not None
            read_out(self.referral, ReadAloud(letter_id, "read", "Interpreter 4711"), person=nurse, now=self.now)

    def _print_house_answers(self, letter: Letter) -> None:
        """The print house says at once that it has the letter."""
        letter.refresh_from_db(fields=["pdf_sha256"])
        row = f"{letter.pk},{letter.pdf_sha256},accepted,{self.now.astimezone(PACIFIC).date()},"
        came = take_acknowledgements(f"mailing_id,sha256,status,on,reason\n{row}\n".encode(), self.now)
        assert (came.taken, came.refused) == (1, ())

    def sweeps(self, when: str) -> dict[str, int]:
        """The house looks for what it must do itself, and does it: how many steps of each name."""
        self.look(at(when))
        swept = take_due(self.now)
        self.look(self.now)
        assert (swept.refused, swept.failed) == (0, 0)
        return dict(swept.taken)

    def person(self, who: str) -> Person:
        """The person behind a sign-in name on the day of the story, or the house itself."""
        return HOUSE[who] if who in HOUSE else self.there.person(who, self.now.astimezone(PACIFIC).date())

    # ── what an auditor finds ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def row(self) -> Referral:
        """The referral as it stands now."""
        return Referral.objects.get(pk=self.referral)

    @property
    def state(self) -> str:
        """Where it stands."""
        return self.row.state

    def history(self) -> list[str]:
        """Every step taken, and who took it: `step by role`. The mailing of letters is left out."""
        events = Event.objects.filter(referral_id=self.referral).exclude(step="mailed").order_by("position")
        return [f"{event.step} by {event.role}" for event in events]

    def last(self, step: str) -> Event:
        """The last event of a step."""
        return Event.objects.filter(referral_id=self.referral, step=step).latest("position")

    def owed(self, step: str) -> set[str]:
        """The letters that the last such step owes: `kind to role`."""
        notices = Notice.objects.filter(referral_id=self.referral, position=self.last(step).position)
        return {f"{n.kind} to {n.recipient_role}" for n in notices}

    def clock(self, kind: str, rule: str = "") -> RunningClock:
        """The one clock of a kind whose rule holds these words, running or ended."""
        told = RunningClock.objects.filter(referral_id=self.referral, kind=kind, rule__contains=rule).order_by("pk")
        last = told.last()
        assert last is not None, f"no clock {kind} {rule} ever ran"
        return last

    def running(self) -> set[str]:
        """The kinds of every clock that runs or waits."""
        open_still = RunningClock.objects.filter(referral_id=self.referral, stopped_at=None)
        return set(open_still.values_list("kind", flat=True))

    def binds(self) -> tuple[str, datetime | None]:
        """Which clock is due first on the referral, and when."""
        return self.row.due_kind, self.row.due_at

    def instants(self) -> dict[str, datetime | None]:
        """The six instants of every request."""
        return {name: getattr(self.row, name) for name in SIX}

    def reads(self, kind: str) -> str:
        """The words of the newest printed and mailed letter of a kind, in one line."""
        printed = Letter.objects.filter(notice__referral_id=self.referral, kind=kind, pdf__isnull=False)
        letter = printed.latest("owed_at")
        return re.sub(r"\s+", " ", paper.text_of(bytes(letter.pdf)))


def ended(clock: RunningClock) -> tuple[str, timedelta]:
    """How a clock ended, and how long before (or, negative, after) its due instant."""
    assert clock.due_at is not None
    assert clock.stopped_at is not None
    return clock.outcome, clock.due_at - clock.stopped_at


def end_of(words: str) -> datetime:
    """The last second of a day: `Tuesday 2026-12-08`."""
    return at(f"{words} 23:59:59")


def denial(**other: Any) -> t.Deny:
    """A denial, complete."""
    said: dict[str, Any] = {
        "reasons": (t.Reason("II.C.4", "Your treatment started nine days ago, and your doctor planned six weeks."),),
        "clinical_reason": "Both scans show wear of the joint and no tear; exercise is the usual first step.",
        "why_not_otherwise": "There is no other doubt on record, and no open question of coverage.",
        "would_change": "A note from your doctor that six weeks of treatment did not help",
        "expertise": EXPERTISE,
    }
    return t.Deny(**{**said, **other})


def limited(kind: type[outcomes.Modify], clause: str, asked_for: str, approved: str, **other: Any) -> outcomes.Modify:
    """A yes that is less than was asked."""
    reason = t.Reason(clause, "Doctors of the same field in our network can see you soon, close to your home.")
    return kind(asked=asked_for, approved=approved, reasons=(reason,), expertise=EXPERTISE, **other)


def contact(when: str, **other: Any) -> objections.Contact:
    """The Member says by phone that the decision is wrong."""
    said: dict[str, Any] = {
        "received_at": at(when), "by": "member", "by_name": "Member One", "words": "This is not right.",
        "appeal": True, "complaint": False,
    }  # fmt: skip
    return objections.Contact(**{**said, **other})


def report(need: str, signed_on: Any, **other: Any) -> t.Report:
    """The written consultation report."""
    return t.Report(need, "I saw the patient and read both scans.", "", signed_on, "report.pdf", PDF, **other)

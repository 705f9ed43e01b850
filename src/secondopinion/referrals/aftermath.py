"""After the yes: tests sent back, reminders, the chase for the report, an authorization that ends unused."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from secondopinion.people.person import Person
from secondopinion.policy.asked import Program
from secondopinion.policy.calendar import PACIFIC
from secondopinion.policy.clocks import report_clock
from secondopinion.policy.gg1538 import questions
from secondopinion.referrals import chasing, notices_after
from secondopinion.referrals.change import Change, Owed
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.snapshot import Snapshot
from secondopinion.referrals.told_after import AskFurther, Chase, Lapse, ParentDecided, Remind, ReturnTests


def return_tests(before: Snapshot, told: ReturnTests, person: Person, now: datetime) -> Change:
    """Tests and procedures are not part of one consultation: the treating professional orders them (III.G; F20)."""
    if before.authorization_number is None or before.professional_id is None:
        raise Refused("No consultation is authorized here, so no test can have been asked for under it.")
    if not told.tests or any(not test.words.strip() for test in told.tests) or not told.by_name.strip():
        raise Refused("Say which tests or procedures were asked for, each in words, and who asked.")
    allowed = questions.what_is_authorized(before.edition_in_force, before.asked)
    covered = [test.code for test in told.tests if test.code and allowed.covers(test.code)]
    if covered:
        raise Refused(f"{', '.join(covered)} is the consultation itself, which is authorized. Nothing was sent back.")
    letters = notices_after.tests_returned(before, told, now)
    return Change(
        details={"tests": [asdict(test) for test in told.tests], "by_name": told.by_name.strip()},
        owes=tuple(Owed(*letter) for letter in letters),
    )


def remind(before: Snapshot, told: Remind, person: Person, now: datetime) -> Change:
    """The time to an appointment is over and none is made: the Member hears how to make one, and that we help (F30)."""
    if not chasing.is_reminder_due(before, now):
        raise Refused("No reminder is due: an appointment may still be made in time, or the Member was reminded.")
    letters = notices_after.appointment_reminder(before, now)
    return Change(columns={"reminded_at": now}, owes=tuple(Owed(*letter) for letter in letters))


def chase(before: Snapshot, told: Chase, person: Person, now: datetime) -> Change:
    """Ask for the report that is late: the professional first, then the Health Network too (N12; F21)."""
    rung = chasing.rung_due(before, now)
    if rung is None or told.rung != rung:
        raise Refused("No reminder of this report is due now.")
    assert before.visited_on is not None
    due = report_clock(before.visited_on, Program(before.program)).due_at
    assert due is not None
    letters = notices_after.report_chase(before, rung, due, now)
    return Change(
        details={"rung": rung, "due_at": due.isoformat()},
        columns={"chased": rung, "chased_on": now.astimezone(PACIFIC).date()},
        owes=tuple(Owed(*letter) for letter in letters),
    )


def lapse(before: Snapshot, told: Lapse, person: Person, now: datetime) -> Change:
    """The last day is over and nobody was seen. The Member hears it, and that asking again is free."""
    if not chasing.has_ended(before, now):
        raise Refused("The authorization is still good. It ends when its last day is over.")
    letters = notices_after.authorization_ended(before, now)
    return Change(
        details={"ended_on": before.valid_until.isoformat() if before.valid_until else ""},
        columns={"appointment_at": None},
        owes=tuple(Owed(*letter) for letter in letters),
    )


def ask_further(before: Snapshot, told: AskFurther, person: Person, now: datetime) -> Change:
    """Write down that another opinion was asked for, and under which number it goes on."""
    return Change(details={"number": told.number, "by_name": told.by_name})


def parent_decided(before: Snapshot, told: ParentDecided, person: Person, now: datetime) -> Change:
    """The request for whose sake the plan asked for this opinion is decided; its clock ends (II.E)."""
    if before.parent_due_at is None:
        raise Refused("This opinion was not asked for by the plan, so no other request waits for it.")
    if before.parent_decided_at is not None:
        raise Refused("It is recorded already how that request was decided.")
    if not told.outcome.strip() or told.decided_on > now.astimezone(PACIFIC).date():
        raise Refused("Say how the request was decided, and on which day, not later than today.")
    return Change(
        details={"decided_on": told.decided_on.isoformat(), "outcome": told.outcome.strip()},
        columns={"parent_decided_at": now},
    )

"""The house's own steps at their time: nothing a second early, nothing twice, nothing forgotten."""

import logging
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from county import NOW, county
from referrals.life import PDF, YES, asked, given_an_authorized_referral, steps
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.person import Person
from secondopinion.people.rls import plan_scope
from secondopinion.referrals import clockwork, notices_after
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Event, Notice, Referral, RunningClock
from secondopinion.referrals.posting import post
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.receive import receive
from secondopinion.referrals.snapshot import Running
from secondopinion.referrals.sweep import due_steps, take_due
from secondopinion.referrals.told import Answer, Authorize, Choose, Report, Schedule, See
from secondopinion.referrals.told_objections import AnswerComplaint, Contact

SECOND = timedelta(seconds=1)


def at(words):
    """An instant in California: `at("2026-11-30 23:29:59")`; a fold of one is asked for by hand."""
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo("America/Los_Angeles"))


def swept(now):
    return dict(take_due(now).taken)


def standing(taken):
    return Referral.objects.get(pk=taken.referral_id).state


def given_an_undecided_request(there, received_at, **other):
    return receive(asked(there, received_at=received_at, **other), person=there.person("intake@plan"), now=received_at)


def given_a_visit(there, day):
    """A visit on `day`, authorized in the morning of Monday 2026-11-23."""
    referral = given_an_authorized_referral(there)
    intake = there.person("intake@plan")
    advance(referral.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
    advance(referral.pk, See(day), person=intake, now=datetime(day.year, day.month, day.day, 20, tzinfo=UTC))
    return referral


@pytest.mark.clause("II.J")
def test_a_standard_request_of_monday_counts_as_denied_on_the_next_monday_half_an_hour_before_midnight(there):
    taken = given_an_undecided_request(there, at("2026-11-23 10:00"))  # Monday; Thursday and Friday are holidays
    assert due_steps(at("2026-11-30 23:29:58")) == ()  # Monday
    assert swept(at("2026-11-30 23:29:59")) == {"deem": 1}
    assert standing(taken) == "deemed_denied"
    event = Event.objects.get(referral_id=taken.referral_id, step="deem")
    assert (event.actor, event.role) == ("Second Opinion", "system")
    letters = Letter.objects.filter(notice__position=event.position)
    assert {letter.kind for letter in letters} == {"deemed_denial_to_member"}
    assert {str(letter.batch_on) for letter in letters} == {"2026-11-30"}  # owed on that Monday
    decided = RunningClock.objects.get(referral_id=taken.referral_id, kind="decision", due_at__isnull=False)
    assert decided.outcome == "missed"
    assert swept(at("2026-11-30 23:31:00")) == {}


@pytest.mark.parametrize(
    ("received", "counts"),
    [
        # Clocks go back on Sunday 2026-11-01 at 02:00: 72 hours from Thursday end an hour earlier on the wall.
        ("2026-10-29 10:00", datetime(2026, 11, 1, 16, 30, tzinfo=UTC)),  # Sunday 08:30 standard time
        ("2026-10-29 02:15", datetime(2026, 11, 1, 8, 45, tzinfo=UTC)),  # Sunday 01:45, the first of the two
        # Clocks go forward on Sunday 2027-03-14 at 02:00: an hour later on the wall.
        ("2027-03-11 10:00", datetime(2027, 3, 14, 17, 30, tzinfo=UTC)),  # Sunday 10:30 daylight time
        ("2027-03-11 02:15", datetime(2027, 3, 14, 9, 45, tzinfo=UTC)),  # Sunday 01:45 standard time
    ],
)
def test_an_expedited_request_of_thursday_counts_as_denied_half_an_hour_before_its_72_hours_end(
    there, received, counts
):
    expedited = {"requester": "physician", "urgency": "expedited", "urgency_reason": "The leg is getting weaker."}
    taken = given_an_undecided_request(there, at(received), **expedited)
    assert swept(counts - SECOND) == {}
    assert swept(counts) == {"deem": 1}
    assert standing(taken) == "deemed_denied"


def test_a_decision_a_minute_earlier_wins(there):
    taken = given_an_undecided_request(there, at("2026-11-23 10:00"))
    late = at("2026-11-30 23:28:59")  # Monday
    found = due_steps(at("2026-11-30 23:29:59"))
    advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=late)
    advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=late)
    assert [each.told.step for each in found] == ["deem"]
    assert swept(at("2026-11-30 23:29:59")) == {}
    assert standing(taken) == "authorized"


def test_the_loser_of_a_race_is_counted_and_nothing_is_written(there, monkeypatch):
    taken = given_an_undecided_request(there, at("2026-11-23 10:00"))
    seen = due_steps(at("2026-11-30 23:29:59"))  # Monday
    advance(taken.referral_id, Answer(YES), person=there.person("intake@plan"), now=at("2026-11-30 23:29:00"))
    advance(taken.referral_id, Authorize(), person=there.person("nurse@plan"), now=at("2026-11-30 23:29:00"))
    monkeypatch.setattr("secondopinion.referrals.sweep.due_steps", lambda now: seen)
    result = take_due(at("2026-11-30 23:29:59"))
    assert (dict(result.taken), result.refused, result.failed) == ({}, 1, 0)
    assert steps(Referral.objects.get(pk=taken.referral_id))[-1] == "authorize"


@pytest.mark.clause("III.F.1")
def test_a_missing_report_is_chased_on_the_11th_and_16th_day_and_then_every_tenth(there):
    given_a_visit(there, date(2026, 12, 2))  # a Wednesday: the report is due on Wednesday 2026-12-16
    assert swept(at("2026-12-16 23:59")) == {}
    ladder = []
    day = at("2026-12-17 00:00")
    while day < at("2027-01-27 00:00"):
        if swept(day).get("chase"):
            ladder.append(f"{day:%A %Y-%m-%d}")
        assert "chase" not in swept(day + timedelta(minutes=1))
        day += timedelta(days=1)
    assert ladder == [
        "Thursday 2026-12-17",
        "Thursday 2026-12-24",
        "Monday 2027-01-11",  # two holidays lie between
        "Tuesday 2027-01-26",  # so does Martin Luther King's day
    ]


@pytest.mark.clause("III.G")
def test_an_authorization_ends_when_its_last_day_is_over(there):
    referral = given_an_authorized_referral(there)
    Referral.objects.filter(pk=referral.pk).update(reminded_at=NOW)  # the reminder has its own test
    assert "lapse" not in swept(at("2027-02-21 23:59:59"))  # Sunday, the last day
    assert swept(at("2027-02-22 00:00:00")) == {"lapse": 1}  # Monday
    referral.refresh_from_db()
    assert referral.state == "expired"
    assert swept(at("2027-02-22 00:01:00")) == {}


def test_an_appointment_within_the_last_day_holds_the_end_until_somebody_says_what_became_of_it(there):
    referral = given_an_authorized_referral(there)
    intake = there.person("intake@plan")
    advance(referral.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
    advance(referral.pk, Schedule(at("2027-02-19 09:00")), person=intake, now=NOW)  # Friday
    assert swept(at("2027-02-22 00:00:00")) == {}  # Monday


def test_the_member_is_reminded_once_when_the_time_to_an_appointment_is_over(there):
    referral = given_an_authorized_referral(there)
    due = RunningClock.objects.get(referral=referral, kind="appointment").due_at
    assert f"{due.astimezone(ZoneInfo('America/Los_Angeles')):%A %Y-%m-%d}" == "Wednesday 2026-12-16"
    assert swept(due) == {}
    assert swept(due + SECOND) == {"remind": 1}
    assert swept(due + timedelta(days=1)) == {}
    assert Notice.objects.filter(kind="appointment_reminder_to_member").count() == 1


def test_what_a_complaint_held_open_is_closed_once_it_is_answered(there, tmp_path):
    referral = given_a_visit(there, date(2026, 12, 2))  # Wednesday
    day = at("2026-12-03 10:00")  # Thursday
    intake = there.person("intake@plan")
    told = Report("needed", "The operation is needed.", "", date(2026, 12, 3), "r.pdf", PDF)
    advance(referral.pk, told, person=intake, now=day)
    contact = Contact(received_at=day, by="member", by_name="Member One", words="I waited too long.", appeal=False,
                      complaint=True)  # fmt: skip
    advance(referral.pk, contact, person=intake, now=day)
    for letter in Letter.objects.filter(mailed_at__isnull=True).order_by("owed_at"):
        post(letter.pk, now=day, carrier=PrintHouse(tmp_path))
    assert swept(day) == {}
    appeals = Person("Ann Lee", frozenset({"appeals"}))
    answered = AnswerComplaint("Ann Lee", "We said sorry and told how to be seen sooner.")
    advance(referral.pk, answered, person=appeals, now=day)
    assert swept(day) == {"close": 1}
    referral.refresh_from_db()
    assert referral.state == "closed"


def test_one_that_fails_is_logged_without_a_name_and_the_others_go_on(there, monkeypatch, caplog):
    first, other = given_an_authorized_referral(there), given_an_authorized_referral(there, member=there.luis,
                                                                                     program="onecare")  # fmt: skip
    Referral.objects.update(reminded_at=NOW)
    ended = notices_after.authorization_ended

    def breaks_once(before, now):
        if before.number == first.number:
            raise ValueError("Member One lives in Grove Street")
        return ended(before, now)

    monkeypatch.setattr(notices_after, "authorization_ended", breaks_once)
    with caplog.at_level(logging.ERROR, logger="secondopinion.sweep"):
        result = take_due(at("2027-02-22 00:00:00"))  # Monday
    assert (dict(result.taken), result.failed) == ({"lapse": 1}, 1)
    other.refresh_from_db()
    assert other.state == "expired"
    assert f"{first.number}: “lapse” is due and failed: ValueError" in caplog.text
    assert "Grove Street" not in caplog.text


def test_the_questions_are_as_many_however_many_referrals_are_open(there, django_assert_num_queries):
    for _ in range(4):
        given_an_undecided_request(there, NOW)
    with django_assert_num_queries(6 + 2):  # the scope and its savepoint besides
        assert due_steps(NOW) == ()


def test_two_sweeps_at_once_do_nothing_twice(committed):
    with plan_scope(NOW.date()):
        there = county()
        for _ in range(6):
            given_an_authorized_referral(there)
        Referral.objects.update(reminded_at=NOW)
    results, together = [], Barrier(2)

    def sweep():
        together.wait()
        results.append(take_due(at("2027-02-22 00:00:00")))  # Monday
        connections.close_all()

    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(r.taken.get("lapse", 0) for r in results) == 6
    assert sum(r.failed for r in results) == 0
    with plan_scope(NOW.date()):
        assert Event.objects.filter(step="lapse").count() == 6


def test_a_request_that_nobody_has_classified_runs_out_of_time_too(there):
    taken = given_an_undecided_request(there, at("2026-11-23 10:00"), opinion="", about="")
    assert swept(at("2026-11-30 23:29:59")) == {"deem": 1}  # Monday
    assert standing(taken) == "deemed_denied"


def test_a_clock_that_ends_in_the_hour_that_comes_twice_is_known_again(there):
    expedited = {"requester": "physician", "urgency": "expedited", "urgency_reason": "The leg is getting weaker."}
    received = at("2026-10-29 02:15")  # Thursday; 72 hours later it is Sunday 2026-11-01 01:15 for the second time
    taken = given_an_undecided_request(there, received, **expedited)
    [clock] = clockwork.decision(snapshot_of(Referral.objects.get(pk=taken.referral_id)))
    kept = RunningClock.objects.get(referral_id=taken.referral_id, kind="decision")
    running = Running(kept.kind, kept.rule, kept.due_at, kept.started_at, kept.paused_at)
    row = snapshot_of(Referral.objects.get(pk=taken.referral_id))
    assert clock.due_at.fold == 1
    assert clock.kind not in {c.kind for c in clockwork.moves((running,), row, received).starts}

"""An authorization that nobody uses: one reminder, then its end, and asking again is free (III.G; F30)."""

from datetime import timedelta

import pytest

from policy.when import at, day
from secondopinion.referrals import told as t
from secondopinion.referrals.told_after import Remind
from secondopinion.referrals.told_objections import Overturn
from stories.telling import DOUBTS, Story, contact, end_of


@pytest.mark.clause("III.G")
def test_no_appointment_a_reminder_and_the_end_after_ninety_days(story: Story) -> None:
    story.comes_in("Monday 2026-11-23 10:00", answers=DOUBTS)
    story.post_goes("Monday 2026-11-23 10:05")
    assert story.binds() == ("appointment", end_of("Wednesday 2026-12-16"))
    assert story.sweeps("Wednesday 2026-12-16 23:00") == {}
    assert "not yours to do" in story.refused("Thursday 2026-12-17 06:00", "nurse@plan", Remind())
    assert story.sweeps("Thursday 2026-12-17 07:00") == {"remind": 1}
    assert story.owed("remind") == {"appointment_reminder_to_member to member"}
    story.post_goes("Thursday 2026-12-17 07:05")
    letter = story.reads("appointment_reminder_to_member")
    assert story.there.sam.full_name in letter
    assert "February 21, 2027" in letter, "until when it is good"
    assert "interpreter" in letter.lower()
    assert story.sweeps("Friday 2026-12-18 07:00") == {}, "once"
    assert story.binds() == ("appointment", end_of("Wednesday 2026-12-16")), "the miss is shown"

    # Ninety days from Monday 2026-11-23 end on Sunday 2027-02-21.
    assert story.sweeps("Sunday 2027-02-21 23:59") == {}
    assert story.sweeps("Monday 2027-02-22 01:00") == {"lapse": 1}
    assert story.state == "expired"
    assert story.clock("appointment").outcome == "missed"
    assert story.owed("lapse") == {"authorization_ended_to_member to member"}
    story.post_goes("Monday 2027-02-22 01:05")
    ended = story.reads("authorization_ended_to_member")
    assert "February 21, 2027" in ended
    assert "ask" in ended.lower()
    assert story.running() == set()
    late = t.See(day("Monday 2027-02-22"))
    assert "cannot follow while" in story.refused("Monday 2027-02-22 09:00", "intake@plan", late)
    assert story.instants() == {
        "received_at": at("Monday 2026-11-23 10:00"), "entered_at": at("Monday 2026-11-23 10:00"),
        "decided_at": at("Monday 2026-11-23 10:00"), "provider_told_at": None,
        "member_notice_at": at("Monday 2026-11-23 10:05"), "report_received_at": None,
    }  # fmt: skip


def test_an_appointment_within_its_days_is_asked_after_before_it_ends(story: Story) -> None:
    story.comes_in("Monday 2026-11-23 10:00", answers=DOUBTS)
    story.then("Monday 2026-11-23 11:00", "intake@plan", t.Choose(story.there.sam.pk, "member", "by phone"))
    story.then("Monday 2026-11-23 12:00", "intake@plan", t.Schedule(at("Friday 2027-02-19 09:00")))
    story.post_goes("Monday 2026-11-23 12:05")
    assert story.sweeps("Monday 2027-02-22 01:00") == {}
    assert story.binds() == ("visit-record", end_of("Tuesday 2027-02-23"))
    story.then("Tuesday 2027-02-23 09:00", "intake@plan", t.See(day("Friday 2027-02-19")))
    assert story.state == "seen"


def test_one_that_was_missed_ends_the_same_night(story: Story) -> None:
    story.comes_in("Monday 2026-11-23 10:00", answers=DOUBTS)
    story.then("Monday 2026-11-23 11:00", "intake@plan", t.Choose(story.there.sam.pk, "member", "by phone"))
    story.then("Monday 2026-11-23 12:00", "intake@plan", t.Schedule(at("Friday 2027-02-19 09:00")))
    story.post_goes("Monday 2026-11-23 12:05")
    story.then("Monday 2027-02-22 09:00", "intake@plan", t.Miss("The Member was ill."))
    assert story.sweeps("Tuesday 2027-02-23 01:00") == {"lapse": 1}
    story.post_goes("Tuesday 2027-02-23 01:05")
    assert story.state == "expired"
    assert story.row.decided_at == at("Monday 2027-02-22 09:00") - timedelta(days=90, hours=23)
    nothing = contact("Tuesday 2027-02-23 09:00")
    assert "nothing to appeal" in story.refused("Tuesday 2027-02-23 09:10", "intake@plan", nothing)
    overturned = Overturn("Ida Elm, MD", "It ended too soon.")
    assert "No appeal is open" in story.refused("Tuesday 2027-02-23 09:20", "appeals@plan", overturned)

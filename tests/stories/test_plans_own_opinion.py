"""The plan asks for an opinion of its own on another request, whose clock keeps running (II.E)."""

from datetime import timedelta

import pytest

from policy.when import at, day
from secondopinion.referrals import told as t
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.request import Parent
from secondopinion.referrals.told_after import ParentDecided
from secondopinion.referrals.told_time import Delay
from stories.telling import Story, end_of, ended, report

SKIN = Parent("R-2026-000077", "an operation to remove loose skin", end_of("Monday 2026-11-30"), "plastic surgeon")
OWN = {"requester": "plan", "requester_name": "Orchard County Health Plan", "parent": SKIN}


def test_the_parents_clock_runs_past_the_plans_own_opinion_and_is_missed_in_the_open(story: Story) -> None:
    there = story.there
    own = OWN | {"answers": {"necessity_is_in_question": True}}
    with pytest.raises(Refused, match="Medical Director or a licensed reviewer"):
        story.comes_in("Tuesday 2026-11-24 09:00", "intake@plan", **own)
    with pytest.raises(Refused, match="names the request it is for"):
        story.comes_in("Tuesday 2026-11-24 09:00", "nurse@plan", **{**own, "parent": None})
    story.comes_in("Tuesday 2026-11-24 09:00", "nurse@plan", **own)

    # The policy authorizes it at once; it has no time of its own.
    assert story.state == "authorized"
    assert story.last("authorize").role == "policy"
    assert "II.E" in story.last("authorize").finding["cites"]
    assert story.owed("receive") == {"plan_opinion_to_member to member"}
    assert "decision" not in story.running()
    parent = story.clock("parent-decision")
    assert (parent.due_at, story.row.parent_reference) == (end_of("Monday 2026-11-30"), "R-2026-000077")
    story.post_goes("Tuesday 2026-11-24 09:05")
    letter = story.reads("plan_opinion_to_member")
    assert "plastic surgeon" in letter
    assert "loose skin" in letter
    assert "November 30" in letter
    more = Delay(14, "expert", expert="plastic surgeon", interest="The surgeon may find that it is needed.")
    assert "cannot follow while" in story.refused("Wednesday 2026-11-25 09:00", "physician@plan", more)

    # The visit comes after the parent's last day. The clock is overdue, and shown first.
    story.then("Wednesday 2026-11-25 10:00", "nurse@plan", t.Choose(there.sam.pk, "member", "by phone"))
    story.post_goes("Wednesday 2026-11-25 10:05")
    story.then("Wednesday 2026-12-02 16:00", "nurse@plan", t.See(day("Wednesday 2026-12-02")))
    assert story.binds() == ("parent-decision", end_of("Monday 2026-11-30"))
    story.then("Thursday 2026-12-03 09:00", "nurse@plan", report("not-needed", day("Thursday 2026-12-03")))
    story.post_goes("Thursday 2026-12-03 09:05")
    assert story.state == "report_received", "it does not close while the other request is open"

    ahead = ParentDecided(day("Friday 2026-12-04"), "not covered")
    assert "not later than today" in story.refused("Thursday 2026-12-03 10:00", "nurse@plan", ahead)
    story.then("Thursday 2026-12-03 11:59:59", "nurse@plan", ParentDecided(day("Thursday 2026-12-03"), "not covered"))
    assert ended(story.clock("parent-decision")) == ("missed", -timedelta(days=2, hours=12))
    assert story.running() == set()
    assert story.instants() == {
        "received_at": at("Tuesday 2026-11-24 09:00"), "entered_at": at("Tuesday 2026-11-24 09:00"),
        "decided_at": at("Tuesday 2026-11-24 09:00"), "provider_told_at": None,
        "member_notice_at": at("Tuesday 2026-11-24 09:05"), "report_received_at": at("Thursday 2026-12-03 09:00"),
    }  # fmt: skip


def test_before_it_is_decided_more_time_is_taken_for_the_parent_and_not_for_it(story: Story) -> None:
    story.comes_in("Tuesday 2026-11-24 09:00", "nurse@plan", **OWN)
    assert story.state == "received"
    assert story.binds() == ("parent-decision", end_of("Monday 2026-11-30"))
    more = Delay(14, "expert", expert="plastic surgeon", interest="The surgeon may find that it is needed.")
    assert "no time of its own" in story.refused("Tuesday 2026-11-24 10:00", "physician@plan", more)
    story.then("Tuesday 2026-11-24 11:00", "nurse@plan", ParentDecided(day("Tuesday 2026-11-24"), "approved after all"))
    assert story.clock("parent-decision").outcome == "met"
    withdrawn = t.Withdraw("plan", "Orchard County Health Plan", "The other request is approved.")
    story.then("Tuesday 2026-11-24 11:10", "nurse@plan", withdrawn)
    story.post_goes("Tuesday 2026-11-24 11:15")
    assert (story.state, story.running()) == ("withdrawn", set())

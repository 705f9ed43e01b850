"""Nobody decides: the law makes a denial of it that day, the Member appeals, and the yes is carried out (rules 9.3)."""

from datetime import timedelta

import pytest

from policy.when import at
from secondopinion.referrals import told as t
from secondopinion.referrals.told_objections import Acknowledge, Overturn
from secondopinion.referrals.told_time import Deem
from stories.telling import OFFICE, Story, contact, end_of, ended

DR_ELM = Overturn("Ida Elm, MD", "An operation is recommended and the Member doubts it.")


def given_time_ran_out(story: Story) -> None:
    """Vector V1: received on Monday of Thanksgiving week, due on Monday 2026-11-30; a nurse took it up, no more."""
    story.comes_in("Monday 2026-11-23 10:00", **OFFICE)
    story.then("Monday 2026-11-23 11:00", "nurse@plan", t.TakeUp(complete=True))
    assert story.binds() == ("decision", end_of("Monday 2026-11-30"))
    assert story.sweeps("Monday 2026-11-30 23:29") == {}
    assert story.sweeps("Monday 2026-11-30 23:30") == {"deem": 1}


def test_nobody_decides_and_the_appeal_turns_it_and_is_carried_out_within_72_hours(story: Story) -> None:
    given_time_ran_out(story)
    row = story.row
    assert (row.state, row.decision, row.decided_at) == ("deemed_denied", "deem", at("Monday 2026-11-30 23:30"))
    assert story.last("deem").role == "system"
    assert story.owed("deem") == {
        "deemed_denial_to_member to member", "deemed_denial_to_requester to requester",
    }  # fmt: skip
    assert story.clock("decision", "7-calendar-days").outcome == "missed"

    # The notice leaves on the day the time ran out.
    assert story.binds() == ("member-notice", end_of("Monday 2026-11-30"))
    story.post_goes("Monday 2026-11-30 23:40")
    assert story.row.member_notice_at == story.row.provider_told_at == at("Monday 2026-11-30 23:40")
    outcomes = set(story.row.clocks.filter(kind="member-notice").values_list("outcome", flat=True))
    assert outcomes == {"met"}
    letter = story.reads("deemed_denial_to_member")
    assert "7 calendar days" in letter
    assert "January 29, 2027" in letter, "sixty days from the notice: Friday 2027-01-29"
    assert "State Hearing" in letter
    assert "1-888-452-8609" in letter, "whom to complain to"

    # The Member appeals by phone; the clocks of the appeal count from the call.
    story.then("Tuesday 2026-12-01 15:10", "intake@plan", contact("Tuesday 2026-12-01 15:00"))
    dispute = story.last("dispute").details
    assert (dispute["against_step"], dispute["late"]) == ("deem", False)
    assert story.clock("appeal-acknowledge").due_at == end_of("Sunday 2026-12-06")
    assert story.clock("appeal-resolve").due_at == end_of("Thursday 2026-12-31")
    story.then("Wednesday 2026-12-02 09:00", "appeals@plan", Acknowledge("appeal"))
    assert story.clock("appeal-acknowledge").outcome == "met"

    story.then("Tuesday 2026-12-08 10:00", "appeals@plan", DR_ELM)
    row = story.row
    assert (row.state, row.appeal_outcome, row.authorized_on) == ("authorized", "overturned", at_day("2026-12-08"))
    assert story.owed("overturn") == {"approval_to_member to member", "approval_to_requester to requester"}
    assert story.clock("appeal-resolve").outcome == "met"
    assert story.clock("effectuate").due_at == at("Friday 2026-12-11 10:00")
    story.post_goes("Wednesday 2026-12-09 09:00")
    assert ended(story.clock("effectuate")) == ("met", timedelta(hours=49))
    assert story.row.effectuated_at == at("Wednesday 2026-12-09 09:00")
    assert "one visit" in story.reads("approval_to_member").lower()
    # The miss stays on record; an authorization that came later hides nothing.
    assert story.clock("decision", "7-calendar-days").outcome == "missed"
    assert story.instants() == {
        "received_at": at("Monday 2026-11-23 10:00"), "entered_at": at("Monday 2026-11-23 10:00"),
        "decided_at": at("Tuesday 2026-12-08 10:00"), "provider_told_at": at("Wednesday 2026-12-09 09:00"),
        "member_notice_at": at("Wednesday 2026-12-09 09:00"), "report_received_at": None,
    }  # fmt: skip
    assert story.history() == [
        "receive by intake", "take_up by nurse", "deem by system", "dispute by intake", "acknowledge by appeals",
        "overturn by appeals",
    ]  # fmt: skip


def at_day(iso: str) -> object:
    """A day without its clock: Tuesday 2026-12-08 here."""
    return at(f"Tuesday {iso} 00:00").date()


def test_nobody_undoes_it_by_deciding_afterwards(story: Story) -> None:
    given_time_ran_out(story)
    assert "cannot follow while" in story.refused("Tuesday 2026-12-01 08:00", "nurse@plan", t.Authorize())
    assert story.sweeps("Tuesday 2026-12-01 08:00") == {}


@pytest.mark.parametrize("who", ["nurse@plan", "physician@plan"])
def test_no_person_declares_that_time_ran_out(story: Story, who: str) -> None:
    story.comes_in("Monday 2026-11-23 10:00")
    assert "not yours to do" in story.refused("Tuesday 2026-12-01 08:00", who, Deem())

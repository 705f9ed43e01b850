"""Information is asked for and comes late; more time is taken once, with a notice (rules 9.2, vector V6)."""

from datetime import timedelta

from policy.when import at
from secondopinion.referrals import told as t
from secondopinion.referrals.told_outcomes import Reverse
from secondopinion.referrals.told_time import Delay, LateInformation, TellMember
from stories.telling import DOUBTS, OFFICE, Story, denial, end_of, ended

SCAN = t.Item("The newest scan of your back", "II.C.3", holder="Harbor Light Imaging")
WAITING_HELPS = "With the scan we can see whether the first doctor's finding is in doubt."
MORE = Delay(14, "information", items=(SCAN,), interest=WAITING_HELPS)


def test_more_time_is_taken_once_and_late_information_ends_it_five_business_days_later(story: Story) -> None:
    story.comes_in("Tuesday 2026-12-01 09:00", entered="Tuesday 2026-12-01 09:40", **OFFICE)
    assert story.binds() == ("decision", end_of("Tuesday 2026-12-08"))

    # The nurse asks for the scan on the first day, and the State's five business days wait for it.
    story.then("Tuesday 2026-12-01 14:00", "nurse@plan", t.TakeUp())
    story.then("Tuesday 2026-12-01 14:30", "nurse@plan", t.Ask((SCAN,)))
    assert story.state == "awaiting_information"
    assert story.owed("ask") == {
        "information_needed_to_member to member", "information_needed_to_requester to requester",
    }  # fmt: skip
    waits = story.clock("decision", "5-business-days")
    assert (waits.due_at, waits.paused_at) == (None, at("Tuesday 2026-12-01 14:30"))
    assert story.clock("decision", "7-calendar-days").due_at == end_of("Tuesday 2026-12-08")
    story.post_goes("Tuesday 2026-12-01 14:31")
    asks = story.reads("information_needed_to_member")
    assert "The newest scan of your back" in asks
    assert "Harbor Light Imaging" in asks
    assert "December 7" in asks, "send it by Monday 2026-12-07, a day before the decision is due"

    # Nothing came. A nurse may not take more time; a physician may, for a lawful reason, and must say it.
    assert "not yours to do" in story.refused("Monday 2026-12-07 15:00", "nurse@plan", MORE)
    bare = Delay(14, "information", items=(SCAN,))
    assert "interest" in story.refused("Monday 2026-12-07 15:30", "physician@plan", bare)
    too_long = Delay(15, "information", items=(SCAN,), interest=WAITING_HELPS)
    assert "1 to 14" in story.refused("Monday 2026-12-07 15:45", "physician@plan", too_long)
    story.then("Monday 2026-12-07 16:00", "physician@plan", MORE)
    assert story.last("delay").details["signed"]["license"]
    assert story.owed("delay") == {"delay_to_member to member", "delay_to_requester to requester"}
    assert story.binds() == ("decision", end_of("Tuesday 2026-12-22"))
    story.post_goes("Monday 2026-12-07 16:05")
    delayed = story.reads("delay_to_member")
    assert "December 22, 2026" in delayed
    assert WAITING_HELPS in delayed
    assert "complain" in delayed

    # The law allows it once.
    again = story.refused("Tuesday 2026-12-08 09:00", "physician@plan", MORE)
    assert "once already" in again

    # The scan comes on a Friday; five business days end before the longer limit does.
    story.then("Friday 2026-12-11 15:20", "intake@plan", t.Supply(at("Friday 2026-12-11 15:00"), complete=True))
    assert story.binds() == ("decision", end_of("Friday 2026-12-18"))
    assert story.clock("decision", "5-business-days").started_at == at("Friday 2026-12-11 15:00")

    story.then("Thursday 2026-12-17 10:00", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Friday 2026-12-18 10:00", "nurse@plan", t.Authorize())
    assert ended(story.clock("decision", "5-business-days")) == ("met", timedelta(hours=13, minutes=59, seconds=59))
    assert story.clock("decision", "7-calendar-days").outcome == "met"
    assert story.clock("provider-notice").due_at == at("Saturday 2026-12-19 10:00")
    assert story.clock("member-notice").due_at == end_of("Tuesday 2026-12-22")
    story.post_goes("Friday 2026-12-18 11:00")
    assert story.clock("provider-notice").outcome == story.clock("member-notice").outcome == "met"
    assert story.instants() == {
        "received_at": at("Tuesday 2026-12-01 09:00"),
        "entered_at": at("Tuesday 2026-12-01 09:40"),
        "decided_at": at("Friday 2026-12-18 10:00"),
        "provider_told_at": at("Friday 2026-12-18 11:00"),
        "member_notice_at": at("Friday 2026-12-18 11:00"),
        "report_received_at": None,
    }
    assert story.history() == [
        "receive by intake", "take_up by nurse", "ask by nurse", "delay by physician", "supply by intake",
        "answer by nurse", "authorize by nurse",
    ]  # fmt: skip


def test_without_more_time_the_late_scan_does_not_move_the_last_day(story: Story) -> None:
    # Vector V5: complete on Monday 2026-12-07, due on Tuesday 2026-12-08 all the same.
    story.comes_in("Tuesday 2026-12-01 09:00")
    story.then("Tuesday 2026-12-01 14:30", "nurse@plan", t.Ask((SCAN,)))
    story.post_goes("Tuesday 2026-12-01 14:31")
    story.then("Monday 2026-12-07 15:10", "intake@plan", t.Supply(at("Monday 2026-12-07 15:00"), complete=True))
    assert story.clock("decision", "5-business-days").due_at == end_of("Monday 2026-12-14")
    assert story.binds() == ("decision", end_of("Tuesday 2026-12-08"))


def test_a_onecare_request_gets_no_more_time(story: Story) -> None:
    joe = {"member": story.there.joe, "program": "onecare", "requester_name": "Joe Smith"}
    story.comes_in("Tuesday 2026-12-01 09:00", **joe)
    assert story.binds() == ("decision", end_of("Tuesday 2026-12-08"))
    story.then("Tuesday 2026-12-01 14:30", "nurse@plan", t.Ask((SCAN,)))
    story.post_goes("Tuesday 2026-12-01 14:31")
    refusal = story.refused("Monday 2026-12-07 16:00", "physician@plan", MORE)
    assert "onecare requests are not extended" in refusal
    assert story.row.extension_days == 0
    assert story.clock("decision").due_at == end_of("Tuesday 2026-12-08")


def test_what_comes_in_after_a_no_opens_nothing_by_itself_and_lets_the_plan_turn_it(story: Story) -> None:
    story.comes_in("Monday 2026-11-23 10:00")
    story.then("Monday 2026-11-23 11:00", "nurse@plan", t.TakeUp(complete=True))
    story.then("Monday 2026-11-23 11:30", "nurse@plan", t.ReferUp("Nothing on the list fits; please look."))
    story.then("Tuesday 2026-11-24 09:00", "physician@plan", denial())
    story.post_goes("Tuesday 2026-11-24 09:05")
    story.then("Tuesday 2026-11-24 16:00", "nurse@plan", TellMember("decision", "the Member"))

    note = LateInformation(at("Monday 2026-11-30 08:00"), "A surgeon's note that recommends the operation", True)
    story.then("Monday 2026-11-30 08:30", "intake@plan", note)
    assert (story.state, story.row.information_complete_at) == ("denied", at("Monday 2026-11-23 10:00"))
    assert "decision" not in story.running()

    story.then("Monday 2026-11-30 09:00", "nurse@plan", t.Answer(DOUBTS, "the note of Monday 2026-11-30"))
    story.then("Monday 2026-11-30 09:10", "nurse@plan", Reverse("The note shows that an operation is recommended."))
    assert story.state == "authorized"
    assert story.owed("reverse") == {"approval_to_member to member", "approval_to_pcp to pcp"}
    story.post_goes("Monday 2026-11-30 09:15")
    assert story.row.member_notice_at == at("Monday 2026-11-30 09:15")

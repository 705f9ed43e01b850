"""An authorization is taken back, goes on while a timely appeal waits, and ends when it is upheld (42 CFR 438.420)."""

from datetime import date

from policy.when import at, day
from secondopinion.referrals import told as t
from secondopinion.referrals.told_objections import Lift, Uphold
from secondopinion.referrals.told_outcomes import Rescind
from secondopinion.referrals.told_review import WriteAnswer
from stories.telling import DOUBTS, Story, contact, end_of

WHY = "The State tells us that you moved to another plan on December 1."


def back_by(words: str) -> Rescind:
    """The authorization is taken back, with this last day."""
    return Rescind("not-enrolled", WHY, day(words))


def given_an_authorization_taken_back(story: Story) -> None:
    """Authorized on Monday 2026-11-23, taken back on Tuesday 2026-12-01, good until Friday 2026-12-11."""
    story.comes_in("Monday 2026-11-23 10:00", answers=DOUBTS)
    story.then("Monday 2026-11-23 11:00", "intake@plan", t.Choose(story.there.sam.pk, "member", "by phone"))
    story.post_goes("Monday 2026-11-23 11:05")
    assert story.row.valid_until == day("Sunday 2027-02-21")

    assert "not yours to do" in story.refused("Tuesday 2026-12-01 09:00", "nurse@plan", back_by("Friday 2026-12-11"))
    not_needed = Rescind("not-necessary", "We think now that it is not needed.", day("Friday 2026-12-11"))
    assert "no ground" in story.refused("Tuesday 2026-12-01 09:10", "physician@plan", not_needed)
    too_soon = story.refused("Tuesday 2026-12-01 09:20", "physician@plan", back_by("Thursday 2026-12-10"))
    assert "10 days to object" in too_soon
    story.then("Tuesday 2026-12-01 09:30", "physician@plan", back_by("Friday 2026-12-11"))
    assert story.owed("rescind") == {"rescission_to_member to member", "rescission_to_professional to professional"}
    assert (story.state, story.row.valid_until) == ("authorized", day("Friday 2026-12-11"))
    assert story.last("rescind").details["signed"]["license"]
    story.post_goes("Tuesday 2026-12-01 09:35")
    letter = story.reads("rescission_to_member")
    assert WHY in letter
    assert "December 11, 2026" in letter
    assert "January 30, 2027" in letter, "sixty days from Tuesday 2026-12-01"
    assert "stays in place" in letter or "keep" in letter, "how to keep it while the appeal waits"


def test_care_goes_on_while_a_timely_appeal_waits_and_ends_when_it_is_upheld(story: Story) -> None:
    given_an_authorization_taken_back(story)
    story.then("Friday 2026-12-04 15:00", "intake@plan", contact("Friday 2026-12-04 14:50", continue_care=True))
    assert story.row.valid_until == day("Sunday 2027-02-21"), "as it was before"
    assert story.clock("appeal-resolve").due_at == end_of("Sunday 2027-01-03")
    assert story.sweeps("Saturday 2026-12-12 01:00") == {}

    assert story.sweeps("Thursday 2026-12-17 06:00") == {"remind": 1}, "it is good, and no visit is booked"
    story.post_goes("Thursday 2026-12-17 06:05")

    story.then("Friday 2026-12-18 10:00", "appeals@plan", Uphold("Ida Elm, MD", "The State confirms the move."))
    assert (story.row.valid_until, story.row.appeal_outcome) == (day("Friday 2026-12-18"), "upheld")
    story.then("Friday 2026-12-18 16:00", "appeals@plan", WriteAnswer("appeal", day("Friday 2026-12-18")))
    assert story.sweeps("Friday 2026-12-18 23:59") == {}
    assert story.sweeps("Saturday 2026-12-19 01:00") == {"lapse": 1}
    assert story.state == "expired"
    assert story.owed("lapse") == {
        "authorization_ended_to_member to member", "authorization_ended_to_professional to professional",
    }  # fmt: skip
    story.post_goes("Saturday 2026-12-19 01:05")
    assert "December 18, 2026" in story.reads("authorization_ended_to_member")
    assert story.running() == set()
    assert story.instants() == {
        "received_at": at("Monday 2026-11-23 10:00"), "entered_at": at("Monday 2026-11-23 10:00"),
        "decided_at": at("Monday 2026-11-23 10:00"), "provider_told_at": None,
        "member_notice_at": at("Monday 2026-11-23 11:05"), "report_received_at": None,
    }  # fmt: skip


def test_an_appeal_after_the_last_day_is_an_appeal_and_keeps_nothing_going(story: Story) -> None:
    given_an_authorization_taken_back(story)
    story.then("Monday 2026-12-14 15:00", "intake@plan", contact("Monday 2026-12-14 14:50", continue_care=True))
    assert story.row.valid_until == day("Friday 2026-12-11"), "the ten days, and the last day, were over"
    assert story.last("dispute").details["continued"] is False
    assert story.sweeps("Monday 2026-12-14 23:00") == {"lapse": 1}
    assert story.state == "expired"


def test_an_appeal_that_wins_gives_the_whole_authorization_back(story: Story) -> None:
    given_an_authorization_taken_back(story)
    story.then("Friday 2026-12-04 15:00", "intake@plan", contact("Friday 2026-12-04 14:50"))
    assert story.row.valid_until == day("Friday 2026-12-11"), "nobody asked that it goes on"
    story.then("Wednesday 2026-12-09 10:00", "appeals@plan", Lift("Ida Elm, MD", "The State's file was wrong."))
    row = story.row
    assert (row.valid_until, row.rescinded_at, row.state) == (date(2027, 2, 21), None, "authorized")
    assert story.owed("lift") == {"approval_to_member to member"}
    story.post_goes("Thursday 2026-12-10 09:00")
    assert story.clock("effectuate").outcome == "met"

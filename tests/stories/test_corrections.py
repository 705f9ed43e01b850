"""What was written down wrong is set right by another event, and never gains time (F02)."""

from policy.when import at
from secondopinion.referrals import told as t
from secondopinion.referrals.told_time import Correct
from stories.telling import DOUBTS, Story, end_of

FAX = "The fax header says Monday 17:05; the desk wrote down when it was found."


def test_the_receipt_moves_to_an_earlier_instant_and_every_clock_with_it(story: Story) -> None:
    story.comes_in("Tuesday 2026-12-01 09:00", channel="fax")
    story.then("Tuesday 2026-12-01 10:00", "nurse@plan", t.TakeUp())
    assert story.binds() == ("decision", end_of("Tuesday 2026-12-08"))

    later = Correct({"received_at": at("Tuesday 2026-12-01 09:30")}, FAX)
    assert "never gained" in story.refused("Wednesday 2026-12-02 09:00", "intake@plan", later)
    nothing = Correct({"received_at": at("Monday 2026-11-30 17:05")}, " ")
    assert "how you know" in story.refused("Wednesday 2026-12-02 09:05", "intake@plan", nothing)
    earlier = Correct({"received_at": at("Monday 2026-11-30 17:05")}, FAX)
    story.then("Wednesday 2026-12-02 09:10", "intake@plan", earlier)
    assert story.binds() == ("decision", end_of("Monday 2026-12-07"))
    assert story.clock("decision", "7-calendar-days").started_at == at("Monday 2026-11-30 17:05")
    told = story.last("correct").details
    assert (told["was"]["received_at"], told["now"]["received_at"]) == (
        "2026-12-01T17:00:00+00:00", "2026-12-01T01:05:00+00:00",
    )  # fmt: skip
    assert story.row.entered_at == at("Tuesday 2026-12-01 09:00"), "when it was entered is not corrected"

    back = Correct({"received_at": at("Tuesday 2026-12-01 09:00")}, "It was right after all.")
    assert "never gained" in story.refused("Wednesday 2026-12-02 10:00", "intake@plan", back)
    decision = Correct({"decided_at": at("Tuesday 2026-12-01 12:00")}, "It was decided by voice.")
    assert "not corrected here" in story.refused("Wednesday 2026-12-02 10:05", "intake@plan", decision)
    story.then("Monday 2026-12-07 16:00", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Monday 2026-12-07 16:05", "nurse@plan", t.Authorize())
    assert story.clock("decision", "7-calendar-days").outcome == "met"


def test_a_decision_in_time_for_the_wrong_receipt_counts_as_late_for_the_right_one(story: Story) -> None:
    story.comes_in("Tuesday 2026-12-01 09:00", channel="fax")
    story.then("Tuesday 2026-12-08 09:00", "intake@plan", Correct({"received_at": at("Monday 2026-11-30 17:05")}, FAX))
    assert story.row.due_at is not None
    assert story.row.due_at < story.now, "overdue as soon as it is known"
    story.then("Tuesday 2026-12-08 09:10", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Tuesday 2026-12-08 09:15", "nurse@plan", t.Authorize())
    assert story.clock("decision", "7-calendar-days").outcome == "missed"


def test_other_words_are_set_right_and_the_wrong_ones_stay_in_the_history(story: Story) -> None:
    story.comes_in("Tuesday 2026-12-01 09:00")
    wrong = Correct({"condition": "surgery on the neck"}, "The caller said neck; the desk heard back.")
    story.then("Tuesday 2026-12-01 09:30", "intake@plan", wrong)
    assert story.row.condition == "surgery on the neck"
    assert story.last("correct").details["was"] == {"condition": "surgery on the lower back"}
    assert "stands there already" in story.refused("Tuesday 2026-12-01 09:31", "intake@plan", wrong)

"""What may be a complaint is one; both may be open at once; both are answered (II.K.3; glossary)."""

import pytest

from policy.when import at, day
from secondopinion.referrals import told as t
from secondopinion.referrals.told_objections import Acknowledge, AnswerComplaint, Uphold
from secondopinion.referrals.told_review import ForwardToReviewer, ReviewerAgrees, WriteAnswer
from stories.telling import DOUBTS, Story, contact, denial, end_of

UNSURE = {"appeal": None, "complaint": None, "words": "Nobody called me back, and I am not happy."}
ANSWER = AnswerComplaint("Ann Oak", "We should have called; the nurse has called now.")


@pytest.mark.clause("II.K.3")
def test_where_nothing_was_refused_an_unclear_word_is_a_complaint(story: Story) -> None:
    story.comes_in("Monday 2026-11-23 10:00", answers=DOUBTS)
    story.post_goes("Monday 2026-11-23 10:05")
    sure = contact("Tuesday 2026-12-01 09:00")
    assert "nothing to appeal" in story.refused("Tuesday 2026-12-01 09:05", "intake@plan", sure)
    story.then("Tuesday 2026-12-01 09:10", "intake@plan", contact("Tuesday 2026-12-01 09:00", **UNSURE))
    told = story.last("dispute").details
    assert (told["appeal"], told["complaint"], told["sure"]) == (False, True, False)
    assert told["words"] == UNSURE["words"], "what was said, not what it should be called"
    assert story.state == "authorized", "a complaint stops nothing"
    assert story.clock("complaint-acknowledge").due_at == end_of("Sunday 2026-12-06")
    assert story.clock("complaint-resolve").due_at == end_of("Thursday 2026-12-31")
    twice = contact("Wednesday 2026-12-02 09:00", **UNSURE)
    assert "open already" in story.refused("Wednesday 2026-12-02 09:05", "intake@plan", twice)
    story.then("Wednesday 2026-12-02 10:00", "appeals@plan", Acknowledge("complaint"))
    assert story.post_goes("Wednesday 2026-12-02 10:05") == ["acknowledgment_to_member"]
    assert "We got your complaint" in story.reads("acknowledgment_to_member")
    assert "not yours to do" in story.refused("Wednesday 2026-12-02 11:00", "intake@plan", ANSWER)
    story.then("Friday 2026-12-11 10:00", "appeals@plan", ANSWER)
    assert story.clock("complaint-acknowledge").outcome == story.clock("complaint-resolve").outcome == "met"
    assert story.row.complaint_resolved_at == at("Friday 2026-12-11 10:00")


def given_a_onecare_denial(story: Story) -> None:
    """Joe is denied on Tuesday 2026-11-24, and told the same day."""
    story.comes_in("Monday 2026-11-23 10:00", member=story.there.joe, program="onecare", requester_name="Joe Smith")
    story.then("Monday 2026-11-23 11:00", "nurse@plan", t.TakeUp(complete=True))
    story.then("Monday 2026-11-23 11:30", "nurse@plan", t.ReferUp("Nothing on the list fits; please look."))
    rules = {
        "medicare_reason": "Medicare covers a visit that is needed now; this treatment has just begun.",
        "medi_cal_reason": "Medi-Cal covers what protects health; this treatment has just begun.",
    }
    story.then("Tuesday 2026-11-24 09:00", "physician@plan", denial(**rules))
    story.post_goes("Tuesday 2026-11-24 09:05")


@pytest.mark.clause("II.K.2")
def test_after_a_no_an_unclear_word_is_both_and_each_has_its_clocks_and_its_answer(story: Story) -> None:
    given_a_onecare_denial(story)
    story.then("Monday 2026-11-30 10:00", "intake@plan",
               contact("Monday 2026-11-30 09:30", **UNSURE, by_name="Joe Smith"))  # fmt: skip
    told = story.last("dispute").details
    assert (told["appeal"], told["complaint"], told["against_step"]) == (True, True, "deny")
    assert story.clock("appeal-acknowledge").due_at == end_of("Monday 2026-12-07"), "five business days"
    assert story.clock("appeal-resolve").due_at == end_of("Wednesday 2026-12-30")
    assert {"complaint-acknowledge", "complaint-resolve"} <= story.running()
    story.then("Tuesday 2026-12-01 09:00", "appeals@plan", Acknowledge("appeal"))
    story.then("Tuesday 2026-12-01 09:05", "appeals@plan", Acknowledge("complaint"))
    assert story.post_goes("Tuesday 2026-12-01 09:10") == ["acknowledgment_to_member"] * 2
    story.then("Friday 2026-12-11 10:00", "appeals@plan", ANSWER)
    assert story.running() == {"appeal-resolve"}, "one ends without the other"
    story.then("Monday 2026-12-21 10:00", "appeals@plan", Uphold("Ida Elm, MD", "Six weeks of exercise come first."))
    assert (story.state, story.row.appeal_outcome) == ("denied", "upheld")
    assert story.last("uphold").details["goes_on"] is True, "to Medicare's reviewer, by itself"
    assert story.running() == {"appeal-written", "external-review"}
    assert story.clock("external-review").due_at == end_of("Wednesday 2026-12-30"), "the appeal's own limit"
    story.then("Tuesday 2026-12-22 09:00", "appeals@plan", ForwardToReviewer("by the reviewer's portal, receipt 17"))
    assert story.post_goes("Tuesday 2026-12-22 09:05") == ["appeal_forwarded_to_member"]
    assert "reviewers who work for Medicare" in story.reads("appeal_forwarded_to_member")
    story.then("Wednesday 2026-12-23 09:00", "appeals@plan", WriteAnswer("appeal", day("Tuesday 2026-12-22")))
    assert story.running() == set()
    story.then("Monday 2027-01-11 09:00", "appeals@plan", ReviewerAgrees("Six weeks of exercise come first."))
    assert story.state == "denied"


def test_a_late_appeal_needs_good_cause_and_a_complaint_never_is_late(story: Story) -> None:
    given_a_onecare_denial(story)
    # Sixty-five days from Tuesday 2026-11-24 end on Thursday 2027-01-28.
    late = contact("Friday 2027-01-29 09:00", by_name="Joe Smith")
    assert "Thursday, January 28, 2027" in story.refused("Friday 2027-01-29 09:05", "intake@plan", late)
    complaint = contact("Friday 2027-01-29 09:00", by_name="Joe Smith", appeal=False, complaint=True)
    story.then("Friday 2027-01-29 09:10", "intake@plan", complaint)
    cause = contact("Friday 2027-01-29 09:00", by_name="Joe Smith", late_because="He was in hospital all January.")
    story.then("Friday 2027-01-29 09:20", "intake@plan", cause)
    assert story.last("dispute").details["late"] is True
    assert story.clock("appeal-resolve").due_at == end_of("Sunday 2027-02-28")

"""A request that may really be an appeal: both clocks are held, and a person says which it is (F13)."""

from policy.when import at
from secondopinion.referrals import told as t
from secondopinion.referrals.chain import move_to_appeal
from secondopinion.referrals.models import Referral
from secondopinion.referrals.told_objections import IsAppeal, IsNew, Uphold
from stories.telling import DOUBTS, OFFICE, Story, denial, end_of

SAME = "The caller says: you were wrong in November."
OTHER = "A new injury; the Member fell on Sunday."


def given_a_denial(story: Story) -> None:
    """Denied on Tuesday 2026-11-24, and told the same day."""
    story.comes_in("Monday 2026-11-23 10:00")
    story.then("Monday 2026-11-23 11:00", "nurse@plan", t.TakeUp(complete=True))
    story.then("Monday 2026-11-23 11:30", "nurse@plan", t.ReferUp("Nothing on the list fits; please look."))
    story.then("Tuesday 2026-11-24 09:00", "physician@plan", denial())
    story.post_goes("Tuesday 2026-11-24 09:05")


def given_a_denial_and_then_a_request_about_the_same_care(story: Story, **other: object) -> Referral:
    """Denied on Tuesday 2026-11-24; the same Member asks again on Tuesday 2026-12-01. Gives the earlier referral."""
    given_a_denial(story)
    earlier = story.row
    story.comes_in("Tuesday 2026-12-01 09:00", **other)
    assert story.row.maybe_appeal_of_id == earlier.pk
    # Whichever it is, no time is lost: the decision and the appeal both run from this receipt.
    assert story.clock("decision", "7-calendar-days").due_at == end_of("Tuesday 2026-12-08")
    assert story.clock("appeal-acknowledge").due_at == end_of("Sunday 2026-12-06")
    assert story.clock("appeal-resolve").due_at == end_of("Thursday 2026-12-31")
    return earlier


def test_it_is_an_appeal_and_goes_on_there_from_the_same_receipt(story: Story) -> None:
    earlier = given_a_denial_and_then_a_request_about_the_same_care(story)
    suspect = story.row
    # Nobody says no to it before it is known what it is.
    story.then("Tuesday 2026-12-01 10:00", "nurse@plan", t.TakeUp(complete=True))
    story.then("Tuesday 2026-12-01 10:30", "nurse@plan", t.ReferUp("Asked again a week after the denial."))
    assert "may be an appeal" in story.refused("Wednesday 2026-12-02 08:00", "physician@plan", denial())
    wrong = IsAppeal("SO-2026-999999", SAME)
    assert "not taken for an appeal of that" in story.refused("Wednesday 2026-12-02 08:30", "intake@plan", wrong)

    story.look(at("Wednesday 2026-12-02 09:00"))
    told = IsAppeal(earlier.number, SAME)
    move_to_appeal(suspect, told, person=story.person("appeals@plan"), now=story.now)
    assert (story.state, story.row.maybe_appeal_of_id) == ("closed", None)
    assert story.clock("decision", "7-calendar-days").outcome == "void"
    assert story.clock("appeal-resolve").outcome == "void", "it was moved, not resolved"
    assert story.running() == set()

    story.referral = earlier.pk
    row = story.row
    assert (row.state, row.appeal_received_at) == ("denied", at("Tuesday 2026-12-01 09:00"))
    assert story.clock("appeal-resolve").due_at == end_of("Thursday 2026-12-31"), "not a day was lost"
    story.then("Monday 2026-12-21 10:00", "appeals@plan", Uphold("Ida Elm, MD", "Six weeks of exercise come first."))
    assert story.clock("appeal-resolve").outcome == "met"
    assert story.last("uphold").details["goes_on"] is False, "Medi-Cal: the Member may ask for a State Hearing"


def test_it_is_a_new_request_and_is_decided_as_one(story: Story) -> None:
    earlier = given_a_denial_and_then_a_request_about_the_same_care(story)
    assert "what is different" in story.refused("Wednesday 2026-12-02 08:30", "nurse@plan", IsNew(" "))
    story.then("Wednesday 2026-12-02 09:00", "nurse@plan", IsNew(OTHER))
    row = story.row
    assert (row.state, row.maybe_appeal_of_id) == ("received", None)
    assert story.clock("appeal-resolve").outcome == "void", "there was no appeal"
    assert story.binds() == ("decision", end_of("Tuesday 2026-12-08"))
    story.then("Thursday 2026-12-03 09:00", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Thursday 2026-12-03 09:05", "nurse@plan", t.Authorize())
    story.post_goes("Thursday 2026-12-03 09:10")
    assert story.clock("decision", "7-calendar-days").outcome == "met"
    assert story.row.member_notice_at == at("Thursday 2026-12-03 09:10")
    story.referral = earlier.pk
    assert (story.state, story.row.appeal_received_at) == ("denied", None)


def test_a_yes_settles_it_whichever_it_was(story: Story) -> None:
    given_a_denial(story)
    story.comes_in("Tuesday 2026-12-01 09:00", answers=DOUBTS, **OFFICE)
    assert (story.state, story.row.maybe_appeal_of_id) == ("authorized", None)
    assert story.clock("appeal-resolve").outcome == "void", "nothing is left to appeal"

"""A visit outside the network that nobody had authorized comes to light by a claim (III.D, III.D.1)."""

import re

import pytest

from policy.when import at, day
from referrals.brought import OUTSIDE
from secondopinion.referrals import told as t
from secondopinion.referrals.request import FoundVisit
from secondopinion.referrals.told_objections import Uphold
from secondopinion.referrals.told_outcomes import Excuse, TellCost
from secondopinion.referrals.told_review import WriteAnswer
from stories.telling import Story, contact, end_of

CLAIM = FoundVisit("claim", day("Monday 2026-11-02"), "Otto Far, MD")
COST = TellCost("Nobody had asked us before the visit, and a doctor in our network could have seen you.")


def given_a_claim_shows_a_visit(story: Story) -> None:
    """A claim of Tuesday 2026-12-01 shows a visit of Monday 2026-11-02."""
    story.comes_in("Tuesday 2026-12-01 09:00", channel="claim", requester="provider", requester_name="Otto Far, MD",
                   found=CLAIM, answers={"visit_was_outside_network": True, "visit_was_authorized": False})  # fmt: skip
    assert story.state == "visit_review"
    assert story.history() == ["discover by intake"]
    assert story.binds() == ("cost-notice", end_of("Thursday 2026-12-03"))


@pytest.mark.clause("III.D.1")
def test_the_exceptions_come_first_and_the_notice_has_an_appeal_and_no_amount(story: Story) -> None:
    given_a_claim_shows_a_visit(story)
    assert "Not every exception" in story.refused("Wednesday 2026-12-02 09:00", "physician@plan", COST)
    assert story.clock("decision").due_at is None, "it waits for what is needed to decide"
    story.then("Wednesday 2026-12-02 09:30", "nurse@plan", t.Answer(OUTSIDE, "the claim, and a call with the Member"))
    assert story.clock("decision", "MC-RETRO").due_at == end_of("Friday 2027-01-01"), "thirty days from complete"
    assert "not yours to do" in story.refused("Wednesday 2026-12-02 10:00", "nurse@plan", COST)
    story.then("Wednesday 2026-12-02 11:00", "physician@plan", COST)
    assert (story.state, story.row.decision, story.row.member_pays) == ("not_covered", "deny", 0)
    assert story.last("tell_cost").details["signed"]["license"]
    assert story.clock("decision", "MC-RETRO").outcome == "met"
    assert story.owed("tell_cost") == {"cost_notice_to_member to member"}
    assert story.clock("cost-notice").stopped_at is None, "it ends when the notice has left"
    story.post_goes("Thursday 2026-12-03 09:00")
    assert story.clock("cost-notice").outcome == "met"
    letter = story.reads("cost_notice_to_member")
    assert "Otto Far, MD" in letter
    assert "November 2, 2026" in letter
    assert "January 31, 2027" in letter, "sixty days from Wednesday 2026-12-02, the date of the letter"
    assert "appeal" in letter.lower()
    assert set(re.findall(r"\$\s*[\d,.]+\d|\$\s*\d", letter)) <= {"$0"}, "never an amount"
    assert "State Hearing" in letter
    assert story.instants() == {
        "received_at": at("Tuesday 2026-12-01 09:00"), "entered_at": at("Tuesday 2026-12-01 09:00"),
        "decided_at": at("Wednesday 2026-12-02 11:00"), "provider_told_at": None,
        "member_notice_at": at("Thursday 2026-12-03 09:00"), "report_received_at": None,
    }  # fmt: skip

    # The Member appeals; it was an emergency after all, and nothing is owed.
    story.then("Monday 2026-12-07 10:00", "intake@plan", contact("Monday 2026-12-07 09:50"))
    dispute = story.last("dispute").details
    assert dispute["against_step"] == "tell_cost"
    assert dispute["window_ends_on"] == "2027-02-01", "counted from the day it was mailed, so nobody is cut short"
    excuse = Excuse("The hospital sent you there; it was an emergency, so you owe nothing.")
    story.then("Monday 2026-12-14 10:00", "appeals@plan", excuse)
    row = story.row
    assert (row.state, row.decision, row.appeal_outcome) == ("closed", "authorize", "overturned")
    story.post_goes("Monday 2026-12-14 10:05")
    assert "nothing" in story.reads("visit_excused_to_member")
    assert story.running() == set()


def test_an_appeal_that_upholds_it_leaves_the_notice_as_it_was(story: Story) -> None:
    given_a_claim_shows_a_visit(story)
    story.then("Wednesday 2026-12-02 09:30", "nurse@plan", t.Answer(OUTSIDE, "the claim"))
    story.then("Wednesday 2026-12-02 11:00", "physician@plan", COST)
    story.post_goes("Wednesday 2026-12-02 11:05")
    story.then("Monday 2026-12-07 10:00", "intake@plan", contact("Monday 2026-12-07 09:50"))
    story.then("Monday 2026-12-14 10:00", "appeals@plan", Uphold("Ida Elm, MD", "No exception holds."))
    assert (story.state, story.row.appeal_outcome) == ("not_covered", "upheld")
    assert story.running() == {"appeal-written"}
    story.then("Tuesday 2026-12-15 10:00", "appeals@plan", WriteAnswer("appeal", day("Monday 2026-12-14")))
    assert story.running() == set()


@pytest.mark.clause("III.D")
@pytest.mark.parametrize(
    "exception",
    ["visit_was_emergency_or_urgent", "visit_was_sensitive_service", "visit_continued_earlier_care",
     "provider_made_the_error", "decision_was_pending_or_late"],
)  # fmt: skip
def test_any_one_exception_excuses_the_visit_and_the_member_hears_so(story: Story, exception: str) -> None:
    given_a_claim_shows_a_visit(story)
    story.then("Wednesday 2026-12-02 09:30", "nurse@plan", t.Answer({exception: True}, "the hospital's record"))
    assert "owes nothing" in story.refused("Wednesday 2026-12-02 10:00", "physician@plan", COST)
    why = Excuse("It was an emergency, so you owe nothing for this visit.")
    story.then("Wednesday 2026-12-02 11:00", "nurse@plan", why)
    assert story.state == "closed"
    assert story.owed("excuse") == {"visit_excused_to_member to member"}
    story.post_goes("Wednesday 2026-12-02 11:05")
    assert story.clock("cost-notice").outcome == "met"
    assert why.why in story.reads("visit_excused_to_member")
    assert story.running() == set()

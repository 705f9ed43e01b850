"""The choice is kept to the network, with a list; the Member chooses, and appeals the limit (II.G, III.E)."""

import pytest

from policy.when import at
from secondopinion.people.models import Member
from secondopinion.policy.asked import Program
from secondopinion.policy.rights import rights
from secondopinion.referrals import told as t
from secondopinion.referrals.told_after import AgreeOutside
from secondopinion.referrals.told_objections import Lift
from secondopinion.referrals.told_outcomes import Limit
from stories.telling import DOUBTS, OFFICE, Story, contact, end_of, limited

LIMIT = limited(Limit, "II.G", "A visit with Otto Far, MD, who is outside our network.",
                "A visit with a doctor in our network.")  # fmt: skip


def given_a_request_for_a_doctor_outside(story: Story, **other: object) -> None:
    """A doctor's office asks that the Member sees Otto Far, who has no contract; a physician must look."""
    there = story.there
    came = story.comes_in("Tuesday 2026-12-01 09:00", wishes=there.outside, answers=DOUBTS, **OFFICE, **other)
    # The policy finds yes, and does not say it: a plain yes would keep the choice to the network without a word.
    assert (came.state, story.last("receive").finding["verdict"]) == ("received", "yes")
    story.then("Tuesday 2026-12-01 10:00", "nurse@plan", t.TakeUp(complete=True))
    assert "outside the network was asked for" in story.refused("Tuesday 2026-12-01 10:10", "nurse@plan", t.Authorize())
    story.then("Tuesday 2026-12-01 10:30", "nurse@plan", t.ReferUp("The Member asks for a doctor outside."))


@pytest.mark.clause("III.E")
def test_the_choice_is_kept_to_the_network_the_member_chooses_appeals_and_the_limit_is_lifted(story: Story) -> None:
    there = story.there
    given_a_request_for_a_doctor_outside(story)
    assert "not yours to do" in story.refused("Wednesday 2026-12-02 10:00", "nurse@plan", LIMIT)
    story.then("Wednesday 2026-12-02 11:00", "physician@plan", LIMIT)
    row = story.row
    assert (row.state, row.decision) == ("authorized", "limit")
    assert story.last("limit").details["signed"]["license"]
    assert story.owed("limit") == {"modification_to_member to member", "modification_to_requester to requester"}

    # It is adverse: the notice has the short time, and it counts as such.
    assert story.clock("member-notice", "2-business-days").due_at == end_of("Friday 2026-12-04")
    story.post_goes("Wednesday 2026-12-02 11:05")
    assert story.row.member_notice_at == story.row.provider_told_at == at("Wednesday 2026-12-02 11:05")
    letter = story.reads("modification_to_member")
    assert "Otto Far" in letter
    assert there.sam.full_name in letter
    assert there.neuro.full_name in letter
    assert there.first.full_name not in letter.split("choose", 1)[1], "never the doctor in question"
    last_day = rights(Program.MEDI_CAL, "modify", at("Wednesday 2026-12-02 11:05").date()).appeal_by
    assert f"{last_day:%B} {last_day.day}, {last_day.year}" in letter
    assert "January 31, 2027" in letter, "vector V13: sixty days from Wednesday 2026-12-02"

    # The authorization can be used at once: the Member chooses within the network, and not outside it.
    outside = t.Choose(there.outside.pk, "member", "by phone")
    assert "no contract" in story.refused("Thursday 2026-12-03 09:00", "intake@plan", outside)
    story.then("Thursday 2026-12-03 09:10", "intake@plan", t.Choose(there.neuro.pk, "member", "by phone"))
    assert story.owed("choose") == {"authorization_to_professional to professional", "approval_to_member to member"}
    story.post_goes("Thursday 2026-12-03 09:15")
    assert "second opinion" in story.reads("authorization_to_professional").lower()

    # The Member appeals the limit, and wins.
    story.then("Monday 2026-12-07 10:00", "intake@plan", contact("Monday 2026-12-07 09:50"))
    assert story.last("dispute").details["against_step"] == "limit"
    assert story.clock("appeal-resolve").due_at == end_of("Wednesday 2027-01-06")
    lift = Lift("Ida Elm, MD", "The doctor outside knows the Member's rare condition.")
    story.then("Monday 2026-12-14 10:00", "appeals@plan", lift)
    row = story.row
    assert (row.state, row.decision, row.appeal_outcome) == ("authorized", "authorize", "overturned")
    assert story.owed("lift") == {"approval_to_member to member"}
    story.post_goes("Monday 2026-12-14 15:00")
    assert story.clock("effectuate").outcome == "met"

    # What was lifted is real: a Medical Director agrees to the doctor outside, and the Member may go there.
    story.then("Tuesday 2026-12-15 09:00", "physician@plan", AgreeOutside(there.outside.pk, "The appeal says so."))
    story.then("Tuesday 2026-12-15 09:30", "intake@plan", outside)
    row = story.row
    assert (row.professional_id, row.member_pays, row.agreement_payer) == (there.outside.pk, 0, "plan")


@pytest.mark.clause("II.G")
def test_no_limit_where_nobody_in_the_network_is_in_reach(story: Story) -> None:
    # The Member lives where the nearest of them is more than two hundred miles away.
    Member.objects.filter(pk=story.there.one.pk).update(latitude=37.5, longitude=-121.0)
    given_a_request_for_a_doctor_outside(story)
    refusal = story.refused("Wednesday 2026-12-02 11:00", "physician@plan", LIMIT)
    assert "Nobody in the network is qualified" in refusal
    assert "II.H" in refusal, "it says what to do instead"
    assert story.state == "physician_review"


def test_a_member_who_then_chooses_in_the_network_needs_no_limit(story: Story) -> None:
    given_a_request_for_a_doctor_outside(story)
    story.then("Wednesday 2026-12-02 11:00", "intake@plan", t.Choose(story.there.sam.pk, "member", "by phone"))
    story.then("Wednesday 2026-12-02 11:05", "physician@plan", t.Authorize())
    assert (story.state, story.row.decision) == ("authorized", "authorize")


def test_a_lawful_limit_says_what_was_asked_and_why(story: Story) -> None:
    given_a_request_for_a_doctor_outside(story)
    nothing = limited(Limit, "II.G", " ", "A visit with a doctor in our network.")
    assert "what was asked" in story.refused("Wednesday 2026-12-02 11:00", "physician@plan", nothing)
    elsewhere = limited(Limit, "II.K", "A visit with Otto Far, MD.", "A visit in our network.")
    assert "no clause" in story.refused("Wednesday 2026-12-02 11:00", "physician@plan", elsewhere)

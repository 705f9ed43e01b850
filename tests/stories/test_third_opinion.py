"""A third opinion: by right where two differ on the need, by a reviewer's judgment otherwise (II.D, II.I, III.C)."""

import pytest

from policy.when import at, day
from secondopinion.policy.asked import Opinion
from secondopinion.referrals import chain
from secondopinion.referrals import told as t
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Referral
from stories.telling import DOUBTS, OFFICE, Story, denial, end_of, report


def given_a_second_opinion_was_given(story: Story) -> None:
    """Authorized on Monday 2026-11-23, seen by Sam Specialist on Friday 2026-12-04."""
    story.comes_in("Monday 2026-11-23 10:00", answers=DOUBTS, **OFFICE)
    story.then("Monday 2026-11-23 11:00", "intake@plan", t.Choose(story.there.sam.pk, "member", "by phone"))
    story.post_goes("Monday 2026-11-23 11:05")
    story.then("Friday 2026-12-04 16:00", "intake@plan", t.See(day("Friday 2026-12-04")))


def when_another_is_asked_for(story: Story, when: str) -> tuple[Referral, Referral]:
    """The Member calls and asks for another opinion; the story goes on with the new referral."""
    earlier = story.row
    story.look(at(when))
    taken = chain.ask_for_another(
        earlier, channel="phone", received_at=at(when), requester="member", requester_name="Member One",
        person=story.person("intake@plan"), now=at(when),
    )  # fmt: skip
    story.referral = taken.referral_id
    earlier.refresh_from_db()
    return earlier, story.row


@pytest.mark.clause("II.D")
def test_two_opinions_differ_on_the_need_so_a_third_is_offered_and_authorized_in_one_step(story: Story) -> None:
    there = story.there
    given_a_second_opinion_was_given(story)
    early = story.row
    with pytest.raises(Refused, match="never refused for that"):
        when_another_is_asked_for(story, "Monday 2026-12-07 09:00")
    story.referral = early.pk

    # The first surgeon recommended the operation; the second finds it not needed. The Member hears of the right.
    story.then("Tuesday 2026-12-08 10:00", "intake@plan", report("not-needed", day("Monday 2026-12-07")))
    assert story.last("report").details["agrees"] is False
    assert story.owed("report") == {
        "report_to_member to member", "report_to_professional to pcp", "report_to_professional to treating",
        "third_opinion_offer_to_member to member",
    }  # fmt: skip
    assert story.clock("report-delivery").due_at == end_of("Thursday 2026-12-10")
    story.post_goes("Tuesday 2026-12-08 10:05")
    offer = story.reads("third_opinion_offer_to_member")
    assert "third opinion" in offer.lower()
    assert there.sam.full_name in offer
    assert "back surgery" in offer
    assert "free" in offer.lower() or "no cost" in offer.lower()
    assert story.state == "closed", "nothing was open any more"
    assert story.instants() == {
        "received_at": at("Monday 2026-11-23 10:00"), "entered_at": at("Monday 2026-11-23 10:00"),
        "decided_at": at("Monday 2026-11-23 10:00"), "provider_told_at": at("Monday 2026-11-23 11:05"),
        "member_notice_at": at("Monday 2026-11-23 11:05"), "report_received_at": at("Tuesday 2026-12-08 10:00"),
    }  # fmt: skip

    # One step: the policy itself authorizes, from what the two reports say.
    second, third = when_another_is_asked_for(story, "Thursday 2026-12-10 09:00")
    assert (third.state, third.opinion, third.opinion_number) == ("authorized", Opinion.THIRD, 3)
    assert story.last("authorize").role == "policy"
    assert "II.D" in story.last("authorize").finding["cites"]
    assert third.number != second.number
    assert third.authorization_number != second.authorization_number
    assert (second.state, third.follows_id) == ("closed", second.pk)
    assert [r.number for r in chain.chain_of(third)] == [second.number, third.number]
    assert story.clock("appointment").started_at == at("Thursday 2026-12-10 09:00"), "clocks of its own"
    assert story.clock("member-notice").due_at == end_of("Monday 2026-12-14")
    story.referral = second.pk
    with pytest.raises(Refused, match="asked for already"):
        when_another_is_asked_for(story, "Thursday 2026-12-10 09:30")
    story.referral = third.pk

    # Neither of the two who gave an opinion may give the third.
    gave = t.Choose(there.sam.pk, "member", "by phone")
    assert "given one of the opinions" in story.refused("Thursday 2026-12-10 10:00", "intake@plan", gave)
    first = t.Choose(there.first.pk, "member", "by phone")
    assert "questioned" in story.refused("Thursday 2026-12-10 10:01", "intake@plan", first)
    story.then("Thursday 2026-12-10 10:05", "intake@plan", t.Choose(there.neuro.pk, "member", "by phone"))
    story.post_goes("Thursday 2026-12-10 10:10")
    assert "third" in story.reads("authorization_to_professional").lower()
    story.then("Friday 2026-12-18 16:00", "intake@plan", t.See(day("Friday 2026-12-18")))
    story.then("Monday 2026-12-28 09:00", "intake@plan", report("not-needed", day("Wednesday 2026-12-23")))
    assert "third_opinion_offer_to_member to member" not in story.owed("report"), "no right to a fourth"
    story.post_goes("Monday 2026-12-28 09:05")
    assert story.state == "closed"


@pytest.mark.clause("II.I")
def test_another_diagnosis_is_a_disparity_that_a_reviewer_may_grant_a_third_for(story: Story) -> None:
    given_a_second_opinion_was_given(story)
    told = report("needed", day("Monday 2026-12-07"),
                  other_disparity="The second surgeon names another cause of the pain.")  # fmt: skip
    story.then("Tuesday 2026-12-08 10:00", "intake@plan", told)
    assert story.last("report").details["agrees"] is True
    assert "third_opinion_offer_to_member to member" not in story.owed("report"), "no right by II.D"
    story.post_goes("Tuesday 2026-12-08 10:05")

    _, third = when_another_is_asked_for(story, "Thursday 2026-12-10 09:00")
    assert (third.state, third.opinion) == ("received", Opinion.THIRD)
    assert story.last("receive").finding["verdict"] == "unknown", "never a no by itself"
    assert story.binds() == ("decision", end_of("Thursday 2026-12-17"))
    grants = t.Answer({"reviewer_grants_additional_opinion": True}, "two causes of the pain are named")
    assert "clinical judgment" in story.refused("Thursday 2026-12-10 10:00", "intake@plan", grants)
    assert "does not find a yes" in story.refused("Thursday 2026-12-10 10:05", "nurse@plan", t.Authorize())
    story.then("Friday 2026-12-11 09:00", "nurse@plan", grants)
    story.then("Friday 2026-12-11 09:05", "nurse@plan", t.Authorize())
    assert story.state == "authorized"
    assert "II.I" in story.last("authorize").finding["cites"]
    story.post_goes("Friday 2026-12-11 09:10")
    assert story.row.member_notice_at == at("Friday 2026-12-11 09:10")
    assert story.history() == ["receive by intake", "answer by nurse", "authorize by nurse"]


@pytest.mark.clause("II.D")
def test_a_third_is_never_refused_because_the_second_report_is_not_here(story: Story) -> None:
    given_a_second_opinion_was_given(story)
    story.comes_in("Monday 2026-12-07 09:00", opinion="third")
    assert story.state == "received", "it is kept, and its time runs"
    assert story.binds() == ("decision", end_of("Monday 2026-12-14"))
    story.then("Monday 2026-12-07 10:00", "nurse@plan", t.TakeUp())
    story.then("Monday 2026-12-07 10:30", "nurse@plan", t.ReferUp("The second report is not here yet."))
    no = denial(reasons=(t.Reason("II.D", "We do not have the report of your second opinion yet."),))
    refusal = story.refused("Tuesday 2026-12-08 09:00", "physician@plan", no)
    assert "never refused for that" in refusal
    assert "Ask for the report" in refusal
    # The report comes, the two differ, and the policy finds a yes.
    differs = {"second_opinion_report_in_hand": True, "recommendations_differ_on_need_for_procedure": True}
    story.then("Thursday 2026-12-10 09:00", "nurse@plan", t.Answer(differs, "the report of Thursday 2026-12-10"))
    story.then("Thursday 2026-12-10 09:05", "nurse@plan", t.Authorize())
    story.post_goes("Thursday 2026-12-10 09:10")
    assert story.clock("decision", "7-calendar-days").outcome == "met"

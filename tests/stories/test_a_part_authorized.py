"""A part of what was asked is authorized: one consultation, and the rest refused with every right (III.G)."""

import pytest

from policy.when import at
from secondopinion.referrals import told as t
from secondopinion.referrals.told_objections import Acknowledge, Uphold
from secondopinion.referrals.told_outcomes import GrantInPart
from stories.telling import DOUBTS, OFFICE, Story, contact, end_of, limited

PART = limited(
    GrantInPart, "III.G", "Three visits with Sam Specialist, MD, and a new scan of the back.",
    "One visit with Sam Specialist, MD.",
    clinical_reason="One visit is enough to compare two opinions; your scan of October is clear.",
    medicare_reason="Medicare covers the visit that answers the question, and a scan only when it is needed.",
    medi_cal_reason="Medi-Cal covers one visit for a second opinion; your own doctor can order a scan.",
)  # fmt: skip


@pytest.mark.clause("III.G")
def test_one_visit_of_three_is_authorized_the_appeal_upholds_it_and_the_visit_stands(story: Story) -> None:
    there = story.there
    story.comes_in("Tuesday 2026-12-01 09:00", **OFFICE, member=there.joe, program="onecare", wishes=there.sam,
                   answers={"surgery_is_recommended": True},
                   request_words="Please authorize three visits and a new scan.")  # fmt: skip
    story.then("Tuesday 2026-12-01 10:00", "nurse@plan", t.TakeUp(complete=True))
    story.then("Tuesday 2026-12-01 10:30", "nurse@plan", t.ReferUp("Asks for three visits and a scan."))
    no_yes = story.refused("Wednesday 2026-12-02 09:00", "physician@plan", PART)
    assert "does not find a yes" in no_yes, "nobody brings a yes along"
    story.then("Wednesday 2026-12-02 09:30", "physician@plan", t.Answer(DOUBTS, "the Member by phone"))
    alone = limited(GrantInPart, "III.G", PART.asked, PART.approved)
    assert "Medicare's rules" in story.refused("Wednesday 2026-12-02 09:40", "physician@plan", alone)
    story.then("Wednesday 2026-12-02 10:00", "physician@plan", PART)

    row = story.row
    assert (row.state, row.decision, row.professional_id) == ("authorized", "partial", there.sam.pk)
    assert story.owed("grant_in_part") == {
        "modification_to_member to member", "modification_to_requester to requester",
        "authorization_to_professional to professional",
    }  # fmt: skip
    # Adverse for OneCare: the Member has it in writing within seven days of the first receipt.
    assert story.clock("member-notice").due_at == end_of("Tuesday 2026-12-08")
    assert story.clock("provider-notice").due_at == at("Thursday 2026-12-03 10:00")
    story.post_goes("Wednesday 2026-12-02 10:05")
    assert {c.outcome for c in row.clocks.filter(kind__in=("decision", "member-notice", "provider-notice"))} == {"met"}

    letter = story.reads("modification_to_member")
    assert "Three visits with Sam Specialist, MD" in letter
    assert "One visit with Sam Specialist, MD." in letter
    assert PART.medicare_reason in letter
    assert PART.medi_cal_reason in letter
    assert "February 5, 2027" in letter, "vector V13: sixty-five days from Wednesday 2026-12-02"
    assert "QIO" in letter, "OneCare: DHCS and the QIO"
    assert "DHCS" in letter
    assert "second opinion" in story.reads("authorization_to_professional").lower()

    # The Member appeals, and the decision stands; a OneCare case goes on to Medicare's reviewer by itself.
    story.then("Thursday 2026-12-10 14:00", "intake@plan", contact("Thursday 2026-12-10 13:30", by_name="Joe Smith"))
    assert story.clock("appeal-acknowledge").due_at == end_of("Thursday 2026-12-17")
    assert story.clock("appeal-resolve").due_at == end_of("Saturday 2027-01-09")
    story.then("Friday 2026-12-11 09:00", "appeals@plan", Acknowledge("appeal"))
    assert story.post_goes("Friday 2026-12-11 09:05") == ["acknowledgment_to_member"]
    assert "answer by Saturday, January 9, 2027" in story.reads("acknowledgment_to_member")
    upheld = Uphold("Ida Elm, MD", "One visit answers the question that was asked.")
    assert "not yours to do" in story.refused("Monday 2026-12-21 09:00", "physician@plan", upheld)
    story.then("Monday 2026-12-21 10:00", "appeals@plan", upheld)
    assert story.last("uphold").details["goes_on"] is True
    assert (story.state, story.row.appeal_outcome) == ("authorized", "upheld")
    assert story.clock("appeal-resolve").outcome == "met"
    story.then("Tuesday 2026-12-22 09:00", "intake@plan", t.Schedule(at("Monday 2026-12-28 09:00")))
    assert story.state == "scheduled"
    assert story.instants() == {
        "received_at": at("Tuesday 2026-12-01 09:00"), "entered_at": at("Tuesday 2026-12-01 09:00"),
        "decided_at": at("Wednesday 2026-12-02 10:00"), "provider_told_at": at("Wednesday 2026-12-02 10:05"),
        "member_notice_at": at("Wednesday 2026-12-02 10:05"), "report_received_at": None,
    }  # fmt: skip

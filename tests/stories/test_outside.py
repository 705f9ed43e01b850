"""Nobody inside can: the search as proof, the yes, the agreement, the payer, and talks that fail (II.H, III.B)."""

from datetime import timedelta

import pytest

from policy.when import at, day
from secondopinion.referrals import told as t
from secondopinion.referrals.told_after import AgreeOutside, DraftAgreement, DropAgreement, Search, SignAgreement
from stories.telling import DOUBTS, OFFICE, Story, end_of, ended, report

RATE = "the Medi-Cal fee-for-service rate"


def given_the_network_was_searched_and_nobody_can(story: Story) -> None:
    """Fifteen business days from Tuesday 2026-12-01 end on Tuesday 2026-12-22; both offices offered January."""
    there = story.there
    story.comes_in("Tuesday 2026-12-01 09:00", **OFFICE)
    story.then("Tuesday 2026-12-01 10:00", "nurse@plan", t.TakeUp(complete=True))
    early = AgreeOutside(there.outside.pk, "Trained for this operation, and can see the Member this month.")
    assert "Search the network first" in story.refused("Tuesday 2026-12-01 10:05", "physician@plan", early)
    openings = ((there.sam.npi, day("Monday 2027-01-11")), (there.neuro.npi, day("Tuesday 2027-01-19")))
    assert "not yours to do" in story.refused("Tuesday 2026-12-01 11:00", "intake@plan", Search(openings))
    story.then("Tuesday 2026-12-01 11:30", "nurse@plan", Search(openings, "Called both offices."))
    proof = story.last("search").details["search"]
    assert proof["see_by"] == "2026-12-22"
    against = {x["npi"]: x["against"] for x in proof["looked"]}
    assert against == {
        there.first.npi: "is the clinician whose opinion is questioned",
        there.excluded.npi: "is on an exclusion list and may not be paid",
        there.sam.npi: "has no appointment by Tuesday, December 22, 2026",
        there.neuro.npi: "has no appointment by Tuesday, December 22, 2026",
    }, "every candidate, and why each failed"
    assert story.last("search").finding["verdict"] == "yes"
    assert "not yours to do" in story.refused("Tuesday 2026-12-01 13:00", "nurse@plan", early)
    story.then("Tuesday 2026-12-01 14:00", "physician@plan", early)


def given_an_authorization_outside(story: Story) -> None:
    """Authorized and chosen on Wednesday 2026-12-02; nothing has waited for an agreement."""
    given_the_network_was_searched_and_nobody_can(story)
    story.then("Wednesday 2026-12-02 09:00", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Wednesday 2026-12-02 09:05", "nurse@plan", t.Authorize())
    assert (story.state, story.row.agreement) == ("authorized", "")
    choice = t.Choose(story.there.outside.pk, "member", "by phone")
    story.then("Wednesday 2026-12-02 09:30", "intake@plan", choice)
    story.post_goes("Wednesday 2026-12-02 09:35")
    assert story.row.member_notice_at == story.row.provider_told_at == at("Wednesday 2026-12-02 09:35")
    assert story.clock("agreement").due_at == end_of("Tuesday 2026-12-08"), "five business days from Tuesday"


@pytest.mark.clause("II.H")
def test_the_search_is_the_proof_the_authorization_does_not_wait_and_the_member_pays_nothing(story: Story) -> None:
    given_an_authorization_outside(story)
    consult = story.reads("authorization_to_professional")
    assert "Orchard County Health Plan" in consult
    assert "second opinion" in consult.lower()

    drafted = DraftAgreement(RATE)
    assert "not yours to do" in story.refused("Wednesday 2026-12-02 11:00", "nurse@plan", drafted)
    unsent = SignAgreement(day("Wednesday 2026-12-02"), "Otto Far, MD")
    assert "Send it first" in story.refused("Wednesday 2026-12-02 11:05", "contracting@plan", unsent)
    story.then("Wednesday 2026-12-02 11:30", "contracting@plan", drafted)
    assert story.owed("draft_agreement") == {"agreement_to_professional to professional"}
    story.post_goes("Wednesday 2026-12-02 11:35")
    agreement = story.reads("agreement_to_professional")
    assert RATE in agreement
    assert "December 8, 2026" in agreement
    assert story.there.outside.npi in agreement

    signed = SignAgreement(day("Friday 2026-12-04"), "Otto Far, MD")
    story.then("Monday 2026-12-07 09:00", "contracting@plan", signed)
    assert ended(story.clock("agreement")) == ("met", timedelta(days=1, hours=14, minutes=59, seconds=59))
    assert "signed already" in story.refused("Monday 2026-12-07 09:30", "contracting@plan", drafted)
    row = story.row
    assert (row.agreement, row.agreement_signed_on) == ("signed", day("Friday 2026-12-04"))
    assert (row.agreement_payer, row.member_pays) == ("plan", 0)

    story.then("Wednesday 2026-12-16 16:00", "intake@plan", t.See(day("Wednesday 2026-12-16")))
    story.then("Monday 2026-12-21 09:00", "intake@plan", report("needed", day("Friday 2026-12-18")))
    story.post_goes("Monday 2026-12-21 09:05")
    assert story.state == "closed"
    assert story.instants() == {
        "received_at": at("Tuesday 2026-12-01 09:00"), "entered_at": at("Tuesday 2026-12-01 09:00"),
        "decided_at": at("Wednesday 2026-12-02 09:05"), "provider_told_at": at("Wednesday 2026-12-02 09:35"),
        "member_notice_at": at("Wednesday 2026-12-02 09:35"), "report_received_at": at("Monday 2026-12-21 09:00"),
    }  # fmt: skip
    assert story.history() == [
        "receive by intake", "take_up by nurse", "search by nurse", "agree_outside by physician", "answer by nurse",
        "authorize by nurse", "choose by intake", "draft_agreement by contracting", "sign_agreement by contracting",
        "see by intake", "report by intake", "close by system",
    ]  # fmt: skip


@pytest.mark.clause("III.B")
def test_talks_that_fail_leave_the_authorization_and_the_search_goes_on(story: Story) -> None:
    given_an_authorization_outside(story)
    story.then("Wednesday 2026-12-02 11:30", "contracting@plan", DraftAgreement(RATE))
    story.post_goes("Wednesday 2026-12-02 11:35")
    dropped = DropAgreement("The office asks for three times the rate.")
    story.then("Monday 2026-12-07 10:00", "contracting@plan", dropped)
    row = story.row
    assert (row.state, row.agreement, row.professional_id, row.outside_professional_id) == (
        "authorized", "dropped", None, None,
    )  # fmt: skip
    assert row.valid_until == day("Tuesday 2027-03-02"), "the Member's authorization stands"
    assert story.clock("agreement").outcome == "void", "no agreement was reached, so its time was not kept"
    assert story.clock("appointment").started_at == at("Monday 2026-12-07 10:00")
    assert story.owed("drop_agreement") == {"appointment_reminder_to_member to member"}
    story.post_goes("Monday 2026-12-07 10:05")
    assert story.there.sam.full_name in story.reads("appointment_reminder_to_member")
    again = t.Choose(story.there.outside.pk, "member", "by phone")
    assert "no contract" in story.refused("Monday 2026-12-07 11:00", "intake@plan", again)
    story.then("Monday 2026-12-07 11:05", "intake@plan", t.Choose(story.there.sam.pk, "member", "by phone"))
    assert story.row.professional_id == story.there.sam.pk


def test_somebody_inside_who_can_closes_the_way_out(story: Story) -> None:
    there = story.there
    story.comes_in("Tuesday 2026-12-01 09:00")
    story.then("Tuesday 2026-12-01 10:00", "nurse@plan", t.TakeUp(complete=True))
    story.then("Tuesday 2026-12-01 11:30", "nurse@plan", Search(((there.sam.npi, day("Friday 2026-12-11")),)))
    assert story.last("search").finding["verdict"] == "no"
    out = AgreeOutside(there.outside.pk, "The Member likes this doctor.")
    assert "does not find" in story.refused("Tuesday 2026-12-01 14:00", "physician@plan", out)
    inside = AgreeOutside(there.sam.pk, "The Member likes this doctor.")
    assert "under contract" in story.refused("Tuesday 2026-12-01 14:05", "physician@plan", inside)

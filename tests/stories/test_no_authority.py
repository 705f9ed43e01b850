"""A OneCare representative whose authority nobody has seen: outreach, dismissal, and back again (rules 9.1, 10.2)."""

from policy.when import at
from secondopinion.referrals import told as t
from secondopinion.referrals.told_outcomes import Dismiss, Outreach, Vacate
from secondopinion.referrals.told_time import ShowAuthority
from stories.telling import DOUBTS, Story, end_of

TRIES = (
    Outreach(at("Wednesday 2026-12-02 10:00"), "by phone", "the paper that shows the authority"),
    Outreach(at("Friday 2026-12-04 15:00"), "by letter", "the paper, with a form to sign"),
)
NOT_SHOWN = Dismiss("no-authority", "We asked twice for the paper that lets Ann Smith act for you.", TRIES)


def given_a_daughter_asks(story: Story, **other: object) -> None:
    """Ann Smith calls for her father on Tuesday 2026-12-01; no authority is on record."""
    said = {"requester": "authorized-representative", "requester_name": "Ann Smith",
            "requester_address": "5 Oak Lane\nOrchard City, CA 92999"}  # fmt: skip
    story.comes_in("Tuesday 2026-12-01 09:00", member=story.there.joe, program="onecare", **{**said, **other})


def test_it_is_dismissed_after_two_tries_taken_back_for_good_cause_and_decided(story: Story) -> None:
    given_a_daughter_asks(story)
    # The request is kept from its first receipt; only the time to decide waits, and the wait itself has an end.
    assert story.row.representative_needed is True
    assert story.clock("decision").due_at is None
    assert story.binds() == ("authority", end_of("Tuesday 2026-12-08"))

    without = Dismiss("no-authority", NOT_SHOWN.reason)
    assert "each try" in story.refused("Tuesday 2026-12-08 15:00", "nurse@plan", without)
    assert "not yours to do" in story.refused("Tuesday 2026-12-08 15:30", "intake@plan", NOT_SHOWN)
    story.then("Tuesday 2026-12-08 16:00", "nurse@plan", NOT_SHOWN)
    assert (story.state, story.row.decision) == ("dismissed", "dismiss")
    assert story.owed("dismiss") == {"dismissal_to_member to member", "dismissal_to_requester to requester"}
    assert story.clock("authority").outcome == "met"
    story.post_goes("Tuesday 2026-12-08 16:05")
    told = story.clock("member-notice")
    assert (told.due_at, told.outcome) == (end_of("Tuesday 2026-12-08"), "met"), "within the time it would have had"
    letter = story.reads("dismissal_to_member")
    assert NOT_SHOWN.reason in letter
    assert "December 2" in letter
    assert "December 4" in letter, "each try is written down"
    assert "June 7, 2027" in letter, "to take it back: 181 days from Tuesday 2026-12-08"
    assert "February 11, 2027" in letter, "to have it reviewed: 65 days"

    # The daughter was in hospital; the paper comes, and the time to decide starts afresh.
    assert "good cause" in story.refused("Monday 2026-12-14 09:00", "nurse@plan", Vacate(" "))
    story.then("Monday 2026-12-14 10:00", "nurse@plan", Vacate("She was in hospital when we wrote; the paper is here."))
    row = story.row
    assert (row.state, row.representative_needed) == ("received", False)
    assert (row.decided_at, row.member_notice_at) == (None, None), "the dismissal no longer counts"
    assert row.received_at == at("Tuesday 2026-12-01 09:00"), "the first receipt is kept"
    assert story.clock("decision").started_at == at("Monday 2026-12-14 10:00")
    assert story.binds() == ("decision", end_of("Monday 2026-12-21"))

    story.then("Tuesday 2026-12-15 09:00", "nurse@plan", t.Answer(DOUBTS, "the Member by phone"))
    story.then("Wednesday 2026-12-16 09:00", "nurse@plan", t.Authorize())
    story.post_goes("Wednesday 2026-12-16 09:05")
    assert story.clock("decision").outcome == "met"
    assert story.clock("member-notice", "OC-STD").outcome == "met"
    assert story.instants() == {
        "received_at": at("Tuesday 2026-12-01 09:00"), "entered_at": at("Tuesday 2026-12-01 09:00"),
        "decided_at": at("Wednesday 2026-12-16 09:00"), "provider_told_at": None,
        "member_notice_at": at("Wednesday 2026-12-16 09:05"), "report_received_at": None,
    }  # fmt: skip
    assert story.history() == [
        "receive by intake", "dismiss by nurse", "vacate by nurse", "answer by nurse", "authorize by nurse",
    ]  # fmt: skip


def test_authority_shown_in_time_starts_the_clock_at_the_later_of_the_two(story: Story) -> None:
    given_a_daughter_asks(story)
    paper = ShowAuthority(at("Friday 2026-12-04 11:00"), "power of attorney for health care, scanned")
    story.then("Friday 2026-12-04 11:30", "intake@plan", paper)
    assert story.clock("authority").outcome == "met"
    assert story.binds() == ("decision", end_of("Friday 2026-12-11"))
    assert "no ground to dismiss" in story.refused("Friday 2026-12-04 16:00", "nurse@plan", NOT_SHOWN)


def test_a_medi_cal_request_is_never_held_nor_dismissed_for_that_paper(story: Story) -> None:
    story.comes_in("Tuesday 2026-12-01 09:00", requester="authorized-representative", requester_name="Ann One")
    assert story.row.representative_needed is False
    assert story.binds() == ("decision", end_of("Tuesday 2026-12-08"))
    assert "not dismissed" in story.refused("Tuesday 2026-12-08 16:00", "nurse@plan", NOT_SHOWN)

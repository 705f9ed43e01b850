"""After the yes: declined, missed, seen once, tests sent back, the report chased and delivered (III.F.1, III.G)."""

from datetime import timedelta

import pytest

from policy.when import at, day
from referrals.life import PDF
from secondopinion.referrals import told as t
from secondopinion.referrals.told_after import Asked, Chase, Decline, ReturnTests
from stories.telling import DOUBTS, Story, end_of, ended, report


def given_maria_is_authorized(story: Story) -> None:
    """Maria's network decides for itself and has authorized; she chose Sam Specialist on Monday 2026-11-23."""
    there = story.there
    story.comes_in("Monday 2026-11-23 10:00", "nurse@citrus", member=there.maria, requester_name="Maria Reyes",
                   answers=DOUBTS)  # fmt: skip
    story.then("Monday 2026-11-23 11:00", "nurse@citrus", t.Choose(there.sam.pk, "member", "by phone"))
    story.post_goes("Monday 2026-11-23 11:05")
    assert story.clock("appointment").due_at == end_of("Wednesday 2026-12-16")


def given_the_visit_took_place(story: Story) -> None:
    """Vector V14: seen on Friday 2026-12-18, so the report is due on Tuesday 2027-01-05."""
    story.then("Friday 2026-12-18 16:00", "nurse@citrus", t.See(day("Friday 2026-12-18")))
    assert story.clock("report").due_at == end_of("Tuesday 2027-01-05")


@pytest.mark.clause("III.G")
def test_declined_chosen_again_a_no_show_keeps_the_unit_and_a_second_visit_is_refused(story: Story) -> None:
    there = story.there
    given_maria_is_authorized(story)
    unlisted = Decline("too-busy")
    assert "no reason on the list" in story.refused("Tuesday 2026-11-24 09:00", "nurse@citrus", unlisted)
    story.then("Tuesday 2026-11-24 09:10", "nurse@citrus", Decline("not-accepting", "No room before February."))
    assert (story.state, story.row.professional_id) == ("authorized", None)
    assert story.owed("decline") == {"appointment_reminder_to_member to member"}
    assert story.clock("appointment").due_at == end_of("Thursday 2026-12-17"), "counted anew from Tuesday"
    story.post_goes("Tuesday 2026-11-24 09:15")
    assert there.neuro.full_name in story.reads("appointment_reminder_to_member")
    story.then("Wednesday 2026-11-25 10:00", "nurse@citrus", t.Choose(there.neuro.pk, "member", "by phone"))
    story.post_goes("Wednesday 2026-11-25 10:05")

    number = story.row.authorization_number
    story.then("Wednesday 2026-11-25 11:00", "nurse@citrus", t.Schedule(at("Tuesday 2026-12-08 10:00")))
    assert ended(story.clock("appointment"))[0] == "met"
    assert story.clock("visit-record").due_at == end_of("Thursday 2026-12-10")
    story.then("Wednesday 2026-12-09 09:00", "nurse@citrus", t.Miss("The ride did not come."))
    assert (story.state, story.row.authorization_number) == ("authorized", number), "the unit is kept"
    assert story.clock("visit-record").outcome == "met"
    story.then("Wednesday 2026-12-09 09:05", "nurse@citrus", t.Schedule(at("Friday 2026-12-18 09:00")))
    given_the_visit_took_place(story)
    again = story.refused("Monday 2026-12-21 09:00", "nurse@citrus", t.See(day("Monday 2026-12-21")))
    assert "One authorization covers one visit" in again
    more = story.refused("Monday 2026-12-21 09:05", "nurse@citrus", t.Schedule(at("Monday 2026-12-28 09:00")))
    assert "cannot follow while" in more

    # Tests asked for under it go back to the treating professional; both are written to.
    own = ReturnTests((Asked("the consultation", "99244"),), "Noor Haddad, MD")
    assert "the consultation itself" in story.refused("Monday 2026-12-21 10:00", "nurse@citrus", own)
    scan = ReturnTests((Asked("a scan of the lower back", "72148"),), "Noor Haddad, MD")
    story.then("Monday 2026-12-21 10:05", "nurse@citrus", scan)
    assert story.state == "seen"
    assert story.owed("return_tests") == {
        "tests_returned_to_professional to consulting", "tests_returned_to_professional to treating",
    }  # fmt: skip
    story.post_goes("Monday 2026-12-21 10:10")
    sent_back = story.reads("tests_returned_to_professional")
    assert "a scan of the lower back" in sent_back
    assert "72148" in sent_back
    story.then("Monday 2026-12-28 09:00", "nurse@citrus", report("needed", day("Wednesday 2026-12-23")))
    story.post_goes("Monday 2026-12-28 09:05")
    assert story.state == "closed"


@pytest.mark.clause("III.F.1")
def test_the_report_is_chased_on_day_11_and_16_delivered_with_proof_and_closed_by_itself(story: Story) -> None:
    given_maria_is_authorized(story)
    story.then("Wednesday 2026-12-09 09:05", "nurse@citrus", t.Schedule(at("Friday 2026-12-18 09:00")))
    given_the_visit_took_place(story)

    # The eleventh working day after the visit, holidays left out, is Wednesday 2027-01-06.
    assert story.sweeps("Tuesday 2027-01-05 23:00") == {}
    assert "not yours to do" in story.refused("Wednesday 2027-01-06 06:00", "nurse@citrus", Chase(1))
    assert story.sweeps("Wednesday 2027-01-06 07:00") == {"chase": 1}
    assert story.owed("chase") == {"report_chase_to_professional to professional"}
    assert story.sweeps("Wednesday 2027-01-06 08:00") == {}, "once a rung"
    story.post_goes("Wednesday 2027-01-06 07:05")
    assert "January 5, 2027" in story.reads("report_chase_to_professional")

    # The sixteenth is Wednesday 2027-01-13: the Health Network is asked too.
    assert story.sweeps("Tuesday 2027-01-12 23:00") == {}
    assert story.sweeps("Wednesday 2027-01-13 07:00") == {"chase": 1}
    assert story.owed("chase") == {
        "report_chase_to_professional to professional", "report_chase_to_network to network",
    }  # fmt: skip
    story.post_goes("Wednesday 2027-01-13 07:05")
    to_network = story.reads("report_chase_to_network")
    assert "Citrus Valley Medical Group" in to_network
    assert "January 6, 2027" in to_network, "when it was asked for before"
    assert story.state == "seen", "asking closes nothing"

    # It comes nine days late, and goes to the Member, the PCP and the treating professional.
    late = report("needed", day("Wednesday 2027-01-13"))
    story.then("Thursday 2027-01-14 10:00", "nurse@citrus", late)
    assert ended(story.clock("report")) == ("missed", -timedelta(days=8, hours=10, seconds=1))
    assert story.row.report_received_at == at("Thursday 2027-01-14 10:00")
    assert story.clock("report-delivery").due_at == end_of("Tuesday 2027-01-19"), "Monday 2027-01-18 is a holiday"
    assert story.owed("report") == {
        "report_to_member to member", "report_to_professional to pcp", "report_to_professional to treating",
    }  # fmt: skip
    story.post_goes("Friday 2027-01-15 09:00")
    assert story.clock("report-delivery").outcome == "met"
    assert story.row.report_delivered_at == at("Friday 2027-01-15 09:00")
    enclosed = [path for path in story.folder.glob("*/*-enclosure-*.pdf") if path.read_bytes() == PDF]
    assert len(enclosed) == 3, "the report itself is in each envelope"
    assert story.last("mailed").details["enclosures"]
    assert (story.state, story.last("close").role) == ("closed", "system"), "closed is computed, never chosen"
    assert story.running() == set()
    assert story.instants() == {
        "received_at": at("Monday 2026-11-23 10:00"), "entered_at": at("Monday 2026-11-23 10:00"),
        "decided_at": at("Monday 2026-11-23 10:00"), "provider_told_at": None,
        "member_notice_at": at("Monday 2026-11-23 11:05"), "report_received_at": at("Thursday 2027-01-14 10:00"),
    }  # fmt: skip


def test_it_does_not_close_while_one_of_its_letters_waits(story: Story) -> None:
    given_maria_is_authorized(story)
    given_the_visit_took_place(story)
    story.then("Monday 2026-12-21 09:00", "nurse@citrus", report("needed", day("Monday 2026-12-21")))
    assert "letter not mailed" in story.refused("Monday 2026-12-21 09:01", "the house", t.Close())
    assert "not yours to do" in story.refused("Monday 2026-12-21 09:02", "nurse@citrus", t.Close())

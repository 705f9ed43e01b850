"""From authorization to a closed referral: the choice, the one visit, the report."""

from datetime import date, timedelta

import pytest

from county import NOW
from referrals.life import PDF, asked, given_an_authorized_referral
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Notice, RunningClock
from secondopinion.referrals.overnight import differences
from secondopinion.referrals.posting import post
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import (
    Choose,
    Report,
    Schedule,
    See,
    Withdraw,
)
from secondopinion.referrals.told_after import Decline


@pytest.mark.clause("III.F.1")
def test_from_authorization_to_a_closed_referral(there, tmp_path):
    referral = given_an_authorized_referral(there)
    intake = there.person("intake@plan")
    chosen = advance(referral.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
    kinds = set(Letter.objects.filter(pk__in=chosen.letters).values_list("kind", flat=True))
    assert kinds == {"authorization_to_professional", "approval_to_member"}
    advance(referral.pk, Schedule(NOW + timedelta(days=3)), person=intake, now=NOW)
    day = NOW + timedelta(days=4)
    advance(referral.pk, See(date(2026, 11, 26)), person=intake, now=day)
    due = RunningClock.objects.get(referral=referral, kind="report")
    assert due.due_at.date() == date(2026, 12, 12)  # Friday 2026-12-11 end of day in California, in UTC
    told = Report("not-needed", "The back can be treated with exercise first.", "", date(2026, 11, 27), "r.pdf", PDF)
    taken = advance(referral.pk, told, person=intake, now=day)
    assert taken.state == "report_received"
    owed = sorted(Notice.objects.filter(position=taken.position).values_list("kind", "recipient_role"))
    assert owed == [
        ("report_to_member", "member"), ("report_to_professional", "pcp"), ("report_to_professional", "treating"),
        ("third_opinion_offer_to_member", "member"),
    ]  # fmt: skip
    for letter in Letter.objects.filter(mailed_at__isnull=True).order_by("owed_at"):
        post(letter.pk, now=day, carrier=PrintHouse(tmp_path))
    referral.refresh_from_db()
    assert referral.state == "closed"
    reports = [path for path in tmp_path.glob("*/*-enclosure-*.pdf") if path.read_bytes() == PDF]
    assert len(reports) == 3
    enclosed = sorted(tmp_path.glob("*/*-enclosure-*.pdf"))
    manifest = "".join(path.read_text() for path in tmp_path.glob("*/manifest.csv"))
    assert all(path.name in manifest for path in enclosed)
    assert list(differences()) == []


def test_a_report_for_a_visit_that_did_not_happen_is_refused(there):
    referral = given_an_authorized_referral(there)
    told = Report("needed", "It is needed.", "", date(2026, 11, 23), "r.pdf", PDF)
    with pytest.raises(Refused, match="cannot follow while"):
        advance(referral.pk, told, person=there.person("intake@plan"), now=NOW)


@pytest.mark.clause("III.G")
def test_a_second_visit_is_refused_and_a_moved_one_keeps_the_unit(there):
    referral = given_an_authorized_referral(there)
    intake = there.person("intake@plan")
    advance(referral.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
    advance(referral.pk, Schedule(NOW + timedelta(days=1)), person=intake, now=NOW)
    advance(referral.pk, Schedule(NOW + timedelta(days=2)), person=intake, now=NOW)
    later = NOW + timedelta(days=3)
    advance(referral.pk, See(date(2026, 11, 25)), person=intake, now=later)
    with pytest.raises(Refused, match="cannot follow while"):
        advance(referral.pk, See(date(2026, 11, 26)), person=intake, now=later)


@pytest.mark.clause("III.B")
@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("first", "questioned"),
        ("excluded", "exclusion"),
        ("former", "no contract"),
        ("outside", "no contract"),
        ("watson", "neither the same nor equivalent"),
        ("nurse_practitioner", "Specialist Physician"),
    ],
)
def test_a_professional_who_may_not_give_the_opinion_cannot_be_chosen(there, who, words):
    referral = given_an_authorized_referral(there)
    with pytest.raises(Refused, match=words):
        advance(
            referral.pk,
            Choose(getattr(there, who).pk, "member", "by phone"),
            person=there.person("intake@plan"),
            now=NOW,
        )


@pytest.mark.clause("III.A")
def test_about_care_from_the_pcp_any_qualified_professional_but_the_pcp_may_be_chosen(there):
    other = {"about": "pcp-care", "clinician": there.pcp, "answers": {"member_questions_surgery": True}}
    taken = receive(asked(there, **other), person=there.person("intake@plan"), now=NOW)
    with pytest.raises(Refused, match="questioned"):
        advance(
            taken.referral_id, Choose(there.pcp.pk, "member", "by phone"), person=there.person("intake@plan"), now=NOW
        )
    advance(
        taken.referral_id, Choose(there.nurse_practitioner.pk, "member", "by phone"),
        person=there.person("intake@plan"), now=NOW,
    )  # fmt: skip


def test_a_withdrawal_is_confirmed_in_writing(there):
    referral = given_an_authorized_referral(there)
    told = Withdraw("member", "Member One", "I no longer want it.")
    taken = advance(referral.pk, told, person=there.person("intake@plan"), now=NOW)
    assert taken.state == "withdrawn"
    assert Letter.objects.get(pk=taken.letters[0]).kind == "withdrawal_to_member"


def test_a_clock_that_was_missed_stays_missed_when_another_begins(there):
    referral = given_an_authorized_referral(there)
    intake = there.person("intake@plan")
    advance(referral.pk, Choose(there.sam.pk, "member", "by phone"), person=intake, now=NOW)
    late = NOW + timedelta(days=40)  # Saturday 2027-01-02: fifteen business days are over
    advance(referral.pk, Decline("not-accepting"), person=intake, now=late)
    rows = RunningClock.objects.filter(referral=referral, kind="appointment").order_by("pk")
    assert [(row.outcome, row.stopped_at) for row in rows] == [("missed", late), ("", None)]
    assert rows[1].started_at == late

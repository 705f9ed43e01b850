"""A professional's link: an unguessable code, a second proof, bound to one visit and one person, with an end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from county import NOW, TODAY, County, county
from referrals.life import PDF, YES, asked
from secondopinion.directory.models_verifying import Doubt
from secondopinion.people.models import Member
from secondopinion.people.rls import plan_scope
from secondopinion.policy.calendar import PACIFIC
from secondopinion.referrals import visit_links as links
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import ConsultationReport, Event, Referral, VisitLink
from secondopinion.referrals.receive import receive
from secondopinion.referrals.told import Choose, Schedule, See, Told
from secondopinion.referrals.told_after import Decline
from secondopinion.referrals.visit_links import Consult, GivenLink, LinkClosed, Written

PROOF = "1679576722-"  # Sam's NPI; the last four of the phone follow


@pytest.fixture
def there(committed: None) -> County:
    with plan_scope(TODAY):
        return county()


@pytest.fixture
def referral(there: County) -> Referral:
    """Member One's, authorized, Sam chosen; and Maria's beside it."""
    clerk = there.person("intake@plan")
    with plan_scope(TODAY):
        taken = receive(asked(there, answers=YES), person=clerk, now=NOW)
        receive(asked(there, member=there.maria, answers=YES), person=clerk, now=NOW)
        advance(taken.referral_id, Choose(there.sam.pk, "member", "phone"), person=clerk, now=NOW)
        return Referral.objects.get(pk=taken.referral_id)


@pytest.fixture
def given(there: County, referral: Referral) -> GivenLink:
    with plan_scope(TODAY):
        return links.give_link(referral, there.person("nurse@plan"), NOW)


def tried(code: str, proof: str, now: datetime = NOW) -> str:
    with transaction.atomic():
        try:
            return links.open_link(code, proof, now)
        except LinkClosed as closed:
            return closed.why


def look(secret: str, now: datetime = NOW) -> Consult | str:
    with transaction.atomic():
        try:
            return links.consult_of(secret, now)
        except LinkClosed as closed:
            return closed.why


def proof(there: County) -> str:
    return PROOF + there.sam.phone[-4:]


def take(secret: str, told: Told, now: datetime = NOW) -> None:
    with transaction.atomic():
        links.take(links.consult_of(secret, now), told, now)


def written(**other: object) -> Written:
    said: dict[str, object] = {
        "need": "not-needed", "found": "The scan shows no narrowing that surgery would help.", "differs": None,
        "differs_why": "", "recommended": "Physical therapy for twelve weeks.", "follow_up": "A new scan in spring.",
        "other_disparity": "", "signed_on": TODAY, "visited_on": TODAY, "file_name": "report.pdf", "content": PDF,
    }  # fmt: skip
    return Written(**{**said, **other})  # type: ignore[arg-type]


def test_the_code_with_npi_and_phone_or_with_the_licence_opens_one_visit(there: County, given: GivenLink) -> None:
    for second in (proof(there), proof(there).replace("-", " "), there.sam.license_number.lower()):
        found = look(tried(given.code.lower(), second))
        assert isinstance(found, Consult)
        assert (found.professional.pk, found.member.pk) == (there.sam.pk, there.one.pk)


def test_its_transaction_sees_one_member(there: County, given: GivenLink) -> None:
    secret = tried(given.code, proof(there))
    with transaction.atomic():
        links.consult_of(secret, NOW)
        assert [m.pk for m in Member.objects.all()] == [there.one.pk]
        assert Referral.objects.count() == 1 == VisitLink.objects.count()


def test_five_wrong_proofs_close_it_and_another_opens(there: County, referral: Referral, given: GivenLink) -> None:
    wrongs = ("", "1679576722", "16795767220000", "1234567893" + there.sam.phone[-4:], "A")
    assert [tried(given.code, wrong) for wrong in wrongs] == ["wrong"] * 4 + ["locked"]
    assert tried(given.code, proof(there)) == "locked"
    assert tried("0000-0000-0000-0000", proof(there)) == "wrong"
    with plan_scope(TODAY):
        again = links.give_link(Referral.objects.get(pk=referral.pk), there.person("nurse@plan"), NOW)
    assert tried(given.code, proof(there)) == "taken-back"
    assert isinstance(look(tried(again.code, proof(there))), Consult)


def test_it_ends_with_the_authorization_and_the_days_after_it(there: County, given: GivenLink) -> None:
    assert f"{given.expires_at.astimezone(PACIFIC):%H:%M:%S}" == "23:59:59"
    assert len(tried(given.code, proof(there), given.expires_at)) > 20
    assert tried(given.code, proof(there), given.expires_at + timedelta(seconds=1)) == "expired"


def test_an_opened_link_asks_again_after_its_minutes_and_after_leaving(there: County, given: GivenLink) -> None:
    secret = tried(given.code, proof(there))
    assert isinstance(look(secret, NOW + timedelta(minutes=120)), Consult)
    assert look(secret, NOW + timedelta(minutes=121)) == "over"
    with transaction.atomic():
        links.close_visit(links.consult_of(secret, NOW))
    assert look(secret) == look("") == "over"


def test_it_is_of_one_professional_and_one_authorization(there: County, referral: Referral, given: GivenLink) -> None:
    secret = tried(given.code, proof(there))
    with plan_scope(TODAY):
        clerk = there.person("intake@plan")
        advance(referral.pk, Choose(there.neuro.pk, "member", "phone"), person=clerk, now=NOW)
        assert links.link_of(Referral.objects.get(pk=referral.pk), NOW) is None
    assert look(secret) == tried(given.code, proof(there)) == "taken-back"


def test_nobody_gets_one_before_a_choice_or_without_a_visit(there: County, referral: Referral) -> None:
    nurse = there.person("nurse@plan")
    with plan_scope(TODAY):
        bare = Referral.objects.get(member=there.maria)
        with pytest.raises(Refused, match="Record the Member’s choice"):
            links.give_link(bare, nurse, NOW)
        bare.state = "denied"
        with pytest.raises(Refused, match="no authorized visit"):
            links.give_link(bare, nurse, NOW)


def test_the_professional_schedules_and_the_history_says_who(there: County, given: GivenLink) -> None:
    secret = tried(given.code, proof(there))
    take(secret, Schedule(datetime(2026, 12, 1, 18, 0, tzinfo=NOW.tzinfo)))  # Tuesday 2026-12-01 10:00
    with plan_scope(TODAY):
        event = Event.objects.get(referral__member=there.one, step="schedule")
    assert (event.role, event.actor) == ("professional", "Sam Specialist, MD, by the link to the visit")


def test_a_decline_feeds_the_directory_and_closes_the_link(there: County, given: GivenLink) -> None:
    secret = tried(given.code, proof(there))
    take(secret, Decline("not-accepting", "Full until spring."))
    with plan_scope(TODAY):
        assert Doubt.objects.filter(professional=there.sam).count() == 1
        found = Referral.objects.get(member=there.one)
    assert (found.state, found.professional_id) == ("authorized", None)
    assert look(secret) == "taken-back"


@pytest.mark.parametrize("state", ["authorized", "scheduled", "seen"])
def test_a_report_takes_the_visit_with_it(there: County, referral: Referral, given: GivenLink, state: str) -> None:
    secret = tried(given.code, proof(there))
    if state != "authorized":
        take(secret, Schedule(NOW + timedelta(minutes=30)))
    if state == "seen":
        take(secret, See(TODAY), NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    secret = tried(given.code, proof(there), later)
    with transaction.atomic():
        links.write_report(links.consult_of(secret, later), written(), later)
    with plan_scope(TODAY):
        report = ConsultationReport.objects.get(referral=referral)
        after = Referral.objects.get(pk=referral.pk)
    assert (after.state, after.visited_on, report.agrees) == ("report_received", TODAY, False)
    assert report.recommended == "Physical therapy for twelve weeks.\nFollow-up: A new scan in spring."


def test_a_report_that_is_refused_leaves_no_visit_behind(there: County, referral: Referral, given: GivenLink) -> None:
    secret = tried(given.code, proof(there))
    for wrong, why in (
        (written(content=b"GIF89a"), "not a PDF"),
        (written(signed_on=TODAY - timedelta(days=1)), "before the visit"),
        (written(visited_on=date(2026, 11, 24)), "lies in the future"),
        (written(need="maybe"), "what the consultant found"),
    ):
        with transaction.atomic():
            consult = links.consult_of(secret, NOW)
            with pytest.raises(Refused, match=why):
                links.write_report(consult, wrong, NOW)
    with plan_scope(TODAY):
        assert Referral.objects.get(pk=referral.pk).state == "authorized"


def test_a_yes_without_a_day_is_kept_on_the_link_until_a_day_is_set(there: County, given: GivenLink) -> None:
    secret = tried(given.code, proof(there))
    with transaction.atomic():
        links.accept(links.consult_of(secret, NOW), NOW)
    with plan_scope(TODAY):
        assert VisitLink.objects.get().accepted_at == NOW
    take(secret, Schedule(NOW + timedelta(days=2)))
    with transaction.atomic(), pytest.raises(Refused, match="under way"):
        links.accept(links.consult_of(secret, NOW), NOW)

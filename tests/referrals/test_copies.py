"""Copies of the Member's letters to the person who may act for the Member, and to the Primary Care Physician."""

from datetime import date, timedelta

import pytest

from county import NOW, TODAY, county, member
from referrals.life import DENIAL, given_a_referral_with_a_physician
from referrals.ways import contact, denied, joe_denied
from secondopinion.letters.carriers import NotCarried, PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.letters.paper import render, text_of
from secondopinion.people.models import AuthorizedRepresentative
from secondopinion.referrals import copies
from secondopinion.referrals.advance import advance
from secondopinion.referrals.models import Notice, Referral
from secondopinion.referrals.posting import post
from secondopinion.referrals.sensitive import mark
from secondopinion.referrals.told_objections import Acknowledge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_plan")]


@pytest.fixture
def there():
    return county()


def may_act(member, *, until: date | None = None, address: str = "9 Lemon Terrace, Valencia Park, CA 92997"):
    return AuthorizedRepresentative.objects.create(
        member=member, name="Miriam Okafor", authority="in-writing", evidence="A form of Friday 2026-11-20",
        from_on=TODAY - timedelta(days=3), to_on=until, address=address,
    )  # fmt: skip


def owed(way, role: str) -> dict[str, Letter]:
    notices = Notice.objects.filter(referral_id=way.referral, recipient_role=role).select_related("letter")
    return {notice.kind: notice.letter for notice in notices}


def test_whoever_may_act_for_the_member_gets_the_same_letter_and_is_told_that_it_is_a_copy(there):
    may_act(there.one)
    way = denied(there)
    own, copy = owed(way, "member")["denial_to_member"], owed(way, "representative")["denial_to_member"]
    assert {**own.data, "recipient": None} == {**copy.data, "recipient": None}
    assert copy.data["recipient"] == {
        "name": "Miriam Okafor", "address_lines": ["9 Lemon Terrace", "Valencia Park, CA 92997"],
        "acts_for": str(there.one),
    }  # fmt: skip
    words = " ".join(text_of(render(copy.kind, copy.program, copy.language, copy.data)).split())
    assert f"This is a copy. We sent this letter to {there.one}." in words
    assert "This is a copy" not in text_of(render(own.kind, own.program, own.language, own.data))


def test_authority_that_has_ended_brings_no_copy_and_lets_none_leave(there):
    may_act(there.one, until=TODAY - timedelta(days=1))
    way = denied(there)
    assert owed(way, "representative") == {}
    assert not copies.may_still_leave(Referral.objects.get(pk=way.referral), "Miriam Okafor", TODAY)


def test_a_copy_may_leave_only_while_the_authority_holds(there):
    may_act(there.one, until=TODAY + timedelta(days=1))
    referral = Referral.objects.get(pk=denied(there).referral)
    assert copies.may_still_leave(referral, "Miriam Okafor", TODAY + timedelta(days=1))
    assert not copies.may_still_leave(referral, "Miriam Okafor", TODAY + timedelta(days=2))
    assert not copies.may_still_leave(referral, "Somebody Else", TODAY)


def a_child(there, age: int):
    child = member("M0000077", "Young", "One", date(2026 - age, 3, 4), "medi-cal", there.pcp)
    AuthorizedRepresentative.objects.create(
        member=child, name="Miriam Okafor", authority="parent", evidence="A birth certificate", from_on=TODAY,
    )  # fmt: skip
    return child


@pytest.mark.parametrize(
    ("age", "code", "copied"),
    [(8, "F32.1", True), (14, "F32.1", False), (14, "M54.5", True), (14, "", False), (8, "", True)],
)
def test_a_parent_gets_no_copy_about_care_that_the_minor_may_consent_to_alone(there, age, code, copied):
    referral = given_a_referral_with_a_physician(there, member=a_child(there, age), condition_code=code)
    advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW)
    kinds = {n.recipient_role for n in Notice.objects.filter(referral=referral)}
    assert "member" in kinds
    assert ("representative" in kinds) is copied


def test_a_copy_that_was_owed_stays_here_once_somebody_says_that_it_is_sensitive(there, tmp_path):
    referral = given_a_referral_with_a_physician(there, member=a_child(there, 14), condition_code="M54.5")
    advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW)
    copy = Notice.objects.get(referral=referral, recipient_role="representative").letter
    nurse = there.person("nurse@plan")
    mark(Referral.objects.get(pk=referral.pk), "substance_use", True, "The notes say so.", person=nurse, now=NOW)
    with pytest.raises(NotCarried, match="may not act for the Member any more"):
        post(copy.pk, now=NOW, carrier=PrintHouse(tmp_path))


def test_the_post_keeps_a_copy_back_when_the_authority_has_ended_and_lets_the_members_letter_go(there, tmp_path):
    authority = may_act(there.one, until=TODAY)
    way = denied(there)
    AuthorizedRepresentative.objects.filter(pk=authority.pk).update(to_on=TODAY - timedelta(days=1))
    house = PrintHouse(tmp_path)
    with pytest.raises(NotCarried, match="may not act for the Member any more"):
        post(owed(way, "representative")["denial_to_member"].pk, now=NOW, carrier=house)
    assert post(owed(way, "member")["denial_to_member"].pk, now=NOW, carrier=house)
    assert Referral.objects.get(pk=way.referral).member_notice_at == NOW


def test_a_representative_without_an_address_is_written_to_at_the_members(there):
    may_act(there.one, address="")
    copy = owed(denied(there), "representative")["denial_to_member"]
    assert copy.data["recipient"]["address_lines"] == there.one.address_lines


@pytest.mark.clause("II.K.1")
def test_the_primary_care_physician_gets_a_denial_with_the_physician_to_talk_to(there):
    way = denied(there)
    (letter,) = owed(way, "pcp").values()
    assert letter.kind == "denial_to_pcp"
    assert letter.data["physician"]["phone"]
    assert letter.data["reasons"] == owed(way, "member")["denial_to_member"].data["reasons"]


@pytest.mark.clause("II.K.2")
def test_an_appeal_is_acknowledged_with_who_helps_and_by_when_it_is_answered(there):
    way = joe_denied(there).then(contact()).then(Acknowledge("appeal"), "appeals@plan")
    told = owed(way, "member")["acknowledgment_to_member"].data
    assert told["objection"]["which"] == "appeal"
    assert told["objection"]["contact_name"] == there.person("appeals@plan").name
    assert told["objection"]["answer_by"] > NOW.date().isoformat()

"""A denial: who may sign it, what it must say, and that its letters leave once."""

from dataclasses import replace

import pytest

from county import NOW
from referrals.life import (
    DENIAL,
    PDF,
    YES,
    given_a_referral_with_a_physician,
)
from secondopinion.letters.carriers import PrintHouse
from secondopinion.letters.models import Letter
from secondopinion.people.person import POLICY
from secondopinion.referrals.access import work_list
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Paper, RunningClock
from secondopinion.referrals.posting import post
from secondopinion.referrals.told import (
    Answer,
    FileRecord,
    Reason,
)


def test_a_denial_stays_on_the_work_list_until_its_letters_have_left(there, tmp_path):
    referral = given_a_referral_with_a_physician(there)
    physician = there.person("physician@plan")
    taken = advance(referral.pk, DENIAL, person=physician, now=NOW)
    assert list(work_list(physician)) == [referral]
    for letter in taken.letters:
        post(letter, now=NOW, carrier=PrintHouse(tmp_path))
    assert list(work_list(physician)) == []


@pytest.mark.clause("II.K")
@pytest.mark.parametrize("member", ["one", "joe"])
def test_a_physician_denies_and_both_letters_are_owed_and_mailed_once(there, tmp_path, member):
    who = getattr(there, member)
    program = "medi-cal" if member == "one" else "onecare"
    office = {"requester": "physician", "requester_name": "Grace Lind, MD", "requester_address": "1 Main St\nOrange"}
    referral = given_a_referral_with_a_physician(there, member=who, program=program, **office)
    both = replace(
        DENIAL,
        medicare_reason="Medicare covers a visit that is needed now; this treatment has just begun.",
        medi_cal_reason="Medi-Cal covers what is needed to protect health; this treatment has just begun.",
    )
    taken = advance(referral.pk, both, person=there.person("physician@plan"), now=NOW)
    assert taken.state == "denied"
    letters = Letter.objects.filter(pk__in=taken.letters)
    assert {x.kind for x in letters} == {"denial_to_member", "denial_to_requester"}
    for letter in letters:
        assert post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path)) is True
        assert post(letter.pk, now=NOW, carrier=PrintHouse(tmp_path)) is False
    manifest = next(tmp_path.glob("*/manifest.csv")).read_text().splitlines()
    assert len(manifest) == 3  # the head and one line a letter
    running = RunningClock.objects.filter(referral=referral, stopped_at__isnull=True, due_at__isnull=False)
    assert not running.exists()


def test_the_policy_and_a_clerk_and_a_physician_without_licence_cannot_deny(there):
    referral = given_a_referral_with_a_physician(there)
    for person in (POLICY, there.person("intake@plan"), there.person("nurse@plan")):
        with pytest.raises(Refused, match="not yours"):
            advance(referral.pk, DENIAL, person=person, now=NOW)
    with pytest.raises(Refused, match="licence"):
        advance(referral.pk, DENIAL, person=there.person("lapsed@plan"), now=NOW)
    questioned = replace(there.person("physician@plan"), npi=there.first.npi)
    with pytest.raises(Refused, match="questioned"):
        advance(referral.pk, DENIAL, person=questioned, now=NOW)
    referral.refresh_from_db()
    assert referral.state == "physician_review"


@pytest.mark.clause("II.K.1")
@pytest.mark.parametrize(
    "without",
    [
        {"reasons": ()},
        {"reasons": (Reason("IX.9", "A clause that the policy does not have."),)},
        {"reasons": (Reason("II.C.4", "no"),)},
        {"clinical_reason": ""},
        {"why_not_otherwise": ""},
        {"would_change": ""},
    ],
)
def test_a_denial_that_lacks_a_part_is_refused(there, without):
    referral = given_a_referral_with_a_physician(there)
    with pytest.raises(Refused):
        advance(referral.pk, replace(DENIAL, **without), person=there.person("physician@plan"), now=NOW)
    assert not Letter.objects.exists()


def test_a_denial_is_signed_only_when_every_record_is_marked_as_read(there):
    referral = given_a_referral_with_a_physician(there)
    advance(referral.pk, FileRecord("scan.pdf", PDF), person=there.person("intake@plan"), now=NOW)
    physician = there.person("physician@plan")
    with pytest.raises(Refused, match="marked as read"):
        advance(referral.pk, DENIAL, person=physician, now=NOW)
    paper = Paper.objects.get(referral=referral)
    advance(referral.pk, replace(DENIAL, considered=(paper.pk,)), person=physician, now=NOW)
    assert Event.objects.get(referral=referral, step="deny").details["considered"] == [paper.sha256]


def test_what_the_policy_authorizes_cannot_be_denied(there):
    referral = given_a_referral_with_a_physician(there)
    advance(referral.pk, Answer(YES), person=there.person("nurse@plan"), now=NOW)
    with pytest.raises(Refused, match="cannot be denied"):
        advance(referral.pk, DENIAL, person=there.person("physician@plan"), now=NOW)

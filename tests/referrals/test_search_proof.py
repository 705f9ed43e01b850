"""What the search that is kept is good for, who may vouch for whom, and how far those left out are counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from county import NOW, SPINE, County, county, professional
from referrals.life import given_a_referral_with_a_physician
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.referrals import searching
from secondopinion.referrals.advance import advance
from secondopinion.referrals.lifecycle import Refused
from secondopinion.referrals.models import Event, Referral
from secondopinion.referrals.offering import by_number, number_in_words
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.searching import counted_up_to, proof_of, search_for, search_for_a_limit
from secondopinion.referrals.told_after import AttestTraining, Search

pytestmark = pytest.mark.usefixtures("as_plan")
ORTHOPEDICS = "207X00000X"  # the wider specialty of spine surgery: E3
TRAINING = "A fellowship in surgery of the spine, seen in the credentialing file."


@pytest.fixture
def there() -> County:
    return county()


def under_contract(there: County, stem: str, last: str, code: str) -> QualifiedProfessional:
    """Somebody at Member One's home with a contract of the plan's own network."""
    who = professional(stem, "Pat", last, code)
    QualifiedProfessional.objects.filter(pk=who.pk).update(latitude=33.76, longitude=-117.87)
    Contract.objects.create(professional=who, network=None, from_on=NOW.date() - timedelta(days=400))
    flatten([who.pk])
    who.refresh_from_db()
    return who


def searched(there: County) -> Referral:
    referral = given_a_referral_with_a_physician(there)
    advance(referral.pk, Search(), person=there.person("nurse@plan"), now=NOW)
    return Referral.objects.get(pk=referral.pk)


def test_a_limit_rests_on_a_search_of_seven_days_and_on_none_older(there: County) -> None:
    before = snapshot_of(searched(there))
    proof = proof_of(before)
    assert proof is not None
    in_time = search_for_a_limit(before, there.one, NOW + timedelta(days=7))  # Monday 2026-11-30
    assert in_time.details["search_proof"]["sha256"] == proof.search["sha256"]
    with pytest.raises(Refused, match=r"older than 7 calendar days.*Search the network again"):
        search_for_a_limit(before, there.one, NOW + timedelta(days=8))


def test_a_medical_director_vouches_for_the_wider_specialty_and_for_nothing_else(there: County) -> None:
    wide = under_contract(there, "250000001", "Wide", ORTHOPEDICS)
    tired = under_contract(there, "250000002", "Tired", ORTHOPEDICS)
    QualifiedProfessional.objects.filter(pk=tired.pk).update(license_to_on=NOW.date() - timedelta(days=1))
    referral = given_a_referral_with_a_physician(there)
    physician, nurse = there.person("physician@plan"), there.person("nurse@plan")

    def refusal(who: QualifiedProfessional, training: str = TRAINING, person: object = physician) -> str:
        with pytest.raises(Refused) as refused:
            advance(referral.pk, AttestTraining(who.pk, training), person=person, now=NOW)  # type: ignore[arg-type]
        return refused.value.sentence

    assert "may give the opinion without an attestation" in refusal(there.sam)
    assert "An attestation would not help" in refusal(tired)
    assert "which training and expertise" in refusal(wide, "Yes.")
    assert "not yours to do" in refusal(wide, person=nurse)
    assert not Event.objects.filter(referral=referral, step="attest_training").exists()
    advance(referral.pk, AttestTraining(wide.pk, TRAINING), person=physician, now=NOW)
    told = Event.objects.get(referral=referral, step="attest_training").details
    assert (told["professional"], told["level"]) == (wide.npi, 3)
    assert told["signed"]["license"]
    found = search_for(snapshot_of(referral), there.one, {}, NOW)
    assert wide.npi in {row.npi for row in found.looked}


def test_who_has_only_the_wider_specialty_is_counted_and_one_who_has_both_is_not(there: County) -> None:
    under_contract(there, "250000003", "Wide", ORTHOPEDICS)
    both = under_contract(there, "250000004", "Both", SPINE)
    QualifiedProfessional.objects.filter(pk=both.pk).update(other_taxonomies=[ORTHOPEDICS])
    flatten([both.pk])
    found = search_for(snapshot_of(given_a_referral_with_a_physician(there)), there.one, {}, NOW)
    assert found.counted[searching.ONLY_WIDER] == 1
    assert both.npi in {row.npi for row in found.looked}


def test_counts_end_at_a_thousand_and_say_so_and_an_older_search_counted_everybody() -> None:
    assert number_in_words(1000) == "1,000"
    assert number_in_words(1001) == "more than 1,000"
    assert by_number({"is far": 4000, "is near": 12}) == [("is far", "more than 1,000"), ("is near", "12")]
    assert by_number({"is far": 4000}, counted_up_to({"counted": {}})) == [("is far", "4,000")]
    assert counted_up_to({"counted": {}, "counted_up_to": 1000}) == 1000
    kept = counted_up_to({"counted_up_to": 1000})
    assert by_number({"is far": 4000, "is near": 12}, kept) == [("is far", "more than 1,000"), ("is near", "12")]

"""A professional whose place no source gave: offered last, and never counted as near."""

from __future__ import annotations

import pytest

from county import NOW, County, county
from referrals.life import given_a_referral_with_a_physician
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.referrals.match import candidates_for, reachable_for
from secondopinion.referrals.reading import candidates_of, snapshot_of

pytestmark = pytest.mark.usefixtures("as_plan")


@pytest.fixture
def there() -> County:
    """Sam's place is not known any more; the neurosurgeon, of an equivalent specialty, has one."""
    there = county()
    QualifiedProfessional.objects.filter(pk=there.sam.pk).update(latitude=None, longitude=None)
    return there


def test_whose_place_is_not_known_is_offered_with_the_distance_not_known(there: County) -> None:
    referral = given_a_referral_with_a_physician(there)
    miles = {offer.who.npi: offer.miles for offer in candidates_of(referral, NOW)}
    assert miles[there.sam.npi] is None
    assert miles[there.neuro.npi] is not None


def test_whose_place_is_not_known_is_not_within_reach(there: County) -> None:
    referral = given_a_referral_with_a_physician(there)
    before = snapshot_of(referral)
    assert there.sam in candidates_for(before, there.one, NOW)
    assert reachable_for(before, there.one, NOW) == [there.neuro]


def test_among_the_same_specialty_the_place_not_known_comes_last(there: County) -> None:
    QualifiedProfessional.objects.filter(pk=there.neuro.pk).update(taxonomy=there.sam.taxonomy, last_name="Zeller")
    referral = given_a_referral_with_a_physician(there)
    assert candidates_for(snapshot_of(referral), there.one, NOW) == [there.neuro, there.sam]

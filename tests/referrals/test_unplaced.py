"""A professional whose place no source gave: offered last, and never counted as near."""

from __future__ import annotations

import pytest

from county import NOW, County, county
from referrals.life import given_a_referral_with_a_physician
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.referrals.offering import candidates_for
from secondopinion.referrals.reading import candidates_of, snapshot_of
from secondopinion.referrals.searching import search_for, search_for_a_limit

pytestmark = pytest.mark.usefixtures("as_plan")


@pytest.fixture
def there() -> County:
    """Sam's place is not known any more; the neurosurgeon, of an equivalent specialty, has one."""
    there = county()
    changed(there.sam, latitude=None, longitude=None)
    return there


def changed(who: QualifiedProfessional, **columns: object) -> None:
    """The directory says something else of somebody, and the candidates follow."""
    QualifiedProfessional.objects.filter(pk=who.pk).update(**columns)
    flatten([who.pk])


def test_whose_place_is_not_known_is_offered_with_the_distance_not_known(there: County) -> None:
    referral = given_a_referral_with_a_physician(there)
    miles = {offer.who.npi: offer.miles for offer in candidates_of(referral, NOW)}
    assert miles[there.sam.npi] is None
    assert miles[there.neuro.npi] is not None


def test_whose_place_is_not_known_is_not_within_reach(there: County) -> None:
    referral = given_a_referral_with_a_physician(there)
    before = snapshot_of(referral)
    assert there.sam in candidates_for(before, there.one, NOW)
    reach = {row.npi: row.within_reach for row in search_for(before, there.one, {}, NOW).looked}
    assert reach[there.sam.npi] is None, "not known, and not no"
    assert search_for_a_limit(before, there.one, NOW).npis == {there.neuro.npi}


def test_among_the_same_specialty_the_place_not_known_comes_last(there: County) -> None:
    changed(there.neuro, taxonomy=there.sam.taxonomy, last_name="Zeller")
    referral = given_a_referral_with_a_physician(there)
    assert candidates_for(snapshot_of(referral), there.one, NOW) == [there.neuro, there.sam]

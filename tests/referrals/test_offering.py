"""The Member's list: in the Member's own interest, and every place on it explained."""

from __future__ import annotations

from datetime import date

import pytest

from county import NOW, County, county
from referrals.life import given_a_referral_with_a_physician
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.referrals.offering import Offered, offers_for, rank
from secondopinion.referrals.reading import snapshot_of

pytestmark = pytest.mark.usefixtures("as_plan")


@pytest.fixture
def there() -> County:
    """The small county: Sam has the same specialty as Holm, who is questioned; Haddad has an equivalent one."""
    return county()


def the_list(there: County, **how: object) -> Offered:
    """What Member One is offered."""
    before = snapshot_of(given_a_referral_with_a_physician(there))
    return offers_for(before, there.one, NOW, **how)


def names(found: Offered) -> list[str]:
    """The last names on the list, in its order."""
    return [offer.who.last_name for offer in found.offers]


def change(who: QualifiedProfessional, **columns: object) -> None:
    """Change what the directory says of somebody; the candidates follow."""
    QualifiedProfessional.objects.filter(pk=who.pk).update(**columns)
    flatten([who.pk])


def test_the_same_specialty_comes_before_an_equivalent_one_that_is_nearer(there: County) -> None:
    change(there.neuro, latitude=33.75, longitude=-117.87)
    assert names(the_list(there)) == ["Specialist", "Haddad"]


def test_the_clinician_questioned_is_left_out_and_the_reason_is_counted(there: County) -> None:
    found = the_list(there)
    assert there.first not in [offer.who for offer in found.offers]
    assert sum(found.left_out.values()) + len(found.offers) == found.considered
    assert any("questioned" in reason for reason in found.left_out)


def test_one_who_shares_the_group_is_offered_last_and_the_tie_is_told(there: County) -> None:
    change(there.neuro, taxonomy=there.sam.taxonomy)
    change(there.first, group_tax_id="951234567", address="9 Elsewhere Road")
    change(there.sam, group_tax_id="951234567", latitude=33.75, longitude=-117.87)
    found = the_list(there)
    assert names(found) == ["Haddad", "Specialist"]
    assert "same practice" in found.offers[1].ties[0]
    assert found.offers[0].ties == ()


def test_a_stale_entry_sinks_and_says_so(there: County) -> None:
    change(there.neuro, taxonomy=there.sam.taxonomy)
    change(there.sam, verified_on=date(2026, 1, 5), latitude=33.75, longitude=-117.87)  # a Monday long ago
    found = the_list(there)
    assert names(found) == ["Haddad", "Specialist"]
    assert found.offers[1].stale
    assert any("long ago" in sentence for sentence in found.offers[1].why)


def test_the_list_stands_in_the_order_of_its_own_reasons(there: County) -> None:
    offers = the_list(there).offers
    assert list(offers) == sorted(offers, key=rank)
    assert all(len(offer.why) == 5 for offer in offers)


def test_the_list_is_no_longer_than_asked_for(there: County) -> None:
    assert names(the_list(there, most=1)) == ["Specialist"]

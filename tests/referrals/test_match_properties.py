"""What holds of every list, whatever the directory looks like: counties made by chance, judged by plain conditions.

The conditions here are read off the planted attributes themselves, not off the gates, so that a gate that forgets
something is found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from county import LONG_AGO, NEUROSURGERY, NOW, NURSE_PRACTITIONER, SPINE, TODAY, County, county, professional
from referrals.life import given_a_referral_with_a_physician
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import Contract, QualifiedProfessional
from secondopinion.policy.findings import Verdict
from secondopinion.policy.gg1538.questions import where_may_the_member_go
from secondopinion.policy.specialties import Level
from secondopinion.referrals.offering import offers_for, rank
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.searching import hash_of, search_for
from secondopinion.referrals.snapshot import Snapshot

pytestmark = pytest.mark.usefixtures("as_plan")

ORTHOPEDICS = "207X00000X"  # the wider specialty of spine surgery: E3, never without an attestation
HAND = "207XS0106X"  # a sister of spine surgery: not equivalent
LAT, LON = 33.75, -117.87  # the home of Member One


@dataclass(frozen=True, slots=True)
class Planted:
    """One professional as drawn."""

    code: str
    contract_ends: date | None
    contracted: bool
    license_to_on: date
    excluded: bool
    accepts: bool
    pcp: bool
    same_group: bool
    north: float  # degrees
    languages: tuple[str, ...]
    verified_on: date

    @property
    def may_give_it(self) -> bool:
        """Whether nothing of what was planted forbids this professional."""
        running = self.contracted and (self.contract_ends is None or self.contract_ends >= TODAY)
        fits = self.code in (SPINE, NEUROSURGERY) and not self.pcp
        return running and fits and self.license_to_on >= TODAY and not self.excluded and self.accepts


DAYS = st.sampled_from([TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=400)])
PLANTED = st.builds(
    Planted,
    code=st.sampled_from([SPINE, SPINE, NEUROSURGERY, ORTHOPEDICS, HAND, NURSE_PRACTITIONER]),
    contract_ends=st.none() | DAYS,
    contracted=st.sampled_from([True, True, True, False]),
    license_to_on=DAYS,
    excluded=st.sampled_from([False, False, False, True]),
    accepts=st.sampled_from([True, True, False]),
    pcp=st.sampled_from([False, False, False, True]),
    same_group=st.booleans(),
    north=st.sampled_from([0.0, 0.05, 0.2, 0.21, 0.4, 3.0]),
    languages=st.sampled_from([("en",), ("en", "es"), ()]),
    verified_on=st.sampled_from([date(2026, 11, 20), date(2024, 1, 5)]),  # a Friday of late, a Friday long ago
)
MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def there() -> County:
    """The small county, its referral asked about the care of Holm, a spine surgeon of the group Backs."""
    made = county()
    QualifiedProfessional.objects.filter(pk=made.first.pk).update(group_name="Backs")
    return made


@pytest.fixture
def before(there: County) -> Snapshot:
    """A referral that a physician is looking at."""
    return snapshot_of(given_a_referral_with_a_physician(there))


@contextmanager
def planted(drawn: list[Planted]) -> Iterator[dict[str, Planted]]:
    """The drawn professionals in the directory, by NPI, and gone again afterwards."""
    with transaction.atomic():
        point = transaction.savepoint()
        made = {}
        for number, each in enumerate(drawn):
            who = professional(f"23000{number:04d}", "Pat", f"Planted{number:02d}", each.code, pcp=each.pcp)
            QualifiedProfessional.objects.filter(pk=who.pk).update(
                license_to_on=each.license_to_on, excluded=each.excluded, accepts_new_members=each.accepts,
                group_name="Backs" if each.same_group else "", latitude=LAT + each.north, longitude=LON,
                languages=list(each.languages), verified_on=each.verified_on,
            )  # fmt: skip
            if each.contracted:
                Contract.objects.create(professional=who, from_on=LONG_AGO, to_on=each.contract_ends)
            made[who.npi] = each
        flatten(QualifiedProfessional.objects.values_list("pk", flat=True))
        try:
            yield made
        finally:
            transaction.savepoint_rollback(point)


@MANY
@given(drawn=st.lists(PLANTED, max_size=8))
def test_who_fails_a_gate_is_never_offered_and_who_passes_all_is(
    there: County, before: Snapshot, drawn: list[Planted]
) -> None:
    with planted(drawn) as made:
        offered = {offer.who.npi for offer in offers_for(before, there.one, NOW, miles=10_000).offers}
        assert {npi for npi, each in made.items() if each.may_give_it} == offered & made.keys()
        assert there.first.npi not in offered, "the clinician questioned"
        assert not offered & {there.excluded.npi, there.former.npi, there.outside.npi}


@MANY
@given(drawn=st.lists(PLANTED, max_size=8), near=st.floats(0, 60), more=st.floats(0, 300))
def test_looking_farther_never_takes_anybody_off_the_list(
    there: County, before: Snapshot, drawn: list[Planted], near: float, more: float
) -> None:
    with planted(drawn):
        few = {o.who.npi for o in offers_for(before, there.one, NOW, miles=near).offers}
        many = {o.who.npi for o in offers_for(before, there.one, NOW, miles=near + more).offers}
    assert few <= many


@MANY
@given(drawn=st.lists(PLANTED, min_size=2, max_size=8))
def test_the_order_is_that_of_the_reasons_and_the_same_specialty_comes_first(
    there: County, before: Snapshot, drawn: list[Planted]
) -> None:
    with planted(drawn):
        offers = offers_for(before, there.one, NOW, miles=10_000).offers
    assert list(offers) == sorted(offers, key=rank)
    levels = [offer.level for offer in offers]
    assert levels == sorted(levels, key=lambda level: level is Level.E2), "equivalence never takes a place away"
    for offer in offers:
        field, ties, checked, tongue, place = offer.why
        assert ("equivalent" in field) == (offer.level is Level.E2)
        assert ("Shares no group" in ties) == (not offer.ties)
        assert ("call first" in checked) == offer.stale
        assert ("Speaks" in tongue) == (offer.speaks is True)
        assert ("not known" in place) == (offer.miles is None)


@MANY
@given(drawn=st.lists(PLANTED, max_size=6))
def test_the_proof_tells_everybody_once_with_the_reason_and_keeps_its_hash(
    there: County, before: Snapshot, drawn: list[Planted]
) -> None:
    with planted(drawn) as made:
        found = search_for(before, there.one, {}, NOW)
    told = [row.npi for row in found.looked]
    assert len(told) == len(set(told))
    clear = {row.npi for row in found.looked if not row.against}
    assert clear & made.keys() == {n for n, each in made.items() if each.may_give_it and each.north * 69.1 <= 15}
    assert there.first.npi not in clear
    assert hash_of(asdict(found)) == found.sha256
    assert hash_of({**asdict(found), "see_by": "2026-12-24"}) != found.sha256, "the hash covers what was found"


@MANY
@given(drawn=st.lists(PLANTED, max_size=5))
def test_a_network_in_which_nobody_can_always_opens_the_way_outside(
    there: County, before: Snapshot, drawn: list[Planted]
) -> None:
    nobody = [each for each in drawn if not each.may_give_it]
    with planted(nobody):
        Contract.objects.filter(professional__in=[there.sam, there.neuro]).update(to_on=TODAY - timedelta(days=1))
        flatten([there.sam.pk, there.neuro.pk])
        assert offers_for(before, there.one, NOW, miles=10_000).offers == ()
        found = search_for(before, there.one, {}, NOW)
    assert found.available == ()
    answers = {**before.answers, **found.answers}
    outside = where_may_the_member_go(before.edition_in_force, before.asked, answers).out_of_network
    assert outside.verdict is Verdict.YES

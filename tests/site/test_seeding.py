"""The made-up county: complete, valid, put in once, never over anything, never where it should not be."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import authenticate

from county import npi
from secondopinion.directory.find import in_network_on
from secondopinion.directory.models import QualifiedProfessional
from secondopinion.people.models import ApiClient, Delegation, Member, Staff
from secondopinion.people.person import person_of
from secondopinion.people.rls import Scope, set_scope
from secondopinion.site import seeding
from secondopinion.site.seeding import SeedRefused, demo_password, seed, sign_ins

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # Monday 10:00 in California
TODAY = date(2026, 11, 23)
CIN = re.compile(r"9\d{7}[A-Z]")
LETTER, EITHER = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
MBI = re.compile(rf"[1-9]{LETTER}{EITHER}\d{LETTER}{EITHER}\d{LETTER}{{2}}\d{{2}}")


@pytest.fixture
def seeded(as_plan: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDOPINION_DEMO", "1")
    monkeypatch.setattr(seeding, "tell_all", lambda now, carrier: 0)  # the stories have a test file of their own
    seed(NOW)


@pytest.mark.usefixtures("seeded")
def test_the_county_has_networks_members_professionals_and_staff() -> None:
    again = seed(NOW)
    assert again.counts["health networks"] == 4
    assert again.counts["members"] >= 60
    assert again.counts["qualified professionals"] >= 40
    assert again.counts["staff"] == len(sign_ins())


@pytest.mark.usefixtures("seeded")
def test_seeding_twice_adds_nothing_and_changes_nothing() -> None:
    Member.objects.filter(member_id="M0000001").update(phone="1-714-555-0177")
    assert seed(NOW).added == 0
    assert Member.objects.get(member_id="M0000001").phone == "1-714-555-0177"


@pytest.mark.usefixtures("seeded")
def test_the_members_of_the_guides_samples_are_there() -> None:
    one = Member.objects.get(member_id="M0000001")
    assert (str(one), one.birth_date) == ("Member One", date(1970, 1, 1))
    joe = Member.objects.get(member_id="1122334455")
    assert (str(joe), joe.birth_date) == ("Joe Smith", date(1960, 2, 3))
    assert {p.npi for p in in_network_on(TODAY)} >= {"1679576722", "1234567893"}


@pytest.mark.usefixtures("seeded")
def test_identifiers_have_their_right_form() -> None:
    for member in Member.objects.all():
        assert CIN.fullmatch(member.cin), member.member_id
        assert not member.mbi or MBI.fullmatch(member.mbi), member.member_id
    numbers = [p.npi for p in QualifiedProfessional.objects.all()] + [s.npi for s in Staff.objects.exclude(npi="")]
    assert [n for n in numbers if npi(n) != n] == []
    assert [n for n, times in Counter(numbers).items() if times > 1] == []


@pytest.mark.usefixtures("seeded")
def test_an_onecare_member_has_a_medicare_number() -> None:
    lacking = Member.objects.filter(enrollments__program="onecare", mbi="")
    assert not lacking.exists()


@pytest.mark.usefixtures("seeded")
def test_two_networks_are_delegated_to_and_one_is_not() -> None:
    on = Delegation.objects.filter(Delegation.covering(TODAY), function=Delegation.Function.AUTHORIZATION)
    assert sorted(on.values_list("network__name", "program")) == [
        ("Citrus Valley Medical Group", "medi-cal"),
        ("Citrus Valley Medical Group", "onecare"),
        ("Harbor Light Physicians", "medi-cal"),
    ]


@pytest.mark.usefixtures("seeded")
def test_a_pcp_is_contracted_where_the_member_is_assigned() -> None:
    inside = {p.npi for p in in_network_on(TODAY)}
    for member in Member.objects.filter(enrollments__to_on__isnull=True).distinct():
        assert member.pcps.get(to_on__isnull=True).professional.npi in inside


@pytest.mark.usefixtures("seeded")
def test_five_professionals_may_not_be_chosen() -> None:
    left_out = QualifiedProfessional.objects.exclude(pk__in=in_network_on(TODAY).filter(accepts_new_members=True))
    assert set(left_out.values_list("last_name", flat=True)) == {"Barlow", "Gorman", "Stroud", "Crane", "Farrow"}


@pytest.mark.usefixtures("seeded")
def test_everybody_can_sign_in_and_physicians_but_one_can_sign_a_denial() -> None:
    unlicensed = []
    for way in sign_ins():
        user = authenticate(username=way.name, password=demo_password())
        assert user is not None, way.name
        person = person_of(Staff.objects.get(user=user), TODAY)
        assert person.roles == set(way.roles)
        if "physician" in way.roles and not person.credentials:
            unlicensed.append(way.name)
    assert unlicensed == ["lapsed@plan"]


@pytest.mark.usefixtures("seeded")
def test_only_the_hash_of_the_token_is_kept() -> None:
    assert seed(NOW).token not in list(ApiClient.objects.values_list("token_sha256", flat=True))


@pytest.mark.usefixtures("as_plan")
def test_a_database_that_is_not_for_trying_out_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECONDOPINION_DEMO", "0")
    with pytest.raises(SeedRefused, match="not for trying out"):
        seed(NOW)
    monkeypatch.delenv("SECONDOPINION_DEMO")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/real")
    with pytest.raises(SeedRefused, match="not for trying out"):
        seed(NOW)
    assert not Member.objects.exists()


@pytest.mark.usefixtures("seeded")
def test_a_database_with_other_members_is_left_alone() -> None:
    Member.objects.create(
        member_id="R1", first_name="Real", last_name="Person", birth_date=date(1980, 1, 1), address="1 Street",
        city="Town", zip_code="92999",
    )  # fmt: skip
    with pytest.raises(SeedRefused, match="holds 1 Members who are not of the made-up county"):
        seed(NOW)


@pytest.mark.usefixtures("seeded")
def test_each_network_sees_members_of_its_own() -> None:
    for staff in Staff.objects.exclude(network=None):
        set_scope(Scope((staff.network_id,), TODAY))
        assert 5 < Member.objects.count() < 30

"""A county in which things have happened: offices moved, contracts ended, licences lapsed, panels with limits.

What happened stands in periods, as the loaders write them, and the list and the proof are asked on two days.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from county import LONG_AGO, NOW, SPINE, TODAY, County, county, professional
from referrals.life import given_a_referral_with_a_physician
from secondopinion.directory.flattening import flatten
from secondopinion.directory.models import Contract, LoadRun, QualifiedProfessional
from secondopinion.directory.models_dated import Exclusion, LicenseHeld, Membership, NpiDeactivation, Practice, Site
from secondopinion.people.models import Member
from secondopinion.referrals.offering import Offer, offers_for
from secondopinion.referrals.reading import snapshot_of
from secondopinion.referrals.searching import Looked, search_for

pytestmark = pytest.mark.usefixtures("as_plan")

MOVED = date(2026, 11, 16)  # the Monday on which Dr. Wander moved
BEFORE_THAT = datetime(2026, 11, 12, 18, 0, tzinfo=NOW.tzinfo)  # the Thursday before


@pytest.fixture
def there() -> County:
    """The small county, without the two who could give the opinion otherwise."""
    made = county()
    Contract.objects.filter(professional__in=[made.sam, made.neuro]).update(to_on=date(2026, 1, 1))
    flatten([made.sam.pk, made.neuro.pk])
    return made


@pytest.fixture
def run() -> LoadRun:
    """The load that told all of it."""
    return LoadRun.objects.create(kind="plain", file_name="planted.csv", file_sha256="0" * 64, on_day=TODAY)


def surgeon(stem: str, last: str, **columns: object) -> QualifiedProfessional:
    """A spine surgeon without a contract of today's columns: the periods tell."""
    who = professional(stem, "Pat", last, SPINE)
    QualifiedProfessional.objects.filter(pk=who.pk).update(**columns)
    who.refresh_from_db()
    return who


def place(street: str, latitude: float) -> Site:
    """A site on the meridian of Member One's home."""
    return Site.objects.create(
        place=f"{street}|ORCHARD CITY|CA|92999".upper(), address=street, city="Orchard City", state="CA",
        zip_code="92999", latitude=latitude, longitude=-117.87,
    )  # fmt: skip


def seen_at(who: QualifiedProfessional, site: Site, run: LoadRun, **told: object) -> None:
    """The professional practises at the site, under contract with the plan; `told` goes to the membership."""
    days = {key: told.pop(key) for key in ("from_on", "to_on") if key in told}
    said = {"professional": who, "said_by": "plan", "said_from_on": LONG_AGO, "run": run, "from_on": LONG_AGO} | days
    Practice.objects.create(site=site, languages=["en"], accessible=True, **said)
    Membership.objects.create(site=site, network=None, **{"accepts": True, **said, **told})
    flatten([who.pk])


def on_the_list(there: County, now: datetime = NOW, **more: object) -> dict[str, Offer]:
    """Who is offered, by last name."""
    before = snapshot_of(given_a_referral_with_a_physician(there, **more))
    member = Member.objects.get(pk=before.member_id)
    return {offer.who.last_name: offer for offer in offers_for(before, member, now).offers}


def looked_at(there: County, who: QualifiedProfessional) -> Looked | None:
    """What the search for proof says of one professional."""
    before = snapshot_of(given_a_referral_with_a_physician(there))
    return next((row for row in search_for(before, there.one, {}, NOW).looked if row.npi == who.npi), None)


def test_one_who_moved_is_found_at_the_place_of_the_day_asked_about(there: County, run: LoadRun) -> None:
    who = surgeon("240000001", "Wander")
    seen_at(who, place("1 Old Road", 33.75), run, to_on=MOVED - timedelta(days=1))
    seen_at(who, place("2 New Road", 33.95), run, from_on=MOVED)
    now, earlier = on_the_list(there)["Wander"], on_the_list(there, BEFORE_THAT)["Wander"]
    assert now.address_lines[0] == "2 New Road"
    assert now.miles == pytest.approx(13.8, abs=0.1)
    assert earlier.address_lines[0] == "1 Old Road"
    assert earlier.miles == pytest.approx(0, abs=0.1)


def test_a_contract_that_ended_yesterday_counts_for_yesterday_only(there: County, run: LoadRun) -> None:
    who = surgeon("240000002", "Ended")
    seen_at(who, place("3 Road", 33.76), run, to_on=TODAY - timedelta(days=1))
    assert "Ended" not in on_the_list(there)
    assert "Ended" in on_the_list(there, NOW - timedelta(days=1))


def test_a_licence_that_the_board_suspended_outweighs_what_the_holder_told(there: County, run: LoadRun) -> None:
    who = surgeon("240000003", "Suspended", license_to_on=date(1900, 1, 1))
    seen_at(who, place("4 Road", 33.76), run)
    said = {"professional": who, "number": "A900001", "state": "CA", "run": run, "said_from_on": LONG_AGO}
    LicenseHeld.objects.create(said_by="national", status="reported", from_on=LONG_AGO, **said)
    LicenseHeld.objects.create(said_by="plan", status="suspended", from_on=MOVED, **said)
    assert "Suspended" not in on_the_list(there)
    row = looked_at(there, who)
    assert row is not None
    assert "licence" in row.against


def test_an_npi_that_died_and_a_name_on_an_exclusion_list_fail_by_their_days(there: County, run: LoadRun) -> None:
    dead, barred, back = surgeon("240000004", "Dead"), surgeon("240000005", "Barred"), surgeon("240000006", "Back")
    for number, who in enumerate((dead, barred, back)):
        seen_at(who, place(f"{5 + number} Road", 33.76), run)
    told = {"said_by": "national", "said_from_on": MOVED, "run": run, "from_on": MOVED}
    NpiDeactivation.objects.create(professional=dead, **told)
    Exclusion.objects.create(professional=barred, register="oig", **told)
    Exclusion.objects.create(professional=back, register="oig", to_on=TODAY - timedelta(days=1), **told)
    assert set(on_the_list(there)) == {"Back"}
    assert {"Dead", "Barred", "Back"} <= set(on_the_list(there, BEFORE_THAT))


def test_a_panel_for_children_only_turns_a_grown_member_away_but_not_at_another_place(
    there: County, run: LoadRun
) -> None:
    children, both = surgeon("240000007", "Children"), surgeon("240000008", "Both")
    clinic, office = place("8 Road", 33.76), place("9 Road", 33.80)
    seen_at(children, clinic, run, age_to=17)
    seen_at(both, clinic, run, age_to=17)
    seen_at(both, office, run, age_from=18)
    found = on_the_list(there)
    assert set(found) == {"Both"}
    assert found["Both"].address_lines[0] == "9 Road"


def test_a_child_with_a_ccs_condition_is_offered_only_those_on_the_panel(there: County, run: LoadRun) -> None:
    paneled, other = surgeon("240000009", "Paneled"), surgeon("240000010", "Unpaneled")
    seen_at(paneled, place("10 Road", 33.76), run, panel="ccs")
    seen_at(other, place("11 Road", 33.75), run, panel="adult")
    Member.objects.filter(pk=there.one.pk).update(birth_date=date(2015, 1, 1), has_ccs_condition=True)
    assert set(on_the_list(there)) == {"Paneled"}
    Member.objects.filter(pk=there.one.pk).update(has_ccs_condition=False)
    assert set(on_the_list(there)) == {"Paneled", "Unpaneled"}


def test_group_mates_and_those_at_the_same_place_come_last_and_say_why(there: County, run: LoadRun) -> None:
    QualifiedProfessional.objects.filter(pk=there.first.pk).update(group_name="Backs", address="30 Road")
    shared = place("12 Road", 33.75)
    seen_at(there.first, shared, run)
    mate, neighbour, free = (
        surgeon("240000011", "Mate", group_name="BACKS"),
        surgeon("240000012", "Neighbour"),
        surgeon("240000013", "Free"),
    )
    seen_at(mate, place("13 Road", 33.75), run)
    seen_at(neighbour, shared, run)
    seen_at(free, place("14 Road", 33.90), run)
    found = on_the_list(there)
    assert list(found) == ["Free", "Mate", "Neighbour"]
    assert "same group" in found["Mate"].ties[0]
    assert "same place" in found["Neighbour"].ties[0]


def test_the_specialist_questioned_alone_in_the_network_opens_the_way_outside(there: County) -> None:
    before = snapshot_of(given_a_referral_with_a_physician(there))
    found = search_for(before, there.one, {}, NOW)
    assert found.available == ()
    questioned = next(row for row in found.looked if row.npi == there.first.npi)
    assert not questioned.independent
    assert "questioned" in questioned.against
    assert found.answers["network_professional_is_independent"] is False
